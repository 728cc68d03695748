//! Simulated servers and the network between them and their hosts, in simulated time and all from one seed: for the
//! worlds of the protocol alone, and for those of whole box offices.
//!
//! - [`servers`]: the stream, with a leader and a quorum.
//! - [`weather`]: how bad the network is.
//! - [`port`]: where a host meets the network.
//! - [`network`]: what happens, and when.
//! - [`driver`]: what a host's driver does for its member.
//! - [`faults`]: what goes wrong, and when it ends.
//!
//! For hosts with engines:
//!
//! - [`seat`]: what an engine asks of its host's driver, and is told.
//! - [`hosts`], [`driven`]: what the drivers do for the engines.
//! - [`parcel`]: commands and keys on their way from host to host.

mod driven;
mod driver;
mod faults;
mod hosts;
mod network;
mod parcel;
mod port;
mod rng;
mod seat;
mod servers;
mod weather;

pub(crate) use self::faults::Fault;
pub(crate) use self::hosts::{Hosts, found};
pub(crate) use self::network::Happened;
#[cfg(test)]
pub(crate) use self::network::{DAWN, Network};
#[cfg(test)]
pub(crate) use self::port::Port;
#[cfg(test)]
pub(crate) use self::rng::Rng;
pub(crate) use self::seat::Seat;
#[cfg(test)]
pub(crate) use self::servers::{Entry, SERVERS};
#[cfg(test)]
pub(crate) use self::weather::{TALK_LATE_MAX, Weather};
