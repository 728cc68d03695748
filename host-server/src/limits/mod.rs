//! Limits on what clients may ask: on what is under way at once, and on how much one of them asks.

mod client;
mod forwarded;
mod load;
mod rates;
mod shares;
mod streams;

#[cfg(feature = "cli")]
pub(crate) use client::network;
pub(crate) use client::{Client, Clients};
pub(crate) use load::{BodyRoom, Load};
pub(crate) use rates::Rates;
pub(crate) use shares::Share;
#[cfg(feature = "cli")]
pub(crate) use shares::{Bounds, Resource, Shares};
pub(crate) use streams::Streams;
