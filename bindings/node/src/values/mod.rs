//! Values that have a form of their own here: money, records of the journal, and what gateways are asked. All others are generated.

mod journal;
mod money;
mod requests;
mod webhooks;

pub(crate) use journal::JournalRecord;
pub(crate) use money::{FeePolicy, Money, SignedMoney};
pub(crate) use requests::{ChargeRequest, LookupRequest, RefundRequest};
pub(crate) use webhooks::WebhookMessage;
