//! Limits on what clients may ask: on what is under way at once, and on how much one of them asks.

mod load;
mod rates;
mod streams;

pub(crate) use load::Load;
pub(crate) use rates::{Rates, client};
pub(crate) use streams::Streams;
