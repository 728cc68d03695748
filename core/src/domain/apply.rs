//! Describes what an event is: each event implements [`Apply`] beside its struct.

use smallvec::SmallVec;

use super::order::TicketVersion;
use super::{Fact, Inconsistency, State};
use crate::event::{Actor, DomainEvent, StreamKey};
use crate::types::{OrderId, SessionId, Timestamp};

/// Everything about one event but its place in the list of all, which is `core/src/event.rs`.
///
/// No item has a default, so that nothing can be forgotten. What only few events have is an `Option`.
pub(crate) trait Apply: Sized {
    /// Says that nothing may be under way any more, after the event, with something that it changes.
    const MAY_SETTLE: bool;

    /// Says that the event may be about something in which nothing was under way any more: only money that comes late or goes
    /// back is, with the tickets that it is for.
    const MAY_REVIVE: bool;

    /// Adds the tickets that the event locks, frees or sells beside its own stream.
    const TICKETS: Tickets<Self>;

    /// Enters into the ledger what the event, which is applied, means for whose the money is.
    const POSTS: Posts<Self>;

    /// Returns the event that follows from this one in the same decision, as of the state before it. This is all the flow from
    /// one domain to another within a command; both events are appended in one transaction.
    const LEADS_TO: LeadsTo<Self>;

    /// Returns what the engine does once the event is durable, beside showing it.
    const THEN: After<Self>;

    /// Checks, on the state before the event, what the rules demand beyond what the state's own transitions do. Only a check of
    /// the whole journal asks: whatever was decided here fulfils it.
    const DEMANDS: Demands<Self>;

    /// Returns the entity that the event is about.
    fn stream(&self) -> StreamKey;

    /// Changes the state.
    ///
    /// # Errors
    /// [`Inconsistency`] if the fact can't follow from the state; the state is then not to be used any more.
    fn apply(&self, state: &mut State, fact: Fact) -> Applied;
}

/// That the state was changed, or that the fact can't follow from it.
pub(crate) type Applied = Result<(), Inconsistency>;

/// The streams whose entities an event changes.
pub(crate) type Changes = SmallVec<[StreamKey; 4]>;

/// See [`Apply::TICKETS`].
pub(crate) type Tickets<E> = Option<fn(&E, &mut Changes)>;

/// See [`Apply::POSTS`].
pub(crate) type Posts<E> = Option<fn(&E, &mut State, Fact) -> Applied>;

/// See [`Apply::LEADS_TO`].
pub(crate) type LeadsTo<E> = Option<fn(&E, &State) -> Option<DomainEvent>>;

/// See [`Apply::THEN`].
pub(crate) type After<E> = Option<fn(&E) -> Then>;

/// See [`Apply::DEMANDS`].
pub(crate) type Demands<E> = Option<fn(&E, &State, &Circumstances) -> Applied>;

/// What the engine does once an event is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    /// The gateway takes the order's money from the card that came with the command; none came if the money is there.
    Charge(OrderId),
    /// The gateway goes on with the order's charge.
    Resume(OrderId),
    /// Callers learn that the order's charge is settled.
    Settled(OrderId),
    /// The session is refused from now on until it would have ended by itself.
    Revoked(SessionId, Timestamp),
}

/// What a check of the journal knows of an event beside the state.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Circumstances {
    /// When the event was decided.
    pub at: Timestamp,
    /// Who caused it.
    pub actor: Actor,
    /// The new order that late money pays by the same command, if there is one.
    pub late_money_pays: Option<OrderId>,
}

/// Adds the tickets to the streams that an event changes.
pub(super) fn add_tickets(tickets: &[TicketVersion], changes: &mut Changes) {
    changes.extend(tickets.iter().map(|ticket| StreamKey::Ticket(ticket.id)));
}
