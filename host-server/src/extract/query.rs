//! The extractor for query parameters, and the link to the next page of a list.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Uri};
use boxoffice::Error;
use serde::de::DeserializeOwned;

use crate::error::{Failure, Refusal};

/// Header that tells a reader of the journal where it is, in which history.
pub(crate) const JOURNAL_CURSOR: HeaderName = HeaderName::from_static("x-journal-cursor");

/// The parameters of the query. The core validates them.
#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Failure> {
        parse(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Failure> {
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
    serde_path_to_error::deserialize(pairs).map_err(|error| {
        let text = error.inner().to_string();
        let named = |start: &str| Some(text.strip_prefix(start)?.strip_suffix('`')?.to_owned());
        let path = Some(error.path().to_string()).filter(|path| path != ".");
        let (field, reason) = match (named("duplicate field `"), named("missing field `"), path) {
            (Some(name), ..) => (name, "must not be given twice"),
            (None, Some(name), _) => (name, "is required"),
            (None, None, Some(path)) => (path, "is not valid"),
            (None, None, None) => return Refusal::MalformedQuery.into(),
        };
        Failure::Described(Refusal::MalformedQuery, Error::invalid(field, reason).serialize_errors())
    })
}

/// Returns the `Link` to the next page: the address of the request with `parameter` set to `value`.
pub(crate) fn next_link(uri: &Uri, parameter: &str, value: &str) -> Option<HeaderValue> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, kept) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        if name != parameter {
            query.append_pair(&name, &kept);
        }
    }
    query.append_pair(parameter, value);
    HeaderValue::try_from(format!("<{}?{}>; rel=\"next\"", uri.path(), query.finish())).ok()
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Asked {
        since: u64,
        q: Option<String>,
    }

    #[tokio::test]
    async fn faults_name_their_parameter() {
        for (query, expected) in [
            ("since=1&q=a&q=b", r#"{"message":"Q must not be given twice","field":"q"}"#),
            ("q=a", r#"{"message":"Since is required","field":"since"}"#),
            ("since=x", r#"{"message":"Since is not valid","field":"since"}"#),
        ] {
            let response = parse::<Asked>(query).unwrap_err().into_response();
            assert_eq!(
                (response.status().as_u16(), response.headers()["x-error-code"].as_bytes()),
                (400, &b"query.malformed"[..])
            );
            let bytes = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
            assert_eq!(String::from_utf8_lossy(&bytes), format!("{{\"errors\":[{expected}]}}"), "{query}");
        }
        assert_eq!(parse::<Asked>("since=7&other=1&other=2").unwrap().since, 7);
    }

    #[test]
    fn next_page_keeps_the_other_parameters() {
        let uri: Uri = "/api/tickets?q=rock%20%26%20roll&cursor=old&limit=2".parse().unwrap();
        let link = next_link(&uri, "cursor", "a/b").unwrap();
        assert_eq!(link, "</api/tickets?q=rock+%26+roll&limit=2&cursor=a%2Fb>; rel=\"next\"");
    }
}
