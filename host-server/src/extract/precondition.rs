//! Entity tags. A ticket's tag is its version, so `If-Match` and `If-None-Match` compare numbers.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::error::{Failure, Refusal};

/// Returns the tag of a version, such as `"3"`.
pub(crate) fn etag(version: u64) -> HeaderValue {
    // Digits between quotes are always a header value.
    HeaderValue::try_from(format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"0\""))
}

/// The version that the caller expects; `None` for any.
#[derive(Debug)]
pub(crate) struct IfMatch(pub(crate) Option<u64>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Failure> {
        let tags = tags(&parts.headers, &header::IF_MATCH).ok_or(Refusal::MalformedHeader("If-Match"))?;
        match tags {
            Tags::None | Tags::Any => Ok(Self(None)),
            // The core accepts one expected version only, so a list of several is refused, not weakened.
            Tags::Some(versions) => match versions.as_slice() {
                [version] => Ok(Self(Some(*version))),
                _ => Err(Refusal::MalformedHeader("If-Match").into()),
            },
        }
    }
}

/// The versions that the caller already has.
#[derive(Debug)]
pub(crate) struct IfNoneMatch(Tags);

impl IfNoneMatch {
    /// Returns `true` if the caller has this version.
    pub(crate) fn has(&self, version: u64) -> bool {
        match &self.0 {
            Tags::None => false,
            Tags::Any => true,
            Tags::Some(versions) => versions.contains(&version),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        // A malformed header can be ignored here: the caller gets the full response.
        Ok(Self(tags(&parts.headers, &header::IF_NONE_MATCH).unwrap_or(Tags::None)))
    }
}

#[derive(Debug, PartialEq)]
enum Tags {
    None,
    Any,
    Some(Vec<u64>),
}

/// Version of a well-formed foreign tag. Versions begin at 1, so it matches none.
const NO_VERSION: u64 = 0;

fn tags(headers: &HeaderMap, name: &HeaderName) -> Option<Tags> {
    let mut versions = Vec::new();
    let mut any = false;
    for value in headers.get_all(name) {
        let mut quoted = false;
        // A comma within quotes is part of the tag.
        let between = |letter| {
            quoted ^= letter == '"';
            letter == ',' && !quoted
        };
        for item in value.to_str().ok()?.split(between).map(str::trim) {
            if item == "*" {
                any = true;
            } else {
                versions.push(version(item)?);
            }
        }
    }
    match (any, versions.is_empty()) {
        (true, true) => Some(Tags::Any),
        (true, false) => None,
        (false, true) => Some(Tags::None),
        (false, false) => Some(Tags::Some(versions)),
    }
}

/// Returns the version in a quoted tag, weak or strong; `None` if the text is not a tag.
fn version(item: &str) -> Option<u64> {
    let quoted = item.strip_prefix("W/").unwrap_or(item);
    let inner = quoted.strip_prefix('"')?.strip_suffix('"')?;
    let is_tag = inner.bytes().all(|byte| byte == 0x21 || (0x23..=0x7e).contains(&byte));
    is_tag.then(|| inner.parse().unwrap_or(NO_VERSION))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &'static str, expected: Option<&Tags>) {
        let headers = HeaderMap::from_iter([(header::IF_MATCH, HeaderValue::from_static(value))]);
        assert_eq!(tags(&headers, &header::IF_MATCH).as_ref(), expected, "{value}");
    }

    #[test]
    fn entity_tags() {
        check("\"3\"", Some(&Tags::Some(vec![3])));
        check("W/\"3\"", Some(&Tags::Some(vec![3])));
        check("\"1\", W/\"2\"", Some(&Tags::Some(vec![1, 2])));
        check("\"abc\"", Some(&Tags::Some(vec![NO_VERSION])));
        check("\"a,b\", \"2\"", Some(&Tags::Some(vec![NO_VERSION, 2])));
        check("\"1, \"2\"", None);
        check("*", Some(&Tags::Any));
        check("3", None);
        check("\"3", None);
        check("", None);
        check("*, \"3\"", None);
    }
}
