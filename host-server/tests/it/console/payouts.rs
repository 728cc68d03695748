use serde_json::json;

use super::{between, checked, followed, look, submit};
use crate::harness::{Answer, Host, Person};

/// Lets Bob buy a ticket of Ann's.
async fn sold(ann: &Person<'_>, bob: &Person<'_>, price: &str, currency: &str) {
    let ticket = json!({ "title": "Hamlet", "price": price, "currency": currency });
    let order = bob.orders(&ann.post("/api/tickets", ticket).await.id()).await;
    assert_eq!(bob.pays(&order, "tok_visa").await.status, 201);
}

/// Sends the form, as its page had it with this key.
async fn send(olga: &Person<'_>, seller: &str, amount: &str, currency: &str, key: &str) -> Answer {
    let fields =
        [("seller", seller), ("amount", amount), ("currency", currency), ("reference", "SEPA 1"), ("key", key)];
    submit(olga, "/console/ledger/payouts", &fields).await
}

#[tokio::test]
async fn an_amount_with_two_readings_is_paid_out_nowhere() {
    let host = Host::start();
    let (olga, ann, bob) = (host.operator("olga").await, host.person("ann").await, host.person("bob").await);
    sold(&ann, &bob, "1500", "EUR").await;
    sold(&ann, &bob, "2000", "JPY").await;
    for (amount, currency, field, fault) in [
        ("1.500", "EUR", "amount", "Amount has more than 2 decimals"),
        ("2.000", "JPY", "amount", "Amount has more than 0 decimals"),
        ("1,500", "EUR", "amount", "Amount must be a decimal number"),
        ("1 500", "EUR", "amount", "Amount must be a decimal number"),
        ("1.500,00", "EUR", "amount", "Amount must be a decimal number"),
        ("1500", "eur", "currency", "Currency must be an ISO 4217 currency code"),
    ] {
        let refused = checked(send(&olga, "ann@example.com", amount, currency, "").await, 400).text;
        assert!(refused.contains(&format!("id=\"{field}-fault\">{fault}")), "{amount} {currency}: {refused}");
        // What was entered can be corrected.
        assert!(refused.contains(&format!("name=\"amount\" value=\"{amount}\"")), "{amount} {currency}: {refused}");
        assert!(refused.contains(&format!("name=\"currency\" value=\"{currency}\"")), "{amount} {currency}: {refused}");
    }
    let told = ann.get("/api/balance").await;
    assert!(told.text.contains(r#""paidOut":0.00}"#) && told.text.contains(r#""paidOut":0}"#), "{}", told.text);
}

#[tokio::test]
async fn a_payout_is_recorded_once_however_often_its_form_is_sent() {
    let host = Host::start();
    let (olga, ann, bob) = (host.operator("olga").await, host.person("ann").await, host.person("bob").await);
    sold(&ann, &bob, "1500", "EUR").await;
    let page = checked(look(&olga, &format!("/console/ledger?seller={}&currency=EUR", ann.id)).await, 200).text;
    let key = between(&page, "name=\"key\" value=\"", "\"");
    for _ in 0..2 {
        let sent = send(&olga, &ann.id, "500.5", "EUR", key).await;
        let page = followed(&olga, &sent).await.text;
        assert!(page.contains("The payout is recorded.") && page.contains("<strong>999.50 EUR</strong>"), "{page}");
    }
    let told = ann.get("/api/balance").await;
    assert!(told.text.contains(r#""owed":999.50,"#) && told.text.contains(r#""paidOut":500.50}"#), "{}", told.text);
    // Nothing is taken from a sum in another currency instead.
    let refused = checked(send(&olga, &ann.id, "1", "USD", "").await, 409).text;
    assert!(refused.contains("role=\"alert\""), "{refused}");
    assert_eq!(ann.get("/api/balance").await.text, told.text);
}
