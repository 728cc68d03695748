use serde_json::json;

use crate::harness::Host;

#[tokio::test]
async fn a_sale() {
    let host = Host::start();
    let (ann, bob, eve) = (host.person("ann").await, host.person("bob").await, host.person("eve").await);
    let ticket = ann.lists("Hamlet", "19.99").await;
    let order = bob.orders(&ticket).await;
    let paid = bob.pays(&order, "tok_visa").await;
    assert_eq!(paid.status, 201, "{}", paid.text);
    assert!(paid.text.contains(r#""amount":19.99,"currency":"USD""#), "{}", paid.text);
    assert_eq!(paid.body["orderId"], order);
    assert_eq!((&paid.body["status"], &paid.body["gateway"]), (&json!("succeeded"), &json!("sandbox")));
    assert_eq!(paid.body["failure"], json!(null));
    let path = format!("/api/payments/{}", paid.id());
    assert_eq!(paid.header("location"), Some(path.as_str()));
    assert_eq!(bob.get(&path).await.body, paid.body);
    assert_eq!(ann.get(&path).await.status, 200, "the seller sees it too");
    eve.get(&path).await.is_error(403, "payment.not_yours");
    host.get(&path).await.is_error(401, "auth.required");
    assert_eq!(host.get(&format!("/api/tickets/{ticket}")).await.body["status"], "sold");
    let seen = bob.get(&format!("/api/orders/{order}")).await;
    assert_eq!((&seen.body["status"], &seen.body["charge"]["id"]), (&json!("complete"), &paid.body["id"]));
    bob.pays(&order, "tok_visa").await.is_error(409, "order.already_paid");
}

#[tokio::test]
async fn a_declined_card_frees_the_ticket() {
    let host = Host::start();
    let (ann, bob) = (host.person("ann").await, host.person("bob").await);
    let ticket = ann.lists("Hamlet", "19.99").await;
    let order = bob.orders(&ticket).await;
    bob.pays(&order, "tok_chargeDeclined").await.is_error(402, "payment.declined");
    assert_eq!(host.get(&format!("/api/tickets/{ticket}")).await.body["status"], "available");
    let seen = bob.get(&format!("/api/orders/{order}")).await;
    assert_eq!((&seen.body["status"], &seen.body["cancelReason"]), (&json!("cancelled"), &json!("payment_failed")));
    bob.pays(&order, "tok_visa").await.is_error(409, "order.cancelled");
}

#[tokio::test]
async fn an_unknown_outcome_is_accepted_and_keeps_the_hold() {
    let host = Host::start();
    let (ann, bob) = (host.person("ann").await, host.person("bob").await);
    let ticket = ann.lists("Hamlet", "19.99").await;
    let order = bob.orders(&ticket).await;
    let pending = bob.pays(&order, "tok_answerLate").await;
    assert_eq!((pending.status, &pending.body["status"]), (202, &json!("pending")), "{}", pending.text);
    assert_eq!(host.get(&format!("/api/tickets/{ticket}")).await.body["status"], "locked");
    bob.pays(&order, "tok_visa").await.is_error(409, "order.payment_pending");
    bob.delete(&format!("/api/orders/{order}")).await.is_error(409, "order.payment_pending");
}

#[tokio::test]
async fn refused_payments() {
    let host = Host::start();
    let (ann, bob) = (host.person("ann").await, host.person("bob").await);
    let order = bob.orders(&ann.lists("Hamlet", "19.99").await).await;
    ann.pays(&order, "tok_visa").await.is_error(403, "order.not_yours");
    bob.pays("x", "tok_visa").await.is_error(400, "validation").about(&["orderId"]);
    bob.pays(&order, "").await.is_error(400, "validation").about(&["token"]);
    bob.pays("01938f6e-8c7a-7b2e-8f00-0123456789ab", "tok_visa").await.is_error(404, "order.not_found");
    bob.post("/api/payments", json!({ "orderId": order })).await.is_error(400, "validation").about(&["token"]);
    host.post("/api/payments", json!({})).await.is_error(401, "auth.required");
}

#[tokio::test]
async fn a_card_processor_that_sends_no_messages_is_believed_none() {
    let host = Host::start();
    let tells =
        |gateway: &str, body: Vec<u8>| host.call("POST", &format!("/api/payments/webhooks/{gateway}")).body(body);
    // Any form is accepted: a message is signed bytes, which are not parsed before the check of the signature.
    for body in [b"{}".as_slice(), b"not JSON", b"\xff\0", b""] {
        tells("sandbox", body.to_vec()).send().await.is_error(400, "payment.notice_refused");
        tells("sandbox", body.to_vec())
            .header("content-type", "application/json")
            .send()
            .await
            .is_error(400, "payment.notice_refused");
    }
    tells("stripe", b"{}".to_vec()).send().await.is_error(404, "route.not_found");
    tells("sandbox", vec![b'x'; (256 << 10) + 1]).send().await.is_error(413, "body.too_large");
    host.get("/api/payments/webhooks/sandbox").await.is_error(405, "route.method_not_allowed");
}
