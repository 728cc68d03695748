//! Disputes of a charge and how events change them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Applied, Charge, charge_of};
use crate::domain::order::{self, Order};
use crate::domain::payment::{ChargeDisputed, DisputeClosed};
use crate::domain::{Fact, Inconsistency};
use crate::types::Money;

/// Money of a charge that the buyer's bank took back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Dispute {
    /// The gateway's own name for it.
    pub reference: Arc<str>,
    /// How much.
    pub amount: Money,
    /// Why, in the gateway's words.
    pub reason: Arc<str>,
    /// Where it is in its life.
    pub status: DisputeStatus,
}

/// Where a dispute is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DisputeStatus {
    /// It is not clear yet whose the money is.
    Open,
    /// The money came back from the buyer's bank.
    Won,
    /// The buyer keeps the money.
    Lost,
}

impl DisputeStatus {
    /// The status as published, such as `open`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Won => "won",
            Self::Lost => "lost",
        }
    }
}

impl Charge {
    /// The dispute of this name.
    pub fn dispute(&self, reference: &str) -> Option<&Dispute> {
        self.disputes.iter().find(|dispute| &*dispute.reference == reference)
    }

    /// How much the buyer's bank has, in minor units.
    pub(super) fn disputed_minor(&self) -> u64 {
        self.disputes.iter().filter(|it| it.status != DisputeStatus::Won).map(|it| it.amount.minor()).sum()
    }
}

pub(in crate::domain) fn apply_disputed(order: &mut Arc<Order>, event: &ChargeDisputed, fact: Fact) -> Applied {
    let charge = charge_of(order::version_step(order, fact)?, event.charge_id, fact)?;
    if !charge.status.may_be_disputed() || charge.dispute(&event.reference).is_some() {
        return Err(Inconsistency("a dispute that does not follow from its charge"));
    }
    charge.disputes.push(Dispute {
        reference: Arc::clone(&event.reference),
        amount: event.amount,
        reason: Arc::clone(&event.reason),
        status: DisputeStatus::Open,
    });
    Ok(())
}

pub(in crate::domain) fn apply_dispute_closed(order: &mut Arc<Order>, event: &DisputeClosed, fact: Fact) -> Applied {
    let charge = charge_of(order::version_step(order, fact)?, event.charge_id, fact)?;
    let dispute = charge.disputes.iter_mut().find(|dispute| dispute.reference == event.reference);
    match dispute {
        Some(dispute) if dispute.status == DisputeStatus::Open && dispute.amount == event.amount => {
            dispute.status = if event.won { DisputeStatus::Won } else { DisputeStatus::Lost };
            Ok(())
        }
        _ => Err(Inconsistency("a dispute was closed that was not open")),
    }
}
