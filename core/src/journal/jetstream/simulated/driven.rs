//! State of a host's driver, for the life of its process.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use super::seat::{Caller, GivenKeys, Seat};
use crate::journal::jetstream::member::Moment;
use crate::journal::jetstream::nats::desk::Desk;
use crate::journal::jetstream::nats::heard::Heard;
use crate::types::HostId;

/// Who writes, for whoever has to send something there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Turn {
    pub(super) epoch: u64,
    /// The writer of the epoch.
    pub(super) writer: Option<HostId>,
    /// `true` if this host is the writer, and its engine knows.
    pub(super) is_mine: bool,
    /// Reason for which nothing is answered any more.
    pub(super) alarm: Option<String>,
}

/// An append that waits until a majority of the voters has the keys of its new users.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) ticket: u64,
    pub(super) body: Arc<[u8]>,
    pub(super) keys: GivenKeys,
    /// Epoch in which it was begun.
    pub(super) epoch: u64,
    /// Number of the round in which the keys are given.
    pub(super) round: u64,
    /// Hosts that have the keys.
    pub(super) stored: BTreeSet<HostId>,
    /// When they were last given.
    pub(super) given_at: Option<Moment>,
}

/// State of a host's driver.
#[derive(Default)]
pub(super) struct Driven {
    /// The ends that the process has; `None` while none runs.
    pub(super) seat: Option<Arc<Seat>>,
    pub(super) desk: Desk,
    /// Who wrote when commands were last sent.
    pub(super) turn: Turn,
    /// Epoch in which the engine leads.
    pub(super) engine_epoch: u64,
    pub(super) held: Option<Held>,
    /// Commands that the engine was asked to decide, by host and process.
    pub(super) heard: Heard<(usize, u64)>,
    /// Commands that the engine is deciding, the epoch in which they came, and where the stream ended then.
    pub(super) under_way: BTreeMap<Caller, (u64, u64)>,
    pub(super) synced_at: u64,
    /// When keys were last asked for.
    pub(super) wanted_at: u64,
    /// When the process was told to end.
    pub(super) closed_at: Option<u64>,
    /// When the member was told that it ends.
    pub(super) left_at: Option<u64>,
    /// `true` once nobody waits any more, because the process ends.
    pub(super) has_ended: bool,
}

impl fmt::Debug for Driven {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driven").field("seat", &self.seat).field("turn", &self.turn).finish_non_exhaustive()
    }
}
