//! Defines the [`Apply`] trait, which each event implements beside its struct.

use smallvec::SmallVec;

use super::order::TicketVersion;
use super::{Fact, Inconsistency, State};
use crate::event::{Actor, DomainEvent, StreamKey};
use crate::types::{OrderId, SessionId, Timestamp};

/// Everything about one event except its place in the list of all events, which is in `core/src/event.rs`.
///
/// No item has a default, so an implementation can't leave one out. Items that only few events need are `Option`s.
pub(crate) trait Apply: Sized {
    /// `true` if an entity that the event changes may become terminal.
    const MAY_SETTLE: bool;

    /// `true` if the event may change an entity that is already terminal. Only events about late or returned money do;
    /// they also change the tickets that the money is for.
    const MAY_REVIVE: bool;

    /// Adds the tickets that the event locks, frees or sells, in addition to its own stream.
    const TICKETS: Tickets<Self>;

    /// Posts the event's ledger entries. The event is already applied.
    const POSTS: Posts<Self>;

    /// Returns the event that follows from this one in the same decision, computed from the state before it. This is
    /// the only flow from one domain to another within a command. Both events are appended in one transaction.
    const LEADS_TO: LeadsTo<Self>;

    /// Returns the action that the engine takes once the event is durable, besides updating the views.
    const THEN: After<Self>;

    /// Checks, on the state before the event, the rules that the state's own transitions don't enforce. Only a check of
    /// the whole journal calls it; decisions made by this code fulfil the rules already.
    const DEMANDS: Demands<Self>;

    /// Returns the entity that the event is about.
    fn stream(&self) -> StreamKey;

    /// Applies the event to the state.
    ///
    /// # Errors
    /// [`Inconsistency`] if the fact can't follow from the state. The state must not be used after that.
    fn apply(&self, state: &mut State, fact: Fact) -> Applied;
}

/// Result of changing the state: `Ok`, or the reason why the fact can't follow from it.
pub(crate) type Applied = Result<(), Inconsistency>;

/// Streams of the entities that an event changes.
pub(crate) type Changes = SmallVec<[StreamKey; 4]>;

/// Type of [`Apply::TICKETS`].
pub(crate) type Tickets<E> = Option<fn(&E, &mut Changes)>;

/// Type of [`Apply::POSTS`].
pub(crate) type Posts<E> = Option<fn(&E, &mut State, Fact) -> Applied>;

/// Type of [`Apply::LEADS_TO`].
pub(crate) type LeadsTo<E> = Option<fn(&E, &State) -> Option<DomainEvent>>;

/// Type of [`Apply::THEN`].
pub(crate) type After<E> = Option<fn(&E) -> Then>;

/// Type of [`Apply::DEMANDS`].
pub(crate) type Demands<E> = Option<fn(&E, &State, &Circumstances) -> Applied>;

/// Action that the engine takes once an event is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    /// Asks the gateway to charge the order. The card came with the command; there is none if the money was taken
    /// already.
    Charge(OrderId),
    /// Continues the order's charge at the gateway.
    Resume(OrderId),
    /// Notifies waiting callers that the order's charge is settled.
    Settled(OrderId),
    /// Refuses the session from now on, until the time at which it would have expired.
    Revoked(SessionId, Timestamp),
}

/// Facts about an event, beyond the state, that a check of the journal needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Circumstances {
    /// Time at which the event was decided.
    pub at: Timestamp,
    /// Actor that caused it.
    pub actor: Actor,
    /// New order that the same command pays with late money, if there is one.
    pub late_money_pays: Option<OrderId>,
}

/// Adds the tickets to the streams that an event changes.
pub(super) fn add_tickets(tickets: &[TicketVersion], changes: &mut Changes) {
    changes.extend(tickets.iter().map(|ticket| StreamKey::Ticket(ticket.id)));
}
