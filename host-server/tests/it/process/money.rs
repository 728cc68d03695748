//! Amounts of money on the command line: what has two readings is refused, by its name.

use serde_json::{Value, json};

use crate::harness::{Finish, Process, command};

/// Lets Bob buy a ticket of Ann's for each of these prices, and returns Ann's id.
async fn sold(server: &Process, prices: &[(&str, &str)]) -> String {
    let (ann, bob) = (server.person("ann").await, server.person("bob").await);
    let post = async |token: &str, path: &str, body: Value| -> Value {
        let answer = server.post(path, &body).bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), 201, "{path}");
        answer.json().await.unwrap()
    };
    let mut seller = Value::Null;
    for (price, currency) in prices {
        let body = json!({ "title": "Hamlet", "price": price, "currency": currency });
        let ticket = post(&ann, "/api/tickets", body).await;
        let order = post(&bob, "/api/orders", json!({ "ticketId": ticket["id"] })).await;
        post(&bob, "/api/payments", json!({ "orderId": order["id"], "token": "tok_visa" })).await;
        seller = ticket["sellerId"].clone();
    }
    seller.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_payout_has_no_more_decimals_than_its_currency() {
    let dir = tempfile::tempdir().unwrap();
    let server = Process::start(dir.path());
    let seller = sold(&server, &[("1500", "EUR"), ("2000", "JPY")]).await;
    let payout = |amount: &str, currency: &str| {
        command(&["payout", "record", seller.as_str(), amount, currency, "SEPA 1"], dir.path()).finish()
    };
    let refused = || {
        for (amount, currency, reason) in [
            ("1.500", "EUR", "has more than 2 decimals"),
            ("2.000", "JPY", "has more than 0 decimals"),
            ("1.50e1", "JPY", "has more than 0 decimals"),
            ("1,500", "EUR", "must be a decimal number"),
            ("1.500,00", "EUR", "must be a decimal number"),
            ("1 500", "EUR", "must be a decimal number"),
            ("1'500", "EUR", "must be a decimal number"),
        ] {
            let (status, stdout, stderr) = payout(amount, currency);
            assert_eq!((status, stdout.as_str()), (Some(1), ""), "{amount} {currency}: {stderr}");
            assert!(stderr.contains(&format!("error: Amount {reason}")), "{amount} {currency}: {stderr}");
        }
        let (status, stdout, stderr) = command(&["balance", seller.as_str()], dir.path()).finish();
        assert_eq!(status, Some(0), "{stderr}");
        for line in ["owed 1500.00 EUR", "owed 2000 JPY", "paid out 0.00 EUR", "paid out 0 JPY"] {
            assert!(stdout.contains(line), "{line}: {stdout}");
        }
    };
    refused();
    assert_eq!(server.terminate().0, Some(0));
    refused();
    for (amount, currency, recorded) in [("1500", "EUR", "1500.00 EUR"), ("2000", "JPY", "2000 JPY")] {
        let (status, stdout, stderr) = payout(amount, currency);
        assert_eq!(status, Some(0), "{stderr}");
        assert!(stdout.contains(&format!("of {recorded} is recorded")), "{stdout}");
    }
}

#[test]
fn a_fixed_fee_has_no_more_decimals_than_its_currency() {
    let dir = tempfile::tempdir().unwrap();
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    for (fee, reason) in [
        ("0.300 EUR", "has more than 2 decimals"),
        ("2.000 JPY", "has more than 0 decimals"),
        ("1'000 JPY", "must be a decimal number"),
        ("0,30 EUR", "must be an amount and a currency"),
    ] {
        let (status, _, stderr) = command(&[&serve[..], &["--fee-fixed", fee]].concat(), dir.path()).finish();
        assert_eq!(status, Some(2), "{fee}: {stderr}");
        assert!(stderr.contains("--fee-fixed") && stderr.contains(reason), "{fee}: {stderr}");
        let mut by_variable = command(&serve, dir.path());
        by_variable.env("BOXOFFICE_FEE_FIXED", fee);
        let (status, _, stderr) = by_variable.finish();
        assert_eq!(status, Some(2), "{fee}: {stderr}");
        assert!(stderr.contains("BOXOFFICE_FEE_FIXED") && stderr.contains(reason), "{fee}: {stderr}");
    }
    assert!(!dir.path().join("journal.redb").exists(), "no server has started");
}
