//! Limits on requests: on concurrent work, on the rate of each client, and on the tickets that each user lists.

mod client;
mod forwarded;
mod listings;
mod load;
mod rates;
mod shares;
mod streams;

#[cfg(feature = "cli")]
pub(crate) use client::network;
pub(crate) use client::{Client, Clients};
pub(crate) use listings::Listings;
pub(crate) use load::{BodyRoom, Load};
pub(crate) use rates::{PasswordsUsedUp, Rates};
pub(crate) use shares::Share;
#[cfg(feature = "cli")]
pub(crate) use shares::{Bounds, Resource, Shares};
pub(crate) use streams::Streams;
