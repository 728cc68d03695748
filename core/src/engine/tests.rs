//! Tests of two overlapping batches: one is appended while the next is decided on it.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use super::{Checkpointer, EngineMetrics, Handle, Recent, Reply, Request, Waiters, Writer, WriterParts, catch_up};
use crate::clock::EngineTime;
use crate::command::Command;
use crate::domain::Limits;
use crate::domain::auth::{CreateUser, Credentials};
use crate::domain::order::{CreateOrder, OrderStatus};
use crate::domain::payment::{ChargeOutcome, RefundOutcome, SettleCharge, SettleRefund, StartPayment, StartRefund};
use crate::domain::ticket::{CreateTickets, Listing};
use crate::error::{Code, Error};
use crate::event::{Actor, EmailKey, Record};
use crate::failures::Failures;
use crate::gateway::worker::Work;
use crate::journal::{Head, History, Journal, JournalError, MemoryJournal, Outcome, Proposal, StoredResult, VaultRow};
use crate::testing::{ManualClock, SeededIds};
use crate::types::{ChargeId, CommandId, Email, Money, OrderId, RefundId, TicketId, Timestamp, UserId};
use crate::views::Views;

pub(super) const SELLER: UserId = UserId::from_bytes([1; 16]);
pub(super) const BUYER: UserId = UserId::from_bytes([2; 16]);
pub(super) const RIVAL: UserId = UserId::from_bytes([3; 16]);
pub(super) const TICKET: TicketId = TicketId::from_bytes([4; 16]);
pub(super) const CHARGE: ChargeId = ChargeId::from_bytes([5; 16]);
const CARD: &str = "tok_visa";

/// A journal that fails its next append on request, and that waits while its gate is locked.
#[derive(Debug, Default)]
struct Failing {
    journal: MemoryJournal,
    fails: AtomicBool,
    gate: Mutex<()>,
}

impl Journal for Failing {
    fn append(&self, proposals: Vec<Proposal>) -> Result<Vec<Outcome>, JournalError> {
        if self.fails.swap(false, Ordering::SeqCst) {
            return Err(JournalError::Storage("no space left".into()));
        }
        let _open = self.gate.lock().unwrap();
        self.journal.append(proposals)
    }

    fn reopen(&self) -> Result<(), JournalError> {
        self.journal.reopen()
    }

    fn close(&self) {
        self.journal.close();
    }

    fn head(&self) -> Result<Head, JournalError> {
        self.journal.head()
    }

    fn history(&self) -> Result<History, JournalError> {
        self.journal.history()
    }

    fn read(&self, from: u64, limit: usize) -> Result<Vec<Record>, JournalError> {
        self.journal.read(from, limit)
    }

    fn replay(
        &self,
        after: Head,
        visit: &mut dyn FnMut(Record) -> Result<(), JournalError>,
    ) -> Result<Head, JournalError> {
        self.journal.replay(after, visit)
    }

    fn email_key(&self, email: &Email) -> EmailKey {
        self.journal.email_key(email)
    }

    fn former_email_key(&self, email: &Email) -> Option<EmailKey> {
        self.journal.former_email_key(email)
    }

    fn email_owner(&self, key: EmailKey) -> Result<Option<UserId>, JournalError> {
        self.journal.email_owner(key)
    }

    fn vault_row(&self, user: UserId) -> Result<Option<VaultRow>, JournalError> {
        self.journal.vault_row(user)
    }

    fn result(&self, id: CommandId, now: Timestamp) -> Result<Option<StoredResult>, JournalError> {
        self.journal.result(id, now)
    }

    fn backup(&self, file: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Head, JournalError> {
        self.journal.backup(file, progress)
    }
}

/// A writer that the test steps, with three users and a ticket.
struct Engine {
    writer: Writer,
    handle: Arc<Handle>,
    journal: Arc<Failing>,
    views: Views,
    work: flume::Receiver<Work>,
}

/// An answer that may be pending.
pub(super) struct Asked(Pin<Box<dyn Future<Output = Result<Reply, Error>>>>);

impl Asked {
    /// Asks for the first time.
    pub(super) fn new(answer: impl Future<Output = Result<Reply, Error>> + 'static) -> Self {
        let mut asked = Self(Box::pin(answer));
        assert!(asked.answer().is_none());
        asked
    }

    pub(super) fn answer(&mut self) -> Option<Result<Reply, Error>> {
        match self.0.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(answer) => Some(answer),
            Poll::Pending => None,
        }
    }

    pub(super) fn code(&mut self) -> Option<&'static str> {
        self.answer().map(|answer| answer.map_or_else(|error| error.code().as_str(), |_| "ok"))
    }
}

pub(super) fn ask(handle: &Arc<Handle>, actor: Actor, command: Command) -> Asked {
    named(handle, actor, command, [0; 16], None)
}

pub(super) fn named(
    handle: &Arc<Handle>,
    actor: Actor,
    command: Command,
    id: [u8; 16],
    fingerprint: Option<[u8; 16]>,
) -> Asked {
    let card = matches!(command, Command::StartPayment(_)).then(|| CARD.parse().unwrap());
    let request = Request { fingerprint, card, ..Request::new(command, CommandId::from_bytes(id), actor) };
    let handle = Arc::clone(handle);
    Asked::new(async move { handle.submit(request).await })
}

pub(super) fn sign_up(journal: &dyn Journal, user_id: UserId) -> Command {
    let email: Email = format!("{user_id}@example.com").parse().unwrap();
    let email_key = journal.email_key(&email);
    Command::CreateUser(CreateUser {
        user_id,
        email_key,
        credentials: Credentials { email, password_hash: "x".into() },
    })
}

pub(super) fn list() -> Command {
    let listing = Listing {
        title: "Hamlet".parse().unwrap(),
        price: Money::parse("19.99", "USD".parse().unwrap()).unwrap(),
        show: None,
        seat: None,
    };
    Command::CreateTickets(CreateTickets::new(vec![(TICKET, listing)]))
}

/// Returns a clock that stands.
pub(super) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at("2027-01-01T12:00:00Z".parse().unwrap()))
}

/// Returns the parts of a writer on an empty journal, and what it gives to the gateway.
pub(super) fn parts(journal: Arc<dyn Journal>, clock: Arc<ManualClock>) -> (WriterParts, flume::Receiver<Work>) {
    let views = Views::open(None, &|_| true).unwrap();
    let (work, todo) = flume::unbounded();
    let parts = WriterParts {
        state: catch_up(journal.as_ref(), &views).unwrap(),
        views: views.clone(),
        recent: Arc::new(Recent::new(0)),
        waiters: Arc::new(Waiters::default()),
        metrics: Arc::new(EngineMetrics::default()),
        checkpointer: Checkpointer::start(views, journal.clone(), Failures::new(clock.clone())),
        failures: Failures::new(clock.clone()),
        time: Arc::new(EngineTime::new(clock, Timestamp::default())),
        ids: Arc::new(SeededIds::new(1)),
        limits: Limits::default(),
        work,
        journal,
    };
    (parts, todo)
}

pub(super) fn reserve(order: u8) -> Command {
    let ticket_ids = [TICKET].into_iter().collect();
    Command::CreateOrder(CreateOrder { order_id: OrderId::from_bytes([order; 16]), ticket_ids, agreed: None })
}

pub(super) fn pay(order: u8) -> Command {
    let (order_id, charge_id) = (OrderId::from_bytes([order; 16]), CHARGE);
    Command::StartPayment(StartPayment { order_id, charge_id, gateway: "test".into() })
}

pub(super) fn charged(order: u8) -> Command {
    let (order_id, outcome) = (OrderId::from_bytes([order; 16]), ChargeOutcome::Charged { reference: None });
    let new_order_id = OrderId::from_bytes([order + 100; 16]);
    Command::SettleCharge(SettleCharge { order_id, charge_id: CHARGE, outcome, new_order_id })
}

fn not_charged(order: u8) -> Command {
    let (order_id, outcome) = (OrderId::from_bytes([order; 16]), ChargeOutcome::NotCharged { reason: "no".into() });
    let new_order_id = OrderId::from_bytes([order + 100; 16]);
    Command::SettleCharge(SettleCharge { order_id, charge_id: CHARGE, outcome, new_order_id })
}

impl Engine {
    fn new() -> Self {
        Self::with(Writer::stepped)
    }

    /// Creates an engine with this kind of writer, which the test steps.
    fn with(make: impl FnOnce(WriterParts) -> (Writer, Handle)) -> Self {
        let journal = Arc::new(Failing::default());
        let (parts, work) = parts(journal.clone(), clock());
        let views = parts.views.clone();
        let (writer, handle) = make(parts);
        let mut engine = Self { writer, handle: Arc::new(handle), journal, views, work };
        for user in [SELLER, BUYER, RIVAL] {
            let command = sign_up(engine.journal.as_ref(), user);
            engine.done(Actor::System, command);
        }
        engine.done(Actor::User(SELLER), list());
        engine
    }

    /// Submits a command, and steps the writer until it is appended.
    fn done(&mut self, actor: Actor, command: Command) {
        let mut asked = ask(&self.handle, actor, command);
        self.writer.turn();
        self.writer.complete_in_flight();
        assert_eq!(asked.code(), Some("ok"));
    }
}

#[test]
fn nobody_is_answered_and_nothing_is_seen_before_it_is_durable() {
    let mut engine = Engine::new();
    let mut asked = ask(&engine.handle, Actor::User(BUYER), reserve(1));
    engine.writer.turn();
    assert!(asked.answer().is_none());
    assert!(engine.views.order(OrderId::from_bytes([1; 16])).unwrap().is_none());
    engine.writer.complete_in_flight();
    assert_eq!(asked.code(), Some("ok"));
    assert!(engine.views.order(OrderId::from_bytes([1; 16])).unwrap().is_some());
}

#[test]
fn a_refusal_waits_for_the_batch_that_it_rests_on() {
    let mut engine = Engine::new();
    let mut first = ask(&engine.handle, Actor::User(BUYER), reserve(1));
    engine.writer.turn();
    let mut second = ask(&engine.handle, Actor::User(RIVAL), reserve(2));
    engine.writer.turn();
    assert!(first.answer().is_none() && second.answer().is_none());
    engine.writer.complete_in_flight();
    assert_eq!((first.code(), second.code()), (Some("ok"), None));
    engine.writer.turn();
    assert_eq!(second.code(), Some("ticket.locked"));
}

#[test]
fn a_refusal_is_answered_once_the_batch_that_it_rests_on_is_durable_though_nothing_else_comes() {
    let mut engine = Engine::with(|parts| Writer::new(parts, 1024, true));
    let journal = Arc::clone(&engine.journal);
    let gate = journal.gate.lock().unwrap();
    // Two commands at once are appended on the other thread, where they wait.
    let mut first = ask(&engine.handle, Actor::User(BUYER), reserve(1));
    let mut second = ask(&engine.handle, Actor::User(RIVAL), reserve(2));
    engine.writer.turn();
    let mut late = ask(&engine.handle, Actor::User(RIVAL), reserve(3));
    engine.writer.turn();
    assert!(late.answer().is_none());
    drop(gate);
    let answer = loop {
        engine.writer.turn();
        if let Some(answer) = first.code() {
            break answer;
        }
    };
    assert_eq!((answer, second.code(), late.code()), ("ok", Some("ticket.locked"), Some("ticket.locked")));
}

#[test]
fn a_failed_append_refuses_also_what_was_decided_on_it() {
    let mut engine = Engine::new();
    engine.journal.fails.store(true, Ordering::SeqCst);
    let mut first = ask(&engine.handle, Actor::User(BUYER), reserve(1));
    engine.writer.turn();
    let mut payment = ask(&engine.handle, Actor::User(BUYER), pay(1));
    let mut rival = ask(&engine.handle, Actor::User(RIVAL), reserve(2));
    engine.writer.turn();
    engine.writer.complete_in_flight();
    let refused = Some(Code::JournalUnavailable.as_str());
    assert_eq!([first.code(), payment.code(), rival.code()], [refused; 3]);

    engine.done(Actor::User(RIVAL), reserve(3));
    let order = engine.views.order(OrderId::from_bytes([3; 16])).unwrap().unwrap();
    assert_eq!((order.buyer_id, order.status), (RIVAL, OrderStatus::Created));
    assert!(engine.views.order(OrderId::from_bytes([1; 16])).unwrap().is_none());
}

#[test]
fn a_command_that_comes_again_while_the_first_is_appended_gets_the_same_answer() {
    let mut engine = Engine::new();
    let mut first = named(&engine.handle, Actor::User(BUYER), reserve(1), [7; 16], Some([1; 16]));
    engine.writer.turn();
    let mut again = named(&engine.handle, Actor::User(BUYER), reserve(2), [7; 16], Some([1; 16]));
    let mut other = named(&engine.handle, Actor::User(BUYER), reserve(3), [7; 16], Some([2; 16]));
    engine.writer.turn();
    engine.writer.complete_in_flight();
    engine.writer.turn();
    let (Some(Ok(Reply::Order(one))), Some(Ok(Reply::Order(two)))) = (first.answer(), again.answer()) else {
        panic!("both are answered")
    };
    assert_eq!(one, two);
    assert_eq!(other.code(), Some("command.key_reused"));
}

#[test]
fn an_email_is_taken_while_its_owners_sign_up_is_appended() {
    let mut engine = Engine::new();
    let Command::CreateUser(mut command) = sign_up(engine.journal.as_ref(), UserId::from_bytes([8; 16])) else {
        unreachable!()
    };
    let mut first = ask(&engine.handle, Actor::System, Command::CreateUser(command.clone()));
    engine.writer.turn();
    command.user_id = UserId::from_bytes([9; 16]);
    let mut second = ask(&engine.handle, Actor::System, Command::CreateUser(command));
    engine.writer.turn();
    engine.writer.complete_in_flight();
    engine.writer.turn();
    assert_eq!((first.code(), second.code()), (Some("ok"), Some("auth.email_taken")));
}

#[test]
fn what_the_next_batch_has_changed_is_not_dropped_when_it_settles() {
    let mut engine = Engine::new();
    engine.done(Actor::User(BUYER), reserve(1));
    engine.done(Actor::User(BUYER), pay(1));
    let mut paid = ask(&engine.handle, Actor::System, charged(1));
    engine.writer.turn();
    let order_id = OrderId::from_bytes([1; 16]);
    let (refund_id, new_order_id) = (RefundId::from_bytes([1; 16]), OrderId::from_bytes([9; 16]));
    let refund = Command::StartRefund(StartRefund { order_id, refund_id, amount: None, return_to_sale: true });
    let mut refund = ask(&engine.handle, Actor::User(SELLER), refund);
    let outcome = RefundOutcome::Refunded { reference: None };
    let refunded =
        Command::SettleRefund(SettleRefund { order_id, charge_id: CHARGE, refund_id, outcome, new_order_id });
    let mut refunded = ask(&engine.handle, Actor::System, refunded);
    engine.writer.turn();
    // The order is settled by the first batch, and again by the second, which the views do not have yet.
    engine.writer.complete_in_flight();
    let mut again = ask(&engine.handle, Actor::User(RIVAL), reserve(2));
    engine.writer.turn();
    engine.writer.complete_in_flight();
    engine.writer.turn();
    engine.writer.complete_in_flight();
    let answers = [paid.code(), refund.code(), refunded.code(), again.code()];
    assert_eq!(answers, [Some("ok"); 4]);
}

#[test]
fn the_card_goes_to_the_gateway_once_the_intent_is_durable_and_is_not_written_down() {
    let mut engine = Engine::new();
    engine.done(Actor::User(BUYER), reserve(1));
    let mut paying = ask(&engine.handle, Actor::User(BUYER), pay(1));
    engine.writer.turn();
    assert!(engine.work.is_empty());
    engine.writer.complete_in_flight();
    assert_eq!(paying.code(), Some("ok"));
    let Ok(Work::Charge(order, card)) = engine.work.try_recv() else { panic!("the gateway is not asked") };
    assert_eq!((order.id, card.expose()), (OrderId::from_bytes([1; 16]), CARD));
    let records = engine.journal.read(1, 100).unwrap();
    assert_eq!(records.last().unwrap().event.name(), "PaymentStarted");
    assert!(!format!("{records:?}").contains(CARD));
}

#[test]
fn money_that_comes_late_is_not_taken_from_a_card_again() {
    let mut engine = Engine::new();
    engine.done(Actor::User(BUYER), reserve(1));
    engine.done(Actor::User(BUYER), pay(1));
    drop(engine.work.drain());
    engine.done(Actor::System, not_charged(1));
    engine.done(Actor::System, charged(1));
    let started = engine.journal.read(1, 100).unwrap().iter().filter(|it| it.event.name() == "PaymentStarted").count();
    assert_eq!((started, engine.work.len()), (2, 0));
}
