use boxoffice_server::Settings;
use serde_json::json;

use crate::harness::{Host, PASSWORD};

fn at(url: &str) -> Settings {
    Settings { public_url: Some(url.to_owned()), ..Settings::default() }
}

#[tokio::test]
async fn headers_on_every_answer() {
    let host = Host::with(at("https://boxoffice.test"));
    for path in ["/healthz", "/nope", "/docs", "/openapi.json", "/api/tickets"] {
        let answer = host.get(path).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("strict-transport-security", "max-age=31536000"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(answer.header("x-request-id").is_some(), "{path}");
    }
    assert_eq!(host.get("/api/tickets").await.header("cache-control"), Some("no-store"));
    assert!(Host::start().get("/healthz").await.header("strict-transport-security").is_none());
}

#[tokio::test]
async fn cookies_are_secure_on_https() {
    let person = json!({ "email": "ann@example.com", "password": PASSWORD });
    for (url, secure) in [("https://boxoffice.test", true), ("http://boxoffice.test", false)] {
        let answer = Host::with(at(url)).post("/api/users/signup", person.clone()).await;
        assert_eq!(answer.header("set-cookie").unwrap().contains("; Secure"), secure, "{url}");
    }
}

#[tokio::test]
async fn requests_of_other_sites_are_refused() {
    let host = Host::start();
    let ann = host.person("ann").await;
    let list = || ann.call("POST", "/api/tickets").json(json!({ "title": "Hamlet", "price": "1" }));
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "https://boxoffice.test.evil.example"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        list().header(name, value).send().await.is_error(403, "origin.forbidden");
    }
    assert_eq!(host.get("/api/tickets").await.body, json!([]));
    for (name, value) in [
        ("origin", "http://boxoffice.test"),
        ("origin", "https://boxoffice.test"),
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-site", "none"),
    ] {
        assert_eq!(list().header(name, value).send().await.status, 201, "{name}: {value}");
    }
    // A request with a bearer token and no cookie can't be forged by another site.
    let sign_out = || host.call("POST", "/api/users/signout").header("origin", "https://evil.example");
    sign_out()
        .header("cookie", &format!("session={}", ann.token))
        .bearer(&ann.token)
        .send()
        .await
        .is_error(403, "origin.forbidden");
    assert_eq!(sign_out().bearer(&ann.token).send().await.status, 200);
    // Reading changes nothing.
    assert_eq!(host.call("GET", "/api/tickets").header("origin", "https://evil.example").send().await.status, 200);
    // A sign-in from another site is forgery too.
    let person = json!({ "email": "ann@example.com", "password": PASSWORD });
    let sign_in = host.call("POST", "/api/users/signin").header("origin", "https://evil.example").json(person);
    sign_in.send().await.is_error(403, "origin.forbidden");
}

#[tokio::test]
async fn with_a_public_url_it_is_the_only_own_origin() {
    let host = Host::with(at("https://tickets.example.com"));
    let sign_out = async |origin: &str| host.call("POST", "/api/users/signout").header("origin", origin).send().await;
    assert_eq!(sign_out("https://tickets.example.com").await.status, 200);
    sign_out("http://tickets.example.com").await.is_error(403, "origin.forbidden");
    sign_out("https://boxoffice.test").await.is_error(403, "origin.forbidden");
}

#[tokio::test]
async fn other_sites_may_call_only_if_they_are_named() {
    let host = Host::with(Settings { cors_origins: vec!["https://shop.example".to_owned()], ..Settings::default() });
    let preflight = async |host: &Host, origin: &str| {
        let call = host.call("OPTIONS", "/api/orders").header("origin", origin);
        call.header("access-control-request-method", "POST").send().await
    };
    let allowed = preflight(&host, "https://shop.example").await;
    assert_eq!(allowed.header("access-control-allow-origin"), Some("https://shop.example"));
    assert_eq!(allowed.header("access-control-allow-credentials"), Some("true"));
    assert!(preflight(&host, "https://evil.example").await.header("access-control-allow-origin").is_none());
    let real = host.call("POST", "/api/users/signout").header("origin", "https://shop.example").send().await;
    assert_eq!((real.status, real.header("access-control-allow-origin")), (200, Some("https://shop.example")));

    let off = preflight(&Host::start(), "https://shop.example").await;
    assert!(off.header("access-control-allow-origin").is_none());
    off.is_error(405, "route.method_not_allowed");
}

#[tokio::test]
async fn request_ids_are_echoed_if_sane() {
    let host = Host::start();
    let echo = async |id: &str| {
        let answer = host.call("GET", "/healthz").header("x-request-id", id).send().await;
        answer.header("x-request-id").unwrap().to_owned()
    };
    assert_eq!(echo("abc-123").await, "abc-123");
    assert_ne!(echo("a b").await, "a b");
    assert_ne!(echo(&"x".repeat(65)).await, "x".repeat(65));
}
