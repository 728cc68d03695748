//! Every way to go wrong ends in the common shape.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use boxoffice_server::Settings;
use serde_json::json;

use crate::harness::Host;

#[tokio::test]
async fn unknown_routes_and_methods() {
    let host = Host::start();
    for path in ["/", "/api", "/api/nope", "/api/tickets/x/y", "/favicon.ico"] {
        host.get(path).await.is_error(404, "route.not_found");
    }
    let answer = host.call("PATCH", "/api/tickets").send().await;
    answer.is_error(405, "route.method_not_allowed");
    assert_eq!(answer.header("allow"), Some("GET,HEAD,POST"));
    host.call("DELETE", "/healthz").send().await.is_error(405, "route.method_not_allowed");
}

#[tokio::test]
async fn bodies_that_are_no_json() {
    let host = Host::start();
    let send = async |content_type: Option<&str>, body: &str| {
        let call = host.call("POST", "/api/users/signin").body(body.to_owned());
        content_type.into_iter().fold(call, |call, value| call.header("content-type", value)).send().await
    };
    let json = Some("application/json");
    for body in ["", "  "] {
        send(json, body).await.is_error(400, "body.malformed");
        send(None, body).await.is_error(400, "body.malformed");
    }
    for body in ["{", "nope", "{\"email\":\"a\"} x", "{\"email\":}", "\u{feff}{}"] {
        send(json, body).await.is_error(400, "body.malformed");
    }
    for body in ["[]", "5", "null", "\"x\""] {
        send(json, body).await.is_error(400, "validation");
    }
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "nonsense"] {
        send(Some(content_type), "{}").await.is_error(415, "body.unsupported_media_type");
    }
    send(None, "{}").await.is_error(415, "body.unsupported_media_type");
    for content_type in ["application/json; charset=utf-8", "Application/JSON", "application/vnd.x+json"] {
        send(Some(content_type), "{}").await.is_error(401, "auth.invalid_credentials");
    }
}

#[tokio::test]
async fn bodies_that_are_too_large() {
    let host = Host::start();
    let ann = host.person("ann").await;
    let large = json!({ "title": "x".repeat(1 << 20), "price": 1 });
    ann.post("/api/tickets", large).await.is_error(413, "body.too_large");
    let larger = json!({ "tickets": [], "padding": "x".repeat(8 << 20) });
    ann.post("/api/tickets/batch", larger).await.is_error(413, "body.too_large");
    let within = json!({ "tickets": [], "padding": "x".repeat(2 << 20) });
    ann.post("/api/tickets/batch", within).await.is_error(400, "validation").about(&["tickets"]);
}

#[tokio::test]
async fn panics_fail_their_request_only() {
    let panics = Router::new().route("/panic", get(async || -> () { panic!("secret 7") }));
    let host = Host::built(Settings { rate_limit: false, ..Settings::default() }, |builder| builder, panics);
    let answer = host.call("GET", "/panic").header("x-request-id", "mine").send().await;
    answer.is_error(500, "internal");
    assert!(!answer.text.contains("secret"), "{}", answer.text);
    assert_eq!(answer.header("x-request-id"), Some("mine"));
    assert_eq!(host.get("/healthz").await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn requests_that_take_too_long() {
    let slow = Router::new().route("/slow", get(std::future::pending::<()>));
    let settings = Settings { request_timeout: Duration::from_secs(30), rate_limit: false, ..Settings::default() };
    let host = Host::built(settings, |builder| builder, slow);
    let answer = host.get("/slow").await;
    answer.is_error(503, "request.timeout");
    assert_eq!(answer.header("retry-after"), Some("1"));
}

#[tokio::test]
async fn a_closed_office() {
    let host = Host::start();
    let ann = host.person("ann").await;
    host.office.close().await.unwrap();
    let answer = ann.post("/api/tickets", json!({ "title": "Hamlet", "price": "1" })).await;
    answer.is_error(503, "engine.closed");
    assert!(answer.header("retry-after").is_some());
    host.get("/readyz").await.is_error(503, "engine.not_ready");
    assert_eq!(host.get("/healthz").await.status, 200);
}
