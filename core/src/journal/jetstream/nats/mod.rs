//! The servers: everything that sends, receives and waits.
//!
//! - [`connection`]: the client, with TLS and credentials.
//! - [`api`]: JetStream's own requests and answers.
//! - [`stream`], [`subjects`]: the stream, and the names on the servers.
//! - [`config`], [`monitoring`], [`watch`]: whether the stream and the servers are what they must be.
//! - [`session`]: opening. [`driver`]: what the rest of the process sees of it afterwards.
//! - [`protocol`]: runs the protocol. [`reader`]: reads the stream. [`shared`]: what the parts share.
//! - [`forward`], [`desk`], [`serve`], [`parcel`]: commands on their way to the writer, and back.
//! - [`payers`], [`paying`]: who has the card processor's keys, and questions to it from hosts that have none.
//! - [`keys`]: keys of personal data. [`copying`], [`transfer`]: copies for new hosts. [`seal`]: what only hosts can read of all that.
//!
//! **Invariant:** no answer of a server is a verdict. What this host's own reader, or an acknowledgement of the very place,
//! says about a place in the stream is.

mod api;
mod config;
mod connection;
mod copying;
pub(super) mod desk;
mod driver;
mod forward;
pub(super) mod heard;
mod keys;
mod monitoring;
mod parcel;
mod payers;
mod paying;
mod protocol;
mod reader;
mod runtime;
mod seal;
mod serve;
mod session;
mod setup;
mod shared;
mod stream;
mod subjects;
#[cfg(test)]
mod tests;
mod tickets;
mod transfer;
mod watch;

pub(crate) use self::connection::{Credentials, Servers};
pub(crate) use self::desk::{Reply, Response, Unanswered};
pub(crate) use self::driver::{Driver, Status};
pub(crate) use self::paying::{Asking, Cashier, InForce, Inquiry, NoAnswer};
#[cfg(test)]
pub(crate) use self::seal::Purpose;
pub(crate) use self::seal::Sealer;
pub(crate) use self::serve::Executor;
pub(crate) use self::session::{Host, OpenFailure, Session};
pub(crate) use self::setup::{Overview, Setup, SetupFailure};
pub(crate) use self::shared::{News, Timepiece};
