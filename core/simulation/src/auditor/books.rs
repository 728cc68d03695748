//! Books of the money, by the requests to the gateway and its answers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use boxoffice::{ChargeId, ChargeStatus, Money, RefundId};

use super::{Auditor, Verdict, ensure};

/// Message between the box office and its gateway.
#[derive(Debug, Clone)]
pub(crate) enum GatewayNews {
    /// The gateway is asked to charge.
    AskedToCharge(ChargeId, Money),
    /// The gateway is asked to capture an authorized charge.
    AskedToCapture(ChargeId),
    /// The gateway is asked to void an authorized charge.
    AskedToVoid(ChargeId),
    /// The gateway is asked for the outcome of a charge, which is always allowed to whoever may ask at all.
    AskedToLookUp,
    /// The gateway said that it authorized the charge.
    SaidAuthorized(ChargeId),
    /// The gateway answered, when asked, that it took the money.
    SaidCharged(ChargeId),
    /// The gateway reported by itself that it took the money. A decision made a moment before may not know it yet.
    ToldCharged(ChargeId),
    /// The gateway is asked to give money back.
    AskedToRefund(ChargeId, RefundId, Money),
    /// The gateway said that it gave the money back.
    SaidRefunded(RefundId),
    /// The gateway said that it will never give the money back.
    SaidRefused(RefundId),
    /// The gateway reported money that was given back at the processor itself.
    SaidRefundedElsewhere(ChargeId, Arc<str>, Money),
    /// The gateway reported money that the buyer's bank took back.
    SaidDisputed(ChargeId, Arc<str>, Money),
    /// The gateway reported the end of a dispute, and if it was won.
    SaidDisputeClosed(Arc<str>, bool),
}

/// Statements of the gateway.
#[derive(Debug, Default)]
pub(super) struct Books {
    authorized: BTreeSet<ChargeId>,
    charged: BTreeSet<ChargeId>,
    told: BTreeSet<ChargeId>,
    given_back: BTreeSet<RefundId>,
    refused: BTreeSet<RefundId>,
    elsewhere: BTreeMap<Arc<str>, (ChargeId, Money)>,
    disputed: BTreeMap<Arc<str>, (ChargeId, Money)>,
    disputes_closed: BTreeMap<Arc<str>, bool>,
}

/// State of a charge in the gateway's own books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// No money was taken.
    Nothing,
    /// The money is still authorized.
    SetAside,
    /// The money was taken.
    Taken,
}

impl Books {
    pub(super) fn said(&mut self, news: &GatewayNews) {
        match news {
            GatewayNews::SaidAuthorized(id) => drop(self.authorized.insert(*id)),
            GatewayNews::SaidCharged(id) => drop(self.charged.insert(*id)),
            GatewayNews::ToldCharged(id) => drop(self.told.insert(*id)),
            GatewayNews::SaidRefunded(id) => drop(self.given_back.insert(*id)),
            GatewayNews::SaidRefused(id) => drop(self.refused.insert(*id)),
            GatewayNews::SaidRefundedElsewhere(id, reference, amount) => {
                self.elsewhere.insert(Arc::clone(reference), (*id, *amount));
            }
            GatewayNews::SaidDisputed(id, reference, amount) => {
                self.disputed.insert(Arc::clone(reference), (*id, *amount));
            }
            GatewayNews::SaidDisputeClosed(reference, won) => {
                self.disputes_closed.insert(Arc::clone(reference), *won);
            }
            GatewayNews::AskedToCharge(..)
            | GatewayNews::AskedToCapture(_)
            | GatewayNews::AskedToVoid(_)
            | GatewayNews::AskedToLookUp
            | GatewayNews::AskedToRefund(..) => {}
        }
    }

    pub(super) fn has_said_authorized(&self, id: ChargeId) -> bool {
        self.authorized.contains(&id)
    }

    pub(super) fn has_said_charged(&self, id: ChargeId) -> bool {
        self.charged.contains(&id) || self.told.contains(&id)
    }

    /// Returns `true` if the gateway answered so to the caller that decides about the charge, before anything else can
    /// be decided.
    pub(super) fn has_answered_charged(&self, id: ChargeId) -> bool {
        self.charged.contains(&id)
    }

    pub(super) fn has_given_back(&self, id: RefundId) -> bool {
        self.given_back.contains(&id)
    }

    pub(super) fn has_refused(&self, id: RefundId) -> bool {
        self.refused.contains(&id)
    }

    pub(super) fn was_given_back_elsewhere(&self, reference: &str, charge: ChargeId, amount: Money) -> bool {
        self.elsewhere.get(reference) == Some(&(charge, amount))
    }

    pub(super) fn was_disputed(&self, reference: &str, charge: ChargeId, amount: Money) -> bool {
        self.disputed.get(reference) == Some(&(charge, amount))
    }

    pub(super) fn dispute_was_won(&self, reference: &str) -> Option<bool> {
        self.disputes_closed.get(reference).copied()
    }
}

impl Auditor {
    /// Checks that the intent of every request to the gateway is already in the journal.
    pub(super) fn books_allow(&self, news: &GatewayNews) -> Verdict {
        use ChargeStatus::{Authorized, Pending};

        let (GatewayNews::AskedToCharge(id, _)
        | GatewayNews::AskedToCapture(id)
        | GatewayNews::AskedToVoid(id)
        | GatewayNews::AskedToRefund(id, ..)) = news
        else {
            return Ok(());
        };
        let order = self.charges.get(id).and_then(|order| self.orders.get(order));
        let intent = order.and_then(|claim| claim.charge.as_ref()).filter(|charge| charge.id == *id);
        let intent = intent.ok_or_else(|| format!("the gateway was asked about charge {id} without an intent"))?;
        match news {
            GatewayNews::AskedToCharge(_, amount) => ensure(intent.amount == *amount, || {
                format!("the gateway was asked for {amount:?}, not {:?}", intent.amount)
            }),
            // A webhook may have reported the outcome by now.
            GatewayNews::AskedToCapture(_) => ensure(intent.status != Pending, || {
                format!("the gateway was asked to capture charge {id} while it was {}", intent.status)
            }),
            GatewayNews::AskedToVoid(_) => {
                // Money authorized in time is captured, and money that was taken goes back by a refund.
                ensure(intent.status != Authorized, || format!("the gateway was asked to void charge {id} in time"))
            }
            GatewayNews::AskedToRefund(_, refund, amount) => {
                ensure(intent.refunds.get(refund).is_some_and(|started| started.amount == *amount), || {
                    format!(
                        "the gateway was asked to give back {amount:?} of charge {id} as {refund} without an intent"
                    )
                })
            }
            _ => Ok(()),
        }
    }

    /// Checks that each charge ended as the gateway's own books say, and that money that was taken and not given back
    /// belongs to complete orders or waits for an operator.
    pub(super) fn balance(&self, standing: &BTreeMap<ChargeId, Standing>) -> Verdict {
        let mut sums: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for (order, claim) in &self.orders {
            let Some(charge) = &claim.charge else { continue };
            if charge.status == ChargeStatus::Transferred {
                let paid = charge.transferred_to.and_then(|to| self.orders.get(&to)?.charge.as_ref());
                ensure(paid.is_some_and(|paid| paid.id == charge.id), || {
                    format!("the charge of order {order} went over to an order that it does not pay")
                })?;
                continue;
            }
            let stands = standing.get(&charge.id).copied().unwrap_or(Standing::Nothing);
            let taken = stands == Standing::Taken;
            let whole = charge.refunded() == charge.amount.minor();
            let right = match charge.status {
                ChargeStatus::Succeeded => taken && !whole && claim.is_complete(),
                ChargeStatus::Failed | ChargeStatus::Voided => stands == Standing::Nothing && !claim.is_complete(),
                ChargeStatus::Refunded => taken && (whole || charge.resolved),
                ChargeStatus::Escalated | ChargeStatus::Kept => taken && !whole && !claim.is_complete(),
                _ => false,
            };
            ensure(right, || {
                let (id, status, back) = (charge.id, charge.status, charge.refunded());
                format!(
                    "charge {id} of order {order} is {status} in the end; its money: {stands:?}, given back: {back}"
                )
            })?;
            self.processor_agrees(*order, claim, taken)?;
            let sum = sums.entry(charge.amount.currency().code()).or_default();
            sum.0 += if taken { charge.amount.minor() } else { 0 };
            sum.1 += charge.refunded();
            sum.1 += match charge.status {
                ChargeStatus::Succeeded => claim.total.minor() - charge.refunded(),
                ChargeStatus::Escalated | ChargeStatus::Kept | ChargeStatus::Refunded => {
                    charge.amount.minor() - charge.refunded()
                }
                _ => 0,
            };
        }
        let unknown = standing.keys().find(|id| !self.charges.contains_key(id));
        ensure(unknown.is_none(), || format!("the gateway took money for a charge nobody knows: {unknown:?}"))?;
        sums.iter().try_for_each(|(currency, (taken, owned))| {
            ensure(taken == owned, || format!("{taken} {currency} were taken, of which {owned} have an owner"))
        })
    }
}
