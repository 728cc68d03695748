//! Tests that all errors have the common shape.

use serde_json::json;

use crate::harness::Host;

#[tokio::test]
async fn unknown_routes_and_methods() {
    let host = Host::start();
    for path in ["/nope", "/api", "/api/nope", "/api/tickets/x/y", "/favicon.ico"] {
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
    let within = json!({ "tickets": [], "padding": "x".repeat(2 << 20) });
    ann.post("/api/tickets/batch", within).await.is_error(400, "validation").about(&["tickets"]);
}

#[tokio::test]
async fn a_batch_that_is_too_large() {
    let host = Host::start();
    let ann = host.person("ann").await;
    let large = json!({ "tickets": [], "padding": "x".repeat(8 << 20) });
    ann.post("/api/tickets/batch", large).await.is_error(413, "body.too_large");
}

#[tokio::test]
async fn queries_that_make_no_sense() {
    let host = Host::start();
    let ann = host.person("ann").await;
    let olga = host.operator("olga").await;
    host.get("/api/tickets?q=a&q=b").await.is_error(400, "query.malformed").about(&["q"]);
    ann.get("/api/orders?limit=1&limit=1").await.is_error(400, "query.malformed").about(&["limit"]);
    for path in ["/?q=a&q=b", "/sign-in?next=/a&next=/b", "/sign-up?next=/a&next=/b"] {
        host.get(path).await.is_error(400, "query.malformed");
        let page = host.call("GET", path).header("accept", "text/html").send().await;
        assert_eq!((page.status, page.code()), (400, "query.malformed"), "{path}");
        assert!(page.header("content-type").unwrap().starts_with("text/html"), "{path}");
        assert!(page.text.contains("must not be given twice"), "{path}: {}", page.text);
    }
    for path in ["/orders?cursor=a&cursor=b", "/sell?cursor=a&cursor=b"] {
        ann.get(path).await.is_error(400, "query.malformed");
    }
    olga.get("/console?minutes=60&minutes=180").await.is_error(400, "query.malformed");
    host.get("/shows/0123456789abcdef/live").await.is_error(400, "query.malformed").about(&["since"]);
    host.get("/shows/0123456789abcdef/live?since=x").await.is_error(400, "query.malformed").about(&["since"]);
    host.get("/shows/%FF").await.is_error(400, "request.malformed");
}

#[tokio::test]
async fn limits_can_be_off() {
    let host = Host::start();
    for _ in 0..50 {
        host.call("POST", "/api/users/signup").json(json!({})).send().await.is_error(400, "validation");
    }
}

#[tokio::test]
async fn a_closed_office() {
    let host = Host::start();
    let ann = host.person("ann").await;
    host.close_office().await;
    let answer = ann.post("/api/tickets", json!({ "title": "Hamlet", "price": "1" })).await;
    answer.is_error(503, "engine.closed");
    assert!(answer.header("retry-after").is_some());
    host.get("/readyz").await.is_error(503, "engine.not_ready");
    assert_eq!(host.get("/healthz").await.status, 200);
}
