//! What goes wrong in every world, and when it ends.

use super::network::{Event, Happened, Network};
use super::servers::SERVERS;
use super::weather::Weather;

/// A fault, or its end.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// A server ends.
    Down {
        /// Number of the server.
        server: usize,
        /// `false` if it is there again.
        is_down: bool,
    },
    /// A server can't reach the others.
    Cut {
        /// Number of the server.
        server: usize,
        /// `false` if it can again.
        is_cut: bool,
    },
    /// The stream's leader steps down.
    StepDown,
    /// A process ends at once, with or without the machine.
    Crash {
        /// Number of the host.
        host: usize,
        /// `true` if the machine loses its power, too.
        is_power_cut: bool,
    },
    /// A process is told to end.
    Terminate {
        /// Number of the host.
        host: usize,
    },
    /// A process does nothing for a while.
    Pause {
        /// Number of the host.
        host: usize,
        /// How long.
        time: u64,
    },
    /// A host does not hear another.
    Deaf {
        /// Number of the host that is not heard.
        from: usize,
        /// Number of the host that does not hear.
        to: usize,
        /// `false` if it hears again.
        is_deaf: bool,
    },
    /// A consumer says that it lives, and delivers nothing.
    Stuck {
        /// Number of the host.
        host: usize,
        /// How long.
        time: u64,
    },
    /// A consumer is slow.
    Slow {
        /// Number of the host.
        host: usize,
        /// How long.
        time: u64,
        /// Time between two messages.
        pause: u64,
    },
    /// The disks of the servers are full.
    Full {
        /// `false` if they are no longer.
        is_full: bool,
    },
    /// A clock is set.
    Clock {
        /// Number of the host.
        host: usize,
        /// By so many milliseconds.
        by: i64,
    },
    /// The operator wants a host to lead without the others' consent.
    TakeOver {
        /// Number of the host.
        host: usize,
    },
}

impl<O> Network<O> {
    /// Plans at most so many faults, before this time.
    pub(crate) fn plan_faults(&mut self, faults_max: u64, ends_at: u64) {
        // In some worlds only hosts fail, in some only servers and the network.
        let kinds = self.rng.pick(&[(0, 24), (0, 24), (0, 11), (12, 24), (17, 20)]);
        for _ in 0..self.rng.between(0, faults_max) {
            let at = self.rng.between(500, ends_at);
            let fault = self.random_fault(kinds);
            self.fault_after(at, fault);
        }
    }

    fn random_fault(&mut self, kinds: (u64, u64)) -> Fault {
        let hosts = self.ports.len();
        let (host, server) = (self.rng.index(hosts), self.rng.index(SERVERS));
        match self.rng.between(kinds.0, kinds.1) {
            0..=2 => Fault::Down { server, is_down: true },
            3..=6 => Fault::Cut { server, is_cut: true },
            7 | 8 => Fault::StepDown,
            9 => Fault::Full { is_full: true },
            10..=13 => Fault::Deaf { from: host, to: self.rng.index(hosts), is_deaf: true },
            14 => Fault::Stuck { host, time: self.rng.between(500, 20_000) },
            15 => Fault::Slow { host, time: self.rng.between(2_000, 20_000), pause: self.rng.between(20, 400) },
            16 => Fault::Clock { host, by: i64::try_from(self.rng.between(0, 800)).unwrap_or_default() - 400 },
            17 | 18 => Fault::Terminate { host },
            19..=21 => Fault::Crash { host, is_power_cut: self.rng.chance(600) },
            22 | 23 => Fault::Pause { host, time: self.rng.between(100, 9_000) },
            _ => Fault::TakeOver { host },
        }
    }

    /// Lets a fault begin or end, as far as it is one of the network.
    pub(super) fn fault(&mut self, fault: Fault) -> Happened<O> {
        self.note(|| format!("{fault:?}"));
        let lasts = self.rng.between(200, 12_000);
        match fault {
            Fault::Down { server, is_down } => {
                self.servers.set_down(server, is_down);
                if is_down {
                    self.fault_after(lasts, Fault::Down { server, is_down: false });
                }
                self.servers_changed();
            }
            Fault::Cut { server, is_cut } => {
                self.servers.set_cut(server, is_cut);
                if is_cut {
                    self.fault_after(lasts * 2, Fault::Cut { server, is_cut: false });
                }
                self.servers_changed();
            }
            Fault::StepDown => {
                self.servers.step_down();
                self.after(lasts / 4, Event::Elects);
            }
            Fault::Deaf { from, to, is_deaf } => {
                if is_deaf {
                    self.deaf.insert((from, to));
                    self.fault_after(lasts, Fault::Deaf { from, to, is_deaf: false });
                } else {
                    self.deaf.remove(&(from, to));
                }
            }
            Fault::Full { is_full } => {
                self.servers.is_full = is_full;
                if is_full {
                    self.fault_after(lasts, Fault::Full { is_full: false });
                }
            }
            Fault::Pause { host, .. }
            | Fault::Stuck { host, .. }
            | Fault::Slow { host, .. }
            | Fault::Clock { host, .. } => self.fault_of_port(host, fault),
            Fault::Crash { .. } | Fault::Terminate { .. } | Fault::TakeOver { .. } => {}
        }
        Happened::Fault(fault, lasts)
    }

    fn fault_of_port(&mut self, host: usize, fault: Fault) {
        let now = self.now;
        let Some(port) = self.ports.get_mut(host) else { return };
        match (fault, &mut port.consumer) {
            (Fault::Pause { time, .. }, _) => port.paused_to = now + time,
            (Fault::Clock { by, .. }, _) => port.ahead += by,
            (Fault::Stuck { time, .. }, Some(consumer)) => consumer.stuck_to = now + time,
            (Fault::Slow { time, pause, .. }, Some(consumer)) => consumer.slow = (pause, now + time),
            _ => {}
        }
    }

    /// Takes note that servers or connections have changed.
    fn servers_changed(&mut self) {
        if self.servers.changed(self.now, &mut self.rng) {
            let elects = self.rng.between(500, 9_000);
            self.after(elects, Event::Elects);
        }
        self.propose_again();
    }

    /// A leader has what was proposed before.
    fn propose_again(&mut self) {
        for _ in 0..self.servers.proposals() {
            let delay = self.weather.stores(&mut self.rng);
            self.after(delay, Event::Stores { term: self.servers.term });
        }
        self.replicate_soon();
    }

    pub(super) fn elects(&mut self) {
        if self.servers.elect(self.now, &mut self.rng) {
            let leader = self.servers.leader();
            self.note(|| format!("server {leader:?} leads"));
            self.replicate_soon();
        }
    }

    /// Ends all faults. Processes that don't run start.
    pub(crate) fn heal(&mut self) {
        self.weather = Weather::default();
        self.deaf.clear();
        self.servers.is_full = false;
        for server in 0..SERVERS {
            self.servers.set_down(server, false);
            self.servers.set_cut(server, false);
        }
        self.servers_changed();
        for host in 0..self.ports.len() {
            self.start_after(1, host);
            let now = self.now;
            let Some(port) = self.ports.get_mut(host) else { continue };
            port.paused_to = now;
            if let Some(consumer) = &mut port.consumer {
                (consumer.stuck_to, consumer.slow.1) = (now, now);
            }
        }
    }

    /// Cuts the power of all servers. Each comes back by itself, with everything that it had said to have.
    pub(crate) fn cut_power_of_servers(&mut self) {
        for server in 0..SERVERS {
            self.servers.set_down(server, true);
            let lasts = self.rng.between(200, 8_000);
            self.fault_after(lasts, Fault::Down { server, is_down: false });
        }
        self.servers_changed();
    }
}
