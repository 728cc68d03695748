//! Scenarios for tests of the rules, as given, when, then.
//!
//! ```text
//! market().on_sale(SELLER, [7]).by(BUYER).has(order(1, [7])).at(HOLD).when(pay(1)).then_refused(Rejection::Expired)
//! ```
//!
//! Ids are small numbers; a charge has the number of its order. Ticket `n` costs `n` dollars unless the scenario says
//! otherwise.

use std::fmt::Debug;
use std::sync::Arc;

use super::auth::{CreateUser, Credentials, EraseUser, NewEmail, RevokeSession, SetOperator, UpdateUser};
use super::cluster::{JoinHost, LeaveHost};
use super::expiration::ExpireOrder;
use super::order::{CancelOrder, CreateOrder, TicketVersions};
use super::payment::{Charge, ChargeOutcome, RefundOutcome, SettleCharge, SettleRefund, StartPayment, StartRefund};
use super::ticket::{CreateTickets, Listing, Show, UpdateTicket, WithdrawTicket};
use super::webhook::{
    AdvanceWebhook, DisableWebhook, RemoveWebhook, ResumeWebhook, SaveWebhook, Webhook, WebhookProgress,
};
use super::{Context, Decision, Events, Fact, Inconsistency, Limits, Order, Rejection, State, Ticket, User, decide};
use crate::command::Command;
use crate::event::{Actor, DomainEvent, EmailKey, Hash, TicketVersion};
use crate::types::{
    Change, ChargeId, HostId, Money, OrderId, RefundId, SessionId, TicketId, Timestamp, UserId, WebhookId,
};

/// Number of the first seller of [`market`]; the other users follow.
pub(crate) const SELLER: u64 = 1;
pub(crate) const OTHER_SELLER: u64 = 2;
pub(crate) const BUYER: u64 = 3;
pub(crate) const RIVAL: u64 = 4;
pub(crate) const OPERATOR: u64 = 5;
/// Number that no user of [`market`] has.
pub(crate) const UNKNOWN: u64 = 99;

/// Duration of a hold, in milliseconds.
pub(crate) const HOLD: u64 = 15 * 60 * 1000;

/// Returns a scenario in which nothing has happened, at time 0, with the system acting.
pub(crate) fn nothing() -> Scenario {
    let (state, now, limits) = (State::default(), Timestamp::default(), Limits::default());
    Scenario { state, now, actor: Actor::System, email_owner: None, hosts_changing: false, limits }
}

/// Returns a scenario with two sellers, two buyers and an operator, and no tickets yet.
pub(crate) fn market() -> Scenario {
    (SELLER..=OPERATOR).fold(nothing(), |scenario, user| scenario.has(sign_up(user))).has(set_operator(OPERATOR, true))
}

/// State and circumstances of a test.
#[derive(Debug, Clone)]
pub(crate) struct Scenario {
    pub(crate) state: State,
    now: Timestamp,
    actor: Actor,
    email_owner: Option<UserId>,
    hosts_changing: bool,
    limits: Limits,
}

impl Scenario {
    /// Sets the time to `ms` milliseconds after the start.
    pub(crate) fn at(self, ms: u64) -> Self {
        Self { now: Timestamp::from_millis(ms), ..self }
    }

    /// Makes this user the actor.
    pub(crate) fn by(self, number: u64) -> Self {
        Self { actor: Actor::User(user(number)), ..self }
    }

    /// Makes the system the actor.
    pub(crate) fn by_system(self) -> Self {
        Self { actor: Actor::System, ..self }
    }

    /// Makes this user the owner of every email that a command is about.
    pub(crate) fn email_of(self, number: u64) -> Self {
        Self { email_owner: Some(user(number)), ..self }
    }

    /// Lets a decision about the hosts of the cluster be not durable yet.
    pub(crate) fn while_hosts_change(self) -> Self {
        Self { hosts_changing: true, ..self }
    }

    /// Sets the limits.
    pub(crate) fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Sets the policy for late money, such as `return`.
    pub(crate) fn late_money(self, policy: &str) -> Self {
        let limits = Limits { late_money: policy.parse().unwrap(), ..self.limits };
        self.limits(limits)
    }

    /// Lists tickets by a seller; the actor stays as it was.
    pub(crate) fn on_sale<const N: usize>(self, seller: u64, tickets: [u64; N]) -> Self {
        let actor = self.actor;
        Self { actor, ..self.by(seller).has(list(tickets)) }
    }

    /// Runs a command that must succeed and change something.
    #[track_caller]
    pub(crate) fn has(self, command: Command) -> Self {
        let told = self.when(command);
        match &told.decision {
            Ok(decision) => assert!(!decision.events.is_empty(), "{:?} changes nothing", told.command),
            Err(rejection) => panic!("{:?} is refused: {rejection:?}", told.command),
        }
        told.go_on()
    }

    /// Decides a command without applying its events.
    pub(crate) fn when(&self, command: Command) -> Outcome {
        let decision = decide(&self.state, &command, &self.context());
        Outcome { scenario: self.clone(), command, decision }
    }

    /// Applies an event as the next of its stream, even if no command would lead to it.
    pub(crate) fn apply(&mut self, event: &DomainEvent) -> Result<(), Inconsistency> {
        let version = self.state.version(event.stream()) + 1;
        self.state.apply(event, Fact { at: self.now, version })
    }

    pub(crate) fn context(&self) -> Context {
        let Self { now, actor, email_owner, hosts_changing, limits, .. } = *self;
        Context { now, actor, email_owner, hosts_changing, limits }
    }

    pub(crate) fn user(&self, number: u64) -> &User {
        self.state.user(user(number)).unwrap()
    }

    pub(crate) fn ticket(&self, number: u64) -> &Ticket {
        self.state.ticket(ticket(number)).unwrap()
    }

    pub(crate) fn order(&self, number: u64) -> &Order {
        self.state.order(order_id(number)).unwrap()
    }

    pub(crate) fn webhook(&self, number: u64) -> &Webhook {
        self.state.webhook(webhook(number)).unwrap()
    }

    pub(crate) fn charge(&self, number: u64) -> &Charge {
        self.order(number).charge.as_ref().unwrap()
    }
}

/// A command and its decision.
#[derive(Debug)]
pub(crate) struct Outcome {
    scenario: Scenario,
    pub(crate) command: Command,
    pub(crate) decision: Result<Decision, Rejection>,
}

impl Outcome {
    /// Checks that exactly these events were decided, and returns the scenario after them.
    #[track_caller]
    pub(crate) fn then_events<const N: usize>(self, events: [DomainEvent; N]) -> Scenario {
        assert_eq!(self.events(), &Events::from_iter(events), "of {:?}", self.command);
        self.go_on()
    }

    /// Checks that the command is accepted and changes nothing.
    #[track_caller]
    pub(crate) fn then_nothing(self) -> Scenario {
        self.then_events([])
    }

    /// Checks that the command is refused for this reason, and returns the scenario before it.
    #[track_caller]
    pub(crate) fn then_refused(self, rejection: impl Into<Rejection>) -> Scenario {
        match self.decision {
            Ok(decision) => panic!("{:?} is not refused but leads to {:?}", self.command, decision.events),
            Err(actual) => assert_eq!(actual, rejection.into(), "of {:?}", self.command),
        }
        self.scenario
    }

    /// Returns the decided events.
    #[track_caller]
    pub(crate) fn events(&self) -> &Events {
        match &self.decision {
            Ok(decision) => &decision.events,
            Err(rejection) => panic!("{:?} is refused: {rejection:?}", self.command),
        }
    }

    /// Returns the scenario after the events; `apply` must accept whatever `decide` allows.
    #[track_caller]
    pub(crate) fn go_on(self) -> Scenario {
        let events = self.events().clone();
        let mut scenario = self.scenario;
        for event in &events {
            scenario.apply(event).unwrap_or_else(|error| panic!("{event:?} was decided but not applied: {error}"));
        }
        scenario
    }
}

/// Checks for each row that the scenario's command is refused for the row's reason.
#[track_caller]
pub(crate) fn check_refused<R: Into<Rejection> + Debug>(rows: impl IntoIterator<Item = (Scenario, Command, R)>) {
    for (scenario, command, rejection) in rows {
        scenario.when(command).then_refused(rejection);
    }
}

fn bytes(number: u64) -> [u8; 16] {
    u128::from(number).to_be_bytes()
}

pub(crate) fn user(number: u64) -> UserId {
    UserId::from_bytes(bytes(number))
}

pub(crate) fn ticket(number: u64) -> TicketId {
    TicketId::from_bytes(bytes(number))
}

pub(crate) fn order_id(number: u64) -> OrderId {
    OrderId::from_bytes(bytes(number))
}

pub(crate) fn charge_id(number: u64) -> ChargeId {
    ChargeId::from_bytes(bytes(number))
}

pub(crate) fn refund_id(number: u64) -> RefundId {
    RefundId::from_bytes(bytes(number))
}

pub(crate) fn host(number: u64) -> HostId {
    HostId::from_bytes(bytes(number))
}

pub(crate) fn webhook(number: u64) -> WebhookId {
    WebhookId::from_bytes(bytes(number))
}

pub(crate) fn session(number: u64) -> SessionId {
    SessionId::from_bytes(bytes(number))
}

pub(crate) fn ms(ms: u64) -> Timestamp {
    Timestamp::from_millis(ms)
}

/// Returns an amount in minor units.
pub(crate) fn money(minor: u64, currency: &str) -> Money {
    Money::from_minor(minor, currency.parse().unwrap()).unwrap()
}

/// Returns tickets with their versions after an event.
pub(crate) fn versions<const N: usize>(tickets: [(u64, u64); N]) -> TicketVersions {
    tickets.into_iter().map(|(number, version)| TicketVersion { id: ticket(number), version }).collect()
}

/// Returns a show that starts at this time.
pub(crate) fn show(starts_at: u64) -> Arc<Show> {
    let name = "Hamlet".parse().unwrap();
    Arc::new(Show { name, category: None, venue: Some("Globe".parse().unwrap()), starts_at: ms(starts_at) })
}

/// Returns the listing of ticket `number`, at `number` dollars, without show and seat.
pub(crate) fn listing(number: u64) -> Listing {
    let title = format!("Ticket {number}").parse().unwrap();
    Listing { title, price: money(number * 100, "USD"), show: None, seat: None }
}

pub(crate) fn email_key(number: u64) -> EmailKey {
    EmailKey::from_bytes(bytes(number))
}

fn new_email(number: u64) -> NewEmail {
    NewEmail { key: email_key(number), email: format!("user{number}@example.com").parse().unwrap() }
}

pub(crate) fn sign_up(number: u64) -> Command {
    let NewEmail { key: email_key, email } = new_email(number);
    let credentials = Credentials { email, password_hash: "hash".into() };
    Command::CreateUser(CreateUser { user_id: user(number), email_key, credentials })
}

pub(crate) fn update_user(number: u64, epoch: u64, email: Option<u64>, password: Option<&str>) -> Command {
    let password_hash = password.map(str::to_owned);
    Command::UpdateUser(UpdateUser { user_id: user(number), epoch, email: email.map(new_email), password_hash })
}

pub(crate) fn set_operator(number: u64, operator: bool) -> Command {
    Command::SetOperator(SetOperator { user_id: user(number), operator })
}

pub(crate) fn erase(number: u64) -> Command {
    Command::EraseUser(EraseUser { user_id: user(number) })
}

pub(crate) fn revoke(number: u64, session_number: u64, expires_at: u64) -> Command {
    let session_id = session(session_number);
    Command::RevokeSession(RevokeSession { user_id: user(number), session_id, expires_at: ms(expires_at) })
}

pub(crate) fn join(number: u64, name: &str, voter: bool) -> Command {
    Command::JoinHost(JoinHost { host_id: host(number), name: name.parse().unwrap(), voter })
}

pub(crate) fn leave(number: u64) -> Command {
    Command::LeaveHost(LeaveHost { host_id: host(number) })
}

/// Returns a command that saves a webhook for all events under this text; with a cursor, from there on.
pub(crate) fn save(number: u64, expected_version: u64, sealed: &str, cursor: Option<u64>) -> Command {
    let progress = cursor.map(|cursor| WebhookProgress::new(cursor, Hash::ZERO));
    let (webhook_id, event_types) = (webhook(number), Vec::new());
    Command::SaveWebhook(SaveWebhook {
        webhook_id,
        expected_version,
        event_types,
        sealed: sealed.into(),
        progress: progress.map(Box::new),
    })
}

pub(crate) fn advance(number: u64, expected_version: u64, progress: WebhookProgress) -> Command {
    Command::AdvanceWebhook(AdvanceWebhook { webhook_id: webhook(number), expected_version, progress: progress.into() })
}

pub(crate) fn disable(number: u64, expected_version: Option<u64>, reason: &str) -> Command {
    Command::DisableWebhook(DisableWebhook { webhook_id: webhook(number), expected_version, reason: reason.into() })
}

pub(crate) fn resume(number: u64) -> Command {
    Command::ResumeWebhook(ResumeWebhook { webhook_id: webhook(number) })
}

pub(crate) fn remove(number: u64) -> Command {
    Command::RemoveWebhook(RemoveWebhook { webhook_id: webhook(number) })
}

pub(crate) fn list<const N: usize>(tickets: [u64; N]) -> Command {
    let listings = tickets.into_iter().map(|number| (ticket(number), listing(number))).collect();
    Command::CreateTickets(CreateTickets::new(listings))
}

pub(crate) fn list_as(number: u64, listing: Listing) -> Command {
    Command::CreateTickets(CreateTickets::new(vec![(ticket(number), listing)]))
}

pub(crate) fn list_for(number: u64, price: Money) -> Command {
    list_as(number, Listing { price, ..listing(number) })
}

/// Returns a command that gives the ticket the title "New", a price of `minor` US cents, and maybe a show.
pub(crate) fn edit(number: u64, minor: u64, show: Option<Arc<Show>>, expected_version: Option<u64>) -> Command {
    let show = show.map_or(Change::Keep, Change::Set);
    let (title, price, seat) = ("New".parse().unwrap(), money(minor, "USD"), Change::Keep);
    Command::UpdateTicket(UpdateTicket { ticket_id: ticket(number), title, price, show, seat, expected_version })
}

/// Gives the ticket the title "New", a price of a dollar, and maybe another show and seat.
pub(crate) fn move_to(number: u64, show: Change<Arc<Show>>, seat: Change<&str>) -> Command {
    let (title, price, seat) = ("New".parse().unwrap(), money(100, "USD"), seat.map(|seat| seat.parse().unwrap()));
    let expected_version = None;
    Command::UpdateTicket(UpdateTicket { ticket_id: ticket(number), title, price, show, seat, expected_version })
}

/// The listing of ticket `number` for a seat of a show that starts then.
pub(crate) fn seated(number: u64, starts_at: u64, seat: &str) -> Listing {
    Listing { show: Some(show(starts_at)), seat: Some(seat.parse().unwrap()), ..listing(number) }
}

pub(crate) fn withdraw(number: u64, expected_version: Option<u64>) -> Command {
    Command::WithdrawTicket(WithdrawTicket { ticket_id: ticket(number), expected_version })
}

pub(crate) fn order<const N: usize>(number: u64, tickets: [u64; N]) -> Command {
    let ticket_ids = tickets.into_iter().map(ticket).collect();
    Command::CreateOrder(CreateOrder { order_id: order_id(number), ticket_ids, agreed: None })
}

pub(crate) fn cancel(number: u64) -> Command {
    Command::CancelOrder(CancelOrder { order_id: order_id(number) })
}

pub(crate) fn expire(number: u64) -> Command {
    Command::ExpireOrder(ExpireOrder { order_id: order_id(number) })
}

pub(crate) fn pay(number: u64) -> Command {
    pay_as(number, number)
}

/// Returns a command that pays an order with a charge of another number.
pub(crate) fn pay_as(number: u64, charge: u64) -> Command {
    Command::StartPayment(StartPayment {
        order_id: order_id(number),
        charge_id: charge_id(charge),
        gateway: "sandbox".into(),
    })
}

/// Returns a command with the gateway's answer to a charge of the order. New orders of late money have [`late`]
/// numbers.
pub(crate) fn settle(number: u64, charge: u64, outcome: ChargeOutcome) -> Command {
    let (order_id, new_order_id) = (order_id(number), order_id(late(number)));
    Command::SettleCharge(SettleCharge { order_id, charge_id: charge_id(charge), outcome, new_order_id })
}

/// Returns the number of the order or refund that late money of an order leads to.
pub(crate) const fn late(number: u64) -> u64 {
    number + 100
}

pub(crate) fn authorized(number: u64) -> Command {
    settle(number, number, ChargeOutcome::Authorized { reference: Some("ref".into()) })
}

pub(crate) fn charged(number: u64) -> Command {
    settle(number, number, ChargeOutcome::Charged { reference: Some("ref".into()) })
}

pub(crate) fn declined(number: u64) -> Command {
    settle(number, number, ChargeOutcome::NotCharged { reason: "declined".into() })
}

/// Returns a command that gives back all that is left of an order's money. The refund has the number of the order.
pub(crate) fn refund(number: u64, return_to_sale: bool) -> Command {
    let (order_id, refund_id) = (order_id(number), refund_id(number));
    Command::StartRefund(StartRefund { order_id, refund_id, amount: None, return_to_sale })
}

/// Returns a command that gives back `minor` US cents of an order's money, by a refund of another number.
pub(crate) fn refund_part(number: u64, refund: u64, minor: u64) -> Command {
    let (order_id, refund_id, amount) = (order_id(number), refund_id(refund), Some(money(minor, "USD")));
    Command::StartRefund(StartRefund { order_id, refund_id, amount, return_to_sale: false })
}

pub(crate) fn refunded(number: u64) -> Command {
    refunded_as(number, number)
}

/// Returns a command by which the refund of another charge of the order is done.
pub(crate) fn refunded_as(number: u64, charge: u64) -> Command {
    settle_refund(number, charge, number, RefundOutcome::Refunded { reference: Some("back".into()) })
}

/// Returns a command by which a refund of another number is done.
pub(crate) fn part_refunded(number: u64, refund: u64) -> Command {
    settle_refund(number, number, refund, RefundOutcome::Refunded { reference: Some("back".into()) })
}

/// Returns a command by which the gateway permanently refuses a refund.
pub(crate) fn not_refunded(number: u64, refund: u64) -> Command {
    settle_refund(number, number, refund, RefundOutcome::Refused { reason: "closed".into() })
}

fn settle_refund(number: u64, charge: u64, refund: u64, outcome: RefundOutcome) -> Command {
    let (order_id, charge_id, refund_id) = (order_id(number), charge_id(charge), refund_id(refund));
    let new_order_id = self::order_id(late(late(number)));
    Command::SettleRefund(SettleRefund { order_id, charge_id, refund_id, outcome, new_order_id })
}
