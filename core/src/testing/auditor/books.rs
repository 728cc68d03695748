//! Where the money is, by what the gateway was asked and said.

use std::collections::{BTreeMap, BTreeSet};

use super::{Auditor, Verdict, ensure};
use crate::ChargeStatus;
use crate::types::{ChargeId, Money};

/// Something that was said between the box office and its gateway.
#[derive(Debug, Clone)]
pub(crate) enum GatewayNews {
    /// The gateway is asked for the money.
    AskedToCharge(ChargeId, Money),
    /// The gateway said that it took the money.
    SaidCharged(ChargeId),
    /// The gateway is asked to give the money back.
    AskedToRefund(ChargeId, Money),
    /// The gateway said that it gave the money back.
    SaidRefunded(ChargeId),
}

#[derive(Debug, Default)]
pub(super) struct Books {
    charged: BTreeSet<ChargeId>,
    given_back: BTreeSet<ChargeId>,
}

impl Books {
    pub(super) fn said(&mut self, news: &GatewayNews) {
        match news {
            GatewayNews::SaidCharged(id) => drop(self.charged.insert(*id)),
            GatewayNews::SaidRefunded(id) => drop(self.given_back.insert(*id)),
            GatewayNews::AskedToCharge(..) | GatewayNews::AskedToRefund(..) => {}
        }
    }

    pub(super) fn has_said_charged(&self, id: ChargeId) -> bool {
        self.charged.contains(&id)
    }

    pub(super) fn has_given_back(&self, id: ChargeId) -> bool {
        self.given_back.contains(&id)
    }
}

impl Auditor {
    /// Nobody asks the gateway for anything before the intent is in the journal.
    pub(super) fn books_allow(&self, news: &GatewayNews) -> Verdict {
        let (id, amount, is_refund) = match news {
            GatewayNews::AskedToCharge(id, amount) => (id, amount, false),
            GatewayNews::AskedToRefund(id, amount) => (id, amount, true),
            GatewayNews::SaidCharged(_) | GatewayNews::SaidRefunded(_) => return Ok(()),
        };
        let order = self.charges.get(id).and_then(|order| self.orders.get(order));
        let intent = order.and_then(|claim| claim.charge.as_ref()).filter(|charge| charge.id == *id);
        let intent = intent.ok_or_else(|| format!("the gateway was asked about charge {id} without an intent"))?;
        ensure(intent.amount == *amount, || format!("the gateway was asked for {amount:?}, not {:?}", intent.amount))?;
        let going_back = matches!(intent.status, ChargeStatus::Refunding | ChargeStatus::Refunded);
        ensure(!is_refund || going_back, || {
            format!("the gateway was asked to give charge {id} back while it was {}", intent.status)
        })
    }

    /// Each charge ended, as the gateway's own books have it; and what was taken and not given back is what complete orders
    /// cost.
    pub(super) fn balance(&self, taken: &BTreeSet<ChargeId>) -> Verdict {
        let mut sums: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for claim in self.orders.values() {
            let Some(charge) = &claim.charge else { continue };
            let (taken, back) = (taken.contains(&charge.id), self.books.has_given_back(charge.id));
            let right = match charge.status {
                ChargeStatus::Succeeded => taken && !back && claim.is_complete(),
                ChargeStatus::Failed => !taken && !claim.is_complete(),
                ChargeStatus::Refunded => taken && back,
                ChargeStatus::Pending | ChargeStatus::Refunding => false,
            };
            ensure(right, || {
                let (id, status) = (charge.id, charge.status);
                format!("charge {id} is {status} in the end; its money was taken: {taken}, given back: {back}")
            })?;
            let sum = sums.entry(charge.amount.currency().code()).or_default();
            sum.0 += if taken && !back { charge.amount.minor() } else { 0 };
            let kept = claim.is_complete() && charge.status == ChargeStatus::Succeeded;
            sum.1 += if kept { claim.total.minor() } else { 0 };
        }
        let unknown = taken.iter().find(|id| !self.charges.contains_key(id));
        ensure(unknown.is_none(), || format!("the gateway took money for a charge nobody knows: {unknown:?}"))?;
        sums.iter().try_for_each(|(currency, (taken, earned))| {
            ensure(taken == earned, || format!("{taken} {currency} were taken, complete orders come to {earned}"))
        })
    }
}
