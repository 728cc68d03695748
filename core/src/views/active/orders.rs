//! Orders in memory.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::domain::Order;
use crate::domain::payment::ChargeStatus;
use crate::types::{ChargeId, OrderId, Timestamp};
use crate::views::index::{PerUser, order_key, own_charge};

/// The orders in memory with their indexes.
#[derive(Debug, Default)]
pub(in crate::views) struct ActiveOrders {
    pub(in crate::views) by_id: FxHashMap<OrderId, Arc<Order>>,
    pub(in crate::views) by_buyer: PerUser,
    pub(in crate::views) by_charge: FxHashMap<ChargeId, OrderId>,
    /// Orders whose charge is in progress at the gateway.
    pub(in crate::views) pending: FxHashSet<OrderId>,
    /// Orders whose money waits for an operator.
    pub(in crate::views) escalated: FxHashSet<OrderId>,
    /// Orders that hold tickets, by deadline, so that the next few are found without a full scan.
    pub(in crate::views) open: BTreeSet<(Timestamp, OrderId)>,
}

impl ActiveOrders {
    /// Indexes these orders at once, which is faster than one by one.
    pub(in crate::views) fn of(orders: &[Arc<Order>]) -> Self {
        let charged = orders.iter().filter_map(|order| Some((own_charge(order)?.id, order.id)));
        Self {
            by_id: orders.iter().map(|order| (order.id, Arc::clone(order))).collect(),
            by_buyer: orders.iter().map(|order| (order.buyer_id, order_key(order))).collect(),
            by_charge: charged.collect(),
            pending: orders.iter().filter(|order| is_pending(order)).map(|order| order.id).collect(),
            escalated: orders.iter().filter(|order| is_escalated(order)).map(|order| order.id).collect(),
            open: orders.iter().filter_map(|order| deadline(order)).collect(),
        }
    }

    /// Returns `true` if the order is here in exactly this state.
    pub(super) fn has(&self, order: &Arc<Order>) -> bool {
        self.by_id.get(&order.id).is_some_and(|known| Arc::ptr_eq(known, order))
    }

    /// Replaces the orders by these states. It rebuilds the indexes if there are many, which is faster.
    pub(super) fn replace_all(&mut self, orders: &[Arc<Order>]) {
        if orders.len() < self.by_id.len() / 4 {
            for order in orders {
                self.replace(order);
            }
            return;
        }
        let mut by_id = std::mem::take(&mut self.by_id);
        by_id.extend(orders.iter().map(|order| (order.id, Arc::clone(order))));
        let all: Vec<_> = by_id.into_values().collect();
        *self = Self::of(&all);
    }

    /// Replaces the order by this state.
    pub(super) fn replace(&mut self, order: &Arc<Order>) {
        let is_pending = is_pending(order);
        if is_pending {
            self.pending.insert(order.id);
        }
        if is_escalated(order) {
            self.escalated.insert(order.id);
        } else if !self.escalated.is_empty() {
            self.escalated.remove(&order.id);
        }
        let deadline = deadline(order);
        let old = self.by_id.insert(order.id, Arc::clone(order));
        let old_deadline = old.as_ref().and_then(|old| self::deadline(old));
        if old_deadline != deadline {
            if let Some(old) = old_deadline {
                self.open.remove(&old);
            }
            self.open.extend(deadline);
        }
        match &old {
            Some(old) => {
                if self::is_pending(old) && !is_pending {
                    self.pending.remove(&order.id);
                }
            }
            // The buyer and the time of creation never change.
            None => {
                self.by_buyer.insert(order.buyer_id, order_key(order));
            }
        }
        if let Some(charge) = own_charge(order)
            && old.as_ref().is_none_or(|old| old.charge.is_none())
        {
            self.by_charge.insert(charge.id, order.id);
        }
    }

    /// Returns the first `limit` orders that hold tickets, ordered by deadline. It reads no others.
    pub(in crate::views) fn next_open(&self, limit: usize) -> Vec<Arc<Order>> {
        self.open.iter().take(limit).filter_map(|(_, id)| self.by_id.get(id)).cloned().collect()
    }

    /// Evicts orders that the checkpoint file has, unless they have changed since.
    pub(in crate::views) fn evict(&mut self, written: &[Arc<Order>]) {
        for order in written {
            if self.has(order) {
                self.by_id.remove(&order.id);
                self.pending.remove(&order.id);
                self.escalated.remove(&order.id);
                if let Some(deadline) = deadline(order) {
                    self.open.remove(&deadline);
                }
                self.by_buyer.remove(order.buyer_id, order_key(order));
                if let Some(charge) = own_charge(order) {
                    self.by_charge.remove(&charge.id);
                }
            }
        }
    }
}

/// Returns the order's position among those that hold tickets, if it is one of them.
fn deadline(order: &Order) -> Option<(Timestamp, OrderId)> {
    order.status.is_open().then_some((order.expires_at, order.id))
}

fn is_escalated(order: &Order) -> bool {
    order.charge.as_ref().is_some_and(|charge| charge.status == ChargeStatus::Escalated)
}

fn is_pending(order: &Order) -> bool {
    order.charge.as_ref().is_some_and(|charge| !charge.status.is_settled())
}
