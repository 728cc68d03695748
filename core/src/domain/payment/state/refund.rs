//! Refunds of a charge and how events change them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Applied, Charge, ChargeStatus, charge_of};
use crate::domain::order::{self, Order};
use crate::domain::payment::{ChargeRefunded, RefundFailed, RefundReason, RefundStarted};
use crate::domain::{Fact, Inconsistency};
use crate::types::{ChargeId, Money, RefundId};

/// Money of a charge that was given back, or is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Refund {
    /// The refund's id; the gateway's idempotency key.
    pub id: RefundId,
    /// How much.
    pub amount: Money,
    /// Where it is in its life.
    pub status: RefundStatus,
    /// Why.
    pub reason: RefundReason,
    /// The gateway's own name for it.
    pub reference: Option<Arc<str>>,
    /// Whether the tickets are sold anew once it is done.
    pub return_to_sale: bool,
}

/// Where a refund is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RefundStatus {
    /// The gateway has not confirmed it yet.
    Pending,
    /// The money was given back.
    Done,
    /// The gateway refused it for good.
    Failed,
}

impl RefundStatus {
    /// The status as published, such as `done`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

impl Charge {
    /// How much was given back, in minor units.
    pub fn refunded_minor(&self) -> u64 {
        self.refunds_in(&[RefundStatus::Done])
    }

    /// Returns how much was given back; `None` while nothing was.
    pub fn refunded(&self) -> Option<Money> {
        Money::from_minor(self.refunded_minor(), self.amount.currency()).ok()
    }

    /// How much may still be given back, in minor units: what was taken, less what was given back, is about to be, or was taken
    /// back by the buyer's bank.
    pub fn refundable_minor(&self) -> u64 {
        let gone = self.refunds_in(&[RefundStatus::Done, RefundStatus::Pending]) + self.disputed_minor();
        self.amount.minor().saturating_sub(gone)
    }

    /// The same as money; `None` if nothing is left.
    pub(in crate::domain) fn refundable(&self) -> Option<Money> {
        Money::from_minor(self.refundable_minor(), self.amount.currency()).ok()
    }

    /// The refund of this id.
    pub fn refund(&self, id: RefundId) -> Option<&Refund> {
        self.refunds.iter().find(|refund| refund.id == id)
    }

    /// The refunds that the gateway has not confirmed yet.
    pub fn pending_refunds(&self) -> impl Iterator<Item = &Refund> {
        self.refunds.iter().filter(|refund| refund.status == RefundStatus::Pending)
    }

    fn refunds_in(&self, statuses: &[RefundStatus]) -> u64 {
        self.refunds.iter().filter(|it| statuses.contains(&it.status)).map(|it| it.amount.minor()).sum()
    }

    /// The status that follows from the refunds of a charge that took money.
    fn status_by_refunds(&self) -> ChargeStatus {
        if self.pending_refunds().next().is_some() {
            ChargeStatus::Refunding
        } else if self.refunded_minor() >= self.amount.minor() {
            ChargeStatus::Refunded
        } else if !self.late {
            ChargeStatus::Succeeded
        } else if self.status == ChargeStatus::Kept {
            ChargeStatus::Kept
        } else {
            // What is left of money that came late still waits for somebody.
            ChargeStatus::Escalated
        }
    }
}

/// The id of the one refund of a charge in journals from before partial refunds.
fn only_refund(charge: ChargeId) -> RefundId {
    RefundId::from_bytes(*charge.as_bytes())
}

pub(in crate::domain) fn apply_refund_started(order: &mut Arc<Order>, event: &RefundStarted, fact: Fact) -> Applied {
    if order.status.is_open() {
        return Err(Inconsistency("money went back while the order was open"));
    }
    let charge = charge_of(order::version_step(order, fact)?, event.charge_id, fact)?;
    let follows = match (event.reason, charge.status) {
        (RefundReason::Requested, ChargeStatus::Succeeded | ChargeStatus::Refunding) => !charge.late,
        // Journals from before `LateMoneyReceived` go from failed to refunding.
        (RefundReason::Late, ChargeStatus::Late | ChargeStatus::Escalated | ChargeStatus::Failed) => true,
        _ => false,
    };
    let id = event.refund_id.unwrap_or_else(|| only_refund(charge.id));
    if !follows || charge.refund(id).is_some() || event.amount.minor() > charge.refundable_minor() {
        return Err(Inconsistency("a refund started that does not follow from its charge"));
    }
    charge.late = event.reason == RefundReason::Late;
    charge.refunds.push(Refund {
        id,
        amount: event.amount,
        status: RefundStatus::Pending,
        reason: event.reason,
        reference: None,
        return_to_sale: event.return_to_sale,
    });
    charge.status = ChargeStatus::Refunding;
    Ok(())
}

pub(in crate::domain) fn apply_refunded(order: &mut Arc<Order>, event: &ChargeRefunded, fact: Fact) -> Applied {
    let charge = charge_of(order::version_step(order, fact)?, event.charge_id, fact)?;
    let id = event.refund_id.unwrap_or_else(|| only_refund(charge.id));
    let known = charge.refunds.iter_mut().find(|refund| refund.id == id);
    let may_return = match known {
        Some(refund) if refund.status == RefundStatus::Pending && refund.amount == event.amount => {
            refund.status = RefundStatus::Done;
            refund.reference.clone_from(&event.reference);
            refund.return_to_sale
        }
        Some(_) => return Err(Inconsistency("a refund was done twice, or over another amount")),
        None => {
            let is_more = charge.refunded_minor() + event.amount.minor() > charge.amount.minor();
            if !charge.status.has_money() || is_more || event.reference.is_none() {
                return Err(Inconsistency("money went back that nobody asked for"));
            }
            charge.refunds.push(Refund {
                id,
                amount: event.amount,
                status: RefundStatus::Done,
                reason: RefundReason::Elsewhere,
                reference: event.reference.clone(),
                return_to_sale: false,
            });
            false
        }
    };
    charge.status = charge.status_by_refunds();
    if may_return || event.tickets.is_empty() {
        Ok(())
    } else {
        Err(Inconsistency("tickets returned to sale that were to stay sold"))
    }
}

pub(in crate::domain) fn apply_refund_failed(order: &mut Arc<Order>, event: &RefundFailed, fact: Fact) -> Applied {
    let charge = charge_of(order::version_step(order, fact)?, event.charge_id, fact)?;
    let refund = charge.refunds.iter_mut().find(|refund| refund.id == event.refund_id);
    match refund {
        Some(refund) if refund.status == RefundStatus::Pending => refund.status = RefundStatus::Failed,
        _ => return Err(Inconsistency("a refund failed that was not under way")),
    }
    let status = charge.status_by_refunds();
    // What becomes of money that came late is told by the next event.
    charge.status = if status == ChargeStatus::Escalated { ChargeStatus::Late } else { status };
    Ok(())
}
