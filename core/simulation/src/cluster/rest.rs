//! The end of a run: all faults end, all work is completed, and everything is compared.

use std::time::Duration;

use super::run::{Phase, Run};
use crate::auditor::Verdict;
use crate::inspect;

/// Most time until all hosts are level once nothing is wrong any more, in milliseconds.
const HEALED_WITHIN: u64 = 45_000;

/// Most time until a host has noticed that the stream has lost messages.
const NOTICED_WITHIN: u64 = 30_000;

/// Most time until all hosts have ended.
const ENDED_WITHIN: u64 = 30_000;

/// Interval in which is looked whether something has come about.
const LOOK_EVERY: u64 = 50;

/// Time in which work is done that has become due.
const WORKS_FOR: u64 = 400;

impl Run {
    /// Ends all faults, completes all work, and closes the auditor's books.
    pub(super) fn finish(&mut self) -> Verdict {
        (self.phase, self.jump) = (Phase::Quiet, None);
        self.tell("all faults end");
        self.cluster.heal();
        self.hosts.iter().for_each(|at| at.disks.mend());
        self.until("the cluster is not well", HEALED_WITHIN, Self::unrest)?;
        if self.loses_tail {
            return self.lose_tail();
        }
        self.till.recover();
        self.run_on(Duration::from_mins(1), 30)?;
        // Requests in transit arrive hours later, without a report.
        self.run_on(Duration::from_mins(10), 6 * 4)?;
        self.until("the cluster is not level", HEALED_WITHIN, Self::unrest)?;
        self.compare_all()?;
        self.close()
    }

    /// Lets the world go on until `missing` returns nothing any more.
    fn until(&mut self, what: &str, within: u64, missing: impl Fn(&Self) -> Option<String>) -> Verdict {
        let ends_at = self.cluster.now() + within;
        while let Some(why) = missing(self) {
            if self.cluster.now() >= ends_at {
                return Err(format!("{what} after {within} ms: {why}"));
            }
            self.go_on(self.cluster.now() + LOOK_EVERY)?;
        }
        Ok(())
    }

    /// Returns why the cluster is not level and at rest, if it isn't.
    fn unrest(&self) -> Option<String> {
        let behind = |host: usize| match self.process(host) {
            Ok(process) if process.engine.head().is_ok_and(|head| head == self.auditor.head()) => None,
            Ok(_) => Some(format!("host {host} does not have all records")),
            Err(why) => Some(why),
        };
        self.cluster.problem().or_else(|| (0..self.hosts.len()).find_map(behind)).or_else(|| self.haste())
    }

    /// Returns that somebody waits, if so.
    fn haste(&self) -> Option<String> {
        (!self.cluster.is_idle()).then(|| "commands are on their way".to_owned())
    }

    fn run_on(&mut self, time: Duration, times: u32) -> Verdict {
        for _ in 0..times {
            self.until("commands are not answered", HEALED_WITHIN, Self::haste)?;
            self.skip(time);
            self.go_on(self.cluster.now() + WORKS_FOR)?;
        }
        Ok(())
    }

    /// Compares all entities at every host, and the money with the gateway's own books.
    fn compare_all(&self) -> Verdict {
        for host in 0..self.hosts.len() {
            self.cluster.sweep_keys(host).map_err(|error| format!("the keys of host {host}: {error}"))?;
            inspect::all(self.process(host)?, &self.auditor).map_err(|what| format!("host {host}: {what}"))?;
        }
        let charges = self.auditor.charges();
        let standing = inspect::standing(self.process(0)?, self.till.gateway.as_ref(), &charges);
        self.auditor.close(&standing)
    }

    /// Ends all processes, and checks that everybody was answered.
    fn close(&mut self) -> Verdict {
        self.phase = Phase::Over;
        (0..self.hosts.len()).for_each(|host| self.terminate(host));
        let running = |run: &Self| {
            let host = run.hosts.iter().position(|at| at.process.is_some())?;
            Some(format!("host {host} still runs"))
        };
        self.until("the cluster does not end", ENDED_WITHIN, running)?;
        self.auditor.nobody_waits()
    }

    /// Makes the stream lose its last messages: that is noticed, and nothing else happens.
    fn lose_tail(&mut self) -> Verdict {
        self.phase = Phase::Damaged;
        self.mishap("the stream loses its last messages");
        self.cluster.forget_tail();
        let silent = |run: &Self| {
            let has_alarm = (0..run.hosts.len()).any(|host| run.cluster.alarm(host).is_some());
            (!has_alarm).then(|| "no host sounds the alarm".to_owned())
        };
        self.until("nobody has noticed that the stream has lost messages", NOTICED_WITHIN, silent)
    }
}
