//! Describes what a command is: each command implements [`Decide`] beside its struct, in a file of its own.

use super::reply::Answer;
use super::ticket::SeatKeys;
use super::{Context, Decision, Rejection, State};
use crate::command::{Command, StreamKeys};
use crate::types::{OrderId, Timestamp};

/// Everything about one command but its place in the list of all, which is `core/src/command.rs`.
///
/// No item has a default, so that nothing can be forgotten.
pub(crate) trait Decide: Sized + Into<Command> {
    /// What the caller gets.
    type Answer: Answer;

    /// Why its domain says no.
    type Rejection: Into<Rejection>;

    /// Says that the command records what the card processor reported. Reports come in any order, so one that is refused today,
    /// such as the end of a dispute whose beginning is not known yet, may be right when it is sent again.
    const IS_TOLD: bool;

    /// Returns the existing order that the command is about.
    ///
    /// Its buyer, its tickets and their sellers are read too; [`Decide::streams`] doesn't name them.
    fn order(&self) -> Option<OrderId>;

    /// Returns the other streams that the command reads to be decided, except its actor's.
    fn streams(&self) -> StreamKeys;

    /// Returns the seats that the command puts on sale. Tickets for them are read too, and the orders that bought those.
    fn seats(&self, state: &State) -> SeatKeys;

    /// Decides the command: an ordered list of refusals, then the events. Changes nothing.
    ///
    /// # Errors
    /// The first refusal that holds.
    fn decide(&self, state: &State, context: &Context) -> Result<Decision, Self::Rejection>;

    /// Returns the answer, taken from the state after the command's events; `None` only if that state lacks what was decided.
    fn answer(&self, state: &State, now: Timestamp) -> Option<Self::Answer>;
}
