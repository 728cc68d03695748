//! Refusing prices that the card processor can't charge.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::future::Future as _;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::Inner;
use crate::error::FieldErrors;
use crate::gateway::{AmountAnswer, GatewayError};
use crate::types::Money;

impl Inner {
    /// Notes each price that the card processor can't charge under the name of its field. Each amount is asked about once.
    pub(super) async fn check_prices(
        &self,
        prices: impl IntoIterator<Item = (String, Money)>,
        faults: &mut FieldErrors,
    ) {
        let mut known: HashMap<Money, Option<Arc<str>>> = HashMap::new();
        for (field, price) in prices {
            let refusal = match known.entry(price) {
                Entry::Occupied(entry) => entry.into_mut(),
                Entry::Vacant(entry) => entry.insert(self.refusal_of(price).await),
            };
            if let Some(reason) = refusal {
                faults.add(field, format_args!("can't be charged: {reason}"));
            }
        }
    }

    /// Returns why the card processor can't charge an amount; `None` if it can, or does not tell.
    async fn refusal_of(&self, amount: Money) -> Option<Arc<str>> {
        let worker = Arc::clone(&self.worker);
        let wait = worker.call_timeout();
        let mut asking = Box::pin(async move { worker.check_amount(amount).await });
        let at_once = {
            // Most gateways know at once; others may need a runtime, which the caller may not have.
            let _runtime = self.runtime_handle.enter();
            asking.as_mut().poll(&mut Context::from_waker(Waker::noop()))
        };
        let answer = match at_once {
            Poll::Ready(answer) => answer,
            Poll::Pending => {
                let late = |_| Err(GatewayError("no answer in time".into()));
                let asked = self
                    .runtime_handle
                    .spawn(async move { tokio::time::timeout(wait, asking).await.unwrap_or_else(late) });
                asked.await.unwrap_or_else(|error| Err(GatewayError(error.to_string())))
            }
        };
        match answer {
            Ok(AmountAnswer::Chargeable) => None,
            Ok(AmountAnswer::Refused { reason }) => Some(reason),
            Err(error) => {
                tracing::warn!(%amount, %error, "the gateway can't tell whether it can charge a price; it is accepted");
                None
            }
        }
    }
}
