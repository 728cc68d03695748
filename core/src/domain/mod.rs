//! The rules, and nothing but the rules: `decide` turns a command into events, `apply` turns events into state.
//!
//! Each command is described once, by [`Decide`], in the file of its domain that is named after it, mostly with the event that it
//! leads to. Each event is described once, by [`Apply`], beside its struct.
//!
//! **Invariant:** no clock, disk, thread, randomness, log or `async` in this folder.
//!
//! **Invariant:** `decide` never changes the state, and `apply` never refuses what `decide` has allowed. What `apply` refuses as
//! an [`Inconsistency`] is a damaged or forged journal.

mod apply;
pub(crate) mod auth;
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

/// What a decision may know beside the state.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context {
    /// The engine's time, which never runs backwards.
    pub now: Timestamp,
    /// Who gives the command.
    pub actor: Actor,
    /// Who owns the email that the command is about.
    pub email_owner: Option<UserId>,
    /// The limits in force.
    pub limits: Limits,
}

/// The numbers that an embedder may choose.
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
    /// How long an order holds its tickets.
    pub hold: Duration,
    /// How many open orders one buyer may have: 10 by default.
    pub open_orders_max: u32,
    /// How many tickets one order may have: 10 by default.
    pub order_tickets_max: usize,
    /// How many tickets one command may list: 10,000 by default.
    pub listing_tickets_max: usize,
    /// What is tried, in this order, with money that comes for an order that has ended: `retake,return,escalate` unless told
    /// otherwise. `retake` sells the buyer the tickets after all, `return` gives the money back, `escalate` leaves it to an operator;
    /// that is also the last resort.
    pub late_money: payment::LateMoneyPolicy,
    /// What the platform keeps of each ticket that is sold from now on.
    pub fees: FeePolicy,
}

impl Limits {
    /// Creates the defaults: holds of 15 minutes, 10 open orders a buyer, 10 tickets an order, 10,000 tickets a listing, no fees.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how long an order holds its tickets.
    #[must_use]
    pub fn hold(mut self, hold: Duration) -> Self {
        self.hold = hold;
        self
    }

    /// Sets how many open orders one buyer may have.
    #[must_use]
    pub fn open_orders_max(mut self, max: u32) -> Self {
        self.open_orders_max = max;
        self
    }

    /// Sets how many tickets one order may have.
    #[must_use]
    pub fn order_tickets_max(mut self, max: usize) -> Self {
        self.order_tickets_max = max;
        self
    }

    /// Sets how many tickets one command may list.
    #[must_use]
    pub fn listing_tickets_max(mut self, max: usize) -> Self {
        self.listing_tickets_max = max;
        self
    }

    /// Sets what becomes of money that comes for an order that has ended.
    #[must_use]
    pub fn late_money(mut self, policy: payment::LateMoneyPolicy) -> Self {
        self.late_money = policy;
        self
    }

    /// Sets what the platform keeps of each ticket that is sold from now on.
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

/// The events of one command, mostly one or two.
pub(crate) type Events = SmallVec<[DomainEvent; 1]>;

/// What a command comes to: facts, and what goes to the vault together with them.
#[derive(Debug, Clone)]
pub(crate) struct Decision {
    /// The events, in order. None means that all is as it was asked to be.
    pub events: Events,
    /// What changes in the vault.
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
    /// New or changed data; what is `None` stays as it is.
    Put {
        /// The user.
        user_id: UserId,
        /// The email as typed, and by what it is unique.
        email: Option<(EmailKey, Email)>,
        /// The password's hash in PHC form.
        password_hash: Option<String>,
    },
    /// All data of the user goes.
    Erase {
        /// The user.
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

/// Decides a command: the facts that it makes, with what follows from them, or why not.
pub(crate) fn decide(state: &State, command: &Command, context: &Context) -> Result<Decision, Rejection> {
    let mut decision = command.decide_alone(state, context)?;
    let follow_ups: Events = decision.events.iter().filter_map(|event| event.leads_to(state)).collect();
    decision.events.extend(follow_ups);
    Ok(decision)
}

/// When something became a fact, and the version that its entity has by it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fact {
    /// When.
    pub at: Timestamp,
    /// The entity's version after it.
    pub version: u64,
}

impl Fact {
    fn follows(self, version: u64) -> Result<(), Inconsistency> {
        if self.version == version + 1 { Ok(()) } else { Err(Inconsistency("a version is missing or repeated")) }
    }
}

/// A fact that can't follow from the facts before it: the journal is damaged or was forged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Inconsistency(pub(crate) &'static str);
