//! Two hosts: one asks by way of the other, which has the card processor's keys.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::gateway::WebhookEvent;
use crate::gateway::worker::tests::worker;
use crate::gateway::worker::{Permit, Worker};
use crate::types::{ChargeId, OrderId, RefundId};

const ORDER: OrderId = OrderId::from_bytes([1; 16]);
const CHARGE: ChargeId = ChargeId::from_bytes([2; 16]);
const REFUND: RefundId = RefundId::from_bytes([3; 16]);
const AT: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// A card processor that answers everything, and notes what it was asked.
#[derive(Debug, Default)]
struct Processor {
    asked: Mutex<Vec<String>>,
    answer: Mutex<Option<ChargeAnswer>>,
    is_silent: AtomicBool,
}

impl Processor {
    fn note(&self, what: &str, details: &dyn fmt::Debug) {
        self.asked.lock().unwrap().push(format!("{what} {details:?}"));
    }

    fn say<T: Send + 'static>(&self, answer: T) -> GatewayFuture<'_, T> {
        let is_silent = self.is_silent.load(Ordering::Relaxed);
        Box::pin(async move {
            if is_silent {
                tokio::time::sleep(Duration::from_hours(1)).await;
            }
            Ok(answer)
        })
    }

    fn charged(&self) -> ChargeAnswer {
        let charged = || ChargeAnswer::Charged { reference: Some("pi_1".into()) };
        self.answer.lock().unwrap().clone().unwrap_or_else(charged)
    }
}

fn money() -> Money {
    Money::parse("19.99", "USD".parse().unwrap()).unwrap()
}

fn reports() -> Vec<GatewayReport> {
    let (order_id, charge_id, reference) = (ORDER, CHARGE, Arc::from("dp_1"));
    let answer = ChargeAnswer::Declined { reason: "no".into() };
    let refund = RefundAnswer::Refunded { reference: None };
    vec![
        GatewayReport::Charge { order_id, charge_id, answer },
        GatewayReport::Refund { order_id, charge_id, refund_id: REFUND, answer: refund },
        GatewayReport::RefundElsewhere { order_id, charge_id, reference: "re_1".into(), amount: money() },
        GatewayReport::RefundsChanged { order_id, charge_id },
        GatewayReport::DisputeOpened {
            order_id,
            charge_id,
            reference: Arc::clone(&reference),
            amount: money(),
            reason: "fraudulent".into(),
        },
        GatewayReport::DisputeClosed { order_id, charge_id, reference, won: true },
    ]
}

impl PaymentGateway for Processor {
    fn name(&self) -> &'static str {
        "processor"
    }

    fn charge(&self, request: ChargeRequest) -> GatewayFuture<'_, ChargeAnswer> {
        assert_eq!(request.token.expose(), "tok_visa");
        self.note("charge", &request);
        self.say(self.charged())
    }

    fn lookup(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        self.note("lookup", &request);
        self.say(self.charged())
    }

    fn refund(&self, request: RefundRequest) -> GatewayFuture<'_, RefundAnswer> {
        self.note("refund", &request);
        self.say(RefundAnswer::Refused { reason: "too late".into() })
    }

    fn capture(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        self.note("capture", &request);
        self.say(self.charged())
    }

    fn void(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        self.note("void", &request);
        self.say(ChargeAnswer::Declined { reason: "voided".into() })
    }

    fn check_amount(&self, amount: Money) -> GatewayFuture<'_, AmountAnswer> {
        self.note("check", &amount);
        self.say(AmountAnswer::Refused { reason: "too small".into() })
    }

    fn refunds_of(&self, request: LookupRequest) -> GatewayFuture<'_, Vec<GatewayReport>> {
        self.note("refunds of", &request);
        self.say(reports())
    }

    fn refunds_page(&self, since: Timestamp, after: Option<Arc<str>>) -> Option<GatewayFuture<'_, RefundsPage>> {
        self.note("page", &(since, &after));
        Some(self.say(RefundsPage { reports: reports(), unnamed: 2, next: Some("next".into()) }))
    }

    fn read_webhook<'a>(&'a self, message: &'a WebhookMessage<'a>) -> WebhookFuture<'a> {
        let is_signed = message.header("signature") == Some("right") && message.now == AT;
        let event = WebhookEvent { id: "evt_1".into(), report: reports().pop() };
        let is_ours = is_signed && message.body == b"{}";
        Box::pin(std::future::ready(if is_ours { Ok(event) } else { Err(WebhookError::Signature) }))
    }
}

/// The way to the other host.
#[derive(Debug)]
struct Way {
    other: Arc<Worker>,
    /// `true` while the other host may ask for this one.
    is_in_force: AtomicBool,
}

impl Courier for Way {
    fn processor(&self) -> Option<Arc<str>> {
        Some("processor".into())
    }

    fn unreachable(&self, _: &str) -> Option<String> {
        None
    }

    fn ask(&self, carried: Carried) -> Carrying<'_> {
        Box::pin(async move {
            let is_in_force = || self.is_in_force.load(Ordering::Relaxed);
            let permit = Permit { writes: carried.epoch.is_some(), is_in_force: &is_in_force };
            let answer = self.other.ask_for_another(&carried.question, &permit).await;
            answer.ok_or_else(|| not_asked("the other host has refused"))
        })
    }
}

struct World {
    processor: Arc<Processor>,
    way: Arc<Way>,
    gateway: RemoteGateway,
}

impl World {
    fn new() -> Self {
        let processor = Arc::new(Processor::default());
        let way = Arc::new(Way { other: worker(processor.clone()), is_in_force: AtomicBool::new(true) });
        let gateway = RemoteGateway::new(way.clone()).in_epoch(7, &"processor".into());
        Self { processor, way, gateway }
    }

    fn asked(&self) -> Vec<String> {
        self.processor.asked.lock().unwrap().clone()
    }
}

fn charge() -> ChargeRequest {
    ChargeRequest { charge_id: CHARGE, order_id: ORDER, amount: money(), token: "tok_visa".parse().unwrap() }
}

fn lookup() -> LookupRequest {
    let reference = Some("pi_1".into());
    LookupRequest { charge_id: CHARGE, order_id: ORDER, amount: money(), reference, created_at: AT }
}

fn refund() -> RefundRequest {
    RefundRequest { refund_id: REFUND, charge_id: CHARGE, reference: None, amount: money(), created_at: AT }
}

#[tokio::test]
async fn every_question_and_answer_comes_as_it_was_sent() {
    let World { processor, gateway, .. } = &World::new();
    assert_eq!(gateway.charge(charge()).await.unwrap(), processor.charged());
    assert_eq!(gateway.lookup(lookup()).await.unwrap(), processor.charged());
    assert_eq!(gateway.capture(lookup()).await.unwrap(), processor.charged());
    assert_eq!(gateway.void(lookup()).await.unwrap(), processor.void(lookup()).await.unwrap());
    assert_eq!(gateway.refund(refund()).await.unwrap(), processor.refund(refund()).await.unwrap());
    assert_eq!(gateway.check_amount(money()).await.unwrap(), processor.check_amount(money()).await.unwrap());
    assert_eq!(gateway.refunds_of(lookup()).await.unwrap(), reports());
    let page = gateway.refunds_page(AT, Some("here".into())).unwrap().await.unwrap();
    assert_eq!((page.reports, page.unnamed, page.next.as_deref()), (reports(), 2, Some("next")));
    let asked = processor.asked.lock().unwrap().clone();
    assert_eq!(asked[0], format!("charge {:?}", charge()));
    assert!(asked.contains(&format!("refund {:?}", refund())) && asked.contains(&format!("lookup {:?}", lookup())));
    assert_eq!(*asked.last().unwrap(), format!("page {:?}", (AT, &Some::<Arc<str>>("here".into()))));
}

#[tokio::test]
async fn every_state_of_a_charge_comes_as_it_was_sent() {
    let World { processor, gateway, .. } = &World::new();
    for answer in [
        ChargeAnswer::Charged { reference: None },
        ChargeAnswer::Authorized { reference: Some("pi_2".into()) },
        ChargeAnswer::ActionRequired { client_secret: "pi_2_secret".parse().unwrap() },
        ChargeAnswer::Declined { reason: "no".into() },
        ChargeAnswer::Misconfigured { reason: "the key".into() },
        ChargeAnswer::Pending,
        ChargeAnswer::Unknown,
    ] {
        *processor.answer.lock().unwrap() = Some(answer.clone());
        assert_eq!(gateway.lookup(lookup()).await.unwrap(), answer);
    }
}

#[tokio::test]
async fn a_message_of_the_card_processor_is_read_where_its_keys_are() {
    let gateway = World::new().gateway;
    let headers: [(&str, &[u8]); 2] = [("signature", b"right"), ("other", b"\xff")];
    let message = WebhookMessage { headers: &headers, body: b"{}", now: AT };
    let event = gateway.read_webhook(&message).await.unwrap();
    assert_eq!((&*event.id, event.report), ("evt_1", reports().pop()));
    let altered = WebhookMessage { body: b"{ }", ..message };
    assert_eq!(gateway.read_webhook(&altered).await, Err(WebhookError::Signature));
}

#[tokio::test]
async fn money_moves_only_for_the_host_that_writes() {
    let world = World::new();
    let reading = RemoteGateway::new(world.way.clone());
    for moved in [
        reading.charge(charge()).await.is_ok(),
        reading.capture(lookup()).await.is_ok(),
        reading.void(lookup()).await.is_ok(),
        reading.refund(refund()).await.is_ok(),
    ] {
        assert!(!moved);
    }
    assert_eq!(world.asked(), Vec::<String>::new());
    assert!(reading.lookup(lookup()).await.is_ok() && reading.check_amount(money()).await.is_ok());
}

#[tokio::test]
async fn a_right_that_is_no_longer_in_force_asks_nothing() {
    let world = World::new();
    world.way.is_in_force.store(false, Ordering::Relaxed);
    assert!(is_not_asked(&world.gateway.charge(charge()).await.unwrap_err()));
    assert_eq!(world.asked(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_card_processor_that_is_silent_is_waited_for_less_long_than_the_other_host_waits() {
    let world = World::new();
    world.processor.is_silent.store(true, Ordering::Relaxed);
    let begun = tokio::time::Instant::now();
    let error = world.gateway.charge(charge()).await.unwrap_err();
    assert!(begun.elapsed() < WITHIN && error.0.contains("no answer in time"), "{:?} {error}", begun.elapsed());
    assert!(!is_not_asked(&error), "it may have taken the money");
    // What waits is counted, so that closing waits for it, and no longer.
    world.way.other.idle().await;
}

#[tokio::test]
async fn hostile_bytes_are_refused_and_ask_nothing() {
    let world = World::new();
    let permit = Permit { writes: true, is_in_force: &|| true };
    let question = wire::encode_question(&Question::Charge(charge())).unwrap();
    for len in 0..question.len() {
        assert_eq!(world.way.other.ask_for_another(&question[..len], &permit).await, None, "{len}");
    }
    for version in [0, 2, 255] {
        let mut other = question.clone();
        other[0] = version;
        assert_eq!(world.way.other.ask_for_another(&other, &permit).await, None, "{version}");
        assert!(wire::decode_answer(&other).is_err());
    }
    for claim in [[0xdf, 0xff, 0xff, 0xff, 0xff], [0xdd, 0xff, 0xff, 0xff, 0xff], [0xdb, 0xff, 0xff, 0xff, 0xff]] {
        assert!(wire::decode_question(&[&[1], &claim[..]].concat()).is_err());
        assert!(wire::decode_answer(&[&[1], &claim[..]].concat()).is_err());
    }
    assert_eq!(world.asked(), Vec::<String>::new());
}

#[test]
fn an_answer_to_another_question_is_none() {
    let failed = Answer::Failed("the network".into()).unexpected();
    assert_eq!(failed.0, "the network");
    let other = Answer::Amount(AmountAnswer::Chargeable).unexpected();
    assert!(other.0.contains("another question"), "{other}");
}
