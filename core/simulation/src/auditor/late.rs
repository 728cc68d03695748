//! Checks the handling of money that comes for an order that has ended: it always has an owner.

use boxoffice::{
    Actor, ChargeEscalated, ChargeStatus, ChargeTransferred, ChargeVoided, EscalationResolved, LateMoneyReceived,
    OrderId, Record, Resolution, VoidStarted,
};

use super::payments::charge_of;
use super::{Auditor, Verdict, ensure};
impl Auditor {
    /// Checks that late money is decided about at the moment it is received.
    pub(super) fn is_decided(&self, record: &Record) -> Verdict {
        let Some((order, command)) = self.undecided else { return Ok(()) };
        ensure(command == record.command_id, || format!("nothing became of the late money of order {order}"))
    }

    pub(super) fn late_money_received(&mut self, record: &Record, event: &LateMoneyReceived) -> Verdict {
        ensure(self.books.has_said_charged(event.charge_id), || "the gateway never said so".to_owned())?;
        let status = self.ended(event.order_id)?;
        let claim = self.step(event.order_id, record, status)?;
        let from = [ChargeStatus::Failed, ChargeStatus::Voiding, ChargeStatus::Voided];
        let charge = charge_of(claim, event.charge_id, &from)?;
        ensure(charge.amount == event.amount, || "it is another amount".to_owned())?;
        (charge.status, charge.late) = (ChargeStatus::Late, true);
        self.undecided = Some((event.order_id, record.command_id));
        Ok(())
    }

    pub(super) fn charge_transferred(&mut self, record: &Record, event: &ChargeTransferred) -> Verdict {
        let said = self.books.has_said_charged(event.charge_id) || self.books.has_said_authorized(event.charge_id);
        ensure(said, || "there is no money".to_owned())?;
        let status = self.ended(event.order_id)?;
        let claim = self.step(event.order_id, record, status)?;
        let charge = charge_of(claim, event.charge_id, &[ChargeStatus::Late, ChargeStatus::Failed])?;
        ensure(charge.refunded() == 0, || "some of it was given back".to_owned())?;
        (charge.status, charge.transferred_to) = (ChargeStatus::Transferred, Some(event.to));
        self.undecided = None;
        let known = self.transfers.insert(event.to, (event.charge_id, event.order_id));
        ensure(known.is_none() && !self.orders.contains_key(&event.to), || "there is such an order already".to_owned())
    }

    pub(super) fn charge_escalated(&mut self, record: &Record, event: &ChargeEscalated) -> Verdict {
        let status = self.ended(event.order_id)?;
        let claim = self.step(event.order_id, record, status)?;
        charge_of(claim, event.charge_id, &[ChargeStatus::Late])?.status = ChargeStatus::Escalated;
        self.undecided = None;
        Ok(())
    }

    pub(super) fn escalation_resolved(&mut self, record: &Record, event: &EscalationResolved) -> Verdict {
        let operates = match record.actor {
            Actor::System => true,
            Actor::User(id) => self.person(id)?.operator,
        };
        ensure(operates, || "only an operator may".to_owned())?;
        let status = self.ended(event.order_id)?;
        let claim = self.step(event.order_id, record, status)?;
        let charge = charge_of(claim, event.charge_id, &[ChargeStatus::Escalated])?;
        charge.resolved = true;
        charge.status = match event.resolution {
            Resolution::ReturnedElsewhere => ChargeStatus::Refunded,
            Resolution::Kept => ChargeStatus::Kept,
        };
        Ok(())
    }

    pub(super) fn void_started(&mut self, record: &Record, event: &VoidStarted) -> Verdict {
        ensure(self.books.has_said_authorized(event.charge_id), || "nothing was set aside".to_owned())?;
        let status = self.ended(event.order_id)?;
        let claim = self.step(event.order_id, record, status)?;
        charge_of(claim, event.charge_id, &[ChargeStatus::Failed])?.status = ChargeStatus::Voiding;
        Ok(())
    }

    pub(super) fn charge_voided(&mut self, record: &Record, event: &ChargeVoided) -> Verdict {
        ensure(!self.books.has_answered_charged(event.charge_id), || {
            "the gateway said that it took the money".to_owned()
        })?;
        let status = self.ended(event.order_id)?;
        let claim = self.step(event.order_id, record, status)?;
        charge_of(claim, event.charge_id, &[ChargeStatus::Voiding])?.status = ChargeStatus::Voided;
        Ok(())
    }

    /// Returns the status of an order that has ended.
    fn ended(&self, id: OrderId) -> Verdict<&'static str> {
        let claim = self.order(id)?;
        ensure(!claim.is_open() && !claim.is_complete(), || format!("the order is {}", claim.status()))?;
        Ok(claim.status())
    }
}
