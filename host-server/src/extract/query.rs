//! The extractor for query parameters, and the link to the next page of a list.

use axum::extract::{FromRequestParts, Query as AxumQuery};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Uri};
use serde::de::DeserializeOwned;

use crate::error::{Failure, Refusal};

/// The parameters of the query. The core validates them.
#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Failure> {
        let AxumQuery(query) = AxumQuery::try_from_uri(&parts.uri).map_err(|_| Refusal::MalformedQuery)?;
        Ok(Self(query))
    }
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
    use super::*;

    #[test]
    fn next_page_keeps_the_other_parameters() {
        let uri: Uri = "/api/tickets?q=rock%20%26%20roll&cursor=old&limit=2".parse().unwrap();
        let link = next_link(&uri, "cursor", "a/b").unwrap();
        assert_eq!(link, "</api/tickets?q=rock+%26+roll&limit=2&cursor=a%2Fb>; rel=\"next\"");
    }
}
