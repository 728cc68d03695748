//! Tests of the member: its transitions one by one, and worlds of several members with simulated servers.

mod bench;
mod campaigning;
mod following;
#[cfg(feature = "failpoints")]
mod planted;
mod second_host;
mod seeds;
mod world;
mod writing;
