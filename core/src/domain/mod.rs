//! The rules of the box office: `decide` turns a command into events, `apply` applies events to the state.
//!
//! Each command is described once, by [`Decide`], in the file of its domain that is named after it, usually with the
//! event that it leads to. Each event is described once, by [`Apply`], beside its struct.
//!
//! **Invariant:** this folder uses no clock, disk, thread, randomness, log or `async`.
//!
//! **Invariant:** `decide` never changes the state, and `apply` never refuses an event that `decide` returned. An
//! [`Inconsistency`] from `apply` means a damaged or forged journal.

mod apply;
pub(crate) mod auth;
pub(crate) mod cluster;
mod decide;
pub(crate) mod expiration;
pub(crate) mod ledger;
pub(crate) mod order;
pub(crate) mod payment;
#[cfg(test)]
mod random_histories;
mod rejection;
mod reply;
mod state;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
pub(crate) mod ticket;
#[cfg(test)]
mod trace;
pub(crate) mod webhook;

use std::time::Duration;

use smallvec::SmallVec;

pub(crate) use self::apply::{Apply, Circumstances, Then};
pub(crate) use self::auth::User;
pub(crate) use self::decide::Decide;
use self::ledger::FeePolicy;
pub(crate) use self::order::Order;
pub(crate) use self::rejection::Rejection;
pub(crate) use self::reply::{Answer, Reply};
pub(crate) use self::state::State;
pub(crate) use self::ticket::Ticket;

use crate::command::Command;
use crate::event::{Actor, DomainEvent, EmailKey};
use crate::types::{Email, Timestamp, UserId};

/// Facts beyond the state that a decision may use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context {
    /// The engine's time, which never runs backwards.
    pub now: Timestamp,
    /// Actor who gives the command.
    pub actor: Actor,
    /// Owner of the email that the command is about, if it has one.
    pub email_owner: Option<UserId>,
    /// `true` if a decision about the cluster's hosts is not durable yet.
    pub hosts_changing: bool,
    /// Limits in force.
    pub limits: Limits,
}

impl Context {
    /// Returns the id of the user who gives the command; `None` for the system, and for a user who is erased or does not exist.
    fn active_user(&self, state: &State) -> Option<UserId> {
        self.actor.user().filter(|id| state.active_user(*id).is_some())
    }
}

/// Limits and policies that an embedder may choose.
///
/// ```
/// use std::time::Duration;
/// use boxoffice::Limits;
///
/// let limits = Limits::new().hold(Duration::from_mins(5)).order_tickets_max(4);
/// assert_eq!(limits.open_orders_max, 10);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Duration for which an order holds its tickets: 15 minutes by default.
    pub hold: Duration,
    /// Maximum number of open orders of one buyer: 10 by default.
    pub open_orders_max: u32,
    /// Maximum number of tickets of one order: 10 by default.
    pub order_tickets_max: usize,
    /// Maximum number of tickets that one command may list: 10,000 by default.
    pub listing_tickets_max: usize,
    /// Steps that are tried, in this order, with money that comes for an order that has ended: `retake,return,escalate`
    /// by default. `retake` sells the tickets to the buyer after all, `return` gives the money back, and `escalate`
    /// leaves it to an operator. The last resort is always `escalate`.
    pub late_money: payment::LateMoneyPolicy,
    /// Fees that the platform keeps of tickets sold from now on: none by default.
    pub fees: FeePolicy,
}

impl Limits {
    /// Creates the defaults: holds of 15 minutes, 10 open orders per buyer, 10 tickets per order, 10,000 tickets per
    /// listing, no fees.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the duration for which an order holds its tickets.
    #[must_use]
    pub fn hold(mut self, hold: Duration) -> Self {
        self.hold = hold;
        self
    }

    /// Sets the maximum number of open orders of one buyer.
    #[must_use]
    pub fn open_orders_max(mut self, max: u32) -> Self {
        self.open_orders_max = max;
        self
    }

    /// Sets the maximum number of tickets of one order.
    #[must_use]
    pub fn order_tickets_max(mut self, max: usize) -> Self {
        self.order_tickets_max = max;
        self
    }

    /// Sets the maximum number of tickets that one command may list.
    #[must_use]
    pub fn listing_tickets_max(mut self, max: usize) -> Self {
        self.listing_tickets_max = max;
        self
    }

    /// Sets the policy for money that comes for an order that has ended.
    #[must_use]
    pub fn late_money(mut self, policy: payment::LateMoneyPolicy) -> Self {
        self.late_money = policy;
        self
    }

    /// Sets the fees that the platform keeps of tickets sold from now on.
    #[must_use]
    pub fn fees(mut self, policy: FeePolicy) -> Self {
        self.fees = policy;
        self
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            hold: Duration::from_mins(15),
            open_orders_max: 10,
            order_tickets_max: 10,
            listing_tickets_max: 10_000,
            late_money: payment::LateMoneyPolicy::default(),
            fees: FeePolicy::default(),
        }
    }
}

/// Events of one command, usually one or two.
pub(crate) type Events = SmallVec<[DomainEvent; 1]>;

/// Result of a command: events, and the vault change that is stored together with them.
#[derive(Debug, Clone)]
pub(crate) struct Decision {
    /// Events, in order. Empty if the command changes nothing.
    pub events: Events,
    /// Change of the vault, if there is one.
    pub vault: Option<VaultChange>,
}

impl Decision {
    fn nothing() -> Self {
        Self { events: Events::new(), vault: None }
    }

    fn event(event: DomainEvent) -> Self {
        Self::events([event])
    }

    fn events(events: impl IntoIterator<Item = DomainEvent>) -> Self {
        Self { events: events.into_iter().collect(), vault: None }
    }

    fn with_vault(self, change: VaultChange) -> Self {
        Self { vault: Some(change), ..self }
    }
}

/// A change of personal data.
#[derive(Clone)]
pub(crate) enum VaultChange {
    /// Stores new or changed data; `None` leaves a field as it is.
    Put {
        /// Id of the user.
        user_id: UserId,
        /// Email as typed, and the key by which it is unique.
        email: Option<(EmailKey, Email)>,
        /// Hash of the password in PHC form.
        password_hash: Option<String>,
    },
    /// Deletes all data of the user.
    Erase {
        /// Id of the user.
        user_id: UserId,
    },
}

impl std::fmt::Debug for VaultChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Put { user_id, .. } => write!(f, "Put({user_id}, …)"),
            Self::Erase { user_id } => write!(f, "Erase({user_id})"),
        }
    }
}

/// Decides a command. Returns its events with those that follow from them, or the refusal.
pub(crate) fn decide(state: &State, command: &Command, context: &Context) -> Result<Decision, Rejection> {
    let mut decision = command.decide_alone(state, context)?;
    let follow_ups: Events = decision.events.iter().filter_map(|event| event.leads_to(state)).collect();
    decision.events.extend(follow_ups);
    Ok(decision)
}

/// Time of an event, and the version of its entity after it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fact {
    /// Time at which the event was decided.
    pub at: Timestamp,
    /// Version of the entity after the event.
    pub version: u64,
}

impl Fact {
    fn follows(self, version: u64) -> Result<(), Inconsistency> {
        if self.version == version + 1 { Ok(()) } else { Err(Inconsistency("a version is missing or repeated")) }
    }
}

/// Error for a fact that can't follow from the facts before it: the journal is damaged or was forged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Inconsistency(pub(crate) &'static str);
