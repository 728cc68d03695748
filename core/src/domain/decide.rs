//! Defines the [`Decide`] trait, which each command implements beside its struct, in a file of its own.

use super::reply::Answer;
use super::ticket::SeatKeys;
use super::{Context, Decision, Rejection, State};
use crate::command::{Command, StreamKeys};
use crate::types::{OrderId, Timestamp};

/// Everything about one command except its place in the list of all commands, which is in `core/src/command.rs`.
///
/// No item has a default, so an implementation can't leave one out.
pub(crate) trait Decide: Sized + Into<Command> {
    /// Type of the answer to the caller.
    type Answer: Answer;

    /// Type of its domain's refusals.
    type Rejection: Into<Rejection>;

    /// `true` if the command records a report of the card processor. Reports come in any order, so a report that is
    /// refused now may be accepted when it is sent again: for example the end of a dispute whose beginning is not known
    /// yet.
    const IS_TOLD: bool;

    /// Returns the existing order that the command is about.
    ///
    /// Its buyer, its tickets and their sellers are read too; [`Decide::streams`] doesn't name them.
    fn order(&self) -> Option<OrderId>;

    /// Returns the other streams that the command's decision reads, except its actor's.
    fn streams(&self) -> StreamKeys;

    /// Returns the seats that the command puts on sale. Tickets for them are read too, and the orders that bought those.
    fn seats(&self, state: &State) -> SeatKeys;

    /// Checks an ordered list of refusals, then returns the events. Changes nothing.
    ///
    /// # Errors
    /// The first refusal that applies.
    fn decide(&self, state: &State, context: &Context) -> Result<Decision, Self::Rejection>;

    /// Returns the answer, taken from the state after the command's events; `None` only if that state lacks the decided
    /// entity.
    fn answer(&self, state: &State, now: Timestamp) -> Option<Self::Answer>;
}
