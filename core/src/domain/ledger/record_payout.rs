//! Records payouts to sellers.

use serde::{Deserialize, Serialize};

use super::postings::payout;
use super::{Payout, Rejection};
use crate::command::StreamKeys;
use crate::domain::apply::{After, Applied, Apply, Demands, LeadsTo, Posts, Tickets};
use crate::domain::decide::Decide;
use crate::domain::ticket::SeatKeys;
use crate::domain::{Context, Decision, Fact, State, auth};
use crate::event::{DomainEvent, StreamKey};
use crate::types::{Money, OrderId, PayoutId, PayoutReference, Timestamp, UserId};

/// Command that records a payout to a seller, of all or part of what they are owed.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cluster", derive(Serialize, Deserialize))]
pub(crate) struct RecordPayout {
    /// Id of the new payout.
    pub payout_id: PayoutId,
    /// Seller who was paid.
    pub seller_id: UserId,
    /// Amount paid.
    pub amount: Money,
    /// Reference by which the bank identifies the payout.
    pub reference: PayoutReference,
}

impl Decide for RecordPayout {
    type Answer = Payout;
    type Rejection = Rejection;
    const IS_TOLD: bool = false;

    fn order(&self) -> Option<OrderId> {
        None
    }

    fn streams(&self) -> StreamKeys {
        StreamKeys::from_iter([StreamKey::User(self.seller_id)])
    }

    fn seats(&self, _: &State) -> SeatKeys {
        SeatKeys::new()
    }

    /// Refuses: [`Rejection::OperatorRequired`], [`Rejection::SellerNotFound`], [`Rejection::ExceedsBalance`].
    ///
    /// Accepts sellers whose personal data was deleted, because they are still owed their balance.
    fn decide(&self, state: &State, context: &Context) -> Result<Decision, Rejection> {
        if !state.is_operator(context.actor) {
            return Err(Rejection::OperatorRequired);
        }
        let seller = state.user(self.seller_id).ok_or(Rejection::SellerNotFound)?;
        if state.ledger().owed(seller.id, self.amount.currency()) < i128::from(self.amount.minor()) {
            return Err(Rejection::ExceedsBalance);
        }
        Ok(Decision::event(DomainEvent::PayoutRecorded(PayoutRecorded {
            payout_id: self.payout_id,
            seller_id: seller.id,
            amount: self.amount,
            reference: self.reference.clone(),
        })))
    }

    fn answer(&self, _: &State, now: Timestamp) -> Option<Payout> {
        Some(Payout {
            id: self.payout_id,
            seller_id: self.seller_id,
            amount: self.amount,
            reference: self.reference.clone(),
            recorded_at: now,
        })
    }
}

/// A seller was paid all or part of what they were owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PayoutRecorded {
    /// Id of the payout.
    pub payout_id: PayoutId,
    /// Seller who was paid.
    pub seller_id: UserId,
    /// Amount paid.
    pub amount: Money,
    /// Reference by which the bank identifies the payout.
    pub reference: PayoutReference,
}

impl Apply for PayoutRecorded {
    const MAY_SETTLE: bool = false;
    const MAY_REVIVE: bool = false;
    const TICKETS: Tickets<Self> = None;
    const POSTS: Posts<Self> = Some(|event, state, fact| state.enter(payout(event), fact));
    const LEADS_TO: LeadsTo<Self> = None;
    const THEN: After<Self> = None;
    const DEMANDS: Demands<Self> = None;

    fn stream(&self) -> StreamKey {
        StreamKey::User(self.seller_id)
    }

    fn apply(&self, state: &mut State, fact: Fact) -> Applied {
        auth::step(state.user_mut(self.seller_id)?, fact).map(drop)
    }
}
