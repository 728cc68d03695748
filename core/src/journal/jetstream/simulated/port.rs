//! Where a host meets the network: its member of the protocol, its server, its consumer and its clock.

use crate::journal::jetstream::member::Member;
use crate::types::HostId;

/// A consumer that reads the stream from one server.
#[derive(Debug, Clone, Copy)]
pub(super) struct Consumer {
    pub(super) id: u64,
    pub(super) server: usize,
    pub(super) next: u64,
    /// Since when it has given no sign.
    pub(super) silent_since: Option<u64>,
    /// It says that it lives, and delivers nothing.
    pub(super) stuck_to: u64,
    /// It delivers one message after the other, with such pauses, until then.
    pub(super) slow: (u64, u64),
    /// The next is delivered no earlier.
    pub(super) ready_at: u64,
}

/// Where a host meets the network.
#[derive(Debug)]
pub(crate) struct Port {
    pub(crate) id: HostId,
    /// Number of its process.
    pub(crate) process: u64,
    /// The protocol, while the process runs.
    pub(crate) member: Option<Member>,
    /// Server that it is connected to.
    pub(crate) home: usize,
    pub(super) consumer: Option<Consumer>,
    /// Question for the end of the stream that is under way, and when it was asked.
    pub(super) asking: Option<(u64, u64)>,
    /// Difference of its clock.
    pub(crate) ahead: i64,
    /// The process does nothing before this.
    pub(crate) paused_to: u64,
    /// `true` if it has the keys of all personal data.
    pub(crate) has_keys: bool,
}

impl Port {
    /// Creates the port of a host whose clock differs by so many milliseconds.
    pub(crate) fn new(id: HostId, home: usize, ahead: i64) -> Self {
        let (process, paused_to) = (0, 0);
        Self { id, process, member: None, home, consumer: None, asking: None, ahead, paused_to, has_keys: true }
    }
}
