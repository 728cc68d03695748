//! Callers that wait for the outcome of a charge.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use rustc_hash::FxHashMap;
use tokio::sync::oneshot;

use crate::domain::Order;
use crate::types::OrderId;

/// Callers that wait until an order's charge is settled.
#[derive(Debug, Default)]
pub(crate) struct Waiters(Mutex<FxHashMap<OrderId, Vec<oneshot::Sender<Arc<Order>>>>>);

impl Waiters {
    /// Returns a future of the order once its charge is settled. Call it before checking if the charge is already
    /// settled.
    pub(crate) fn wait_for(self: &Arc<Self>, order: OrderId) -> Waiting {
        let (sender, receiver) = oneshot::channel();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(order).or_default().push(sender);
        Waiting { waiters: Arc::clone(self), order, receiver }
    }

    /// Sends the order to all callers that wait for it.
    pub(super) fn settled(&self, order: &Arc<Order>) {
        let senders = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&order.id);
        for sender in senders.into_iter().flatten() {
            // A caller that no longer waits needs no answer.
            let _ = sender.send(Arc::clone(order));
        }
    }

    /// Drops the senders of callers that no longer wait for this order.
    fn tidy(&self, order: OrderId) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(senders) = waiting.get_mut(&order) {
            senders.retain(|sender| !sender.is_closed());
            if senders.is_empty() {
                waiting.remove(&order);
            }
        }
    }
}

/// Registration of a waiting caller, removed when it is dropped. This also covers orders that never change, because
/// they do not exist or have ended.
#[derive(Debug)]
pub(crate) struct Waiting {
    waiters: Arc<Waiters>,
    order: OrderId,
    receiver: oneshot::Receiver<Arc<Order>>,
}

impl Future for Waiting {
    type Output = Result<Arc<Order>, oneshot::error::RecvError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.receiver).poll(context)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.receiver.close();
        self.waiters.tidy(self.order);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_kept_of_those_who_no_longer_wait() {
        let waiters = Arc::new(Waiters::default());
        let order = OrderId::from_bytes([1; 16]);
        let (one, other) = (waiters.wait_for(order), waiters.wait_for(order));
        drop(one);
        assert_eq!(waiters.0.lock().unwrap()[&order].len(), 1);
        drop(other);
        assert!(waiters.0.lock().unwrap().is_empty());
    }
}
