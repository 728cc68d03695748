//! Judging a listing before it is made.

use super::{CreateTickets, Rejection, SeatKeys};
use crate::command::StreamKeys;
use crate::domain::decide::Decide;
use crate::domain::{Context, Decision, State};
use crate::types::{OrderId, Timestamp};

/// Command that judges a listing as [`CreateTickets`] does, and lists nothing.
#[derive(Debug, Clone)]
pub(crate) struct CheckTickets(pub(crate) CreateTickets);

impl Decide for CheckTickets {
    type Answer = ();
    type Rejection = Rejection;
    const IS_TOLD: bool = false;

    fn order(&self) -> Option<OrderId> {
        self.0.order()
    }

    fn streams(&self) -> StreamKeys {
        self.0.streams()
    }

    fn seats(&self, state: &State) -> SeatKeys {
        self.0.seats(state)
    }

    /// Refuses whatever [`CreateTickets`] refuses.
    fn decide(&self, state: &State, context: &Context) -> Result<Decision, Rejection> {
        self.0.decide(state, context).map(|_| Decision::nothing())
    }

    fn answer(&self, _: &State, _: Timestamp) -> Option<()> {
        Some(())
    }
}
