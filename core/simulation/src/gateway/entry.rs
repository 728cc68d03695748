//! Charges of the simulated card processor.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use boxoffice::gateway::{ChargeAnswer, ChargeRequest, GatewayReport, RefundAnswer, RefundRequest};
use boxoffice::{ChargeId, Money, OrderId, RefundId};

use crate::Rng;

/// A charge request and its outcome.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    order: OrderId,
    amount: Money,
    pub(super) arrives: Duration,
    /// Time from which on the outcome is known.
    pub(super) decided: Duration,
    /// Time from which on the buyer has confirmed with their bank.
    pub(super) confirmed: Duration,
    pub(super) declined: bool,
    /// `true` if the money is only authorized.
    pub(super) aside: bool,
    /// `true` if it was given up before any money was taken.
    voided: bool,
    /// Refunds, with `true` if granted.
    refunds: BTreeMap<RefundId, (Money, bool)>,
    at_processor: Vec<(Arc<str>, Money)>,
    /// Disputes of the whole amount, with `true` or `false` for won or lost once closed.
    pub(super) disputes: Vec<(Arc<str>, Option<bool>)>,
}

impl Entry {
    pub(super) fn new(request: &ChargeRequest, now: Duration) -> Self {
        Self {
            order: request.order_id,
            amount: request.amount,
            arrives: now,
            decided: now,
            confirmed: now,
            declined: false,
            aside: false,
            voided: false,
            refunds: BTreeMap::new(),
            at_processor: Vec::new(),
            disputes: Vec::new(),
        }
    }

    pub(super) fn answer(&self, id: ChargeId, now: Duration) -> ChargeAnswer {
        let reference = || Some(format!("seeded_{id}").into());
        if now < self.arrives {
            ChargeAnswer::Unknown
        } else if self.voided {
            ChargeAnswer::Declined { reason: "the payment was cancelled".into() }
        } else if now < self.decided {
            ChargeAnswer::Pending
        } else if self.declined {
            ChargeAnswer::Declined { reason: "the card was declined".into() }
        } else if now < self.confirmed {
            match format!("secret_{id}").parse() {
                Ok(client_secret) => ChargeAnswer::ActionRequired { client_secret },
                Err(_) => ChargeAnswer::Pending,
            }
        } else if self.aside {
            ChargeAnswer::Authorized { reference: reference() }
        } else {
            ChargeAnswer::Charged { reference: reference() }
        }
    }

    pub(super) fn is_taken(&self, now: Duration) -> bool {
        now >= self.decided.max(self.confirmed) && !self.declined && !self.voided && !self.aside
    }

    pub(super) fn capture(&mut self, released: bool) {
        if self.aside {
            (self.aside, self.voided) = (false, released);
        }
    }

    pub(super) fn void(&mut self, now: Duration) {
        if !self.is_taken(now) {
            (self.aside, self.voided) = (false, true);
        }
    }

    /// Answers a refund request. Some are refused permanently, as when the card's account is closed.
    pub(super) fn refund(
        &mut self,
        request: &RefundRequest,
        now: Duration,
        rng: &mut Rng,
        honest: bool,
    ) -> RefundAnswer {
        let possible = self.is_taken(now) && request.amount.minor() <= self.left();
        let refused = !possible || !honest && rng.per_mille(80);
        let (_, given) = *self.refunds.entry(request.refund_id).or_insert((request.amount, !refused));
        if given {
            RefundAnswer::Refunded { reference: Some(format!("seeded_{}", request.refund_id).into()) }
        } else {
            RefundAnswer::Refused { reason: "the account is closed".into() }
        }
    }

    pub(super) fn refund_at_processor(&mut self, reference: Arc<str>, rng: &mut Rng) {
        let left = self.left();
        let part = if rng.per_mille(500) { left } else { rng.below(left.max(1)) };
        if let Ok(amount) = Money::from_minor(part, self.amount.currency()) {
            self.at_processor.push((reference, amount));
        }
    }

    fn left(&self) -> u64 {
        let given = self.refunds.values().filter(|(_, given)| *given).map(|(amount, _)| amount.minor());
        let desk = self.at_processor.iter().map(|(_, amount)| amount.minor());
        self.amount.minor().saturating_sub(given.chain(desk).sum())
    }

    /// Returns the unsolicited reports about the charge.
    pub(super) fn reports(&self, charge_id: ChargeId, now: Duration) -> Vec<GatewayReport> {
        let order_id = self.order;
        let mut facts = Vec::new();
        if now < self.arrives {
            return facts;
        }
        let answer = self.answer(charge_id, now);
        if !matches!(answer, ChargeAnswer::Pending) {
            facts.push(GatewayReport::Charge { order_id, charge_id, answer });
        }
        for (reference, amount) in &self.at_processor {
            let (reference, amount) = (Arc::clone(reference), *amount);
            facts.push(GatewayReport::RefundElsewhere { order_id, charge_id, reference, amount });
        }
        for (reference, closed) in &self.disputes {
            let (reference, amount) = (Arc::clone(reference), self.amount);
            let opened = Arc::clone(&reference);
            facts.push(GatewayReport::DisputeOpened {
                order_id,
                charge_id,
                reference: opened,
                amount,
                reason: "fraud".into(),
            });
            if let Some(won) = *closed {
                facts.push(GatewayReport::DisputeClosed { order_id, charge_id, reference, won });
            }
        }
        facts
    }
}
