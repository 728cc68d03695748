//! Hosts with and without the card processor's keys.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use boxoffice::gateway::{
    ChargeAnswer, ChargeRequest, GatewayFuture, GatewayReport, LookupRequest, PaymentGateway, RefundAnswer,
    RefundRequest, RefundsPage, Sandbox, WebhookError, WebhookEvent, WebhookFuture, WebhookMessage,
};
use boxoffice::{
    Actor, BoxOffice, Charge, ChargeId, ChargeStatus, Code, HostState, OrderId, TicketId, Timestamp, UserId,
};

use crate::support::{Host, LONG, Trio, keys, tickets, user, within};

/// Token of a card whose bank wants to be asked.
const ASKS_ITS_BANK: &str = "tok_asksItsBank";

/// A card processor that several hosts may have the keys of.
#[derive(Debug)]
struct Processor {
    sandbox: Sandbox,
    charged: AtomicUsize,
    looked_for_refunds: AtomicUsize,
    /// Charges whose buyers have to act, and whether they have.
    waiting: Mutex<HashSet<ChargeId>>,
    has_confirmed: AtomicBool,
}

impl Processor {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            sandbox: Sandbox::in_memory(),
            charged: AtomicUsize::new(0),
            looked_for_refunds: AtomicUsize::new(0),
            waiting: Mutex::default(),
            has_confirmed: AtomicBool::new(false),
        })
    }

    fn charged(&self) -> usize {
        self.charged.load(Ordering::SeqCst)
    }

    fn action(&self, id: ChargeId) -> Option<ChargeAnswer> {
        let is_waiting = self.waiting.lock().unwrap().contains(&id);
        let client_secret = format!("secret_of_{id}").parse().unwrap();
        let confirmed = ChargeAnswer::Charged { reference: Some("confirmed".into()) };
        is_waiting.then(|| {
            if self.has_confirmed.load(Ordering::SeqCst) {
                confirmed
            } else {
                ChargeAnswer::ActionRequired { client_secret }
            }
        })
    }
}

impl PaymentGateway for Processor {
    fn name(&self) -> &'static str {
        "processor"
    }

    fn charge(&self, mut request: ChargeRequest) -> GatewayFuture<'_, ChargeAnswer> {
        self.charged.fetch_add(1, Ordering::SeqCst);
        if request.token.expose() == ASKS_ITS_BANK {
            self.waiting.lock().unwrap().insert(request.charge_id);
            request.token = "tok_visa".parse().unwrap();
        }
        match self.action(request.charge_id) {
            Some(answer) => Box::pin(std::future::ready(Ok(answer))),
            None => self.sandbox.charge(request),
        }
    }

    fn lookup(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        match self.action(request.charge_id) {
            Some(answer) => Box::pin(std::future::ready(Ok(answer))),
            None => self.sandbox.lookup(request),
        }
    }

    fn refund(&self, request: RefundRequest) -> GatewayFuture<'_, RefundAnswer> {
        self.sandbox.refund(request)
    }

    fn refunds_page(&self, _: Timestamp, _: Option<Arc<str>>) -> Option<GatewayFuture<'_, RefundsPage>> {
        self.looked_for_refunds.fetch_add(1, Ordering::SeqCst);
        Some(Box::pin(std::future::ready(Ok(RefundsPage::default()))))
    }

    fn read_webhook<'a>(&'a self, message: &'a WebhookMessage<'a>) -> WebhookFuture<'a> {
        let read = || {
            let text = std::str::from_utf8(message.body).ok()?;
            let (order_id, charge_id) = text.split_once(' ')?;
            let (order_id, charge_id) = (order_id.parse().ok()?, charge_id.parse().ok()?);
            let (reference, reason) = (Arc::from("dp_1"), Arc::from("fraudulent"));
            let amount = boxoffice::Money::parse("19.99", "USD".parse().ok()?).ok()?;
            let opened = GatewayReport::DisputeOpened { order_id, charge_id, reference, amount, reason };
            Some(WebhookEvent { id: "evt_1".into(), report: Some(opened) })
        };
        let is_signed = message.header("signature") == Some("right");
        let read = read().filter(|_| is_signed).ok_or(WebhookError::Signature);
        Box::pin(std::future::ready(read))
    }
}

/// Three hosts, of which the first alone has the card processor's keys, and never writes.
struct Shop {
    trio: Trio,
    processor: Arc<Processor>,
    buyer: UserId,
    ticket: TicketId,
}

impl Shop {
    fn open() -> Self {
        let (mut trio, processor) = (Trio::start(), Processor::new());
        // The one that is to lose its vote comes last, or the others would be too few for a while.
        for number in [1, 2, 0] {
            close(&trio, number);
            Self::reopen(&mut trio, number, &processor);
        }
        let is_ready = |host: &Host| {
            let voters = host.cluster().unwrap().status().hosts.iter().filter(|host| host.voter).count();
            let knows = host.payments().takes_webhooks_of("processor");
            voters == 2 && knows && has_keys_in_reach(host) && host.check_ready().is_ok()
        };
        within(LONG, || trio.hosts.iter().all(is_ready));
        let seller = user(&trio.hosts[1], "seller");
        let (buyer, ticket) = (user(&trio.hosts[2], "buyer"), tickets(&trio.hosts[1], seller, 1)[0]);
        trio.level(&[0, 1, 2]);
        Self { trio, processor, buyer, ticket }
    }

    fn reopen(trio: &mut Trio, number: usize, processor: &Arc<Processor>) {
        let builder = BoxOffice::builder().key_ring(keys()).answer_payment_within(Duration::from_secs(3));
        trio.reopen_as(number, |dir, options| {
            let builder = match number {
                0 => builder.gateway(processor.clone()).cluster(options.votes(false)),
                _ => builder.cluster(options.payments(false)),
            };
            builder.open(dir).unwrap()
        });
    }

    /// Returns a host without keys that does not write.
    fn follower(&self) -> usize {
        3 - self.trio.writer()
    }

    fn order(&self) -> OrderId {
        self.trio.hosts[self.follower()].blocking().orders().create(self.buyer, &[self.ticket]).unwrap().id
    }

    fn pay(&self, host: usize, order: OrderId, token: &str) -> Charge {
        self.trio.hosts[host].blocking().payments().pay(self.buyer, order, token).unwrap()
    }

    fn charge_at(&self, host: usize, id: ChargeId) -> Charge {
        self.trio.hosts[host].payments().get(self.buyer, id).unwrap()
    }

    /// Waits until all hosts know that a charge is settled.
    fn settled(&self, id: ChargeId) {
        let is_settled = |host| self.charge_at(host, id).status == ChargeStatus::Succeeded;
        within(LONG, || (0..3).all(is_settled));
    }
}

fn close(trio: &Trio, number: usize) {
    trio.hosts[number].blocking().close().unwrap();
}

fn writes(office: &BoxOffice) -> bool {
    office.cluster().unwrap().status().state == HostState::Writer
}

/// Returns `true` unless the host says that nobody can ask the card processor.
fn has_keys_in_reach(office: &BoxOffice) -> bool {
    !office.cluster().unwrap().status().findings.iter().any(|finding| finding.contains("charges wait"))
}

#[test]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
fn a_host_without_the_keys_charges_by_way_of_one_that_has_them() {
    let shop = Shop::open();
    let (writer, follower) = (shop.trio.writer(), shop.follower());
    let order = shop.order();
    let charge = shop.pay(follower, order, "tok_visa");
    assert_eq!((charge.status, &*charge.gateway), (ChargeStatus::Succeeded, "processor"));
    assert_eq!(shop.processor.charged(), 1);
    let refunded = shop.trio.hosts[writer].blocking().payments().refund(Actor::System, order, false).unwrap();
    assert_eq!(refunded.status, ChargeStatus::Refunded);
    // A host with a gateway that it must not have is not opened.
    let options = shop.trio.options(0).payments(false);
    let builder = BoxOffice::builder().key_ring(keys()).gateway(shop.processor.clone()).cluster(options);
    assert_eq!(builder.open(shop.trio.hosts[0].dir.path()).unwrap_err().code(), Code::Validation);
}

#[test]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
fn a_charge_waits_while_no_host_has_the_keys() {
    let mut shop = Shop::open();
    let (order, follower) = (shop.order(), shop.follower());
    close(&shop.trio, 0);
    within(LONG, || !has_keys_in_reach(&shop.trio.hosts[1]) && !has_keys_in_reach(&shop.trio.hosts[2]));
    let charge = shop.pay(follower, order, "tok_visa");
    assert_eq!((charge.status, shop.processor.charged()), (ChargeStatus::Pending, 0));
    let last_error = shop.trio.hosts[shop.trio.writer()].metrics().last_error.unwrap();
    assert!(last_error.message.contains("a charge waits"), "{}", last_error.message);
    assert!(shop.trio.hosts[follower].check_ready().is_ok(), "everything else goes on");
    let processor = Arc::clone(&shop.processor);
    Shop::reopen(&mut shop.trio, 0, &processor);
    shop.settled(charge.id);
    assert_eq!(shop.processor.charged(), 1);
}

#[test]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
fn a_buyer_who_has_to_act_is_told_so_on_every_host() {
    let shop = Shop::open();
    let (order, follower) = (shop.order(), shop.follower());
    let charge = shop.pay(follower, order, ASKS_ITS_BANK);
    assert_eq!(charge.status, ChargeStatus::Pending);
    for host in &shop.trio.hosts {
        let secret = || host.payments().client_secret(shop.buyer, charge.id).unwrap();
        within(LONG, || secret().is_some());
        assert_eq!(secret().unwrap().expose(), format!("secret_of_{}", charge.id));
    }
    shop.processor.has_confirmed.store(true, Ordering::SeqCst);
    shop.settled(charge.id);
    for host in &shop.trio.hosts {
        assert!(host.payments().client_secret(shop.buyer, charge.id).unwrap().is_none());
    }
    assert_eq!(shop.processor.charged(), 1);
}

#[test]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
fn a_message_of_the_card_processor_may_come_to_any_host() {
    let shop = Shop::open();
    let (order, writer) = (shop.order(), shop.trio.writer());
    let charge = shop.pay(writer, order, "tok_visa");
    // At once, at a host that may not have read of the charge yet.
    let host = &shop.trio.hosts[shop.follower()];
    let body = format!("{order} {}", charge.id);
    let receive = |signature: &'static str| {
        let headers = [("signature", signature.as_bytes())];
        host.blocking().payments().receive_webhook(&headers, body.as_bytes())
    };
    assert_eq!(receive("wrong").unwrap_err().code(), Code::PaymentNoticeRefused);
    receive("right").unwrap();
    receive("right").unwrap();
    shop.trio.level(&[0, 1, 2]);
    for host in 0..3 {
        assert_eq!(shop.charge_at(host, charge.id).disputes.len(), 1);
    }
    assert!(host.payments().takes_webhooks_of("processor"));
}

#[test]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
fn only_the_host_that_writes_looks_for_refunds() {
    let processors = [Processor::new(), Processor::new(), Processor::new()];
    let gateways = processors.clone().map(|processor| processor as Arc<dyn PaymentGateway>);
    let trio = Trio::start_with(gateways);
    let looked = |number: usize| processors[number].looked_for_refunds.load(Ordering::SeqCst);
    let epoch = |number: usize| trio.hosts[number].cluster().unwrap().status().epoch;
    let writer = trio.writer();
    within(LONG, || looked(writer) > 0);
    let [one, two] = trio.followers();
    // Nobody else has ever written, unless there was another claim.
    assert!(looked(one) + looked(two) == 0 || epoch(one) > 1);

    // Whoever writes next looks.
    let before = [looked(one), looked(two)];
    close(&trio, writer);
    within(LONG, || writes(&trio.hosts[one]) || writes(&trio.hosts[two]));
    let (next, other) = if writes(&trio.hosts[one]) { (0, 1) } else { (1, 0) };
    let hosts = [one, two];
    let claimed = epoch(hosts[next]);
    within(LONG, || looked(hosts[next]) > before[next]);
    assert!(looked(hosts[other]) == before[other] || epoch(hosts[next]) > claimed);
}
