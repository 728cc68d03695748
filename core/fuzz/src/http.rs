//! Fuzzes requests to every route that takes a body, and queries and headers of the others.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, Method, Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt;

use crate::shop::SHOP;

const NOBODY: &str = "019b7c5e-4d00-7000-8000-000000000001";

/// Routes; `{id}` is an id that does not exist. Routes that sign in or out or erase would leave the next input without
/// a session, and routes that hash a password would only be slow. They get a wrong session; the same code parses their
/// bodies.
const ROUTES: &[(&str, &str, bool)] = &[
    ("POST", "/api/users/signup", true),
    ("POST", "/api/users/signin", true),
    ("PATCH", "/api/users/current-user", true),
    ("DELETE", "/api/users/current-user", true),
    ("POST", "/api/tickets", true),
    ("POST", "/api/tickets/batch", true),
    ("PUT", "/api/tickets/{id}", true),
    ("POST", "/api/orders", true),
    ("POST", "/api/orders/{id}/refund", true),
    ("POST", "/api/payments", true),
    ("GET", "/api/tickets", false),
    ("GET", "/api/orders", false),
    ("GET", "/api/journal", false),
    ("GET", "/api/tickets/", false),
];

/// Sends a request. The input has a route, a header, and the rest: a body, a query or the end of a path.
pub(crate) fn run(data: &[u8]) {
    let [route, header, rest @ ..] = data else { return };
    let (method, path, takes_body) = ROUTES[usize::from(*route) % ROUTES.len()];
    let path = path.replace("{id}", NOBODY);
    let (uri, body) = if takes_body {
        (path, rest.to_vec())
    } else {
        let encoded: String = rest.iter().map(|byte| encoded(*byte)).collect();
        (format!("{path}{}{encoded}", if path.ends_with('/') { "" } else { "?" }), Vec::new())
    };
    let mut request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(uri);
    request = request.header(header::HOST, "boxoffice.test").header(header::CONTENT_TYPE, "application/json");
    request = request.header(header::AUTHORIZATION, format!("Bearer {}", SHOP.people[1].token));
    // Sets a known header, with the beginning of the rest as its value.
    let names = ["if-match", "if-none-match", "idempotency-key", "last-event-id", "origin", "x-request-id", "accept"];
    if let Some(name) = names.get(usize::from(*header))
        && let Ok(value) = HeaderValue::from_bytes(&rest[..rest.len().min(40)])
    {
        request = request.header(*name, value);
    }
    let Ok(request) = request.body(Body::from(body)) else { return };
    SHOP.runtime.block_on(check(request));
}

/// Percent-encodes a byte unless it is part of the syntax of queries, so that bytes of the input are bytes of the
/// query.
fn encoded(byte: u8) -> String {
    let plain = byte.is_ascii_alphanumeric() || b"=&%+-._~".contains(&byte);
    if plain { char::from(byte).to_string() } else { format!("%{byte:02X}") }
}

async fn check(request: Request<Body>) {
    let what = format!("{} {}", request.method(), request.uri());
    let response = SHOP.router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    assert!(!status.is_server_error(), "{what}: {status}");
    if status == StatusCode::NO_CONTENT || status == StatusCode::NOT_MODIFIED {
        return;
    }
    let is_error = !status.is_success();
    assert!(!is_error || response.headers().contains_key("x-error-code"), "{what}: {status}");
    let body = to_bytes(response.into_body(), 64 << 20).await.unwrap();
    let json: Value = serde_json::from_slice(&body).unwrap_or_else(|error| panic!("{what}: {status}: {error}"));
    if is_error {
        let errors = json["errors"].as_array().unwrap_or_else(|| panic!("{what}: {json}"));
        assert!(!errors.is_empty() && errors.iter().all(|error| error["message"].is_string()), "{what}: {json}");
    }
}
