//! Values that the writer publishes for readers.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::domain::State;
use crate::types::Timestamp;

/// Values that the writer publishes for readers.
#[derive(Debug, Default)]
pub(crate) struct EngineMetrics {
    /// Earliest deadline in milliseconds; 0 if none is watched.
    next_deadline: AtomicU64,
    open_orders: AtomicUsize,
}

/// Metrics of one state.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Values {
    next_deadline: Option<Timestamp>,
    open_orders: usize,
}

impl Values {
    pub(super) fn of(state: &State) -> Self {
        Self { next_deadline: state.deadlines().next(), open_orders: state.open_orders() }
    }
}

impl EngineMetrics {
    pub(super) fn set(&self, metrics: Values) {
        self.next_deadline.store(metrics.next_deadline.map_or(0, Timestamp::as_millis), Ordering::Relaxed);
        self.open_orders.store(metrics.open_orders, Ordering::Relaxed);
    }

    /// Returns the earliest watched deadline.
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        match self.next_deadline.load(Ordering::Relaxed) {
            0 => None,
            ms => Some(Timestamp::from_millis(ms)),
        }
    }

    /// Returns the number of orders that hold tickets.
    pub(crate) fn open_orders(&self) -> usize {
        self.open_orders.load(Ordering::Relaxed)
    }
}
