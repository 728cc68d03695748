//! State of a charge.

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

/// Status of a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChargeStatus {
    /// The gateway's answer is not known yet.
    Pending,
    /// The money is authorized and about to be captured.
    Authorized,
    /// The money was taken.
    Succeeded,
    /// The money was not taken.
    Failed,
    /// All or part of the money is being given back.
    Refunding,
    /// All of the money was given back.
    Refunded,
    /// The money was authorized too late and is being voided.
    Voiding,
    /// The money was authorized too late and was voided.
    Voided,
    /// The money came too late, and its use is not decided.
    Late,
    /// The money came too late and pays another order.
    Transferred,
    /// The money came too late and could not be given back. An operator has to resolve it.
    Escalated,
    /// The money came too late, and an operator decided that the platform keeps it.
    Kept,
}

impl ChargeStatus {
    /// Returns the published name of the status, such as `succeeded`.
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

    /// Returns `true` if nothing is under way at the gateway.
    pub const fn is_settled(self) -> bool {
        !matches!(self, Self::Pending | Self::Authorized | Self::Refunding | Self::Voiding | Self::Late)
    }

    /// Returns `true` if there may be money that can still be given back.
    pub(super) const fn has_money(self) -> bool {
        matches!(self, Self::Succeeded | Self::Refunding | Self::Late | Self::Escalated | Self::Kept)
    }

    /// Returns `true` if the buyer's bank may take money back: not before money is known to be taken, and not after the
    /// charge was transferred to another order.
    pub(super) const fn may_be_disputed(self) -> bool {
        !matches!(self, Self::Pending | Self::Authorized | Self::Failed | Self::Transferred)
    }
}

impl fmt::Display for ChargeStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Failure of a charge that never reached the card processor, as far as the processor knows. Its request may still be
/// on its way.
pub(crate) const UNREACHED: &str = "The payment did not reach the card processor";

/// Maximum age up to which the status of such a charge is still requested, so that late money is found and goes back.
pub(crate) const LATE_MONEY_UNTIL: Duration = Duration::from_hours(24);

/// Why a charge failed whose request the card processor did not accept, because the shop's own settings are wrong.
pub(crate) const MISCONFIGURED: &str = "Payments are not set up right; no money was taken";

/// One attempt to take the money of one order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Charge {
    /// Id of the charge, which is the gateway's idempotency key.
    pub id: ChargeId,
    /// Id of the order.
    pub order_id: OrderId,
    /// Amount that is taken.
    pub amount: Money,
    /// Status of the charge.
    pub status: ChargeStatus,
    /// Name of the gateway.
    pub gateway: Arc<str>,
    /// Gateway's reference for the charge.
    pub reference: Option<Arc<str>>,
    /// Reason why it failed, in words that a buyer may read.
    pub failure: Option<Arc<str>>,
    /// `true` if the money came for an order that had ended.
    pub late: bool,
    /// Refunds of all statuses, in the order in which they were started.
    pub refunds: Vec<Refund>,
    /// Money that the buyer's bank took back, in the order in which it did.
    pub disputes: Vec<Dispute>,
    /// Order that the money pays instead, if it came late and its buyer could still have the tickets.
    pub transferred_to: Option<OrderId>,
    /// Split of the money between sellers and platform.
    #[serde(default)]
    pub(crate) split: Split,
    /// Time at which it was started.
    pub created_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
}

impl Charge {
    /// Returns `true` if no money was taken because the shop's payments are not set up right: no other card would help.
    pub fn is_misconfigured(&self) -> bool {
        self.failure.as_deref() == Some(MISCONFIGURED)
    }

    /// Returns the time until which late money is expected; `None` if none can come. The time is long enough that the
    /// status is requested once more after the box office was down for a day.
    pub(crate) fn watched_until(&self) -> Option<Timestamp> {
        let is_given_up = self.status == ChargeStatus::Failed && self.failure.as_deref() == Some(UNREACHED);
        is_given_up.then(|| self.created_at.plus(2 * LATE_MONEY_UNTIL))
    }
}

/// Statuses of a charge before it is known to have taken money or not.
pub(super) const UNDECIDED: &[ChargeStatus] = &[ChargeStatus::Pending, ChargeStatus::Authorized];

/// Changes the status of the charge from one of `from` to `to`, and returns the charge.
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

/// Returns the charge, and sets its time of change.
pub(super) fn charge_of(order: &mut Order, id: ChargeId, fact: Fact) -> Result<&mut Charge, Inconsistency> {
    let charge = order.charge.as_mut().filter(|charge| charge.id == id);
    let charge = charge.ok_or(Inconsistency("the order has no such charge"))?;
    charge.updated_at = fact.at;
    Ok(charge)
}

/// Returns the order and its charge, if the order has the charge of this id.
pub(super) fn find(state: &State, order_id: OrderId, charge_id: ChargeId) -> Result<(&Order, &Charge), Rejection> {
    let order = state.order(order_id).ok_or(Rejection::NotFound)?;
    let charge = order.charge.as_ref().filter(|charge| charge.id == charge_id).ok_or(Rejection::NotFound)?;
    Ok((order, charge))
}

/// Returns the order that a check of the journal needs.
pub(super) fn demanded(state: &State, id: OrderId) -> Result<&Order, Inconsistency> {
    state.order(id).map(Arc::as_ref).ok_or(Inconsistency("it is about an order that does not exist"))
}

/// Returns `true` if the user exists and is not erased.
pub(super) fn is_active(state: &State, id: UserId) -> bool {
    state.active_user(id).is_some()
}
