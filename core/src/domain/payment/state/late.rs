//! Charges whose money came when their order had ended, and how events change them.

use std::sync::Arc;

use super::{Applied, ChargeStatus, step};
use crate::domain::order::{self, Order};
use crate::domain::payment::{
    ChargeEscalated, ChargeTransferred, ChargeVoided, EscalationResolved, LateMoneyReceived, Resolution, VoidStarted,
};
use crate::domain::{Fact, Inconsistency};

pub(in crate::domain) fn apply_late_money(order: &mut Arc<Order>, event: &LateMoneyReceived, fact: Fact) -> Applied {
    ended(order)?;
    let from = [ChargeStatus::Failed, ChargeStatus::Voiding, ChargeStatus::Voided];
    let charge = step(order::version_step(order, fact)?, event.charge_id, &from, ChargeStatus::Late, fact)?;
    charge.late = true;
    if event.reference.is_some() {
        charge.reference.clone_from(&event.reference);
    }
    Ok(())
}

pub(in crate::domain) fn apply_transferred(order: &mut Arc<Order>, event: &ChargeTransferred, fact: Fact) -> Applied {
    ended(order)?;
    let from = [ChargeStatus::Late, ChargeStatus::Failed];
    let charge = step(order::version_step(order, fact)?, event.charge_id, &from, ChargeStatus::Transferred, fact)?;
    charge.transferred_to = Some(event.to);
    Ok(())
}

pub(in crate::domain) fn apply_escalated(order: &mut Arc<Order>, event: &ChargeEscalated, fact: Fact) -> Applied {
    let from = [ChargeStatus::Late];
    step(order::version_step(order, fact)?, event.charge_id, &from, ChargeStatus::Escalated, fact).map(drop)
}

pub(in crate::domain) fn apply_resolved(order: &mut Arc<Order>, event: &EscalationResolved, fact: Fact) -> Applied {
    let to = match event.resolution {
        Resolution::ReturnedElsewhere => ChargeStatus::Refunded,
        Resolution::Kept => ChargeStatus::Kept,
    };
    step(order::version_step(order, fact)?, event.charge_id, &[ChargeStatus::Escalated], to, fact).map(drop)
}

pub(in crate::domain) fn apply_void_started(order: &mut Arc<Order>, event: &VoidStarted, fact: Fact) -> Applied {
    ended(order)?;
    let from = [ChargeStatus::Failed];
    let charge = step(order::version_step(order, fact)?, event.charge_id, &from, ChargeStatus::Voiding, fact)?;
    charge.reference.clone_from(&event.reference);
    Ok(())
}

pub(in crate::domain) fn apply_voided(order: &mut Arc<Order>, event: &ChargeVoided, fact: Fact) -> Applied {
    let from = [ChargeStatus::Voiding];
    step(order::version_step(order, fact)?, event.charge_id, &from, ChargeStatus::Voided, fact).map(drop)
}

fn ended(order: &Order) -> Applied {
    if order.status.is_open() { Err(Inconsistency("money came late for an order that was open")) } else { Ok(()) }
}
