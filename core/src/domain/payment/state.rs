//! A charge and how events change it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::event::{ChargeCreated, ChargeFailed, ChargeRefunded, PaymentStarted, RefundReason, RefundStarted};
use crate::domain::order::{self, Order, OrderStatus};
use crate::domain::{Fact, Inconsistency};
use crate::types::{ChargeId, Money, OrderId, Timestamp};

/// Where a charge is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChargeStatus {
    /// The gateway's answer is not known yet.
    Pending,
    /// The money was taken.
    Succeeded,
    /// The money was not taken.
    Failed,
    /// The money is being given back.
    Refunding,
    /// The money was given back.
    Refunded,
}

impl ChargeStatus {
    /// The status as published, such as `succeeded`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Refunding => "refunding",
            Self::Refunded => "refunded",
        }
    }

    /// Whether nothing is under way at the gateway.
    pub const fn is_settled(self) -> bool {
        !matches!(self, Self::Pending | Self::Refunding)
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

/// One attempt to take the money of one order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Whether the tickets are sold anew once it is refunded.
    pub(crate) return_to_sale: bool,
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

type Applied = Result<(), Inconsistency>;

pub(in crate::domain) fn apply_started(order: &mut Arc<Order>, event: &PaymentStarted, fact: Fact) -> Applied {
    if order.status != OrderStatus::Created {
        return Err(Inconsistency("a payment started for an order that did not wait for one"));
    }
    let order = order::version_step(order, fact)?;
    order.status = OrderStatus::AwaitingPayment;
    order.charge = Some(Charge {
        id: event.charge_id,
        order_id: event.order_id,
        amount: event.amount,
        status: ChargeStatus::Pending,
        gateway: Arc::clone(&event.gateway),
        reference: None,
        failure: None,
        return_to_sale: false,
        created_at: fact.at,
        updated_at: fact.at,
    });
    Ok(())
}

pub(in crate::domain) fn apply_created(order: &mut Arc<Order>, event: &ChargeCreated, fact: Fact) -> Applied {
    let changed = order::end(order, OrderStatus::Complete, fact)?;
    let charge = step(changed, event.charge_id, ChargeStatus::Pending, ChargeStatus::Succeeded, fact)?;
    charge.reference.clone_from(&event.reference);
    Ok(())
}

pub(in crate::domain) fn apply_failed(order: &mut Arc<Order>, event: &ChargeFailed, fact: Fact) -> Applied {
    let changed = order::version_step(order, fact)?;
    let charge = step(changed, event.charge_id, ChargeStatus::Pending, ChargeStatus::Failed, fact)?;
    charge.failure = Some(Arc::clone(&event.reason));
    Ok(())
}

pub(in crate::domain) fn apply_refund_started(order: &mut Arc<Order>, event: &RefundStarted, fact: Fact) -> Applied {
    if order.status.is_open() {
        return Err(Inconsistency("money went back while the order was open"));
    }
    let from = match event.reason {
        RefundReason::Requested => ChargeStatus::Succeeded,
        RefundReason::Late => ChargeStatus::Failed,
    };
    let changed = order::version_step(order, fact)?;
    step(changed, event.charge_id, from, ChargeStatus::Refunding, fact)?.return_to_sale = event.return_to_sale;
    Ok(())
}

pub(in crate::domain) fn apply_refunded(order: &mut Arc<Order>, event: &ChargeRefunded, fact: Fact) -> Applied {
    let changed = order::version_step(order, fact)?;
    let charge = step(changed, event.charge_id, ChargeStatus::Refunding, ChargeStatus::Refunded, fact)?;
    if charge.return_to_sale || event.tickets.is_empty() {
        Ok(())
    } else {
        Err(Inconsistency("tickets returned to sale that were to stay sold"))
    }
}

fn step(
    order: &mut Order,
    id: ChargeId,
    from: ChargeStatus,
    to: ChargeStatus,
    fact: Fact,
) -> Result<&mut Charge, Inconsistency> {
    let charge = order.charge.as_mut().filter(|charge| charge.id == id);
    let charge = charge.ok_or(Inconsistency("the order has no such charge"))?;
    if charge.status != from {
        return Err(Inconsistency("the charge is not in the state that this follows from"));
    }
    charge.status = to;
    charge.updated_at = fact.at;
    Ok(charge)
}
