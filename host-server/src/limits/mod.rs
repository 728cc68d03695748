//! Limits on requests: on concurrent work, and on the rate of each client.

mod load;
mod rates;
mod streams;

pub(crate) use load::Load;
pub(crate) use rates::{Rates, client};
pub(crate) use streams::Streams;
