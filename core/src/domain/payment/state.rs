//! A charge.

mod dispute;
mod refund;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Rejection;
use crate::domain::ledger::Split;
use crate::domain::order::Order;
use crate::domain::{Fact, Inconsistency, State};
use crate::types::{ChargeId, Money, OrderId, Timestamp, UserId};

pub use dispute::{Dispute, DisputeStatus};
pub(super) use refund::only_refund;
pub use refund::{Refund, RefundStatus};

/// Where a charge is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChargeStatus {
    /// The gateway's answer is not known yet.
    Pending,
    /// The money is set aside and about to be captured.
    Authorized,
    /// The money was taken.
    Succeeded,
    /// The money was not taken.
    Failed,
    /// Money is being given back, all of it or a part.
    Refunding,
    /// All of the money was given back.
    Refunded,
    /// The money was set aside too late and is being released.
    Voiding,
    /// The money was set aside too late and was released.
    Voided,
    /// The money came too late, and it is not decided what becomes of it.
    Late,
    /// The money came too late and pays another order.
    Transferred,
    /// The money came too late and could not be given back: an operator has to see to it.
    Escalated,
    /// The money came too late, and an operator has decided that the platform keeps it.
    Kept,
}

impl ChargeStatus {
    /// The status as published, such as `succeeded`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Authorized => "authorized",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Refunding => "refunding",
            Self::Refunded => "refunded",
            Self::Voiding => "voiding",
            Self::Voided => "voided",
            Self::Late => "late",
            Self::Transferred => "transferred",
            Self::Escalated => "escalated",
            Self::Kept => "kept",
        }
    }

    /// Whether nothing is under way at the gateway.
    pub const fn is_settled(self) -> bool {
        !matches!(self, Self::Pending | Self::Authorized | Self::Refunding | Self::Voiding | Self::Late)
    }

    /// Whether there may be money that can still be given back.
    pub(super) const fn has_money(self) -> bool {
        matches!(self, Self::Succeeded | Self::Refunding | Self::Late | Self::Escalated | Self::Kept)
    }

    /// Whether the buyer's bank may take money back: not while none is known to be taken, and not of another order.
    pub(super) const fn may_be_disputed(self) -> bool {
        !matches!(self, Self::Pending | Self::Authorized | Self::Failed | Self::Transferred)
    }
}

impl fmt::Display for ChargeStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a charge failed of which the card processor never heard: its request may still be on its way.
pub(crate) const UNREACHED: &str = "The payment did not reach the card processor";

/// Until what age such a charge is asked about all the same, so that money that comes late is found and goes back.
pub(crate) const LATE_MONEY_UNTIL: Duration = Duration::from_hours(24);

/// Why a charge failed whose request the card processor did not accept, because the shop's own settings are wrong.
pub(crate) const MISCONFIGURED: &str = "Payments are not set up right; no money was taken";

/// One attempt to take the money of one order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Charge {
    /// The charge's id; the gateway's idempotency key.
    pub id: ChargeId,
    /// The order.
    pub order_id: OrderId,
    /// What is taken.
    pub amount: Money,
    /// Where it is in its life.
    pub status: ChargeStatus,
    /// The gateway's name.
    pub gateway: Arc<str>,
    /// The gateway's own name for the charge.
    pub reference: Option<Arc<str>>,
    /// Why it failed, in words that a buyer may read.
    pub failure: Option<Arc<str>>,
    /// Whether the money came for an order that had ended.
    pub late: bool,
    /// What was given back, or is to be, in the order in which it was begun.
    pub refunds: Vec<Refund>,
    /// What the buyer's bank took back, in the order in which it did.
    pub disputes: Vec<Dispute>,
    /// The order that the money pays instead, if it came late and its buyer could still have the tickets.
    pub transferred_to: Option<OrderId>,
    /// Whose its money is.
    #[serde(default)]
    pub(crate) split: Split,
    /// When it was started.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Charge {
    /// Until when it is to be remembered that money may come after all, if it may: long enough that it is asked about once more
    /// after a day without the box office.
    pub(crate) fn watched_until(&self) -> Option<Timestamp> {
        let is_given_up = self.status == ChargeStatus::Failed && self.failure.as_deref() == Some(UNREACHED);
        is_given_up.then(|| self.created_at.plus(2 * LATE_MONEY_UNTIL))
    }
}

/// What a charge is in before it is known whether it took money.
pub(super) const UNDECIDED: &[ChargeStatus] = &[ChargeStatus::Pending, ChargeStatus::Authorized];

/// The charge, whose status goes on from one of these.
pub(super) fn step<'o>(
    order: &'o mut Order,
    id: ChargeId,
    from: &[ChargeStatus],
    to: ChargeStatus,
    fact: Fact,
) -> Result<&'o mut Charge, Inconsistency> {
    let charge = charge_of(order, id, fact)?;
    if !from.contains(&charge.status) {
        return Err(Inconsistency("the charge is not in the state that this follows from"));
    }
    charge.status = to;
    Ok(charge)
}

/// The charge, which changes now.
pub(super) fn charge_of(order: &mut Order, id: ChargeId, fact: Fact) -> Result<&mut Charge, Inconsistency> {
    let charge = order.charge.as_mut().filter(|charge| charge.id == id);
    let charge = charge.ok_or(Inconsistency("the order has no such charge"))?;
    charge.updated_at = fact.at;
    Ok(charge)
}

/// Returns the order and its charge, if the order has that one.
pub(super) fn find(state: &State, order_id: OrderId, charge_id: ChargeId) -> Result<(&Order, &Charge), Rejection> {
    let order = state.order(order_id).ok_or(Rejection::NotFound)?;
    let charge = order.charge.as_ref().filter(|charge| charge.id == charge_id).ok_or(Rejection::NotFound)?;
    Ok((order, charge))
}

/// Returns the order that a check of the journal asks for.
pub(super) fn demanded(state: &State, id: OrderId) -> Result<&Order, Inconsistency> {
    state.order(id).map(Arc::as_ref).ok_or(Inconsistency("it is about an order that does not exist"))
}

/// Says that there is such a user who is not erased.
pub(super) fn is_active(state: &State, id: UserId) -> bool {
    state.user(id).is_some_and(|user| !user.erased)
}
