//! Watched deadlines.

use std::collections::BTreeSet;

use crate::domain::order::Order;
use crate::failpoint::Failpoint;
use crate::types::{OrderId, Timestamp};

/// Deadlines of all orders in state `created`, the earliest first. Among equal deadlines, the older order comes first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Deadlines(BTreeSet<(Timestamp, OrderId)>);

impl Deadlines {
    pub(in crate::domain) fn watch(&mut self, order: &Order) {
        self.0.insert((order.expires_at, order.id));
    }

    pub(in crate::domain) fn forget(&mut self, order: &Order) {
        self.0.remove(&(order.expires_at, order.id));
    }

    /// Returns the earliest deadline.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.0.first().map(|(at, _)| *at)
    }

    /// Returns the first `limit` orders whose deadline has been reached at `now`, in the order of their deadlines.
    pub(crate) fn due(&self, now: Timestamp, limit: usize) -> Vec<OrderId> {
        let is_due = |at: Timestamp| at < now || at == now && !Failpoint::DeadlineOffByOne.is_active();
        self.0.iter().take_while(|(at, _)| is_due(*at)).take(limit).map(|(_, id)| *id).collect()
    }
}
