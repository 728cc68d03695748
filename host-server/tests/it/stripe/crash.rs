//! Crashes during requests to Stripe, at each step: before Stripe receives the request, after Stripe has processed it,
//! and so that it arrives while the next host is working. A second crash follows while that host looks up the outcomes.
//!
//! In every case, an order is complete and was charged once, or is not complete and was not charged.

use std::sync::Arc;

use super::proxy::{Moment, Step};
use super::*;

const MOMENTS: [Moment; 3] = [Moment::Before, Moment::After, Moment::Late];

/// A payment that is stopped at a step.
struct Stopped {
    order: String,
    buyer: String,
    step: Step,
    moment: Moment,
    card: &'static str,
}

/// Starts a payment for each step and moment, and returns when all of them are stopped there.
async fn payments(shop: &mut Shop, steps: &[(Step, &'static str)]) -> Vec<Stopped> {
    let mut all = Vec::new();
    for (step, card) in steps {
        for moment in MOMENTS {
            let (order, buyer) = shop.order(all.len()).await;
            shop.proxy.stop(&order, *step, moment);
            let body = json!({ "orderId": order, "token": card });
            // The answer is never received: the host dies before.
            tokio::spawn(shop.host.post("/api/payments", &body).bearer_auth(&buyer).send());
            shop.proxy.reached(&order, *step).await;
            all.push(Stopped { order, buyer, step: *step, moment, card });
        }
    }
    all
}

/// Checks that the books and the order agree.
async fn check(shop: &Shop, stopped: &Stopped) {
    let Stopped { order, buyer, step, moment, card } = stopped;
    let found = shop.order_when(order, buyer, is_settled).await;
    let books = shop.stand_in.books(order).await;
    let case = format!("{step:?} {moment:?} {card}: {books:?} {found}");
    assert!(books.intents <= 1 && books.set_aside == 0, "{case}");
    if found["status"] == "complete" {
        assert_eq!((books.taken, books.charges, *card), (1999, 1, "pm_card_visa"), "{case}");
        assert_eq!(charge_status(&found), "succeeded", "{case}");
    } else {
        assert_eq!(books.taken, 0, "{case}");
        let ticket = found["tickets"][0]["id"].as_str().unwrap();
        let ticket = shop.get(&format!("/api/tickets/{ticket}"), buyer).await;
        assert_eq!(ticket["status"], "available", "{case}");
    }
    // Payments that Stripe processed before the crash are not lost, and requests that it never received had no effect.
    let takes = matches!(step, Step::Confirm | Step::Capture) && *card == "pm_card_visa";
    match moment {
        Moment::After if takes => assert_eq!(found["status"], "complete", "{case}"),
        Moment::Before if *step != Step::Capture => assert_eq!(found["status"], "cancelled", "{case}"),
        _ => {}
    }
}

async fn crash_at(more: &'static [&'static str], steps: &[(Step, &'static str)]) {
    let mut shop = Shop::open(more).await;
    let stopped = payments(&mut shop, steps).await;
    shop.crash().await;
    for stopped in &stopped {
        check(&shop, stopped).await;
    }
    // Late and repeated requests change nothing.
    shop.crash().await;
    for stopped in &stopped {
        check(&shop, stopped).await;
        assert!(shop.count("ChargeCreated", &stopped.order).await <= 1);
    }
    shop.close();
}

#[tokio::test]
#[ignore = "needs the stand-in: cargo xtask test --only stripe"]
async fn a_payment_at_once_survives_a_crash_at_each_step() {
    const STEPS: &[(Step, &str)] = &[
        (Step::Create, "pm_card_visa"),
        (Step::Card, "pm_card_visa"),
        (Step::Confirm, "pm_card_visa"),
        (Step::Confirm, "pm_card_chargeCustomerFail"),
        (Step::Cancel, "pm_card_chargeCustomerFail"),
    ];
    crash_at(&[], STEPS).await;
}

#[tokio::test]
#[ignore = "needs the stand-in: cargo xtask test --only stripe"]
async fn a_payment_that_is_authorized_first_survives_a_crash_at_each_step() {
    const STEPS: &[(Step, &str)] = &[
        (Step::Create, "pm_card_visa"),
        (Step::Card, "pm_card_visa"),
        (Step::Confirm, "pm_card_visa"),
        (Step::Capture, "pm_card_visa"),
        (Step::Cancel, "pm_card_chargeCustomerFail"),
    ];
    crash_at(&["--stripe-capture", "authorize-first"], STEPS).await;
}

/// The second crash hits the host while it looks up the payments that the first one interrupted.
#[tokio::test]
#[ignore = "needs the stand-in: cargo xtask test --only stripe"]
async fn a_crash_while_recovering_from_a_crash_changes_nothing() {
    let mut shop = Shop::open(&[]).await;
    let mut stopped = payments(&mut shop, &[(Step::Create, "pm_card_visa"), (Step::Card, "pm_card_visa")]).await;
    shop.host.kill();
    let before = std::mem::replace(&mut shop.proxy, Proxy::start(&shop.stand_in.url).await);
    for (at, payment) in stopped.iter_mut().enumerate() {
        // The lookup creates the intent again and cancels it.
        payment.moment = MOMENTS[at % 3];
        shop.proxy.stop(&payment.order, Step::Create, MOMENTS[(at + 1) % 3]);
    }
    shop.host = serve(shop.dir.path(), &shop.proxy, &[]);
    for payment in &stopped {
        shop.proxy.reached(&payment.order, Step::Create).await;
    }
    before.open();
    shop.crash().await;
    for payment in &stopped {
        check(&shop, payment).await;
    }
    shop.close();
}

#[tokio::test]
#[ignore = "needs the stand-in: cargo xtask test --only stripe"]
async fn money_goes_back_once_whenever_the_power_goes() {
    let mut shop = Shop::open(&[]).await;
    let mut orders = Vec::new();
    for (at, moment) in MOMENTS.into_iter().enumerate() {
        let (order, buyer) = shop.order(at).await;
        assert_eq!(shop.pay(&order, &buyer, "pm_card_visa").await.0, 201);
        shop.proxy.stop(&order, Step::Refund, moment);
        let request = shop.host.post(&format!("/api/orders/{order}/refund"), &json!({ "amount": "5.00" }));
        tokio::spawn(request.bearer_auth(&shop.seller).send());
        shop.proxy.reached(&order, Step::Refund).await;
        orders.push((order, buyer, moment));
    }
    shop.crash().await;
    for (order, buyer, moment) in &orders {
        let found = shop.order_when(order, buyer, is_settled).await;
        let books = shop.stand_in.books(order).await;
        assert_eq!((books.taken, books.refunds, books.charges), (1499, 1, 1), "{moment:?} {books:?}");
        assert_eq!(found["charge"]["refunded"], json!(5.00), "{moment:?} {found}");
        assert_eq!(shop.count("ChargeRefunded", order).await, 1);
    }
    shop.close();
}

/// The crash comes at an arbitrary moment: some payments are answered, some are in progress, some have not begun.
#[tokio::test]
#[ignore = "needs the stand-in: cargo xtask test --only stripe"]
async fn many_buyers_at_once_and_a_crash_among_them() {
    let mut shop = Shop::open(&[]).await;
    let mut orders = Vec::new();
    for at in 0..16 {
        orders.push(shop.order(at).await);
    }
    let client = Arc::new(shop.host.client.clone());
    let paying: Vec<_> = orders
        .iter()
        .map(|(order, buyer)| {
            let body = json!({ "orderId": order, "token": "pm_card_visa" });
            let request = client.post(format!("{}/api/payments", shop.host.url)).json(&body).bearer_auth(buyer);
            tokio::spawn(request.send())
        })
        .collect();
    for (at, payment) in paying.into_iter().enumerate() {
        // Requests fail after the kill.
        let _ = payment.await.unwrap();
        if at == 3 {
            shop.host.kill();
        }
    }
    shop.crash().await;
    for (order, buyer) in &orders {
        let found = shop.order_when(order, buyer, is_settled).await;
        let books = shop.stand_in.books(order).await;
        let taken = if found["status"] == "complete" { 1999 } else { 0 };
        assert_eq!((books.taken, books.set_aside), (taken, 0), "{found}");
        assert!(books.intents <= 1 && books.charges <= 1, "{books:?}");
    }
    shop.close();
}
