use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::Host;

#[tokio::test]
async fn an_order_has_every_field_of_the_contract() {
    let host = Host::start();
    let (ann, bob) = (host.person("ann").await, host.person("bob").await);
    let (one, two) = (ann.lists("Hamlet", "19.99").await, ann.lists("Macbeth", "5").await);
    let made = bob.post("/api/orders", json!({ "ticketIds": [one, two] })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert!(made.text.contains(r#""total":24.99,"currency":"USD""#), "{}", made.text);
    let expected = json!({
        "id": made.id(), "buyerId": bob.id, "status": "created", "cancelReason": null, "total": 24.99, "currency": "USD",
        "expiresAt": "2027-01-01T12:15:00.000Z",
        "tickets": [
            { "id": one, "sellerId": ann.id, "title": "Hamlet", "price": 19.99 },
            { "id": two, "sellerId": ann.id, "title": "Macbeth", "price": 5.0 }
        ],
        "charge": null, "version": 1, "createdAt": "2027-01-01T12:00:00.000Z", "updatedAt": "2027-01-01T12:00:00.000Z"
    });
    assert_eq!(made.body, expected);
    assert_eq!(bob.get(&format!("/api/orders/{}", made.id())).await.body, expected);
    assert_eq!(bob.get("/api/orders").await.body, json!([expected]));
    assert_eq!(ann.get("/api/orders").await.body, json!([]));
}

#[tokio::test]
async fn refused_orders() {
    let host = Host::start();
    let (ann, bob) = (host.person("ann").await, host.person("bob").await);
    let ticket = ann.lists("Hamlet", "19.99").await;
    let check = async |body: Value, fields: &[&str]| {
        bob.post("/api/orders", body).await.is_error(400, "validation").about(fields);
    };
    check(json!({}), &["ticketId"]).await;
    check(json!({ "ticketId": ticket, "ticketIds": [ticket] }), &["ticketId"]).await;
    check(json!({ "ticketId": "x" }), &["ticketId"]).await;
    check(json!({ "ticketId": 5 }), &["ticketId"]).await;
    check(json!({ "ticketIds": [] }), &["ticketIds"]).await;
    check(json!({ "ticketIds": [ticket, "x"] }), &["ticketIds[1]"]).await;
    check(json!({ "ticketIds": [ticket, ticket] }), &["ticketIds"]).await;
    ann.post("/api/orders", json!({ "ticketId": ticket })).await.is_error(403, "order.own_ticket");
    let unknown = json!({ "ticketId": "01938f6e-8c7a-7b2e-8f00-0123456789ab" });
    bob.post("/api/orders", unknown).await.is_error(404, "ticket.not_found");
    host.post("/api/orders", json!({ "ticketId": ticket })).await.is_error(401, "auth.required");
}

#[tokio::test]
async fn an_order_is_at_the_prices_that_the_buyer_saw_although_their_changes_cancel_out() {
    let host = Host::start();
    let (ann, bob) = (host.person("ann").await, host.person("bob").await);
    let (one, two) = (ann.lists("Hamlet", "20").await, ann.lists("Macbeth", "30").await);
    for id in [&one, &two] {
        let body = json!({ "title": "At half the sum", "price": 25 });
        assert_eq!(ann.call("PUT", &format!("/api/tickets/{id}")).json(body).send().await.status, 200);
    }
    let at = |prices: Value| json!({ "ticketIds": [one, two], "prices": prices });
    bob.post("/api/orders", at(json!(["20.00", 30]))).await.is_error(409, "order.price_changed");
    bob.post("/api/orders", at(json!([25]))).await.is_error(400, "validation").about(&["prices"]);
    bob.post("/api/orders", at(json!([25, "lots"]))).await.is_error(400, "validation").about(&["prices[1]"]);
    let both = json!({ "ticketId": one, "prices": [25], "total": 25 });
    bob.post("/api/orders", both).await.is_error(400, "validation").about(&["prices"]);
    assert_eq!(bob.post("/api/orders", at(json!([25, "25.00"]))).await.status, 201);
}

#[tokio::test]
async fn cancelling_frees_the_tickets() {
    let host = Host::start();
    let (ann, bob) = (host.person("ann").await, host.person("bob").await);
    let ticket = ann.lists("Hamlet", "19.99").await;
    let order = format!("/api/orders/{}", bob.orders(&ticket).await);
    ann.get(&order).await.is_error(403, "order.not_yours");
    ann.delete(&order).await.is_error(403, "order.not_yours");
    ann.post("/api/orders", json!({ "ticketId": ticket })).await.is_error(403, "order.own_ticket");
    assert_eq!(bob.delete(&order).await.status, 204);
    assert_eq!(host.get(&format!("/api/tickets/{ticket}")).await.body["status"], "available");
    let cancelled = bob.get(&order).await;
    assert_eq!((&cancelled.body["status"], &cancelled.body["cancelReason"]), (&json!("cancelled"), &json!("buyer")));
    assert_eq!(bob.get("/api/orders?status=cancelled").await.body.as_array().unwrap().len(), 1);
    assert_eq!(bob.get("/api/orders?status=created").await.body, json!([]));
    bob.get("/api/orders?status=lost").await.is_error(400, "validation").about(&["status"]);
}

#[tokio::test]
async fn a_hold_ends_at_its_deadline() {
    let host = Host::start();
    let (ann, bob, eve) = (host.person("ann").await, host.person("bob").await, host.person("eve").await);
    let ticket = ann.lists("Hamlet", "19.99").await;
    let order = bob.orders(&ticket).await;
    host.clock.advance(Duration::from_mins(15) - Duration::from_millis(1));
    eve.post("/api/orders", json!({ "ticketId": ticket })).await.is_error(409, "ticket.locked");
    host.clock.advance(Duration::from_millis(1));
    eve.orders(&ticket).await;
    assert_eq!(bob.get(&format!("/api/orders/{order}")).await.body["status"], "expired");
    bob.pays(&order, "tok_visa").await.is_error(409, "order.expired");
}

#[tokio::test]
async fn refunds() {
    let host = Host::start();
    let (ann, bob) = (host.person("ann").await, host.person("bob").await);
    let ticket = ann.lists("Hamlet", "19.99").await;
    let order = bob.orders(&ticket).await;
    assert_eq!(bob.pays(&order, "tok_visa").await.status, 201);
    bob.delete(&format!("/api/orders/{order}")).await.is_error(409, "order.already_paid");
    let path = format!("/api/orders/{order}/refund");
    bob.post(&path, json!({})).await.is_error(403, "order.not_yours");
    ann.post(&path, json!({ "returnToSale": "yes" })).await.is_error(400, "validation").about(&["returnToSale"]);
    let refunded = ann.post(&path, json!({ "returnToSale": true })).await;
    assert_eq!((refunded.status, &refunded.body["status"]), (200, &json!("refunded")), "{}", refunded.text);
    assert_eq!(host.get(&format!("/api/tickets/{ticket}")).await.body["status"], "available");
    ann.call("POST", &path).send().await.is_error(409, "payment.already_refunded");
}

#[tokio::test]
async fn refunds_in_parts() {
    let host = Host::start();
    let (ann, bob) = (host.person("ann").await, host.person("bob").await);
    let ticket = ann.lists("Hamlet", "19.99").await;
    let order = bob.orders(&ticket).await;
    assert_eq!(bob.pays(&order, "tok_visa").await.body["refunded"], json!(null));
    let path = format!("/api/orders/{order}/refund");
    let part = ann.post(&path, json!({ "amount": "4.99" })).await;
    assert_eq!((part.status, &part.body["status"]), (200, &json!("succeeded")), "{}", part.text);
    assert!(part.text.contains(r#""refunded":4.99"#), "{}", part.text);
    let [first] = part.body["refunds"].as_array().unwrap().as_slice() else { panic!("{}", part.text) };
    assert_eq!((&first["status"], &first["reason"]), (&json!("done"), &json!("requested")));
    ann.post(&path, json!({ "amount": 15.01 })).await.is_error(409, "payment.refund_too_large");
    for (amount, field) in
        [(json!(0), "amount"), (json!("4.999"), "amount"), (json!(-1), "amount"), (json!("x"), "amount")]
    {
        ann.post(&path, json!({ "amount": amount })).await.is_error(400, "validation").about(&[field]);
    }
    let both = json!({ "amount": 1, "returnToSale": true });
    ann.post(&path, both).await.is_error(400, "validation").about(&["returnToSale"]);
    let rest = ann.post(&path, json!({ "returnToSale": true })).await;
    assert_eq!((rest.status, &rest.body["status"]), (200, &json!("refunded")), "{}", rest.text);
    assert!(rest.text.contains(r#""refunded":19.99"#), "{}", rest.text);
    assert_eq!(host.get(&format!("/api/tickets/{ticket}")).await.body["status"], "available");
    ann.post(&path, json!({ "amount": 1 })).await.is_error(409, "payment.already_refunded");
}
