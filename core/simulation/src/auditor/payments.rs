//! Checks the charge of each order.

use std::collections::BTreeMap;
use std::sync::Arc;

use boxoffice::{
    Actor, ChargeAuthorized, ChargeCreated, ChargeDisputed, ChargeFailed, ChargeId, ChargeRefunded, ChargeStatus,
    DisputeClosed, Money, OrderId, PaymentStarted, Record, RefundFailed, RefundId, RefundReason, RefundStarted,
};

use super::orders::{AWAITING_PAYMENT, COMPLETE, CREATED, Claim};
use super::tickets::{AVAILABLE, SOLD};
use super::{Auditor, Verdict, ensure};

#[derive(Debug)]
pub(super) struct Payment {
    pub(super) id: ChargeId,
    pub(super) amount: Money,
    pub(super) status: ChargeStatus,
    /// `true` if the money came for an order that had ended.
    pub(super) late: bool,
    /// `true` if an operator has resolved it.
    pub(super) resolved: bool,
    pub(super) refunds: BTreeMap<RefundId, GivingBack>,
    /// Disputes: the amount, and `true` once the money came back, `false` once it was lost.
    pub(super) disputes: BTreeMap<Arc<str>, (Money, Option<bool>)>,
    pub(super) transferred_to: Option<OrderId>,
}

/// A refund.
#[derive(Debug)]
pub(super) struct GivingBack {
    pub(super) amount: Money,
    /// `true` if it was given back, `false` if it was refused; `None` while pending.
    done: Option<bool>,
    return_to_sale: bool,
}

impl Payment {
    fn new(id: ChargeId, amount: Money) -> Self {
        Self {
            id,
            amount,
            status: ChargeStatus::Pending,
            late: false,
            resolved: false,
            refunds: BTreeMap::new(),
            disputes: BTreeMap::new(),
            transferred_to: None,
        }
    }

    /// Returns the amount that was given back.
    pub(super) fn refunded(&self) -> u64 {
        self.refunds.values().filter(|it| it.done == Some(true)).map(|it| it.amount.minor()).sum()
    }

    /// Returns the amount that is neither given back, nor about to be, nor with the buyer's bank.
    fn left(&self) -> u64 {
        let back = self.refunds.values().filter(|it| it.done != Some(false)).map(|it| it.amount.minor());
        let disputed = self.disputes.values().filter(|(_, won)| *won != Some(true)).map(|(amount, _)| amount.minor());
        self.amount.minor().saturating_sub(back.chain(disputed).sum())
    }

    /// Returns the status that follows from the refunds.
    fn after_refunds(&self) -> ChargeStatus {
        if self.refunds.values().any(|it| it.done.is_none()) {
            ChargeStatus::Refunding
        } else if self.refunded() == self.amount.minor() {
            ChargeStatus::Refunded
        } else if !self.late {
            ChargeStatus::Succeeded
        } else if self.status == ChargeStatus::Kept {
            ChargeStatus::Kept
        } else {
            ChargeStatus::Escalated
        }
    }
}

impl Auditor {
    pub(super) fn payment_started(&mut self, record: &Record, event: &PaymentStarted) -> Verdict {
        let claim = self.order(event.order_id)?;
        let transfer = self.transfers.get(&event.order_id).filter(|(charge, _)| *charge == event.charge_id);
        let allowed = record.actor == Actor::User(claim.buyer) || transfer.is_some() && record.actor == Actor::System;
        ensure(allowed, || "somebody else pays".to_owned())?;
        ensure(claim.status() == CREATED, || format!("a payment started while it was {}", claim.status()))?;
        ensure(record.at < claim.expires_at, || format!("the hold had ended at {}", claim.expires_at))?;
        ensure(event.amount == claim.total, || format!("{:?} are to be taken for {:?}", event.amount, claim.total))?;
        ensure(claim.charge.is_none(), || "it has a charge already".to_owned())?;
        let before = transfer.map(|(_, order)| *order);
        let other = self.charges.insert(event.charge_id, event.order_id);
        ensure(other == before, || format!("the charge is that of order {other:?}"))?;
        let claim = self.step(event.order_id, record, AWAITING_PAYMENT)?;
        claim.charge = Some(Payment::new(event.charge_id, event.amount));
        Ok(())
    }

    pub(super) fn charge_authorized(&mut self, record: &Record, event: &ChargeAuthorized) -> Verdict {
        self.is_open_with(event.order_id, event.charge_id)?;
        ensure(self.books.has_said_authorized(event.charge_id), || "the gateway never said so".to_owned())?;
        let claim = self.step(event.order_id, record, AWAITING_PAYMENT)?;
        charge_of(claim, event.charge_id, &[ChargeStatus::Pending])?.status = ChargeStatus::Authorized;
        Ok(())
    }

    pub(super) fn charge_created(&mut self, record: &Record, event: &ChargeCreated) -> Verdict {
        self.is_open_with(event.order_id, event.charge_id)?;
        ensure(event.amount == self.order(event.order_id)?.total, || "it is over another amount".to_owned())?;
        ensure(self.books.has_said_charged(event.charge_id), || "the gateway never said so".to_owned())?;
        let claim = self.step(event.order_id, record, COMPLETE)?;
        charge_of(claim, event.charge_id, UNDECIDED)?.status = ChargeStatus::Succeeded;
        self.end_hold(event.order_id, &event.tickets, SOLD)
    }

    pub(super) fn charge_failed(&mut self, record: &Record, event: &ChargeFailed) -> Verdict {
        self.is_open_with(event.order_id, event.charge_id)?;
        ensure(!self.books.has_answered_charged(event.charge_id), || {
            "the gateway said that it took the money".to_owned()
        })?;
        // The hold ends with the `OrderCancelled` that follows.
        let claim = self.step(event.order_id, record, AWAITING_PAYMENT)?;
        charge_of(claim, event.charge_id, UNDECIDED)?.status = ChargeStatus::Failed;
        Ok(())
    }

    pub(super) fn refund_started(&mut self, record: &Record, event: &RefundStarted) -> Verdict {
        let claim = self.order(event.order_id)?;
        ensure(!claim.is_open(), || "money goes back while the order is open".to_owned())?;
        let (status, from) = (claim.status(), self.may_refund(record, event)?);
        let refund = event.refund_id.ok_or("the refund has no id")?;
        self.undecided = None;
        let claim = self.step(event.order_id, record, status)?;
        let charge = charge_of(claim, event.charge_id, from)?;
        ensure(event.amount.currency() == charge.amount.currency(), || "it is another currency".to_owned())?;
        ensure(event.amount.minor() <= charge.left(), || format!("only {} are left of the charge", charge.left()))?;
        charge.status = ChargeStatus::Refunding;
        let (amount, return_to_sale) = (event.amount, event.return_to_sale);
        let known = charge.refunds.insert(refund, GivingBack { amount, done: None, return_to_sale });
        ensure(known.is_none(), || format!("there is a refund {refund} already"))
    }

    /// Returns the statuses of the charge in which the refund may start, if this actor may request it.
    fn may_refund(&self, record: &Record, event: &RefundStarted) -> Verdict<&'static [ChargeStatus]> {
        let claim = self.order(event.order_id)?;
        let operates = match record.actor {
            Actor::System => true,
            Actor::User(id) => self.person(id)?.operator,
        };
        if event.reason == RefundReason::Late {
            ensure(operates, || "late money is the system's business, and the operators'".to_owned())?;
            ensure(self.books.has_said_charged(event.charge_id), || "no money came late".to_owned())?;
            return Ok(&[ChargeStatus::Late, ChargeStatus::Escalated]);
        }
        let sells = |id| claim.tickets.iter().all(|it| self.tickets.get(it).is_some_and(|seat| seat.seller == id));
        ensure(operates || record.actor.user().is_some_and(sells), || format!("{:?} may not refund it", record.actor))?;
        ensure(claim.charge.as_ref().is_some_and(|charge| !charge.late), || "its money came late".to_owned())?;
        Ok(&[ChargeStatus::Succeeded, ChargeStatus::Refunding])
    }

    pub(super) fn charge_refunded(&mut self, record: &Record, event: &ChargeRefunded) -> Verdict {
        let refund = event.refund_id.ok_or("the refund has no id")?;
        let (given_back, reference) = (self.books.has_given_back(refund), event.reference.clone().unwrap_or_default());
        let elsewhere = self.books.was_given_back_elsewhere(&reference, event.charge_id, event.amount);
        let status = self.order(event.order_id)?.status();
        let claim = self.step(event.order_id, record, status)?;
        let charge = charge_of(claim, event.charge_id, TAKEN)?;
        let may_return = if let Some(known) = charge.refunds.get_mut(&refund) {
            ensure(given_back, || "the gateway gave nothing back".to_owned())?;
            ensure(known.amount == event.amount, || "it is another amount".to_owned())?;
            ensure(known.done.replace(true).is_none(), || "it had ended already".to_owned())?;
            known.return_to_sale
        } else {
            ensure(elsewhere, || "nobody gave anything back".to_owned())?;
            let amount = event.amount;
            charge.refunds.insert(refund, GivingBack { amount, done: Some(true), return_to_sale: false });
            false
        };
        ensure(charge.refunded() <= charge.amount.minor(), || "more was given back than was taken".to_owned())?;
        charge.status = charge.after_refunds();
        let whole = charge.status == ChargeStatus::Refunded;
        ensure(may_return && whole || event.tickets.is_empty(), || "nobody asked to sell them anew".to_owned())?;
        for ticket in &event.tickets {
            let holder = self.tickets.get(&ticket.id).and_then(|seat| seat.holder);
            ensure(holder == Some(event.order_id), || format!("ticket {} belongs to {holder:?}", ticket.id))?;
            self.change(ticket.id, ticket.version, SOLD, AVAILABLE, None)?;
        }
        Ok(())
    }

    pub(super) fn refund_failed(&mut self, record: &Record, event: &RefundFailed) -> Verdict {
        ensure(self.books.has_refused(event.refund_id), || "the gateway never refused it".to_owned())?;
        let status = self.order(event.order_id)?.status();
        let claim = self.step(event.order_id, record, status)?;
        let charge = charge_of(claim, event.charge_id, &[ChargeStatus::Refunding])?;
        let refund = charge.refunds.get_mut(&event.refund_id).ok_or("there is no such refund")?;
        ensure(refund.done.replace(false).is_none(), || "it had ended already".to_owned())?;
        charge.status = match charge.after_refunds() {
            ChargeStatus::Escalated => ChargeStatus::Late,
            other => other,
        };
        self.undecided = (charge.status == ChargeStatus::Late).then_some((event.order_id, record.command_id));
        Ok(())
    }

    pub(super) fn charge_disputed(&mut self, record: &Record, event: &ChargeDisputed) -> Verdict {
        let known = self.books.was_disputed(&event.reference, event.charge_id, event.amount);
        ensure(known, || "nobody disputes it".to_owned())?;
        let status = self.order(event.order_id)?.status();
        let claim = self.step(event.order_id, record, status)?;
        let charge = charge_of(claim, event.charge_id, TAKEN)?;
        let again = charge.disputes.insert(Arc::clone(&event.reference), (event.amount, None));
        ensure(again.is_none(), || "it is disputed already".to_owned())
    }

    pub(super) fn dispute_closed(&mut self, record: &Record, event: &DisputeClosed) -> Verdict {
        let told = self.books.dispute_was_won(&event.reference);
        ensure(told == Some(event.won), || format!("the gateway said {told:?}"))?;
        let status = self.order(event.order_id)?.status();
        let claim = self.step(event.order_id, record, status)?;
        let charge = charge_of(claim, event.charge_id, TAKEN)?;
        let dispute = charge.disputes.get_mut(&event.reference).ok_or("there is no such dispute")?;
        ensure(dispute.0 == event.amount && dispute.1.replace(event.won).is_none(), || "it was not open".to_owned())
    }

    fn is_open_with(&self, order: OrderId, charge: ChargeId) -> Verdict {
        let claim = self.order(order)?;
        let own = claim.charge.as_ref().map(|payment| payment.id);
        ensure(own == Some(charge), || format!("the order's charge is {own:?}"))?;
        ensure(claim.status() == AWAITING_PAYMENT, || format!("the order is {}", claim.status()))
    }
}

/// Statuses of a charge before it is known to have taken money or not.
const UNDECIDED: &[ChargeStatus] = &[ChargeStatus::Pending, ChargeStatus::Authorized];

/// Statuses of a charge that has taken money that belongs to its order, or to nobody.
const TAKEN: &[ChargeStatus] = &[
    ChargeStatus::Succeeded,
    ChargeStatus::Refunding,
    ChargeStatus::Refunded,
    ChargeStatus::Late,
    ChargeStatus::Escalated,
    ChargeStatus::Kept,
];

pub(super) fn charge_of<'c>(claim: &'c mut Claim, id: ChargeId, from: &[ChargeStatus]) -> Verdict<&'c mut Payment> {
    let charge = claim.charge.as_mut().filter(|charge| charge.id == id).ok_or("the order has no such charge")?;
    ensure(from.contains(&charge.status), || format!("the charge is {}, not one of {from:?}", charge.status))?;
    Ok(charge)
}
