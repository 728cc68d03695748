//! Compares the card processor's own books with the journal.

use std::collections::{BTreeMap, BTreeSet};

use boxoffice::{ChargeId, Money, OrderId, RefundId};

use super::orders::Claim;
use super::payments::Payment;
use super::{Auditor, Verdict, ensure};
use crate::gateway::Movement;

/// Card processor's own books.
#[derive(Debug, Default)]
pub(super) struct ProcessorBooks {
    taken: BTreeMap<ChargeId, Money>,
    refunds: BTreeSet<RefundId>,
    returned: BTreeMap<ChargeId, u64>,
}

impl ProcessorBooks {
    fn returned(&self, id: ChargeId) -> u64 {
        self.returned.get(&id).copied().unwrap_or(0)
    }
}

impl Auditor {
    /// Enables the comparison with the card processor's own books.
    pub(crate) fn reads_processor(&mut self) {
        self.processor = Some(ProcessorBooks::default());
    }

    /// Checks the next movement in the card processor's own books. All records published before must have been checked
    /// before.
    pub(crate) fn moved(&mut self, movement: &Movement) -> Verdict {
        match *movement {
            Movement::Taken { charge_id, amount } => self.taken(charge_id, amount),
            Movement::Returned { charge_id, refund_id, amount } => self.returned(charge_id, refund_id, amount),
        }
    }

    /// Checks that money is taken once for each charge, and therefore once for each order, with the recorded amount.
    fn taken(&mut self, id: ChargeId, amount: Money) -> Verdict {
        let (order, intent) = self.intent(id)?;
        let expected = intent.amount;
        ensure(amount == expected, || format!("the processor took {amount:?} for order {order}, not {expected:?}"))?;
        let again = self.processor.get_or_insert_default().taken.insert(id, amount);
        ensure(again.is_none(), || format!("the processor took the money of order {order} twice: charge {id}"))
    }

    /// Checks that money goes back once for each refund, with the recorded amount, and never more than was taken.
    fn returned(&mut self, id: ChargeId, refund: Option<RefundId>, amount: Money) -> Verdict {
        let (order, intent) = self.intent(id)?;
        let started = |refund: &RefundId| intent.refunds.get(refund).is_some_and(|it| it.amount == amount);
        ensure(refund.as_ref().is_none_or(started), || {
            format!("the processor gave {amount:?} of order {order} back as {refund:?} without an intent")
        })?;
        let books = self.processor.get_or_insert_default();
        let new = refund.is_none_or(|refund| books.refunds.insert(refund));
        ensure(new, || format!("the processor gave the money of order {order} back twice: refund {refund:?}"))?;
        let returned = books.returned.entry(id).or_default();
        *returned += amount.minor();
        let (back, taken) = (*returned, books.taken.get(&id).map_or(0, |taken| taken.minor()));
        ensure(back <= taken, || format!("the processor took {taken} of charge {id}, and gave {back} back"))
    }

    fn intent(&self, id: ChargeId) -> Verdict<(OrderId, &Payment)> {
        let order = self.charges.get(&id).copied();
        let claim = order.and_then(|order| Some((order, self.orders.get(&order)?)));
        let intent = claim.and_then(|(order, claim)| Some((order, claim.charge.as_ref()?)));
        let intent = intent.filter(|(_, charge)| charge.id == id);
        intent.ok_or_else(|| format!("the processor moved money of charge {id}, of which the journal has no intent"))
    }

    /// Checks at the end that the processor took and gave back the amounts in the journal.
    pub(super) fn processor_agrees(&self, order: OrderId, claim: &Claim, is_taken: bool) -> Verdict {
        let (Some(books), Some(charge)) = (&self.processor, &claim.charge) else { return Ok(()) };
        let (id, taken) = (charge.id, books.taken.contains_key(&charge.id));
        ensure(taken == is_taken, || {
            format!("charge {id} of order {order}: the gateway says taken: {is_taken}, the processor's books: {taken}")
        })?;
        let (back, known) = (books.returned(id), charge.refunded());
        ensure(back == known, || {
            format!("charge {id} of order {order}: the processor gave {back} back, the journal says {known}")
        })
    }
}
