//! Tests of webhooks by Stripe: signed, in any order, any number of times.

use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit, Mac};

use super::proxy::{Moment, Step};
use super::*;

const PATH: &str = "/api/payments/webhooks/stripe";

#[expect(clippy::disallowed_methods, reason = "the real host judges a message by the time of day")]
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn signature(secret: &str, at: u64, body: &str) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{at}.{body}").as_bytes());
    let mut header = format!("t={at},v1=");
    for byte in mac.finalize().into_bytes() {
        write!(header, "{byte:02x}").unwrap();
    }
    header
}

fn event(id: &str, kind: &str, object: &Value) -> String {
    json!({ "id": id, "object": "event", "type": kind, "livemode": false, "data": { "object": object } }).to_string()
}

impl Shop {
    async fn send(&self, header: Option<&str>, body: &str) -> (u16, Value) {
        let request = self.host.client.post(format!("{}{PATH}", self.host.url)).body(body.to_owned());
        let request = request.header("content-type", "application/json; charset=utf-8");
        let request = header.into_iter().fold(request, |request, header| request.header("stripe-signature", header));
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// Sends a message as Stripe does.
    async fn told(&self, id: &str, kind: &str, object: &Value) -> u16 {
        let body = event(id, kind, object);
        self.send(Some(&signature(SECRET, now(), &body)), &body).await.0
    }
}

#[tokio::test]
#[ignore = "needs the stand-in: cargo xtask test --only stripe"]
async fn a_message_before_the_answer_completes_the_order_once() {
    for more in [&[][..], &["--stripe-capture", "authorize-first"]] {
        let mut shop = Shop::open(more).await;
        // The stand-in's own messages, which it sends a second after a change.
        shop.stand_in.tell(&format!("{}{PATH}", shop.host.url), SECRET).await;
        let (order, buyer) = shop.order(0).await;
        let step = if more.is_empty() { Step::Confirm } else { Step::Capture };
        shop.proxy.stop(&order, step, Moment::After);
        let body = json!({ "orderId": order, "token": "pm_card_visa" });
        let paying = tokio::spawn(shop.host.post("/api/payments", &body).bearer_auth(&buyer).send());
        shop.proxy.reached(&order, step).await;
        // The order is complete while the host still waits for the answer.
        let found = shop.order_when(&order, &buyer, is_settled).await;
        assert_eq!(found["status"], "complete", "{found}");
        assert_eq!(paying.await.unwrap().unwrap().status(), 201);
        shop.proxy.open();

        // Repetitions with the same id and with another id change nothing.
        let intent = shop.stand_in.intents(&order).await.remove(0);
        let seq = shop.get("/api/journal?limit=100", &shop.seller).await.as_array().unwrap().len();
        for id in ["evt_1", "evt_1", "evt_2"] {
            assert_eq!(shop.told(id, "payment_intent.succeeded", &intent).await, 200);
        }
        shop.crash().await;
        assert_eq!(shop.told("evt_1", "payment_intent.succeeded", &intent).await, 200);
        assert_eq!(shop.get("/api/journal?limit=100", &shop.seller).await.as_array().unwrap().len(), seq);
        let books = shop.stand_in.books(&order).await;
        assert_eq!((books.taken, books.charges, books.intents), (1999, 1, 1));
        assert_eq!(shop.count("ChargeCreated", &order).await, 1);
        shop.close();
    }
}

#[tokio::test]
#[ignore = "needs the stand-in: cargo xtask test --only stripe"]
async fn only_stripe_is_believed() {
    let mut shop = Shop::open(&[]).await;
    let (order, buyer) = shop.order(0).await;
    let (_, charge) = shop.pay(&order, &buyer, "pm_card_visa").await;
    let dispute = json!({
        "id": "dp_1", "object": "dispute", "amount": 1999, "currency": "usd", "reason": "fraudulent",
        "status": "needs_response", "payment_intent": charge["reference"],
    });
    let body = event("evt_forged", "charge.dispute.created", &dispute);
    let good = signature(SECRET, now(), &body);
    let stale = signature(SECRET, now() - 301, &body);
    let early = signature(SECRET, now() + 310, &body);
    let foreign = signature("whsec_of_another", now(), &body);
    for header in [None, Some(""), Some("t=1,v1=00"), Some(stale.as_str()), Some(&early), Some(&foreign)] {
        let (status, error) = shop.send(header, &body).await;
        assert_eq!(status, 400, "{header:?} {error}");
        assert!(error["errors"][0]["message"].is_string(), "{error}");
    }
    assert_eq!(shop.send(Some(&good), &body.replace("fraudulent", "general")).await.0, 400);
    assert_eq!(shop.send(Some(&signature(SECRET, now(), "{")), "{").await.0, 400);
    let large = format!("{{\"a\":\"{}\"}}", "a".repeat(256 << 10));
    assert_eq!(shop.send(Some(&signature(SECRET, now(), &large)), &large).await.0, 413);
    assert_eq!(shop.count("ChargeDisputed", &order).await, 0);

    let other = format!("{}/api/payments/webhooks/paypal", shop.host.url);
    assert_eq!(shop.host.client.post(other).body(body.clone()).send().await.unwrap().status(), 404);
    // The previous secret is still valid, and unknown kinds are accepted and ignored.
    assert_eq!(shop.send(Some(&signature("whsec_of_before", now(), &body)), &body).await.0, 200);
    assert_eq!(shop.count("ChargeDisputed", &order).await, 1);
    assert_eq!(shop.told("evt_3", "invoice.paid", &json!({ "id": "in_1" })).await, 200);
    let stranger = json!({ "id": "pi_x", "amount": 5, "status": "succeeded", "metadata": { "order_id": buyer } });
    assert_eq!(shop.told("evt_4", "payment_intent.succeeded", &stranger).await, 200);
    shop.close();
}

#[tokio::test]
#[ignore = "needs the stand-in: cargo xtask test --only stripe"]
async fn what_is_done_at_the_processor_is_recorded_once() {
    let mut shop = Shop::open(&[]).await;
    let (order, buyer) = shop.order(0).await;
    let (_, charge) = shop.pay(&order, &buyer, "pm_card_visa").await;
    let intent = charge["reference"].as_str().unwrap();
    let refund = shop.stand_in.post("refunds", &[("payment_intent", intent), ("amount", "500")]).await;
    for id in ["evt_1", "evt_1", "evt_2"] {
        assert_eq!(shop.told(id, "refund.created", &refund).await, 200);
    }
    let found = shop.get(&format!("/api/orders/{order}"), &buyer).await;
    assert_eq!(found["charge"]["refunded"], json!(5.00), "{found}");
    assert_eq!(found["charge"]["refunds"][0]["reason"], "elsewhere");
    assert_eq!(shop.count("ChargeRefunded", &order).await, 1);

    // The end of a dispute arrives before its beginning: it is refused at first, and accepted when it is sent again.
    let dispute = |status: &str| {
        json!({ "id": "dp_1", "object": "dispute", "amount": 1499, "currency": "usd", "reason": "fraudulent",
            "status": status, "payment_intent": intent })
    };
    assert_eq!(shop.told("evt_end", "charge.dispute.closed", &dispute("lost")).await, 404);
    assert_eq!(shop.told("evt_begin", "charge.dispute.created", &dispute("needs_response")).await, 200);
    for _ in 0..2 {
        assert_eq!(shop.told("evt_end", "charge.dispute.closed", &dispute("lost")).await, 200);
    }
    let found = shop.get(&format!("/api/orders/{order}"), &buyer).await;
    assert_eq!(found["charge"]["disputes"][0]["status"], "lost", "{found}");
    assert_eq!(shop.count("DisputeClosed", &order).await, 1);
    // The buyer has the money already, so a refund is refused.
    assert_eq!(shop.refund(&order, None).await.0, 409);
    shop.close();
}
