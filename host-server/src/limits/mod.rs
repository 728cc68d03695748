//! Limits on requests: on concurrent work, and on the rate of each client.

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
pub(crate) use rates::{PasswordsUsedUp, Rates};
pub(crate) use shares::Share;
#[cfg(feature = "cli")]
pub(crate) use shares::{Bounds, Resource, Shares};
pub(crate) use streams::Streams;
