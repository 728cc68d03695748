use boxoffice_server::Settings;
use serde_json::json;

use crate::harness::{Host, PASSWORD};

fn at(url: &str) -> Settings {
    Settings { public_url: Some(url.to_owned()), ..Settings::default() }
}

#[tokio::test]
async fn headers_on_every_answer() {
    let host = Host::with(at("https://ticketing.dev"));
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
}

#[tokio::test]
async fn without_a_public_url_nobody_is_told_to_come_by_https() {
    assert!(Host::start().get("/healthz").await.header("strict-transport-security").is_none());
}

#[tokio::test]
async fn cookies_are_secure_on_https() {
    let person = json!({ "email": "ann@example.com", "password": PASSWORD });
    for (url, secure) in [("https://ticketing.dev", true), ("http://ticketing.dev", false)] {
        let answer = Host::with(at(url)).post("/api/users/signup", person.clone()).await;
        assert_eq!(answer.header("set-cookie").unwrap().contains("; Secure"), secure, "{url}");
    }
}

#[tokio::test]
async fn over_https_the_session_has_a_name_that_nobody_can_plant_and_no_other_counts() {
    let person = json!({ "email": "ann@example.com", "password": PASSWORD });
    let host = Host::with(at("https://ticketing.dev"));
    let set = |answer: &crate::harness::Answer| -> Vec<String> {
        answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap().to_owned()).collect()
    };
    let value = |cookie: &str| cookie.split_once('=').unwrap().1.split(';').next().unwrap().to_owned();
    let signed_up = set(&host.post("/api/users/signup", person.clone()).await);
    assert!(signed_up[0].starts_with("__Host-session="), "{signed_up:?}");
    assert!(signed_up[0].contains("; Secure") && signed_up[0].contains("; Path=/") && !signed_up[0].contains("Domain"));
    assert!(signed_up[1].starts_with("session=;") && signed_up[1].contains("Max-Age=0"), "{signed_up:?}");
    assert!(signed_up[2].starts_with("__Host-device=") && signed_up[2].contains("; Secure"), "{signed_up:?}");
    let first = value(&signed_up[0]);
    let second = value(&set(&host.post("/api/users/signin", person).await)[0]);
    let who = async |cookie: &str| {
        let answer = host.call("GET", "/api/users/current-user").header("cookie", cookie).send().await;
        answer.body["currentUser"]["email"].as_str().map(str::to_owned)
    };
    let ann = Some("ann@example.com".to_owned());
    assert_eq!(who(&format!("__Host-session={first}")).await, ann);
    assert_eq!(who(&format!("session=junk; __Host-session=\"{first}\"; session=a.b.c")).await, ann);
    assert_eq!(who(&format!("__Host-session=expired; __Host-session={first}")).await, ann);
    // A sibling host can plant the other name, with a stranger's session in it.
    for planted in [format!("session={first}"), format!("__Host-session=expired; session={first}")] {
        assert_eq!(who(&planted).await, None, "{planted}");
    }
    let orders = async |name: &str| {
        let call = host.call("GET", "/api/orders").header("cookie", &format!("{name}={second}"));
        call.send().await.status
    };
    assert_eq!((orders("__Host-session").await, orders("session").await), (200, 401));
    let page = async |name: &str| {
        let call = host.call("GET", "/").header("accept", "text/html").header("cookie", &format!("{name}={second}"));
        call.send().await.text
    };
    assert!(page("__Host-session").await.contains("My orders") && !page("session").await.contains("My orders"));
    // Signing out ends and clears whatever the browser has.
    let cookies = format!("__Host-session={first}; session={second}");
    let out = set(&host.call("POST", "/api/users/signout").header("cookie", &cookies).send().await);
    assert_eq!(out.len(), 2, "{out:?}");
    for (cookie, name) in out.iter().zip(["__Host-session=;", "session=;"]) {
        assert!(cookie.starts_with(name) && cookie.contains("Max-Age=0"), "{out:?}");
    }
    for token in [first, second] {
        assert_eq!(who(&format!("__Host-session={token}")).await, None);
    }
}

#[tokio::test]
async fn a_session_is_found_among_others_cookies_of_its_name() {
    let host = Host::start();
    let ann = host.person("ann").await;
    let get = async |cookie: &[u8]| {
        let value = axum::http::HeaderValue::from_bytes(cookie).unwrap();
        host.call("GET", "/api/orders").raw_header("cookie", value).send().await.status
    };
    let (token, name) = (&ann.token, host.session(""));
    assert_eq!(get(format!("{name}; {name}s%3Ax.y; {name}{token}").as_bytes()).await, 200);
    assert_eq!(get(&[b"other=\xff\xfe; ".as_slice(), name.as_bytes(), token.as_bytes()].concat()).await, 200);
    assert_eq!(get(format!("{name}\"{token}\"; =; ;;").as_bytes()).await, 200);
    assert_eq!(get(format!("{name}a.b.c").as_bytes()).await, 401);
}

#[tokio::test]
async fn public_urls_are_read_as_browsers_write_origins() {
    let further = vec!["https://www.example.com/".to_owned()];
    let settings = Settings { further_public_urls: further, ..at("https://Tickets.example.com:443/") };
    let host = Host::with(settings);
    let sign_out = async |origin: &str| host.call("POST", "/api/users/signout").header("origin", origin).send().await;
    for own in ["https://tickets.example.com", "https://www.example.com"] {
        assert_eq!(sign_out(own).await.status, 200, "{own}");
    }
    for other in ["https://example.com", "http://tickets.example.com", "https://tickets.example.com:8443"] {
        sign_out(other).await.is_error(403, "origin.forbidden");
    }
    let page = host.call("POST", "/sign-out").header("origin", "http://localhost:3000").header("accept", "text/html");
    let page = page.send().await;
    assert_eq!((page.status, page.code()), (403, "origin.forbidden"));
    assert!(page.text.contains("Open https://tickets.example.com or https://www.example.com"), "{}", page.text);
}

#[tokio::test]
async fn without_a_public_url_the_name_that_was_asked_for_is_the_own_origin() {
    let host = Host::start();
    let sign_out = |origin: &str| host.call("POST", "/api/users/signout").header("origin", origin);
    for own in ["http://ticketing.dev", "https://ticketing.dev", "http://Ticketing.dev:80"] {
        assert_eq!(sign_out(own).send().await.status, 200, "{own}");
    }
    sign_out("http://ticketing.dev:8080").send().await.is_error(403, "origin.forbidden");
    sign_out("http://ticketing.dev")
        .header("origin", "http://evil.example")
        .send()
        .await
        .is_error(403, "origin.forbidden");
}

#[tokio::test]
async fn assets_and_json_are_compressed_and_pages_are_not() {
    let host = Host::start();
    let ann = host.person("ann").await;
    for number in 0..20 {
        ann.lists(&format!("Hamlet, row {number}"), "10").await;
    }
    let get = async |path: &str| host.call("GET", path).header("accept-encoding", "gzip, br").send().await;
    let page = get("/").await;
    assert_eq!(page.header("content-encoding"), None, "its length must not tell of the form's token");
    let style = page.text.split('"').find(|text| text.starts_with("/assets/style.")).unwrap();
    for path in [style, "/api/tickets", "/openapi.json"] {
        assert_eq!(get(path).await.header("content-encoding"), Some("gzip"), "{path}");
    }
    let plain = host.get("/api/tickets").await;
    assert_eq!((plain.header("content-encoding"), plain.body.as_array().unwrap().len()), (None, 20));
    assert_eq!(get("/healthz").await.header("content-encoding"), None, "it is too short");
}

#[tokio::test]
async fn requests_of_other_sites_are_refused() {
    let host = Host::start();
    let ann = host.person("ann").await;
    let list = || ann.call("POST", "/api/tickets").json(json!({ "title": "Hamlet", "price": "1" }));
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "https://ticketing.dev.evil.example"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        list().header(name, value).send().await.is_error(403, "origin.forbidden");
    }
    assert_eq!(host.get("/api/tickets").await.body, json!([]));
    for (name, value) in
        [("origin", "https://ticketing.dev"), ("sec-fetch-site", "same-origin"), ("sec-fetch-site", "none")]
    {
        assert_eq!(list().header(name, value).send().await.status, 201, "{name}: {value}");
    }
    // A request with a bearer token and no cookie can't be forged by another site.
    let sign_out = || host.call("POST", "/api/users/signout").header("origin", "https://evil.example");
    sign_out()
        .header("cookie", &host.session(&ann.token))
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
    sign_out("https://ticketing.dev").await.is_error(403, "origin.forbidden");
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
