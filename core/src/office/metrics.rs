//! Current metrics of the engine.

use std::time::Duration;

use super::Inner;
use crate::failures::LastError;

/// Metrics of the engine at one moment. Reading them is cheap, so they can be scraped.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metrics {
    /// Number of commands that wait.
    pub queue_len: usize,
    /// Maximum number of commands that can wait.
    pub queue_capacity: usize,
    /// Number of orders that hold tickets.
    pub open_orders: usize,
    /// Time for which the most overdue hold has waited for its expiry to be recorded.
    pub expiry_lag: Duration,
    /// Number of the last durable record.
    pub head_seq: u64,
    /// Number of users, including erased ones.
    pub users: usize,
    /// Number of tickets on sale.
    pub tickets_available: usize,
    /// Number of tickets held by open orders.
    pub tickets_locked: usize,
    /// Number of changed entities that wait for the next checkpoint.
    pub checkpoint_lag: usize,
    /// Number of charges and refunds that wait for the card processor.
    pub pending_payments: usize,
    /// The last failure of the storage or of the card processor since the box office was opened, none if nothing has failed.
    pub last_error: Option<LastError>,
}

impl Metrics {
    pub(super) fn of(inner: &Inner) -> Self {
        let metrics = inner.views.metrics();
        let now = inner.handle.time().now();
        Self {
            queue_len: inner.handle.queue_len(),
            queue_capacity: inner.handle.queue_capacity(),
            open_orders: inner.metrics.open_orders(),
            expiry_lag: inner.metrics.next_deadline().map_or(Duration::ZERO, |deadline| now.since(deadline)),
            head_seq: inner.recent.head(),
            users: metrics.users,
            tickets_available: metrics.tickets_available,
            tickets_locked: metrics.tickets_locked,
            checkpoint_lag: inner.views.dirty(),
            pending_payments: inner.payments_under_way(),
            last_error: inner.failures.last(),
        }
    }
}
