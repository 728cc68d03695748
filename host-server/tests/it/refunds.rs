//! Amounts of refunds: what has two readings gives nothing back.

use serde_json::json;

use crate::harness::Host;

#[tokio::test]
async fn an_amount_with_two_readings_gives_nothing_back() {
    let host = Host::start();
    let (ann, bob) = (host.person("ann").await, host.person("bob").await);
    for (price, currency, texts, number, part, given) in [
        ("2000", "EUR", ["1.500", "1,500", "1.500,00", "1 500"], "1.500", "1500.5", "1500.50"),
        ("2000", "JPY", ["2.000", "1,500", "1.50e1", "1'500"], "2.000", "1500", "1500"),
        ("20.125", "KWD", ["1.2340", "12.3456", "1,234", "0.0001"], "1.2340", "1.234", "1.234"),
    ] {
        let ticket = json!({ "title": "Hamlet", "price": price, "currency": currency });
        let order = bob.orders(&ann.post("/api/tickets", ticket).await.id()).await;
        assert_eq!(bob.pays(&order, "tok_visa").await.status, 201);
        let path = format!("/api/orders/{order}/refund");
        for text in texts {
            ann.post(&path, json!({ "amount": text })).await.is_error(400, "validation").about(&["amount"]);
        }
        // As a number, it is judged as it is written.
        let call = ann.call("POST", &path).header("content-type", "application/json");
        let refused = call.body(format!("{{\"amount\":{number}}}")).send().await;
        refused.is_error(400, "validation").about(&["amount"]);
        let seen = bob.get(&format!("/api/orders/{order}")).await;
        let charge = &seen.body["charge"];
        assert_eq!((&charge["status"], &charge["refunds"]), (&json!("succeeded"), &json!([])), "{}", seen.text);

        let refund = ann.post(&path, json!({ "amount": part })).await;
        assert_eq!(refund.status, 200, "{}", refund.text);
        assert!(refund.text.contains(&format!(r#""refunded":{given},"#)), "{}", refund.text);
    }
}
