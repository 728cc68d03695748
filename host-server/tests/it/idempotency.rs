use serde_json::json;

use crate::harness::Host;

#[tokio::test]
async fn the_same_key_gets_the_first_answer_across_restarts() {
    let host = Host::start();
    let ann = host.person("ann").await;
    let body = json!({ "title": "Hamlet", "price": "19.99" });
    let call = |host: &Host, body: serde_json::Value, token: &str| {
        host.call("POST", "/api/tickets").bearer(token).header("idempotency-key", "k-1").json(body).send()
    };
    let token = ann.token.clone();
    let first = call(&host, body.clone(), &token).await;
    let again = call(&host, body.clone(), &token).await;
    assert_eq!((first.status, &first.text), (again.status, &again.text));
    let host = host.restart().await;
    let again = call(&host, body, &token).await;
    assert_eq!((first.status, &first.text), (again.status, &again.text));
    assert_eq!(host.get("/api/tickets").await.body.as_array().unwrap().len(), 1);
    let other = call(&host, json!({ "title": "Macbeth", "price": "19.99" }), &token).await;
    other.is_error(422, "command.key_reused");
    let elsewhere = host.call("POST", "/api/orders").bearer(&token).header("idempotency-key", "k-1");
    let elsewhere = elsewhere.json(json!({ "ticketId": first.id() })).send().await;
    elsewhere.is_error(422, "command.key_reused");
}

#[tokio::test]
async fn a_key_belongs_to_its_user() {
    let host = Host::start();
    let (ann, bob) = (host.person("ann").await, host.person("bob").await);
    let body = json!({ "title": "Hamlet", "price": "19.99" });
    let list = |token: &str| host.call("POST", "/api/tickets").bearer(token).header("Idempotency-Key", "k");
    let (one, two) = (list(&ann.token).json(body.clone()).send().await, list(&bob.token).json(body).send().await);
    assert_ne!(one.id(), two.id());
}

#[tokio::test]
async fn orders_payments_and_sign_ups_come_again() {
    let host = Host::start();
    let (ann, bob) = (host.person("ann").await, host.person("bob").await);
    let ticket = ann.lists("Hamlet", "19.99").await;
    let keyed = |path: &str, key: &str, body| bob.call("POST", path).header("idempotency-key", key).json(body).send();
    let order = keyed("/api/orders", "o", json!({ "ticketId": ticket })).await;
    assert_eq!(keyed("/api/orders", "o", json!({ "ticketId": ticket })).await.id(), order.id());
    let payment = json!({ "orderId": order.id(), "token": "tok_visa" });
    let paid = keyed("/api/payments", "p", payment.clone()).await;
    let again = keyed("/api/payments", "p", payment).await;
    assert_eq!((paid.status, &paid.body), (again.status, &again.body));

    let person = json!({ "email": "new@example.com", "password": "a long password" });
    let one = keyed("/api/users/signup", "s", person.clone()).await;
    let two = keyed("/api/users/signup", "s", person).await;
    assert_eq!((one.status, two.status, one.id()), (201, 201, two.id()));
}

#[tokio::test]
async fn malformed_keys() {
    let host = Host::start();
    let ann = host.person("ann").await;
    for key in ["two words", "", &"k".repeat(256)] {
        let call = ann.call("POST", "/api/tickets").header("idempotency-key", key);
        let answer = call.json(json!({ "title": "Hamlet", "price": "1" })).send().await;
        answer.is_error(400, "validation").about(&["Idempotency-Key"]);
    }
}
