//! Several box offices on one journal: three machines, the servers between them, and everything that goes wrong there.
//!
//! - [`run`]: one run.
//! - [`host`]: a machine, and the box office on it.
//! - [`founding`]: the first copy of the journal, and those of the others.
//! - [`life`]: processes start, do what is due, and end.
//! - [`chance`]: what people do, and what goes wrong on a machine.
//! - [`examine`]: compares a host with the auditor's model.
//! - [`rules`]: what else must hold, because there are several.
//! - [`loss`]: the host that writes is lost with the end of the stream.
//! - [`rest`]: the end of a run: all faults end, and all work.

mod chance;
mod examine;
mod founding;
mod host;
mod life;
mod loss;
mod rest;
mod rules;
mod run;

use self::run::Run;
use crate::report::{Failure, Report};

/// Simulation of three box offices that share one journal, in a random world.
///
/// Each host is a machine with disks and a clock of its own, with the real engine and the real protocol. The servers
/// that hold the journal's stream are simulated, with the network: acknowledgements are lost, messages come twice or
/// late, servers are cut off and say what is no longer true, leaders change, processes are paused, crash and start
/// again, and sometimes the power of everything fails.
///
/// The auditor is that of the [`Simulation`](crate::Simulation). It sees the records of all hosts, every command with
/// its answer wherever it was given, and what each host asks the card processor. Beside the contract, it checks that
///
/// - the hosts have one journal, record for record;
/// - whoever gave a command to a host, and was told that it was carried out, finds that at this host;
/// - an answer rests on everything that the journal had when the command was given, even if it is a refusal;
/// - only the host that writes asks the card processor;
/// - where answers wait for a second host, nothing that was answered is lost with the host that writes and the end of the
///   stream;
/// - a host sounds the alarm only if there is a reason, and once nothing is wrong any more, all hosts are soon level.
///
/// ```
/// use boxoffice_simulation::ClusterSimulation;
///
/// let report = ClusterSimulation::new().steps(200).run(7)?;
/// assert_eq!(report, ClusterSimulation::new().steps(200).run(7)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct ClusterSimulation {
    steps: u64,
    tells_all: bool,
}

impl Default for ClusterSimulation {
    fn default() -> Self {
        Self { steps: 2_000, tells_all: false }
    }
}

impl ClusterSimulation {
    /// Creates a simulation of 2,000 steps of 15 milliseconds, with the people and the card processor of the
    /// [`Simulation`](crate::Simulation).
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the length of a run in steps of 15 milliseconds, without the end, when all work is completed.
    pub fn steps(mut self, steps: u64) -> Self {
        self.steps = steps;
        self
    }

    /// Makes a failure tell everything that went over the network before it.
    pub fn tell_all(mut self) -> Self {
        self.tells_all = true;
        self
    }

    /// Runs the world of this seed.
    ///
    /// # Errors
    /// The first violation of the contract.
    pub fn run(&self, seed: u64) -> Result<Report, Box<Failure>> {
        let broken = |what| Box::new(Failure { seed, step: 0, what, before: Vec::new(), replay: None });
        let mut run = Run::new(self.steps, self.tells_all, seed).map_err(broken)?;
        run.complete().map_err(|what| Box::new(run.failure(what)))?;
        Ok(run.report())
    }
}
