//! How long nobody leads after a writer's end.

use super::{Plan, World};
use crate::journal::jetstream::simulated::Fault;

/// How a writer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum End {
    /// At once.
    Killed,
    /// As a process that is told to end.
    Terminated,
}

impl World {
    /// Ends the writer of a world without faults; returns the milliseconds until another host leads.
    pub(in super::super) fn silence(seed: u64, end: End) -> u64 {
        let mut world = Self::new(seed, &Plan::FAIR);
        let at = world.net.rng.between(5_000, 8_000);
        world.run(at);
        let host = world.writer().expect("a writer");
        let fault = match end {
            End::Killed => Fault::Crash { host, is_power_cut: true },
            End::Terminated => Fault::Terminate { host },
        };
        let lasts = world.net.rng.between(200, 12_000);
        world.fault(fault, lasts);
        let leads = |world: &Self| world.writer().is_some_and(|writer| writer != host);
        while !leads(&world) && world.net.now < at + 10_000 {
            world.run(world.net.now + 1);
        }
        world.net.now - at
    }
}
