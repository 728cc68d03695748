use serde_json::{Value, json};

use crate::harness::{Host, PASSWORD};

#[tokio::test]
async fn sign_up_signs_in_with_a_cookie() {
    let host = Host::start();
    let answer = host.post("/api/users/signup", json!({ "email": "Ann@Example.com", "password": PASSWORD })).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.body["email"], "Ann@Example.com");
    assert_eq!(answer.body["operator"], false);
    let token = answer.cookie().unwrap();
    assert_eq!(answer.header("set-cookie"), Some(host.set_session(&token, 604_800).as_str()));

    let cookie = format!("theme=dark; {}; x=1", host.session(&token));
    let me = host.call("GET", "/api/users/current-user").header("cookie", &cookie).send().await;
    assert_eq!((me.status, &me.body["currentUser"]["id"]), (200, &answer.body["id"]));
    assert!(me.body["currentUser"].get("password").is_none());
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_null() {
    let host = Host::start();
    let me = host.get("/api/users/current-user").await;
    assert_eq!((me.status, me.body), (200, json!({ "currentUser": null })));
    let me = host.call("GET", "/api/users/current-user").bearer("nonsense").send().await;
    assert_eq!((me.status, me.body), (200, json!({ "currentUser": null })));
}

#[tokio::test]
async fn refused_sign_ups() {
    let host = Host::start();
    host.person("ann").await;
    let check = async |body: Value, status, code, fields: &[&str]| {
        host.post("/api/users/signup", body).await.is_error(status, code).about(fields);
    };
    check(json!({}), 400, "validation", &["email", "password"]).await;
    check(json!({ "email": "ann", "password": PASSWORD }), 400, "validation", &["email"]).await;
    check(json!({ "email": "b@example.com", "password": "short" }), 400, "validation", &["password"]).await;
    check(json!({ "email": 5, "password": PASSWORD }), 400, "validation", &["email"]).await;
    check(json!({ "email": "ANN@example.com", "password": PASSWORD }), 409, "auth.email_taken", &[]).await;
}

#[tokio::test]
async fn sign_in_and_its_one_refusal() {
    let host = Host::start();
    host.person("ann").await;
    let sign_in = async |email: &str, password: &str| {
        host.post("/api/users/signin", json!({ "email": email, "password": password })).await
    };
    let right = sign_in("ANN@example.com", PASSWORD).await;
    assert_eq!(right.status, 200);
    assert!(right.cookie().is_some());
    let wrong = sign_in("ann@example.com", "wrong password").await;
    let unknown = sign_in("bob@example.com", PASSWORD).await;
    wrong.is_error(401, "auth.invalid_credentials");
    unknown.is_error(401, "auth.invalid_credentials");
    assert_eq!(wrong.text, unknown.text);
    assert_eq!(wrong.header("www-authenticate"), Some("Bearer"));
    assert!(wrong.cookie().is_none());
}

#[tokio::test]
async fn sign_out_kills_the_token() {
    let host = Host::start();
    let ann = host.person("ann").await;
    let out = ann.post("/api/users/signout", json!({})).await;
    assert_eq!((out.status, &out.body), (200, &json!({})));
    assert_eq!(out.header("set-cookie"), Some(host.set_session("", 0).as_str()));
    ann.get("/api/orders").await.is_error(401, "auth.required");
    host.call("GET", "/api/orders").bearer(&ann.token).send().await.is_error(401, "auth.required");
    // A repeated sign-out, or one without a session, succeeds too.
    assert_eq!(ann.call("POST", "/api/users/signout").send().await.status, 200);
    assert_eq!(host.call("POST", "/api/users/signout").send().await.status, 200);
}

#[tokio::test]
async fn bearer_wins_over_the_cookie() {
    let host = Host::start();
    let (ann, bob) = (host.person("ann").await, host.person("bob").await);
    let me = ann.call("GET", "/api/users/current-user").bearer(&bob.token).send().await;
    assert_eq!(me.body["currentUser"]["id"], bob.id);
    ann.call("GET", "/api/orders").bearer("nonsense").send().await.is_error(401, "auth.required");
    ann.call("GET", "/api/orders").header("authorization", "Basic eDp5").send().await.is_error(401, "auth.required");
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let host = Host::start();
    let ann = host.person("ann").await;
    let other = host.post("/api/users/signin", json!({ "email": "ann@example.com", "password": PASSWORD })).await;
    let change = json!({ "currentPassword": PASSWORD, "password": "another password", "email": "new@example.com" });
    let changed = ann.call("PATCH", "/api/users/current-user").json(change).send().await;
    assert_eq!((changed.status, &changed.body["email"]), (200, &json!("new@example.com")));
    for dead in [&ann.token, &other.cookie().unwrap()] {
        host.call("GET", "/api/orders").bearer(dead).send().await.is_error(401, "auth.required");
    }
    let alive = host.call("GET", "/api/orders").bearer(&changed.cookie().unwrap()).send().await;
    assert_eq!(alive.status, 200);
}

#[tokio::test]
async fn refused_changes() {
    let host = Host::start();
    host.person("bob").await;
    let ann = host.person("ann").await;
    let patch = async |body| ann.call("PATCH", "/api/users/current-user").json(body).send().await;
    patch(json!({ "password": "another password" })).await.is_error(400, "validation").about(&["currentPassword"]);
    patch(json!({ "currentPassword": PASSWORD, "email": "x" })).await.is_error(400, "validation").about(&["email"]);
    let wrong = patch(json!({ "currentPassword": "wrong password", "email": "c@example.com" })).await;
    wrong.is_error(401, "auth.invalid_credentials").about(&["currentPassword"]);
    let taken = patch(json!({ "currentPassword": PASSWORD, "email": "bob@example.com" })).await;
    taken.is_error(409, "auth.email_taken");
    host.call("PATCH", "/api/users/current-user").json(json!({})).send().await.is_error(401, "auth.required");
}

#[tokio::test]
async fn erasure() {
    let host = Host::start();
    let ann = host.person("ann").await;
    let ticket = ann.lists("Hamlet", "19.99").await;
    let erase = async || {
        ann.call("DELETE", "/api/users/current-user").json(json!({ "currentPassword": PASSWORD })).send().await
    };
    erase().await.is_error(409, "auth.still_trading");
    assert_eq!(ann.delete(&format!("/api/tickets/{ticket}")).await.status, 204);
    let gone = erase().await;
    assert_eq!((gone.status, gone.text.as_str()), (204, ""));
    assert_eq!(ann.get("/api/users/current-user").await.body, json!({ "currentUser": null }));
    let again = host.post("/api/users/signin", json!({ "email": "ann@example.com", "password": PASSWORD })).await;
    again.is_error(401, "auth.invalid_credentials");
}

#[tokio::test]
async fn sessions_end_by_themselves() {
    let host = Host::start();
    let ann = host.person("ann").await;
    host.clock.advance(std::time::Duration::from_hours(7 * 24) - std::time::Duration::from_secs(1));
    assert_eq!(ann.get("/api/orders").await.status, 200);
    host.clock.advance(std::time::Duration::from_secs(1));
    ann.get("/api/orders").await.is_error(401, "auth.required");
}
