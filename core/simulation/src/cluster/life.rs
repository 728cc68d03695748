//! Processes start, do what is due, and end.

use super::run::{Phase, Run};
use crate::auditor::Verdict;
use crate::process::Process;

impl Run {
    /// Lets a host's process do what is due.
    pub(super) fn step(&mut self, host: usize) -> Verdict {
        self.cluster.before_step(host);
        let (now, age) = (self.cluster.clock(host), self.time.elapsed());
        if let Some(at) = self.hosts.get_mut(host) {
            at.step(now, age);
        }
        if self.has_lost_power(host) {
            return Ok(());
        }
        self.examine(host)?;
        if self.is_to_be_lost(host) {
            return self.lose_writer(host);
        }
        let is_over = self.is_engine_over(host);
        let may_end = self.cluster.after_step(host, is_over);
        if self.has_lost_power(host) {
            return Ok(());
        }
        self.note_writer(host);
        if let Some(why) = self.cluster.alarm(host).map(str::to_owned) {
            return self.has_alarmed(host, &why);
        }
        if may_end { self.end(host) } else { self.act(host) }
    }

    /// Returns `true` if the process has decided all that it will.
    fn is_engine_over(&mut self, host: usize) -> bool {
        let is_closing = self.cluster.is_closing(host);
        let process = self.hosts.get_mut(host).and_then(|at| at.process.as_mut());
        let Some(process) = process.filter(|process| is_closing && process.engine.is_over()) else { return false };
        // Its thread has ended.
        process.engine.abandon();
        true
    }

    fn note_writer(&mut self, host: usize) {
        if let Some(epoch) = self.cluster.leads(host).filter(|epoch| *epoch > self.epoch) {
            self.epoch = epoch;
            self.mishap("another host writes");
        }
    }

    /// Starts a host's process on the content of its disks, unless it runs.
    pub(super) fn start(&mut self, host: usize) -> Verdict {
        let (now, age, is_over) = (self.cluster.clock(host), self.time.elapsed(), self.phase == Phase::Over);
        let Some(at) = self.hosts.get_mut(host).filter(|at| at.process.is_none() && !is_over) else { return Ok(()) };
        at.disks.mend();
        at.clock.set_without_waiting(now);
        let started = Process::start_in_cluster(&at.disks, &at.outside, (&mut self.cluster, host));
        let process = started.map_err(|error| {
            let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            format!("host {host} does not start: {error} ({source})")
        })?;
        let (head, _) = process.engine.head().map_err(|error| error.to_string())?;
        (at.seen, at.age, at.may_fail, at.process) = (at.seen.min(head), age, false, Some(process));
        self.examine(host)
    }

    /// Tells a host's process to end.
    pub(super) fn terminate(&mut self, host: usize) {
        if let Ok(process) = self.process(host) {
            process.engine.close_queue();
            self.cluster.closes(host);
            self.mishap("closed");
        }
    }

    /// Ends a host's process, which has answered everybody.
    fn end(&mut self, host: usize) -> Verdict {
        self.process(host)?.pump();
        self.examine(host)?;
        let Some(at) = self.hosts.get_mut(host) else { return Ok(()) };
        if let Some(id) = at.waiting.keys().next() {
            return Err(format!("host {host} has ended, and command {id} was never answered there"));
        }
        if let Some(process) = at.process.take() {
            process.end();
        }
        self.callers_leave(host);
        self.cluster.ended(host);
        let pause = 50 + self.rng.below(4_000);
        self.cluster.start_after(host, pause);
        Ok(())
    }

    /// Ends a host's process at once, with or without its machine.
    pub(super) fn crash(&mut self, host: usize, is_power_cut: bool) {
        let Some(at) = self.hosts.get_mut(host) else { return };
        let Some(process) = at.process.take() else { return };
        if is_power_cut || at.disks.are_dead() {
            at.disks.cut_power();
        }
        at.disks.kill();
        drop(process);
        self.callers_leave(host);
        self.cluster.ended(host);
    }

    /// Ends the process if a planned power cut has happened. It starts again later.
    fn has_lost_power(&mut self, host: usize) -> bool {
        let is_dead = self.hosts.get(host).is_some_and(|at| at.process.is_some() && at.disks.are_dead());
        if is_dead {
            self.mishap("power cut in the middle of a write");
            self.crash_for_a_while(host, true);
        }
        is_dead
    }

    fn crash_for_a_while(&mut self, host: usize, is_power_cut: bool) {
        self.crash(host, is_power_cut);
        let back_after = 200 + self.rng.below(6_000);
        self.cluster.start_after(host, back_after);
    }

    /// Cuts the power of all machines and servers.
    pub(super) fn black_out(&mut self) {
        self.mishap("the power fails everywhere");
        self.cluster.cut_power_of_servers();
        for host in 0..self.hosts.len() {
            self.crash_for_a_while(host, true);
        }
    }

    /// A host has sounded the alarm: because of its disk, it starts again; because of the stream, it waits for help.
    fn has_alarmed(&mut self, host: usize, why: &str) -> Verdict {
        if self.phase == Phase::Damaged {
            return Ok(());
        }
        if !self.hosts.get(host).is_some_and(|at| at.may_fail) {
            return Err(format!("host {host} sounds the alarm without a reason: {why}"));
        }
        self.mishap("a host's copy has failed");
        self.crash_for_a_while(host, false);
        Ok(())
    }
}
