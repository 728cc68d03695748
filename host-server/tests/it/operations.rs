use std::collections::HashSet;
use std::path::Path;

use serde_json::{Value, json};

use crate::harness::Host;

#[tokio::test]
async fn health() {
    let host = Host::start();
    assert_eq!(host.get("/healthz").await.text, r#"{"status":"ok"}"#);
    assert_eq!(host.get("/readyz").await.status, 200);
}

#[tokio::test]
async fn figures() {
    let host = Host::start();
    let ann = host.person("ann").await;
    ann.lists("Hamlet", "1").await;
    let figures = host.get("/metrics").await;
    assert_eq!(figures.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    for name in [
        "boxoffice_http_requests_total{method=\"POST\",route=\"/api/tickets\",status=\"201\"}",
        "boxoffice_http_request_seconds_bucket{",
        "boxoffice_command_seconds_bucket{",
        "boxoffice_batch_commands_bucket{",
        "boxoffice_queue_depth ",
        "boxoffice_open_holds ",
        "boxoffice_expiry_lag_seconds ",
        "boxoffice_tickets_available ",
    ] {
        assert!(figures.text.contains(name), "{name} is missing in\n{}", figures.text);
    }
}

#[tokio::test]
async fn the_description_lists_every_route() {
    let description = Host::start().get("/openapi.json").await;
    let paths = description.body["paths"].as_object().unwrap();
    let mut routes: Vec<String> = Vec::new();
    for (path, item) in paths {
        routes.extend(item.as_object().unwrap().keys().map(|method| format!("{} {path}", method.to_uppercase())));
    }
    routes.sort();
    let expected = [
        "DELETE /api/orders/{id}",
        "DELETE /api/tickets/{id}",
        "DELETE /api/users/current-user",
        "DELETE /api/webhooks/{id}",
        "GET /api/balance",
        "GET /api/balance/statement.csv",
        "GET /api/cluster",
        "GET /api/journal",
        "GET /api/ledger",
        "GET /api/orders",
        "GET /api/orders/{id}",
        "GET /api/payments/escalated",
        "GET /api/payments/{id}",
        "GET /api/tickets",
        "GET /api/tickets/{id}",
        "GET /api/users/current-user",
        "GET /api/webhooks",
        "GET /api/webhooks/{id}",
        "GET /api/webhooks/{id}/deliveries",
        "GET /healthz",
        "GET /metrics",
        "GET /openapi.json",
        "GET /readyz",
        "PATCH /api/users/current-user",
        "PATCH /api/webhooks/{id}",
        "POST /api/orders",
        "POST /api/orders/{id}/refund",
        "POST /api/payments",
        "POST /api/payments/webhooks/{gateway}",
        "POST /api/payments/{id}/resolve",
        "POST /api/payouts",
        "POST /api/tickets",
        "POST /api/tickets/batch",
        "POST /api/tickets/reschedule",
        "POST /api/users/signin",
        "POST /api/users/signout",
        "POST /api/users/signup",
        "POST /api/webhooks",
        "POST /api/webhooks/{id}/deliveries/{deliveryId}/resend",
        "POST /api/webhooks/{id}/ping",
        "POST /api/webhooks/{id}/resume",
        "POST /api/webhooks/{id}/rotate-secret",
        "PUT /api/tickets/{id}",
    ];
    assert_eq!(routes, expected);
    let operations = paths.values().flat_map(|item| item.as_object().unwrap().values());
    let ids: HashSet<&str> = operations.map(|operation| operation["operationId"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), expected.len(), "every operation has an id of its own");
    unresolved(&description.body, &description.body);
}

/// Checks that all references can be resolved.
fn unresolved(value: &Value, root: &Value) {
    match value {
        Value::Object(object) => {
            if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
                assert!(root.pointer(&reference[1..]).is_some(), "{reference} leads nowhere");
            }
            object.values().for_each(|value| unresolved(value, root));
        }
        Value::Array(array) => array.iter().for_each(|value| unresolved(value, root)),
        _ => {}
    }
}

/// Checks the committed file. `BLESS=1` rewrites it.
#[test]
fn the_committed_description_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let current = boxoffice_server::openapi::json();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, current).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == current, "host-server/openapi.json is not current: run the tests once with BLESS=1");
}

#[tokio::test]
async fn on_one_machine_there_is_no_cluster() {
    let host = Host::start();
    let olga = host.operator("olga").await;
    olga.get("/api/cluster").await.is_error(404, "route.not_found");
    host.get("/api/cluster").await.is_error(404, "route.not_found");
    let listed = olga.post("/api/tickets", json!({ "title": "Hamlet", "price": "1" })).await;
    assert_eq!((listed.status, listed.header("boxoffice-position"), listed.header("set-cookie")), (201, None, None));
    assert!(!host.get("/metrics").await.text.contains("boxoffice_cluster_"));
}

#[tokio::test]
async fn the_documentation_needs_nothing_from_elsewhere() {
    let host = Host::start();
    for (path, content_type) in
        [("/docs", "text/html"), ("/docs/docs.css", "text/css"), ("/docs/docs.js", "text/javascript")]
    {
        let page = host.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.header("content-type").unwrap().starts_with(content_type), "{path}");
        assert!(!page.text.contains("http://") && !page.text.contains("https://"), "{path}");
    }
    let policy = host.get("/docs").await.header("content-security-policy").unwrap().to_owned();
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
}
