//! What is checked of each host, by what the world knows.

use super::auditor::Damage;
use super::{Outcome, Plan, World};
use crate::journal::jetstream::member::Member;
use crate::journal::jetstream::message::{Kind, Message};
use crate::journal::jetstream::position::Position;
use crate::journal::jetstream::simulated::TALK_LATE_MAX;

/// How long all may take to be well again, in milliseconds.
const HEALS_WITHIN: u64 = 45_000;

/// How much longer than promised a host may take itself to be fresh: its clock is only told the time now and then.
const SLACK: u64 = 60;

/// How long hosts must have heard each other for the longer copy of one to bind the others.
const HEARD_FOR: u64 = 2_500;

impl World {
    /// Runs a world to its end.
    pub(in super::super) fn outcome(seed: u64, plan: &Plan) -> Outcome {
        let mut world = Self::new(seed, plan);
        world.plan_faults(plan);
        world.run(plan.ends_at);
        world.heal();
        let mut healed_after = 0;
        while healed_after < HEALS_WITHIN && world.auditor.violation.is_none() {
            healed_after += 250;
            world.run(plan.ends_at + healed_after);
            world.is_quiet = healed_after >= 3_000;
            if world.is_quiet && world.is_well() {
                break;
            }
        }
        world.check_end();
        let auditor = &mut world.auditor;
        auditor.check_answers();
        Outcome {
            violation: auditor.violation.take(),
            answered: auditor.answered() as u64,
            claims: auditor.claims,
            alarms: auditor.alarms,
            fresh_percent: auditor.fresh * 100 / auditor.looks.max(1),
            healed_after,
        }
    }

    fn member(&self, host: usize) -> Option<&Member> {
        self.net.ports[host].member.as_ref()
    }

    fn difference(&self, one: usize, other: usize) -> u64 {
        self.net.ports[one].ahead.abs_diff(self.net.ports[other].ahead)
    }

    /// Returns by how much two clocks may have differed at most.
    fn difference_ever(&self, one: usize, other: usize) -> u64 {
        let ((low, high), (low_other, high_other)) = (self.hosts[one].aheads, self.hosts[other].aheads);
        high.abs_diff(low_other).max(low.abs_diff(high_other))
    }

    pub(super) fn writer(&self) -> Option<usize> {
        let leads = |host: &usize| {
            self.hosts[*host].engine.leads.is_some() && self.member(*host).is_some_and(Member::is_writer)
        };
        (0..self.hosts.len()).find(leads)
    }

    /// Returns `true` if a host leads, and every other one is level and fresh, or in alarm.
    fn is_well(&self) -> bool {
        self.problem().is_none()
    }

    fn problem(&self) -> Option<String> {
        let writer = self.writer();
        if writer.is_none() && self.auditor.damage.is_empty() {
            return Some("nobody leads".into());
        }
        if self.auditor.is_damaged(Damage::Copied) && self.auditor.alarms == 0 {
            return Some("two processes are one host, and none says so".into());
        }
        for host in 0..self.hosts.len() {
            let Some(member) = self.member(host) else { return Some(format!("host {host} does not run")) };
            if member.alarm().is_some() {
                continue;
            }
            if self.auditor.is_forked && self.auditor.alarms == 0 {
                return Some(format!("host {host} ({}) lives on with a stream that has forked", member.state()));
            }
            let (own, end) = (member.position().seq, self.net.servers.log.len() as u64);
            if own < end && self.net.servers.has_lost(own + 1) && member.stale(self.net.clock(host)).is_some() {
                continue;
            }
            if own != end {
                return Some(format!("host {host} ({}) is at {own}, and the stream at {end}", member.state()));
            }
            let Some(writer) = writer else { continue };
            let is_right = self.difference(host, writer) < 900 && self.auditor.damage.is_empty();
            if let Some(why) = member.stale(self.net.clock(host)).filter(|_| is_right) {
                return Some(format!("host {host} ({}) is not fresh: {why}", member.state()));
            }
        }
        None
    }

    fn check_end(&mut self) {
        if let Some(problem) = self.problem() {
            self.auditor.violated(|| format!("not well in time: {problem}"));
        }
        for host in 0..self.hosts.len() {
            let at = &self.hosts[host];
            let is_alarmed = self.member(host).is_none_or(|member| member.alarm().is_some());
            // A writer that was away while its last message was replaced goes on after it: only the others notice.
            let is_known = self.auditor.is_forked && self.auditor.alarms > 0;
            let wrong = at.copy.entries().iter().find(|(position, message)| {
                let stored = self.net.servers.entry(position.seq);
                stored.is_none_or(|stored| stored.message.header.hash != message.header.hash)
            });
            if let Some((position, _)) = wrong.filter(|_| !is_alarmed && !is_known) {
                let seq = position.seq;
                self.auditor.violated(|| format!("host {host} has another message {seq}, and no alarm"));
            }
        }
    }

    /// Checks that a copy goes on where it ended: only the host's own claims and ticks are missing in it.
    pub(super) fn check_copy(&mut self, host: usize, position: Position) {
        let (id, last) = (self.net.ports[host].id, self.hosts[host].copy.position().seq);
        let message = |seq: u64| self.net.servers.entry(seq).map(|entry| &entry.message);
        let is_own =
            |message: &Message| message.header.writer == id && matches!(message.header.kind, Kind::Claim | Kind::Tick);
        let skipped = (last + 1..position.seq).find(|seq| message(*seq).is_none_or(|message| !is_own(message)));
        let is_stored = message(position.seq).is_some_and(|message| message.header.hash == position.head);
        let seq = position.seq;
        if self.auditor.is_damaged(Damage::Tail) {
            return;
        }
        if let Some(skipped) = skipped {
            self.auditor.violated(|| format!("host {host} applies message {seq}, and not {skipped}"));
        } else if !is_stored || seq <= last {
            self.auditor.violated(|| format!("host {host} applies another message {seq} than the stream has"));
        }
    }

    /// Checks what a host says of itself.
    pub(super) fn check_host(&mut self, host: usize) {
        let (now, time) = (self.net.clock(host), self.net.now);
        let Some(member) = &self.net.ports[host].member else { return };
        let own = member.position().seq;
        self.auditor.looks += 1;
        self.auditor.fresh += u64::from(member.stale(now).is_none());
        if time < self.net.ports[host].paused_to + SLACK {
            return;
        }
        let is_damaged = self.auditor.is_damaged(Damage::Tail);
        if let Some(next) = self.net.servers.entry(own + 1).filter(|_| !is_damaged && member.stale(now).is_none()) {
            let differs =
                (0..self.hosts.len()).map(|other| self.difference_ever(host, other)).max().unwrap_or_default();
            let differs = differs.min(self.net.times.skew + TALK_LATE_MAX);
            let (missing_for, fresh) = (time - next.stored_at, self.net.times.fresh);
            if missing_for > fresh + differs + SLACK {
                self.auditor.violated(|| format!("host {host} is fresh, and lacks what is {missing_for} ms old"));
            }
        }
        let leads = self.hosts[host].engine.leads;
        let Some(epoch) = leads.filter(|epoch| member.may_charge(now, *epoch, 2_000)) else { return };
        let newer = self.net.servers.log.iter().rev().map_while(|entry| {
            let is_newer = entry.message.header.epoch > epoch;
            is_newer.then_some(entry.stored_at)
        });
        if let Some(since) = newer.last().filter(|since| time - since > 2_000 && !is_damaged) {
            let late = time - since;
            self.auditor
                .violated(|| format!("host {host} may charge in epoch {epoch}, {late} ms after the next began"));
        }
    }

    /// Checks what a host sends.
    pub(super) fn check_publish(&mut self, host: usize, message: &Message) {
        if message.header.kind != Kind::Claim {
            return;
        }
        let is_known = self.hosts[host].sent.iter().any(|sent| sent.header.hash == message.header.hash);
        if is_known {
            return;
        }
        let apart = (0..self.hosts.len()).filter(|other| *other != host);
        let apart = apart.map(|other| self.difference(host, other)).min().unwrap_or_default();
        // Half a second for clocks that are set while the world runs.
        let measured = self.net.times.skew_max + TALK_LATE_MAX + 500;
        let was_paused = self.net.now < self.net.ports[host].paused_to + HEARD_FOR;
        if apart > measured && !self.is_taken_over && !was_paused {
            self.auditor.violated(|| format!("host {host} claims, and its clock differs by {apart} ms"));
        }
        if let Some(longer) = self.binding_copy(host, message.header.n).filter(|_| !self.is_taken_over) {
            self.auditor.violated(|| format!("host {host} claims {}, which host {longer} has", message.header.n));
        }
    }

    /// Returns a host with a copy that has this number already, although the stream has lost it, and whom the others could
    /// hear.
    fn binding_copy(&self, host: usize, n: u64) -> Option<usize> {
        let (_, since) = self.auditor.damage.iter().rev().find(|(damage, _)| *damage == Damage::Tail)?;
        let lost = self.lost.iter().find(|entry| entry.message.header.n == n)?;
        let binds = |other: &usize| {
            let at = &self.hosts[*other];
            let runs_for = self.member(*other).map_or(0, |_| self.net.now - at.began_at.max(*since));
            let has =
                |(_, message): &(Position, std::sync::Arc<Message>)| message.header.hash == lost.message.header.hash;
            *other != host
                && self.net.now > self.net.ports[*other].paused_to + HEARD_FOR
                && runs_for >= HEARD_FOR
                && at.copy.entries().iter().any(has)
                && (self.is_heard_since(*other, host) || self.is_bound_by_start(host))
        };
        (0..self.hosts.len()).find(binds)
    }

    /// Returns `true` if nothing has kept a host from hearing another for a while.
    fn is_heard_since(&self, from: usize, to: usize) -> bool {
        let (home, other) = (self.net.ports[from].home, self.net.ports[to].home);
        let connects = self.net.servers.connects(home, other) || self.net.talk_crosses;
        connects && !self.net.deaf.contains(&(from, to)) && self.net.now >= self.talks_since + HEARD_FOR
    }

    /// Returns `true` if a host has to wait for more of the others, since a majority has just begun.
    fn is_bound_by_start(&self, host: usize) -> bool {
        let is_young = |host: &usize| {
            let began_at = self.hosts[*host].began_at;
            let is_new = self.net.now < began_at + self.net.times.cold_start && began_at > self.started_at;
            is_new && self.member(*host).is_some()
        };
        is_young(&host) && (0..self.hosts.len()).filter(is_young).count() > self.hosts.len() / 2
    }
}
