//! Hand-written types: money, records of the journal, and the requests to gateways. All other types are generated.

mod journal;
mod money;
mod requests;
mod webhooks;

pub(crate) use journal::JournalRecord;
pub(crate) use money::{FeePolicy, Money, SignedMoney};
pub(crate) use requests::{ChargeRequest, LookupRequest, RefundRequest};
pub(crate) use webhooks::WebhookMessage;
