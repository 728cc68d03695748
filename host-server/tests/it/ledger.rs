use serde_json::{Value, json};

use crate::harness::{Fees, Host, Person};

/// Starts a host with fees of 2.5 % and 30 cents.
fn host() -> Host {
    Host::keeping(Fees { percent: "2.5", fixed: "0.30" })
}

/// Lets Bob buy Ann's ticket for 19.99, and returns the order.
async fn sold(ann: &Person<'_>, bob: &Person<'_>) -> String {
    let order = bob.orders(&ann.lists("Hamlet", "19.99").await).await;
    assert_eq!(bob.pays(&order, "tok_visa").await.status, 201);
    order
}

#[tokio::test]
async fn a_seller_sees_what_they_are_owed_and_how_it_came_to_that() {
    let host = host();
    let (ann, bob) = (host.person("ann").await, host.person("bob").await);
    assert_eq!(ann.get("/api/balance").await.body, json!({ "sellerId": ann.id, "balances": [], "entries": [] }));
    let order = sold(&ann, &bob).await;
    let told = ann.get("/api/balance").await;
    let expected = json!({
        "sellerId": ann.id,
        "balances": [
            { "currency": "USD", "owed": 19.19, "sold": 19.99, "refunded": 0.0, "fees": 0.8, "paidOut": 0.0 }
        ],
        "entries": [{
            "number": 1, "at": "2027-01-01T12:00:00.000Z", "kind": "sale", "orderId": order, "payoutId": null,
            "reference": null, "currency": "USD", "gross": 19.99, "fee": 0.8, "amount": 19.19
        }]
    });
    assert_eq!(told.body, expected, "{}", told.text);
    assert!(told.text.contains(r#""fees":0.80,"#), "{}", told.text);
    assert_eq!(bob.get("/api/balance").await.body["balances"], json!([]));
    bob.get(&format!("/api/balance?seller={}", ann.id)).await.is_error(403, "auth.operator_required");
    host.get("/api/balance").await.is_error(401, "auth.required");
}

#[tokio::test]
async fn an_operator_records_payouts_and_nothing_is_ever_lost() {
    let host = host();
    let (ann, bob, dan) = (host.person("ann").await, host.person("bob").await, host.operator("dan").await);
    let order = sold(&ann, &bob).await;
    let payout = json!({ "sellerId": ann.id, "amount": "10", "currency": "USD", "reference": "=SEPA, \"1\"" });
    ann.post("/api/payouts", payout.clone()).await.is_error(403, "auth.operator_required");
    let made = dan.call("POST", "/api/payouts").header("idempotency-key", "one").json(payout.clone()).send().await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!((&made.body["sellerId"], &made.body["amount"]), (&json!(ann.id), &json!(10.0)));
    let again = dan.call("POST", "/api/payouts").header("idempotency-key", "one").json(payout.clone()).send().await;
    assert_eq!(again.body, made.body);
    dan.post("/api/payouts", payout).await.is_error(409, "payout.exceeds_balance");
    let wrong = json!({ "sellerId": ann.id, "amount": "0", "reference": "" });
    dan.post("/api/payouts", wrong).await.is_error(400, "validation").about(&["amount", "reference"]);
    let nobody = json!({ "sellerId": "01938f6e-8c7a-7b2e-8f00-0123456789ab", "amount": 1, "reference": "x" });
    dan.post("/api/payouts", nobody).await.is_error(404, "auth.user_not_found");

    assert_eq!(ann.post(&format!("/api/orders/{order}/refund"), json!({})).await.status, 200);
    let told = dan.get(&format!("/api/balance?seller={}&limit=2", ann.id)).await;
    let expected =
        json!([{ "currency": "USD", "owed": -10.0, "sold": 19.99, "refunded": 19.99, "fees": 0.0, "paidOut": 10.0 }]);
    assert_eq!(told.body["balances"], expected);
    let amounts = |page: &Value| -> Vec<Value> {
        page["entries"].as_array().unwrap().iter().map(|entry| entry["amount"].clone()).collect()
    };
    assert_eq!(amounts(&told.body), [json!(-19.19), json!(-10.0)]);
    let link = told.header("link").unwrap();
    let next = link.trim_start_matches('<').split_once('>').unwrap().0;
    let next = dan.get(next).await;
    assert_eq!((amounts(&next.body), next.header("link")), (vec![json!(19.19)], None));

    let csv = ann.get("/api/balance/statement.csv").await;
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
    let lines: Vec<_> = csv.text.split("\r\n").collect();
    assert_eq!(lines[0], "number,at,kind,orderId,payoutId,reference,currency,gross,fee,amount");
    assert_eq!(lines[1], format!("3,2027-01-01T12:00:00.000Z,refund,{order},,,USD,-19.99,-0.80,-19.19"));
    let id = made.body["id"].as_str().unwrap();
    let expected = format!("2,2027-01-01T12:00:00.000Z,payout,,{id},\"'=SEPA, \"\"1\"\"\",USD,-10.00,0.00,-10.00");
    assert_eq!(lines[2], expected);
    assert_eq!((lines.len(), lines[4]), (5, ""));

    let platform = json!([{
        "currency": "USD", "processor": -10.0, "disputed": 0.0, "sellers": -10.0, "fees": 0.0, "late": 0.0, "difference": 0.0
    }]);
    assert_eq!(dan.get("/api/ledger").await.body, platform);
    ann.get("/api/ledger").await.is_error(403, "auth.operator_required");
}

#[tokio::test]
async fn refused_questions() {
    let host = host();
    let dan = host.operator("dan").await;
    dan.get("/api/balance?seller=me").await.is_error(400, "validation").about(&["seller"]);
    dan.get("/api/balance?seller=").await.is_error(400, "validation").about(&["seller"]);
    dan.get("/api/balance?limit=0&cursor=x").await.is_error(400, "validation").about(&["limit", "cursor"]);
    dan.get("/api/balance?seller=01938f6e-8c7a-7b2e-8f00-0123456789ab").await.is_error(404, "auth.user_not_found");
}
