//! What is under way with the money of each order.

use super::orders::{AWAITING_PAYMENT, COMPLETE, CREATED, Claim};
use super::tickets::{AVAILABLE, SOLD};
use super::{Auditor, Verdict, ensure};
use crate::ChargeStatus;
use crate::event::{
    Actor, ChargeCreated, ChargeFailed, ChargeRefunded, PaymentStarted, Record, RefundReason, RefundStarted,
};
use crate::types::{ChargeId, Money, OrderId};

#[derive(Debug)]
pub(super) struct Payment {
    pub(super) id: ChargeId,
    pub(super) amount: Money,
    pub(super) status: ChargeStatus,
    return_to_sale: bool,
}

impl Auditor {
    pub(super) fn payment_started(&mut self, record: &Record, event: &PaymentStarted) -> Verdict {
        let claim = self.order(event.order_id)?;
        ensure(record.actor == Actor::User(claim.buyer), || "somebody else pays".to_owned())?;
        ensure(claim.status() == CREATED, || format!("a payment started while it was {}", claim.status()))?;
        ensure(record.at < claim.expires_at, || format!("the hold had ended at {}", claim.expires_at))?;
        ensure(event.amount == claim.total, || format!("{:?} are to be taken for {:?}", event.amount, claim.total))?;
        ensure(claim.charge.is_none(), || "it has a charge already".to_owned())?;
        let other = self.charges.insert(event.charge_id, event.order_id);
        ensure(other.is_none(), || format!("the charge is that of order {other:?}"))?;
        self.step(event.order_id, record, AWAITING_PAYMENT)?.charge = Some(Payment {
            id: event.charge_id,
            amount: event.amount,
            status: ChargeStatus::Pending,
            return_to_sale: false,
        });
        Ok(())
    }

    pub(super) fn charge_created(&mut self, record: &Record, event: &ChargeCreated) -> Verdict {
        self.is_open_with(event.order_id, event.charge_id)?;
        ensure(event.amount == self.order(event.order_id)?.total, || "it is over another amount".to_owned())?;
        ensure(self.books.has_said_charged(event.charge_id), || "the gateway never said so".to_owned())?;
        let claim = self.step(event.order_id, record, COMPLETE)?;
        charge_of(claim, event.charge_id, ChargeStatus::Pending)?.status = ChargeStatus::Succeeded;
        self.end_hold(event.order_id, &event.tickets, SOLD)
    }

    pub(super) fn charge_failed(&mut self, record: &Record, event: &ChargeFailed) -> Verdict {
        self.is_open_with(event.order_id, event.charge_id)?;
        ensure(!self.books.has_said_charged(event.charge_id), || "the gateway said that it took the money".to_owned())?;
        // The hold ends with the `OrderCancelled` that follows.
        let claim = self.step(event.order_id, record, AWAITING_PAYMENT)?;
        charge_of(claim, event.charge_id, ChargeStatus::Pending)?.status = ChargeStatus::Failed;
        Ok(())
    }

    pub(super) fn refund_started(&mut self, record: &Record, event: &RefundStarted) -> Verdict {
        let claim = self.order(event.order_id)?;
        ensure(!claim.is_open(), || "money goes back while the order is open".to_owned())?;
        let (status, from) = (claim.status(), self.may_refund(record, event)?);
        let claim = self.step(event.order_id, record, status)?;
        let charge = charge_of(claim, event.charge_id, from)?;
        ensure(charge.amount == event.amount, || "it is not the whole amount".to_owned())?;
        charge.status = ChargeStatus::Refunding;
        charge.return_to_sale = event.return_to_sale;
        Ok(())
    }

    /// From which status of the charge the refund may start, if this actor may ask for it.
    fn may_refund(&self, record: &Record, event: &RefundStarted) -> Verdict<ChargeStatus> {
        match (event.reason, record.actor) {
            (RefundReason::Late, actor) => {
                ensure(actor == Actor::System, || "late money is the system's business".to_owned())?;
                ensure(self.books.has_said_charged(event.charge_id), || "no money came late".to_owned())?;
                Ok(ChargeStatus::Failed)
            }
            (_, Actor::System) => Ok(ChargeStatus::Succeeded),
            (_, Actor::User(id)) => {
                let operates = self.person(id)?.operator;
                let claim = self.order(event.order_id)?;
                let sells = |ticket| self.tickets.get(ticket).is_some_and(|seat| seat.seller == id);
                ensure(operates || claim.tickets.iter().all(sells), || format!("{id} may not refund it"))?;
                Ok(ChargeStatus::Succeeded)
            }
        }
    }

    pub(super) fn charge_refunded(&mut self, record: &Record, event: &ChargeRefunded) -> Verdict {
        ensure(self.books.has_given_back(event.charge_id), || "the gateway gave nothing back".to_owned())?;
        let status = self.order(event.order_id)?.status();
        let claim = self.step(event.order_id, record, status)?;
        let charge = charge_of(claim, event.charge_id, ChargeStatus::Refunding)?;
        ensure(charge.amount == event.amount, || "it is not the whole amount".to_owned())?;
        charge.status = ChargeStatus::Refunded;
        ensure(charge.return_to_sale || event.tickets.is_empty(), || "nobody asked to sell them anew".to_owned())?;
        for ticket in &event.tickets {
            let holder = self.tickets.get(&ticket.id).and_then(|seat| seat.holder);
            ensure(holder == Some(event.order_id), || format!("ticket {} belongs to {holder:?}", ticket.id))?;
            self.change(ticket.id, ticket.version, SOLD, AVAILABLE, None)?;
        }
        Ok(())
    }

    fn is_open_with(&self, order: OrderId, charge: ChargeId) -> Verdict {
        let claim = self.order(order)?;
        let own = claim.charge.as_ref().map(|payment| payment.id);
        ensure(own == Some(charge), || format!("the order's charge is {own:?}"))?;
        ensure(claim.status() == AWAITING_PAYMENT, || format!("the order is {}", claim.status()))
    }
}

fn charge_of(claim: &mut Claim, id: ChargeId, status: ChargeStatus) -> Verdict<&mut Payment> {
    let charge = claim.charge.as_mut().filter(|charge| charge.id == id).ok_or("the order has no such charge")?;
    ensure(charge.status == status, || format!("the charge is {}, not {status}", charge.status))?;
    Ok(charge)
}
