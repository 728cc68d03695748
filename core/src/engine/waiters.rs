//! Callers that wait for the outcome of a charge, whoever brings it.

use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;
use tokio::sync::oneshot;

use crate::domain::Order;
use crate::types::OrderId;

/// Callers that wait until nothing is under way any more with the charge of an order.
#[derive(Debug, Default)]
pub(crate) struct Waiters(Mutex<FxHashMap<OrderId, Vec<oneshot::Sender<Arc<Order>>>>>);

impl Waiters {
    /// Gets the order as soon as its charge is settled. Ask before looking whether it is already.
    pub(crate) fn wait_for(&self, order: OrderId) -> oneshot::Receiver<Arc<Order>> {
        let (sender, receiver) = oneshot::channel();
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let senders = waiting.entry(order).or_default();
        senders.retain(|sender| !sender.is_closed());
        senders.push(sender);
        receiver
    }

    /// Tells everybody who waits for this order.
    pub(super) fn settled(&self, order: &Arc<Order>) {
        let senders = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&order.id);
        for sender in senders.into_iter().flatten() {
            // A caller that no longer waits has nothing to hear.
            let _ = sender.send(Arc::clone(order));
        }
    }
}
