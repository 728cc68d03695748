//! The extractor for JSON bodies. An error by serde becomes an error that names the field and never contains the value,
//! which may be a password.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequest, OptionalFromRequest, Request};
use axum::http::{HeaderMap, header};
use boxoffice::{Code, Error};
use hyper::body::Body as _;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::body;
use crate::error::{Failure, Refusal};
use crate::limits::Load;

/// Most bytes of the name of a field that is told: longer ones are nobody's mistake in typing.
const PATH_MAX: usize = 200;

/// A body, parsed as JSON.
#[derive(Debug)]
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T, S> FromRequest<S> for JsonBody<T>
where
    T: DeserializeOwned + Send + 'static,
    S: Send + Sync,
    Arc<Load>: FromRef<S>,
{
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let has_type = request.headers().contains_key(header::CONTENT_TYPE);
        if has_type && !is_json(request.headers()) {
            return Err(Refusal::UnsupportedMediaType.into());
        }
        let (bytes, room) = body::read(request, &<Arc<Load>>::from_ref(state)).await?;
        if bytes.trim_ascii().is_empty() {
            return Err(Refusal::EmptyBody.into());
        }
        if !has_type {
            return Err(Refusal::UnsupportedMediaType.into());
        }
        body::parsed((bytes, room), parse::<T>).await?.map(Self)
    }
}

impl<T, S> OptionalFromRequest<S> for JsonBody<T>
where
    T: DeserializeOwned + Send + 'static,
    S: Send + Sync,
    Arc<Load>: FromRef<S>,
{
    type Rejection = Failure;

    /// Returns `None` for a request without a body.
    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Failure> {
        if !request.headers().contains_key(header::CONTENT_TYPE) && request.body().is_end_stream() {
            return Ok(None);
        }
        <Self as FromRequest<S>>::from_request(request, state).await.map(Some)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    // serde would also accept an array as a struct, with the values in the order of the fields. A client that sends one
    // is wrong.
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok();
        return Err(if is_json { not_an_object() } else { Refusal::MalformedBody.into() });
    }
    serde_json::from_slice(bytes).map_err(|_| explain::<T>(bytes))
}

fn not_an_object() -> Failure {
    Error::with_message(Code::Validation, "The body must be a JSON object").into()
}

/// Parses an invalid body again, with its path tracked, and returns the error. Valid bodies don't pay the cost of
/// tracking.
fn explain<T: DeserializeOwned>(bytes: &[u8]) -> Failure {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let Err(error) = serde_path_to_error::deserialize::<_, T>(&mut deserializer) else {
        return Refusal::MalformedBody.into();
    };
    if error.inner().classify() != Category::Data {
        return Refusal::MalformedBody.into();
    }
    let path = error.path().to_string();
    let path = if path == "." { "" } else { &path };
    let text = error.inner().to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text);
    // In these two cases, the message contains the field's name, and the path does not.
    for (start, reason) in [("missing field `", "is required"), ("duplicate field `", "must not be given twice")] {
        if let Some(name) = text.strip_prefix(start).and_then(|rest| rest.strip_suffix('`')) {
            let field = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            return Error::invalid(field, reason).into();
        }
    }
    if path.is_empty() {
        return Refusal::MalformedBody.into();
    }
    if path.len() > PATH_MAX {
        return Error::with_message(Code::Validation, "The body has a field that is not known here").into();
    }
    Error::invalid(path.to_owned(), reason(text)).into()
}

/// Returns the reason in serde's message, without the value.
fn reason(text: &str) -> String {
    if let Some((_, known)) = text.strip_prefix("unknown field `").and_then(|rest| rest.rsplit_once("`, expected ")) {
        let known = known.trim_start_matches("one of ").replace('`', "");
        return format!("is not known here: there is {known}");
    }
    match text.rsplit_once(", expected ") {
        Some((_, expected)) => format!("must be {}", json_word(expected)),
        None if text.starts_with("must ") => text.to_owned(),
        None => "is not valid".to_owned(),
    }
}

/// Returns the JSON word for serde's description of a Rust type.
fn json_word(expected: &str) -> &str {
    if expected.starts_with("struct ") {
        "an object"
    } else if expected.starts_with("a sequence") {
        "an array"
    } else {
        expected
    }
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Outer {
        title: String,
        inner: Option<Inner>,
        #[serde(default)]
        many: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Inner {
        name: String,
    }

    async fn check(body: &str, expected: &str) {
        let response = parse::<Outer>(body.as_bytes()).unwrap_err().into_response();
        let bytes = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&bytes), format!("{{\"errors\":[{expected}]}}"), "{body}");
    }

    #[tokio::test]
    async fn faults_name_their_field_and_never_the_value() {
        let malformed = r#"{"message":"The body is not valid JSON"}"#;
        check("{", malformed).await;
        check(r#"{"title":"a"} x"#, malformed).await;
        check("nope", malformed).await;
        check("[1]", r#"{"message":"The body must be a JSON object"}"#).await;
        check("{}", r#"{"message":"Title is required","field":"title"}"#).await;
        check(r#"{"title":1}"#, r#"{"message":"Title must be a string","field":"title"}"#).await;
        check(r#"{"title":"a","title":"b"}"#, r#"{"message":"Title must not be given twice","field":"title"}"#).await;
        check(r#"{"title":"a","inner":"secret"}"#, r#"{"message":"Inner must be an object","field":"inner"}"#).await;
        check(r#"{"title":"a","inner":{}}"#, r#"{"message":"Name is required","field":"inner.name"}"#).await;
        check(r#"{"title":"a","many":5}"#, r#"{"message":"Many must be an array","field":"many"}"#).await;
        let field = r#"{"message":"Name must be a string","field":"many[1].name"}"#;
        check(r#"{"title":"a","many":[{"name":"x"},{"name":null}]}"#, field).await;
        let field = r#"{"message":"Titel is not known here: there is title, inner, many","field":"titel"}"#;
        check(r#"{"title":"a","titel":"secret"}"#, field).await;
        let field = r#"{"message":"Nam is not known here: there is name","field":"inner.nam"}"#;
        check(r#"{"title":"a","inner":{"name":"x","nam":"secret"}}"#, field).await;
        let long = format!(r#"{{"title":"a","{}":1}}"#, "x".repeat(1_000));
        check(&long, r#"{"message":"The body has a field that is not known here"}"#).await;
    }
}
