//! What goes wrong in a world besides the faults of every one, and when it ends.

use super::World;
use super::auditor::Damage;
use crate::journal::jetstream::member::Input;
use crate::journal::jetstream::simulated::{Fault, Port, Rng, SERVERS};

/// What a world is to be.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each makes worlds of another kind")]
pub(in super::super) struct Plan {
    pub(in super::super) hosts: usize,
    /// When the faults end.
    pub(in super::super) ends_at: u64,
    /// Most faults.
    pub(in super::super) faults_max: u64,
    pub(in super::super) damage: Option<Damage>,
    /// Clocks differ by more than they may.
    pub(in super::super) clocks_apart: bool,
    /// Claims are looked at, and not only what comes of them.
    pub(in super::super) checks_consents: bool,
    /// The network is good.
    pub(in super::super) is_fair: bool,
    /// Hosts tell of their appends only once another voter has them.
    pub(in super::super) second_host: bool,
}

impl Plan {
    /// Faults of all kinds but damage.
    pub(in super::super) const FAULTS: Self = Self {
        hosts: 3,
        ends_at: 30_000,
        faults_max: 12,
        damage: None,
        clocks_apart: false,
        checks_consents: true,
        is_fair: false,
        second_host: false,
    };

    /// None.
    pub(in super::super) const FAIR: Self = Self { faults_max: 0, is_fair: true, ..Self::FAULTS };

    /// Returns the difference of a host's clock.
    pub(super) fn clock(&self, host: usize, rng: &mut Rng) -> i64 {
        let far = if self.clocks_apart && host == 0 { 10_000 } else { 400 };
        i64::try_from(rng.between(0, 2 * far)).unwrap() - i64::try_from(far).unwrap()
    }
}

/// Harm to the stream or to a copy.
#[derive(Debug, Clone, Copy)]
pub(super) enum Harm {
    Damage(Damage),
    /// Two of three hosts lose their tails with the stream, and can't hear the third.
    Site,
}

impl World {
    pub(super) fn plan_faults(&mut self, plan: &Plan) {
        self.net.plan_faults(plan.faults_max, plan.ends_at);
        if let Some(damage) = plan.damage {
            let at = self.net.rng.between(plan.ends_at / 3, plan.ends_at);
            let is_site = damage == Damage::Tail && plan.hosts == 3 && self.net.rng.chance(500);
            self.net.own_after(at, if is_site { Harm::Site } else { Harm::Damage(damage) });
        }
    }

    /// Lets a fault begin or end, as far as the network has not done so.
    pub(super) fn fault(&mut self, fault: Fault, lasts: u64) {
        match fault {
            Fault::Down { .. } | Fault::Cut { .. } | Fault::Deaf { .. } => self.talks_since = self.net.now,
            Fault::Crash { host, is_power_cut } => {
                self.ends(host, is_power_cut);
                self.net.start_after(lasts, host);
            }
            Fault::Terminate { host } => {
                if self.net.ports[host].member.is_some() && self.hosts[host].leaves_at.is_none() {
                    self.hosts[host].leaves_at = Some(self.net.now);
                    self.handle(host, Input::Leave);
                }
            }
            Fault::Clock { host, .. } => {
                let ahead = self.net.ports[host].ahead;
                self.hosts[host].clock_is(ahead);
            }
            Fault::TakeOver { host } => {
                self.is_taken_over = true;
                self.handle(host, Input::TakeOver);
            }
            Fault::StepDown | Fault::Pause { .. } | Fault::Stuck { .. } | Fault::Slow { .. } | Fault::Full { .. } => {}
        }
    }

    pub(super) fn harm(&mut self, harm: Harm) {
        if self.trace {
            eprintln!("{:>7} {harm:?}", self.net.now);
        }
        // As every fault draws how long it lasts, which keeps the worlds of the seeds.
        self.net.rng.between(200, 12_000);
        match harm {
            Harm::Damage(damage) => self.damages(damage),
            Harm::Site => self.site(),
        }
    }

    fn damages(&mut self, damage: Damage) {
        let len = self.net.servers.log.len();
        if len < 10 {
            return;
        }
        let now = self.net.now;
        match damage {
            Damage::Tail => {
                let count = self.net.rng.between(1, 5);
                let lost = self.net.servers.forget_tail(usize::try_from(count).unwrap());
                self.auditor.lost_tail(&lost, now);
                self.audited = self.net.servers.log.len();
                self.lost.extend(lost);
                self.net.elect_after(500);
            }
            Damage::Hole | Damage::HoleEverywhere => {
                self.auditor.damage.push((damage, now));
                let seq = self.net.rng.between(len as u64 / 2, len as u64);
                let one = self.net.rng.index(SERVERS);
                let servers = if damage == Damage::Hole { vec![one] } else { (0..SERVERS).collect() };
                self.net.servers.lose(servers, seq);
            }
            Damage::Copied => {
                self.auditor.damage.push((damage, now));
                let host = self.net.rng.index(self.hosts.len());
                let (port, copy) = (&self.net.ports[host], self.hosts[host].copy.clone());
                let double = Port::new(port.id, port.home, port.ahead);
                self.hosts.push(super::Host::new(double.ahead, copy));
                self.net.ports.push(double);
                self.net.start_after(50, self.hosts.len() - 1);
            }
        }
    }

    /// The power of a site with two hosts and the servers fails, and the servers had not written what they said.
    fn site(&mut self) {
        self.damages(Damage::Tail);
        if !self.auditor.is_damaged(Damage::Tail) {
            return;
        }
        let last = self.auditor.position();
        for host in [0, 1] {
            self.ends(host, true);
            let entries = self.hosts[host].copy.entries();
            let len = entries.iter().filter(|(position, _)| position.seq <= last.seq).count();
            self.hosts[host].copy.fall_back(len);
            let back = self.net.rng.between(50, 2_000);
            self.net.start_after(back, host);
            let lasts = self.net.rng.between(2_000, 6_000);
            for (from, to) in [(host, 2), (2, host)] {
                self.net.deaf.insert((from, to));
                self.net.fault_after(lasts, Fault::Deaf { from, to, is_deaf: false });
            }
        }
        self.started_at = self.net.now - 1;
    }

    /// Ends all faults.
    pub(super) fn heal(&mut self) {
        self.net.heal();
        self.talks_since = self.net.now;
    }
}
