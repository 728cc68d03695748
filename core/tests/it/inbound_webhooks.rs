//! Inbound webhook events of a card processor.

use std::sync::Arc;
use std::time::Duration;

use boxoffice::gateway::{
    ChargeAnswer, ChargeRequest, GatewayFuture, GatewayReport, LookupRequest, PaymentGateway, RefundAnswer,
    RefundRequest, WebhookError, WebhookEvent, WebhookFuture, WebhookMessage,
};
use boxoffice::{Actor, ChargeId, Code, Money, Order, OrderId};

use crate::gateways::{Bank, Manner};
use crate::support::{World, bob, refused, within};

/// A bank that also sends webhook events. A message consists of words: an id, the event, the order and the charge. The
/// header `from` must be `bank`.
#[derive(Debug)]
struct Teller(Arc<Bank>);

impl Teller {
    fn report(words: &[&str]) -> Option<GatewayReport> {
        let order_id: OrderId = words[2].parse().unwrap();
        let charge_id: ChargeId = words[3].parse().unwrap();
        let amount = |text: &str| Money::parse(text, "USD".parse().unwrap()).unwrap();
        match words[1] {
            "charged" => {
                let answer = ChargeAnswer::Charged { reference: Some("ref".into()) };
                Some(GatewayReport::Charge { order_id, charge_id, answer })
            }
            "disputed" => {
                let (amount, reason, reference) = (amount("5.00"), "fraudulent".into(), words[3].into());
                Some(GatewayReport::DisputeOpened { order_id, charge_id, reference, amount, reason })
            }
            // A dispute is identified by its charge.
            "closed" => {
                Some(GatewayReport::DisputeClosed { order_id, charge_id, reference: words[3].into(), won: false })
            }
            "refunded" => {
                let (reference, amount) = ("re_1".into(), amount("5.00"));
                Some(GatewayReport::RefundElsewhere { order_id, charge_id, reference, amount })
            }
            _ => None,
        }
    }
}

impl PaymentGateway for Teller {
    fn name(&self) -> &'static str {
        "teller"
    }

    fn charge(&self, request: ChargeRequest) -> GatewayFuture<'_, ChargeAnswer> {
        self.0.charge(request)
    }

    fn lookup(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        self.0.lookup(request)
    }

    fn refund(&self, request: RefundRequest) -> GatewayFuture<'_, RefundAnswer> {
        self.0.refund(request)
    }

    fn read_webhook<'a>(&'a self, message: &'a WebhookMessage<'a>) -> WebhookFuture<'a> {
        Box::pin(async move {
            if message.header("from") != Some("bank") {
                return Err(WebhookError::Signature);
            }
            let text = std::str::from_utf8(message.body).unwrap();
            let words: Vec<_> = text.split(' ').collect();
            Ok(WebhookEvent { id: words[0].into(), report: Self::report(&words) })
        })
    }
}

const FROM_BANK: &[(&str, &[u8])] = &[("from", b"bank")];

fn with_teller(bank: &Arc<Bank>) -> World {
    let bank = Arc::clone(bank);
    World::with(move |builder| {
        builder.gateway(Arc::new(Teller(Arc::clone(&bank)))).answer_payment_within(Duration::ZERO)
    })
}

/// Creates an order whose payment is in progress.
async fn being_paid(world: &World, bank: &Bank) -> (Arc<Order>, ChargeId) {
    let (_, order) = world.held().await;
    let charge = world.payments().pay(bob(), order.id, "tok_visa").await.unwrap();
    within(bank.charges(1)).await;
    (order, charge.id)
}

async fn tell(world: &World, id: &str, what: &str, (order, charge): (OrderId, ChargeId)) {
    let body = format!("{id} {what} {order} {charge}");
    within(world.payments().receive_webhook(FROM_BANK, body.as_bytes())).await.unwrap();
}

#[tokio::test]
async fn a_message_before_the_answer_settles_the_charge_once() {
    let bank = Bank::taking(Manner::Wait);
    let world = with_teller(&bank);
    let (order, charge) = being_paid(&world, &bank).await;
    let seq = world.head();
    tell(&world, "evt_1", "charged", (order.id, charge)).await;
    assert_eq!(world.of_order(&order), "complete");
    let settled = world.events_after(seq);
    for id in ["evt_1", "evt_1", "evt_2"] {
        tell(&world, id, "charged", (order.id, charge)).await;
    }
    // The direct answer comes last; closing waits for it.
    bank.let_through(1);
    world.close().await.unwrap();
    let world = world.reopen();
    assert_eq!(bank.moved(), (1, 0));
    let after = world.events_after(seq);
    assert_eq!(after[..settled.len()], settled);
    assert_eq!(after.iter().filter(|name| **name == "ChargeCreated").count(), 1);
    world.assert_clean();
}

#[tokio::test]
async fn what_follows_a_charge_may_be_told_before_it() {
    for (what, event) in [("disputed", "ChargeDisputed"), ("refunded", "ChargeRefunded")] {
        let bank = Bank::taking(Manner::Hang);
        let world = with_teller(&bank);
        let (order, charge) = being_paid(&world, &bank).await;
        let seq = world.head();
        for _ in 0..2 {
            tell(&world, "evt_1", what, (order.id, charge)).await;
        }
        let events = world.events_after(seq);
        let count = |name: &str| events.iter().filter(|event| **event == name).count();
        assert_eq!((count("ChargeCreated"), count(event)), (1, 1), "{events:?}");
        let place = |name: &str| events.iter().position(|event| *event == name);
        assert!(place("ChargeCreated") < place(event), "{events:?}");
        world.assert_clean();
    }
}

/// The id alone identifies a repeated event: it is stored in the transaction of the event's effect.
#[tokio::test]
async fn a_message_of_a_name_that_was_heard_changes_nothing() {
    let bank = Bank::taking(Manner::Charge);
    let world = with_teller(&bank);
    let (order, charge) = being_paid(&world, &bank).await;
    tell(&world, "evt_1", "charged", (order.id, charge)).await;
    tell(&world, "evt_2", "disputed", (order.id, charge)).await;
    let seq = world.head();
    world.close().await.unwrap();
    let world = world.reopen();
    for name in ["evt_1", "evt_2"] {
        tell(&world, name, "refunded", (order.id, charge)).await;
    }
    assert_eq!(world.head(), seq);
    tell(&world, "evt_3", "refunded", (order.id, charge)).await;
    assert_eq!(world.events_after(seq), ["ChargeRefunded"]);
    world.assert_clean();
}

/// An event that was refused because it arrived too early is accepted when it is sent again.
#[tokio::test]
async fn the_end_of_a_dispute_may_overtake_its_beginning() {
    let bank = Bank::taking(Manner::Charge);
    let world = with_teller(&bank);
    let (order, charge) = being_paid(&world, &bank).await;
    tell(&world, "evt_1", "charged", (order.id, charge)).await;
    let end = format!("evt_2 closed {} {charge}", order.id);
    let early = world.payments().receive_webhook(FROM_BANK, end.as_bytes()).await;
    assert_eq!(refused(early), Code::PaymentNotFound);
    tell(&world, "evt_3", "disputed", (order.id, charge)).await;
    let seq = world.head();
    for _ in 0..2 {
        tell(&world, "evt_2", "closed", (order.id, charge)).await;
    }
    assert_eq!(world.events_after(seq), ["DisputeClosed"]);
    world.assert_clean();
}

/// A charge belongs to its own card processor: no other is queried about it, and none can refund it.
#[tokio::test]
async fn another_card_processor_leaves_charges_alone() {
    let bank = Bank::taking(Manner::Hang);
    let world = with_teller(&bank);
    let (order, charge) = being_paid(&world, &bank).await;
    let other = Bank::taking(Manner::Charge);
    let gateway = Arc::clone(&other);
    let world = world.reopen_with(move |builder| builder.gateway(Arc::clone(&gateway) as Arc<dyn PaymentGateway>));
    let refund = world.payments().refund(Actor::System, order.id, false).await;
    assert_eq!(refused(refund), Code::PaymentNotRefundable);
    assert_eq!(world.of_order(&order), "awaiting_payment");
    let gateway = Arc::clone(&bank);
    let world = world.reopen_with(move |builder| builder.gateway(Arc::new(Teller(Arc::clone(&gateway)))));
    tell(&world, "evt_1", "charged", (order.id, charge)).await;
    assert_eq!((world.of_order(&order), bank.moved()), ("complete", (1, 0)));
    assert_eq!((other.looked_up(), other.moved()), (0, (0, 0)));
    world.assert_clean();
}

#[tokio::test]
async fn what_is_not_believed_or_not_ours_changes_nothing() {
    let bank = Bank::taking(Manner::Charge);
    let world = with_teller(&bank);
    let (order, charge) = being_paid(&world, &bank).await;
    let seq = world.head();
    let forged = format!("evt_1 disputed {} {charge}", order.id);
    let receive = world.payments().receive_webhook(&[("from", b"thief")], forged.as_bytes()).await;
    assert_eq!(refused(receive), Code::PaymentNoticeRefused);
    tell(&world, "evt_2", "moved_house", (order.id, charge)).await;
    let stranger = ChargeId::from_bytes([7; 16]);
    tell(&world, "evt_3", "disputed", (order.id, stranger)).await;
    assert!(!world.events_after(seq).contains(&"ChargeDisputed"));

    let silent = World::with(|builder| builder);
    let receive = silent.payments().receive_webhook(FROM_BANK, b"{}").await;
    assert_eq!(refused(receive), Code::PaymentNoticeRefused);
}
