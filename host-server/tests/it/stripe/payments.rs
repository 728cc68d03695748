//! Tests of charges, refunds and lost answers.

use super::proxy::{Moment, Step};
use super::stand_in::Books;
use super::*;

/// The books with one intent that took no money.
const NOTHING: Books = Books { intents: 1, taken: 0, charges: 0, set_aside: 0, refunds: 0 };

const AUTHORIZE: &[&str] = &["--stripe-capture", "authorize-first"];

#[tokio::test]
#[ignore = "needs the stand-in: cargo xtask test --only stripe"]
async fn money_is_taken_once_and_goes_back_in_parts() {
    for more in [&[][..], AUTHORIZE] {
        let mut shop = Shop::open(more).await;
        let (order, buyer) = shop.order(0).await;
        let (status, charge) = shop.pay(&order, &buyer, "pm_card_visa").await;
        assert_eq!((status, &charge["gateway"]), (201, &json!("stripe-test")), "{charge}");
        let (status, again) = shop.pay(&order, &buyer, "pm_card_visa").await;
        assert_eq!(status, 409, "{again}");
        let paid = Books { taken: 1999, charges: 1, ..NOTHING };
        assert_eq!(shop.stand_in.books(&order).await, paid);
        let intent = &shop.stand_in.intents(&order).await[0];
        assert_eq!((&intent["id"], &intent["currency"]), (&charge["reference"], &json!("usd")));
        assert_eq!(intent["metadata"]["charge_id"], charge["id"]);

        let (status, part) = shop.refund(&order, Some("5.00")).await;
        assert_eq!((status, &part["refunded"]), (200, &json!(5.00)), "{part}");
        assert_eq!(shop.stand_in.books(&order).await, Books { taken: 1499, refunds: 1, ..paid });
        let (status, _) = shop.refund(&order, Some("15.00")).await;
        assert_eq!(status, 409);
        let (status, rest) = shop.refund(&order, None).await;
        assert_eq!((status, &rest["status"]), (200, &json!("refunded")), "{rest}");
        assert_eq!(shop.stand_in.books(&order).await, Books { taken: 0, refunds: 2, ..paid });
        assert_eq!(shop.refund(&order, None).await.0, 409);
        let balance = shop.get("/api/balance", &shop.seller).await;
        assert_eq!(balance["balances"][0]["owed"], json!(0.00), "{balance}");
        shop.close();
    }
}

#[tokio::test]
#[ignore = "needs the stand-in: cargo xtask test --only stripe"]
async fn a_declined_card_frees_the_ticket_for_good() {
    for more in [&[][..], AUTHORIZE] {
        let mut shop = Shop::open(more).await;
        for (at, token) in ["pm_card_chargeCustomerFail", "pm_nobody_knows"].into_iter().enumerate() {
            let (order, buyer) = shop.order(at).await;
            let (status, error) = shop.pay(&order, &buyer, token).await;
            // The stand-in gives no decline code for either card.
            assert_eq!((status, &error["errors"][0]["message"]), (402, &json!("The card was declined")), "{error}");
            let found = shop.order_when(&order, &buyer, is_settled).await;
            assert_eq!((&found["status"], charge_status(&found)), (&json!("cancelled"), "failed"));
            assert_eq!(shop.stand_in.books(&order).await, NOTHING);
            // The buyer's page can't try another card either.
            assert_eq!(shop.stand_in.intents(&order).await[0]["status"], "canceled");
        }
        shop.close();
    }
}

/// Tests a payment that Stripe processes, but whose answer is lost.
async fn lost(more: &'static [&'static str], step: Step) {
    let mut shop = Shop::open(more).await;
    let (order, buyer) = shop.order(0).await;
    shop.proxy.stop(&order, step, Moment::After);
    let (status, body) = shop.pay(&order, &buyer, "pm_card_visa").await;
    let paid = Books { taken: 1999, charges: 1, ..NOTHING };
    let mut expected = paid;
    if step == Step::Refund {
        assert_eq!(status, 201, "{body}");
        let (status, body) = shop.refund(&order, None).await;
        assert_eq!((status, &body["status"]), (200, &json!("refunding")), "{body}");
        expected = Books { taken: 0, refunds: 1, ..paid };
    } else {
        assert_eq!(status, 202, "{body}");
    }
    assert_eq!(shop.stand_in.books(&order).await, expected);
    let found = shop.order_when(&order, &buyer, is_settled).await;
    assert_eq!(found["status"], "complete", "{found}");
    assert_eq!(shop.stand_in.books(&order).await, expected);
    shop.proxy.open();
    shop.close();
}

#[tokio::test]
#[ignore = "needs the stand-in: cargo xtask test --only stripe"]
async fn a_payment_whose_answer_does_not_come_is_asked_for() {
    lost(&[], Step::Confirm).await;
}

#[tokio::test]
#[ignore = "needs the stand-in: cargo xtask test --only stripe"]
async fn a_capture_whose_answer_does_not_come_is_asked_for() {
    lost(AUTHORIZE, Step::Capture).await;
}

#[tokio::test]
#[ignore = "needs the stand-in: cargo xtask test --only stripe"]
async fn a_refund_whose_answer_does_not_come_is_asked_for() {
    lost(&[], Step::Refund).await;
}

#[tokio::test]
#[ignore = "needs the stand-in: cargo xtask test --only stripe"]
async fn a_buyer_confirms_with_the_bank_or_does_not() {
    let mut shop = Shop::open(&[]).await;
    for (at, confirms) in [true, false].into_iter().enumerate() {
        let (order, buyer) = shop.order(at).await;
        let card = shop.stand_in.card("4000002500003155").await;
        let (status, charge) = shop.pay(&order, &buyer, &card).await;
        assert_eq!((status, &charge["status"]), (202, &json!("requires_action")), "{charge}");
        let path = format!("/api/payments/{}", charge["id"].as_str().unwrap());
        let secret = shop.get(&path, &buyer).await["clientSecret"].as_str().unwrap().to_owned();
        assert_eq!(shop.get(&path, &shop.seller).await["clientSecret"], Value::Null);
        // A restart in between loses nothing: the host gets the secret from Stripe again.
        shop.crash().await;
        let waits = |order: &Value| order["charge"]["status"] == "pending";
        shop.order_when(&order, &buyer, waits).await;
        assert_eq!(shop.stand_in.books(&order).await, NOTHING);

        let intent = shop.stand_in.intents(&order).await[0]["id"].as_str().unwrap().to_owned();
        let success = if confirms { "true" } else { "false" };
        let form = [("client_secret", secret.as_str()), ("success", success)];
        shop.stand_in.post(&format!("payment_intents/{intent}/_authenticate"), &form).await;
        let found = shop.order_when(&order, &buyer, is_settled).await;
        if confirms {
            assert_eq!(found["status"], "complete", "{found}");
            assert_eq!(shop.stand_in.books(&order).await, Books { taken: 1999, charges: 1, ..NOTHING });
        } else {
            assert_eq!(found["charge"]["failure"], "The bank could not confirm the payment", "{found}");
            assert_eq!((&found["status"], shop.stand_in.books(&order).await), (&json!("cancelled"), NOTHING));
        }
    }
    shop.close();
}

#[tokio::test]
#[ignore = "needs the stand-in: cargo xtask test --only stripe"]
async fn a_buyer_who_never_confirms_loses_the_tickets_and_no_money() {
    let mut shop = Shop::open(&["--stripe-capture", "authorize-first", "--hold", "4s"]).await;
    let card = shop.stand_in.card("4000002500003155").await;
    let (order, buyer) = shop.order(0).await;
    let (status, charge) = shop.pay(&order, &buyer, &card).await;
    assert_eq!((status, &charge["status"]), (202, &json!("requires_action")), "{charge}");
    // The hold ends, and with it the wait. The intent at Stripe is cancelled before the tickets are free.
    let found = shop.order_when(&order, &buyer, is_settled).await;
    assert_eq!((&found["status"], charge_status(&found)), (&json!("cancelled"), "failed"), "{found}");
    assert_eq!(shop.stand_in.intents(&order).await[0]["status"], "canceled");
    assert_eq!(shop.stand_in.books(&order).await, NOTHING);
    shop.close();
}
