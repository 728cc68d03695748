//! Facts that begin at the card processor: refunds at its dashboard, prices that it can't charge, settings that it refuses.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use boxoffice::gateway::{
    AmountAnswer, ChargeAnswer, ChargeRequest, GatewayError, GatewayFuture, GatewayReport, LookupRequest,
    PaymentGateway, RefundAnswer, RefundRequest, RefundsPage, WebhookEvent, WebhookFuture, WebhookMessage,
};
use boxoffice::{Code, Money, NewTicket, Order, TicketUpdate, Timestamp};

use crate::support::{World, ann, bob, refused, within};

/// A processor with a dashboard, at which refunds are made.
#[derive(Debug, Default)]
struct Dashboard {
    refunds: Mutex<Vec<GatewayReport>>,
    lookups: AtomicUsize,
    is_misconfigured: AtomicBool,
    /// `true` if it does not answer what it can charge.
    is_silent: AtomicBool,
    /// `true` if its list of refunds has a second page, which can't be read.
    is_torn: AtomicBool,
}

impl Dashboard {
    fn refund(&self, order: &Order, reference: &str, amount: &str) {
        let charge = order.charge.as_ref().unwrap();
        let (order_id, charge_id, reference) = (charge.order_id, charge.id, reference.into());
        let amount = Money::parse(amount, "USD".parse().unwrap()).unwrap();
        self.refunds.lock().unwrap().push(GatewayReport::RefundElsewhere { order_id, charge_id, reference, amount });
    }
}

fn ready<T: Send + 'static>(answer: T) -> GatewayFuture<'static, T> {
    Box::pin(std::future::ready(Ok(answer)))
}

impl PaymentGateway for Dashboard {
    fn name(&self) -> &'static str {
        "dashboard"
    }

    fn charge(&self, _: ChargeRequest) -> GatewayFuture<'_, ChargeAnswer> {
        if self.is_misconfigured.load(Ordering::Relaxed) {
            return ready(ChargeAnswer::Misconfigured { reason: "message: no such account; parameter: key".into() });
        }
        ready(ChargeAnswer::Charged { reference: None })
    }

    fn lookup(&self, _: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        self.lookups.fetch_add(1, Ordering::Relaxed);
        ready(ChargeAnswer::Charged { reference: None })
    }

    fn refund(&self, _: RefundRequest) -> GatewayFuture<'_, RefundAnswer> {
        ready(RefundAnswer::Refunded { reference: None })
    }

    fn check_amount(&self, amount: Money) -> GatewayFuture<'_, AmountAnswer> {
        if self.is_silent.load(Ordering::Relaxed) {
            return Box::pin(async { Err(GatewayError("away".into())) });
        }
        let answer = match amount.minor() % 10 {
            0 => AmountAnswer::Chargeable,
            _ => AmountAnswer::Refused { reason: "the last digit must be 0".into() },
        };
        // Not at once, as a gateway that has to ask somebody.
        Box::pin(async {
            tokio::task::yield_now().await;
            Ok(answer)
        })
    }

    fn refunds_of(&self, request: LookupRequest) -> GatewayFuture<'_, Vec<GatewayReport>> {
        let refunds = self.refunds.lock().unwrap();
        ready(refunds.iter().filter(|report| report.charge_id() == request.charge_id).cloned().collect())
    }

    fn refunds_page(&self, _: Timestamp, after: Option<Arc<str>>) -> Option<GatewayFuture<'_, RefundsPage>> {
        if after.is_some() {
            return Some(Box::pin(async { Err(GatewayError("away".into())) }));
        }
        let next = self.is_torn.load(Ordering::Relaxed).then(|| "2".into());
        Some(ready(RefundsPage { reports: self.refunds.lock().unwrap().clone(), unnamed: 0, next }))
    }

    fn read_webhook<'a>(&'a self, message: &'a WebhookMessage<'a>) -> WebhookFuture<'a> {
        // A message names a charge of which it says that its refunds have changed.
        let charge_id = std::str::from_utf8(message.body).unwrap().parse().unwrap();
        let order_id = boxoffice::OrderId::from_bytes([0; 16]);
        let report = Some(GatewayReport::RefundsChanged { order_id, charge_id });
        Box::pin(std::future::ready(Ok(WebhookEvent { id: "evt".into(), report })))
    }
}

fn world() -> (World, Arc<Dashboard>) {
    let gateway = Arc::new(Dashboard::default());
    let given = Arc::clone(&gateway);
    (World::with(move |builder| builder.gateway(given.clone())), gateway)
}

async fn sold(world: &World) -> Arc<Order> {
    let ticket = world.tickets().create(ann(), NewTicket::new("Hamlet", "20.00")).await.unwrap().id;
    let order = world.order(bob(), ticket).await;
    world.payments().pay(bob(), order.id, "tok_any").await.unwrap();
    world.orders().get(bob(), order.id).unwrap()
}

/// Waits until the order's charge has so many refunds.
async fn refunds(world: &World, order: &Order, count: usize) -> Arc<Order> {
    within(async {
        loop {
            let order = world.orders().get(bob(), order.id).unwrap();
            if order.charge.as_ref().unwrap().refunds.len() >= count {
                return order;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_at_the_dashboard_is_found_by_a_message_that_names_the_charge_alone() {
    let (world, gateway) = world();
    let order = sold(&world).await;
    gateway.refund(&order, "re_1", "5.00");
    gateway.refund(&order, "re_2", "2.50");
    let charge = order.charge.as_ref().unwrap().id.to_string();
    for _ in 0..2 {
        world.payments().receive_webhook(&[], charge.as_bytes()).await.unwrap();
        let charge = world.orders().get(bob(), order.id).unwrap().charge.clone().unwrap();
        assert_eq!((charge.refunds.len(), charge.refunded_minor()), (2, 750));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_no_message_tells_of_is_found_at_the_next_start_and_recorded_once() {
    let (world, gateway) = world();
    let order = sold(&world).await;
    gateway.refund(&order, "re_1", "20.00");
    let world = world.reopen();
    let found = refunds(&world, &order, 1).await;
    assert_eq!(found.charge.as_ref().unwrap().status.as_str(), "refunded");
    let head = world.head();
    let world = world.reopen();
    gateway.refund(&order, "re_other", "1.00");
    // Nothing is left of the charge, and the one that is known is not recorded again.
    let charge = order.charge.as_ref().unwrap().id.to_string();
    let more = world.payments().receive_webhook(&[], charge.as_bytes()).await;
    assert_eq!((refused(more), world.head()), (Code::PaymentRefundTooLarge, head));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_page_of_refunds_tells_is_recorded_although_the_next_cant_be_read() {
    let (world, gateway) = world();
    let order = sold(&world).await;
    gateway.refund(&order, "re_1", "5.00");
    gateway.is_torn.store(true, Ordering::Relaxed);
    let world = world.reopen();
    let found = refunds(&world, &order, 1).await;
    assert_eq!(found.charge.as_ref().unwrap().refunded_minor(), 500);
}

#[tokio::test]
async fn what_the_processor_refuses_whatever_the_card_is_told_at_once() {
    let (world, gateway) = world();
    gateway.is_misconfigured.store(true, Ordering::Relaxed);
    let ticket = world.tickets().create(ann(), NewTicket::new("Hamlet", "20.00")).await.unwrap().id;
    let order = world.order(bob(), ticket).await;
    let id = order.id;
    let pay = || {
        let payments = world.payments().idempotency_key(crate::support::key("pay"));
        async move { payments.pay(bob(), id, "tok_any").await }
    };
    for _ in 0..2 {
        let error = within(pay()).await.unwrap_err();
        assert_eq!((error.code(), error.status_code()), (Code::PaymentMisconfigured, 503));
        assert!(!error.to_string().contains("account"), "{error}");
    }
    let last = world.metrics().last_error.unwrap().message;
    assert!(last.contains("no such account"), "{last}");
    assert_eq!(gateway.lookups.load(Ordering::Relaxed), 0, "nobody has to ask");
    assert_eq!(world.orders().get(bob(), order.id).unwrap().status.as_str(), "cancelled");
    assert_eq!(world.of_ticket(ticket), "available");
    // Once it is mended, the buyer orders again.
    gateway.is_misconfigured.store(false, Ordering::Relaxed);
    let order = world.order(bob(), ticket).await;
    assert_eq!(world.payments().pay(bob(), order.id, "tok_any").await.unwrap().status.as_str(), "succeeded");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_that_nobody_could_pay_is_refused_when_it_is_listed() {
    let (world, gateway) = world();
    let told = |error: boxoffice::Error| {
        let told = error.serialize_errors();
        (
            error.code(),
            told.iter().map(|it| it.field.clone().unwrap().into_owned()).collect::<Vec<_>>(),
            told[0].message.clone(),
        )
    };
    let (code, fields, message) =
        told(world.tickets().create(ann(), NewTicket::new("Hamlet", "19.99")).await.unwrap_err());
    assert_eq!((code, fields), (Code::Validation, vec!["price".to_owned()]));
    assert_eq!(message, "Price can't be charged: the last digit must be 0");
    let many = ["1.10", "1.11", "1.20", "1.11"].map(|price| NewTicket::new("Hamlet", price));
    let (_, fields, _) = told(world.tickets().create_many(ann(), many.into()).await.unwrap_err());
    assert_eq!(fields, ["tickets[1].price", "tickets[3].price"]);
    let ticket = world.tickets().create(ann(), NewTicket::new("Hamlet", "1.10")).await.unwrap().id;
    let update = world.tickets().update(ann(), ticket, TicketUpdate::new("Hamlet", "1.11")).await;
    assert_eq!(told(update.unwrap_err()).1, ["price"]);
    assert_eq!(world.tickets().get(ticket).unwrap().price.minor(), 110);
    gateway.is_silent.store(true, Ordering::Relaxed);
    world.tickets().create(ann(), NewTicket::new("Hamlet", "1.11")).await.unwrap();
}
