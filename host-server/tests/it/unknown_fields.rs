//! A name that a body must not have is a slip of somebody's pen, and is not passed over where something could be left out.

use serde_json::{Value, json};

use crate::harness::Host;

#[tokio::test]
async fn a_name_that_is_not_known_is_refused_and_told() {
    let host = Host::start();
    let ann = host.person("ann").await;
    let check = async |path: &str, body: Value, field: &str| {
        ann.post(path, body).await.is_error(400, "validation").about(&[field]);
    };
    check("/api/tickets", json!({ "title": "Stalls", "price": 20, "curency": "EUR" }), "curency").await;
    check("/api/tickets", json!({ "title": "Stalls", "price": 20, "x": 1 }), "x").await;
    let show = json!({ "name": "Hamlet", "startsAt": "2030-05-01T19:30:00Z", "venu": "Globe" });
    check("/api/tickets", json!({ "title": "Stalls", "price": 20, "show": show }), "show.venu").await;
    let inner = json!({ "tickets": [{ "title": "Stalls", "price": 20, "seet": "A1" }] });
    check("/api/tickets/batch", inner, "tickets[0].seet").await;
    assert_eq!(ann.get("/api/tickets").await.body, json!([]));
}

#[tokio::test]
async fn money_moves_only_as_it_was_written() {
    let host = Host::start();
    let (ann, bob) = (host.person("ann").await, host.person("bob").await);
    let ticket = ann.lists("Stalls", "20").await;
    let misspelt = json!({ "ticketId": ticket, "totl": "10.00" });
    bob.post("/api/orders", misspelt).await.is_error(400, "validation").about(&["totl"]);
    let order = bob.orders(&ticket).await;
    assert_eq!(bob.pays(&order, "tok_visa").await.status, 201);
    let path = format!("/api/orders/{order}/refund");
    let misspelt = ann.post(&path, json!({ "amout": "5.00" })).await;
    misspelt.is_error(400, "validation").about(&["amout"]);
    assert_eq!(bob.get(&format!("/api/orders/{order}")).await.body["status"], "complete");
}

#[tokio::test]
async fn what_was_answered_may_come_back_with_an_edit() {
    let host = Host::start();
    let ann = host.person("ann").await;
    let made = ann.post("/api/tickets", json!({ "title": "Stalls", "price": 20, "currency": "EUR" })).await;
    let path = format!("/api/tickets/{}", made.id());
    let put = async |edit: Value| ann.call("PUT", &path).json(edit).send().await;
    let mut edit = made.body.clone();
    edit["price"] = json!("25.00");
    let edited = put(edit.clone()).await;
    assert_eq!((&edited.body["price"], &edited.body["currency"]), (&json!(25.0), &json!("EUR")));

    edit["currency"] = json!("USD");
    put(edit.clone()).await.is_error(400, "validation").about(&["currency"]);
    edit["currency"] = json!("EUR");
    edit["prize"] = json!(1);
    put(edit).await.is_error(400, "validation").about(&["prize"]);
    assert_eq!(ann.get(&path).await.body["price"], json!(25.0));
}
