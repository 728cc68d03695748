//! A machine of its own clock and disks, and the box office on it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use boxoffice::gateway::PaymentGateway;
use boxoffice::testing::{ManualClock, SeededIds};
use boxoffice::{CommandId, Limits, Timestamp};

use super::rules::Question;
use crate::Rng;
use crate::disks::Disks;
use crate::process::{Outside, Process};
use crate::watch::Watch;

/// A machine, and the box office on it.
#[derive(Debug)]
pub(super) struct Host {
    pub(super) disks: Disks,
    pub(super) clock: Arc<ManualClock>,
    pub(super) outside: Outside,
    /// `None` while none runs.
    pub(super) process: Option<Process>,
    /// Age of the world to which the process's timers have come.
    pub(super) age: Duration,
    /// Number of the last record that was compared with the auditor's.
    pub(super) seen: u64,
    /// Commands that somebody here waits for, with what was known when each was given.
    pub(super) waiting: BTreeMap<CommandId, Vec<Question>>,
    /// `true` if the process may fail: its disk was made to.
    pub(super) may_fail: bool,
}

impl Host {
    pub(super) fn new(rng: &mut Rng, gateway: &Arc<dyn PaymentGateway>, limits: Limits, at: Timestamp) -> Self {
        let disks = Disks::new(&mut rng.fork("disks"));
        let clock = Arc::new(ManualClock::at(at));
        let ids = Arc::new(SeededIds::new(rng.next_u64()));
        let (gateway, watch) = (Arc::clone(gateway), Watch::default());
        let outside = Outside { clock: clock.clone(), ids, gateway, watch, limits };
        Self {
            disks,
            clock,
            outside,
            process: None,
            age: Duration::ZERO,
            seen: 0,
            waiting: BTreeMap::new(),
            may_fail: false,
        }
    }

    /// Lets the process do what is due by now, when the world is of this age.
    pub(super) fn step(&mut self, now: Timestamp, age: Duration) {
        self.clock.set_without_waiting(now);
        if let Some(process) = &mut self.process {
            process.engine.decide();
            process.pass(age.saturating_sub(self.age));
            process.pump();
            self.age = age;
        }
    }

    /// Adds a command that somebody waits for.
    pub(super) fn asks(&mut self, id: CommandId, question: Question) {
        self.waiting.entry(id).or_default().push(question);
    }

    /// Removes the first of those who wait for a command; returns what was known when they gave it.
    pub(super) fn is_answered(&mut self, id: CommandId) -> Option<Question> {
        let questions = self.waiting.get_mut(&id)?;
        let first = (!questions.is_empty()).then(|| questions.remove(0));
        if questions.is_empty() {
            self.waiting.remove(&id);
        }
        first
    }
}
