//! Auditor: checks from outside that a box office kept its promises.
//!
//! The auditor is written from the contract alone. It has a small model of its own, which uses nothing of the engine's
//! state and rules. It gets every published record, every command with its answer, and every message to and from the
//! gateway. It reports the first violation of the contract.
//!
//! **Invariant:** nothing in this folder uses the domain's `State`, `decide` or `apply`.

mod books;
mod chain;
mod hosts;
mod late;
mod ledger;
mod orders;
mod payments;
mod people;
mod processor;
mod promises;
#[cfg(test)]
mod tests;
mod tickets;
mod webhooks;

use std::collections::{BTreeMap, BTreeSet};

use boxoffice::{
    ChargeId, ChargeStatus, CommandId, DomainEvent, EmailKey, Hash, HostId, Limits, OrderId, Record, StreamKey,
    TicketId, Timestamp, UserId, WebhookId,
};

pub(crate) use self::books::{GatewayNews, Standing};
pub(crate) use self::promises::{Asked, Outcome, Receipt};

use self::books::Books;
use self::chain::Chain;
use self::hosts::Host;
use self::ledger::Ledger;
use self::orders::Claim;
use self::people::Person;
use self::processor::ProcessorBooks;
use self::promises::Promises;
use self::tickets::Seat;
use self::webhooks::Webhook;

/// Result of a check: success, or a description of the violation.
pub(crate) type Verdict<T = ()> = Result<T, String>;

/// Model of the contract and of the events so far.
#[derive(Debug)]
pub(crate) struct Auditor {
    limits: Limits,
    chain: Chain,
    people: BTreeMap<UserId, Person>,
    /// Owner of each email.
    emails: BTreeMap<EmailKey, UserId>,
    tickets: BTreeMap<TicketId, Seat>,
    orders: BTreeMap<OrderId, Claim>,
    charges: BTreeMap<ChargeId, OrderId>,
    /// New orders that late money pays, with the charge and the order that had ended.
    transfers: BTreeMap<OrderId, (ChargeId, OrderId)>,
    /// Late money that is not decided about yet, with the command that has to decide.
    undecided: Option<(OrderId, CommandId)>,
    /// Deadlines of orders that wait for their buyer.
    deadlines: BTreeSet<(Timestamp, OrderId)>,
    promises: Promises,
    books: Books,
    /// Card processor's own books, if they can be read.
    processor: Option<ProcessorBooks>,
    ledger: Ledger,
    hosts: BTreeMap<HostId, Host>,
    webhooks: BTreeMap<WebhookId, Webhook>,
}

impl Auditor {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            chain: Chain::default(),
            people: BTreeMap::new(),
            emails: BTreeMap::new(),
            tickets: BTreeMap::new(),
            orders: BTreeMap::new(),
            charges: BTreeMap::new(),
            transfers: BTreeMap::new(),
            undecided: None,
            deadlines: BTreeSet::new(),
            promises: Promises::default(),
            books: Books::default(),
            processor: None,
            ledger: Ledger::default(),
            hosts: BTreeMap::new(),
            webhooks: BTreeMap::new(),
        }
    }

    /// Checks the next published record.
    pub(crate) fn record(&mut self, record: &Record) -> Verdict {
        let examined = self.chain.next(record).and_then(|()| self.examine(record));
        examined.and_then(|()| self.money_follows(record)).map_err(|what| {
            format!("record {} ({} of {}): {what}", record.seq, record.event.name(), record.event.stream())
        })
    }

    fn examine(&mut self, record: &Record) -> Verdict {
        let asked = self.promises.cause(record)?;
        self.is_punctual(record)?;
        self.is_decided(record)?;
        match &record.event {
            DomainEvent::UserCreated(event) => self.user_created(record, event, asked.and_then(|asked| asked.email)),
            DomainEvent::UserUpdated(event) => self.user_updated(record, event, asked.and_then(|asked| asked.email)),
            DomainEvent::UserErased(event) => self.user_erased(record, event),
            DomainEvent::SessionRevoked(event) => self.session_revoked(record, event),
            DomainEvent::TicketCreated(event) => self.ticket_created(record, event),
            DomainEvent::TicketUpdated(event) => self.ticket_updated(record, event),
            DomainEvent::TicketWithdrawn(event) => self.ticket_withdrawn(record, event),
            DomainEvent::OrderCreated(event) => self.order_created(record, event),
            DomainEvent::OrderCancelled(event) => self.order_cancelled(record, event),
            DomainEvent::OrderExpired(event) => self.order_expired(record, event),
            DomainEvent::PaymentStarted(event) => self.payment_started(record, event),
            DomainEvent::ChargeCreated(event) => self.charge_created(record, event),
            DomainEvent::ChargeFailed(event) => self.charge_failed(record, event),
            DomainEvent::RefundStarted(event) => self.refund_started(record, event),
            DomainEvent::ChargeRefunded(event) => self.charge_refunded(record, event),
            DomainEvent::ChargeAuthorized(event) => self.charge_authorized(record, event),
            DomainEvent::RefundFailed(event) => self.refund_failed(record, event),
            DomainEvent::LateMoneyReceived(event) => self.late_money_received(record, event),
            DomainEvent::ChargeTransferred(event) => self.charge_transferred(record, event),
            DomainEvent::ChargeEscalated(event) => self.charge_escalated(record, event),
            DomainEvent::EscalationResolved(event) => self.escalation_resolved(record, event),
            DomainEvent::VoidStarted(event) => self.void_started(record, event),
            DomainEvent::ChargeVoided(event) => self.charge_voided(record, event),
            DomainEvent::ChargeDisputed(event) => self.charge_disputed(record, event),
            DomainEvent::DisputeClosed(event) => self.dispute_closed(record, event),
            DomainEvent::PayoutRecorded(event) => self.payout_recorded(record, event),
            DomainEvent::HostJoined(event) => self.host_joined(record, event),
            DomainEvent::HostLeft(event) => self.host_left(record, event),
            DomainEvent::WebhookSaved(event) => self.webhook_saved(record, event),
            DomainEvent::WebhookAdvanced(event) => self.webhook_advanced(record, event),
            DomainEvent::WebhookDisabled(event) => self.webhook_disabled(record, event),
            DomainEvent::WebhookResumed(event) => self.webhook_resumed(record, event),
            DomainEvent::WebhookRemoved(event) => self.webhook_removed(record, event),
        }
    }

    /// Checks that due orders expire before anything else happens, in the order of their deadlines.
    fn is_punctual(&self, record: &Record) -> Verdict {
        let Some((deadline, order)) = self.deadlines.first() else { return Ok(()) };
        if let DomainEvent::OrderExpired(event) = &record.event {
            let own = self.orders.get(&event.order_id).map(|claim| claim.expires_at);
            return ensure(own.is_none_or(|own| own <= *deadline), || format!("order {order} was due before it"));
        }
        ensure(*deadline > record.at, || format!("order {order} is still open at {}, due at {deadline}", record.at))
    }

    /// Records that a command was given.
    pub(crate) fn asked(&mut self, id: CommandId, asked: Asked) {
        self.promises.asked(id, asked);
    }

    /// Checks the answer to a command. All records published before must have been checked before.
    pub(crate) fn answered(&mut self, id: CommandId, outcome: Outcome, now: Timestamp) -> Verdict {
        if let Ok(receipts) = &outcome {
            for receipt in receipts {
                self.is_true(receipt).map_err(|what| format!("the answer to command {id}: {what}"))?;
            }
        }
        self.promises.answered(id, outcome, now)
    }

    /// Records that a caller of a command left without a useful answer, while others may still carry it out.
    #[cfg(feature = "cluster")]
    pub(crate) fn left(&mut self, id: CommandId) {
        self.promises.left(id);
    }

    /// Records that the process died: waiting callers get no answer.
    pub(crate) fn died(&mut self) {
        self.promises.died();
    }

    /// Checks that every command got an answer.
    pub(crate) fn nobody_waits(&self) -> Verdict {
        self.promises.nobody_waits()
    }

    /// Records that all surviving records were read: lost records must not appear any more.
    pub(crate) fn recovered(&mut self) {
        self.promises.recovered();
    }

    /// Records a message of the gateway. Call it before the records of the same moment are checked.
    pub(crate) fn gateway_said(&mut self, news: &GatewayNews) {
        self.books.said(news);
    }

    /// Checks a request to the gateway. Call it after the records of the same moment are checked.
    pub(crate) fn gateway_asked(&self, news: &GatewayNews) -> Verdict {
        self.books_allow(news)
    }

    /// Checks at the end that nothing is under way, and that the money belongs where it should. `standing` has the
    /// state of each charge in the gateway's own books.
    pub(crate) fn close(&self, standing: &BTreeMap<ChargeId, Standing>) -> Verdict {
        if let Some((deadline, order)) = self.deadlines.first() {
            return Err(format!("order {order} never ended, due at {deadline}"));
        }
        if let Some((id, _)) = self.orders.iter().find(|(_, claim)| claim.is_open()) {
            return Err(format!("order {id} holds its tickets for ever"));
        }
        self.tickets.iter().try_for_each(|(id, seat)| self.is_held_rightly(*id, seat))?;
        self.balance(standing)
    }

    /// Returns the number and hash of the last checked record.
    pub(crate) fn head(&self) -> (u64, Hash) {
        self.chain.head()
    }

    /// Returns the hash of a checked record.
    pub(crate) fn hash_of(&self, seq: u64) -> Option<Hash> {
        self.chain.hash_of(seq)
    }

    /// Returns the version of the entity by the checked records; 0 if there is none.
    pub(crate) fn version(&self, key: StreamKey) -> u64 {
        match key {
            StreamKey::User(id) => self.people.get(&id).map_or(0, |person| person.version),
            StreamKey::Ticket(id) => self.tickets.get(&id).map_or(0, Seat::version),
            StreamKey::Order(id) => self.orders.get(&id).map_or(0, Claim::version),
            StreamKey::Host(id) => self.hosts.get(&id).map_or(0, |host| host.version),
            StreamKey::Webhook(id) => self.webhooks.get(&id).map_or(0, |webhook| webhook.version),
            StreamKey::Email(_) => 0,
        }
    }

    /// Iterates over all users, with `true` if they were erased.
    pub(crate) fn people(&self) -> impl Iterator<Item = (UserId, bool)> + '_ {
        self.people.iter().map(|(id, person)| (*id, person.erased))
    }

    /// Iterates over all tickets, with status and holder.
    pub(crate) fn tickets(&self) -> impl Iterator<Item = (TicketId, &'static str, Option<OrderId>)> + '_ {
        self.tickets.iter().map(|(id, seat)| (*id, seat.status(), seat.holder))
    }

    /// Iterates over all orders, with the status of the order and of its charge.
    pub(crate) fn orders(&self) -> impl Iterator<Item = (OrderId, &'static str, Option<ChargeStatus>)> + '_ {
        self.orders.iter().map(|(id, claim)| (*id, claim.status(), claim.charge.as_ref().map(|charge| charge.status)))
    }

    /// Returns all charges.
    pub(crate) fn charges(&self) -> Vec<ChargeId> {
        self.charges.keys().copied().collect()
    }

    /// Returns the next deadline of an order that waits for its buyer.
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        self.deadlines.first().map(|(at, _)| *at)
    }

    /// Checks that a receipt was true at its version.
    fn is_true(&self, receipt: &Receipt) -> Verdict {
        let told = match receipt.entity {
            StreamKey::Ticket(id) => self.tickets.get(&id).and_then(|seat| seat.was(receipt.version)),
            StreamKey::Order(id) => self.orders.get(&id).and_then(|claim| claim.was(receipt.version)),
            StreamKey::User(_) | StreamKey::Email(_) | StreamKey::Host(_) | StreamKey::Webhook(_) => {
                (self.version(receipt.entity) >= receipt.version).then_some(receipt.status)
            }
        };
        ensure(told == Some(receipt.status), || {
            let Receipt { entity, version, status } = receipt;
            format!("it says that {entity} was {status} at version {version}, the journal says {told:?}")
        })
    }
}

/// Returns the complaint as an error unless the condition holds.
fn ensure(holds: bool, complaint: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(complaint()) }
}

/// Checks that versions have no gap.
fn follows(version: u64, after: u64) -> Verdict {
    ensure(version == after + 1, || format!("it has version {version} after {after}"))
}
