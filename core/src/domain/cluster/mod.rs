//! The hosts of a cluster, and which of them vote for the one that writes.
//!
//! ```text
//!   (nothing) ──JoinHost──▶ member ──LeaveHost──▶ left ──JoinHost──▶ member
//!                            │  ▲
//!                            └──┘ JoinHost: another name, or another vote
//! ```
//!
//! A journal of one host has none of this, and a directory with hosts opens alone like any other.
//!
//! **Invariant:** one host joins or leaves at a time: the next does so once the one before is durable. So two majorities of
//! voters, one before and one after, always have a host in common.
//!
//! **Invariant:** once hosts vote, one always does.

mod join_host;
mod leave_host;
mod rejection;
mod state;
#[cfg(test)]
mod tests;

pub use join_host::HostJoined;
pub(crate) use join_host::JoinHost;
pub use leave_host::HostLeft;
pub(crate) use leave_host::LeaveHost;
pub(crate) use rejection::{Rejection, codes};
pub use state::Host;
pub(crate) use state::Hosts;
