//! `cargo xtask sim`: runs random worlds through the real engine.

use clap::Args;

use crate::shell::{cargo, run as shell};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Number of seeds to run.
    #[arg(long, default_value_t = 500)]
    seeds: u64,
    /// First seed.
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Only this seed; its outcome is printed.
    #[arg(long)]
    seed: Option<u64>,
    /// Number of steps of each world.
    #[arg(long, default_value_t = 2_000)]
    steps: u64,
    /// Activates failpoints in the engine instead, and fails if one is not found.
    #[arg(long)]
    failpoints: bool,
    /// Worlds of several hosts that share one journal.
    #[arg(long)]
    cluster: bool,
}

/// Worlds that every change must pass, of one host and of several: seeds, past failures, and every failpoint.
const CHECKED: &[&[&str]] = &[
    &["--seeds", "500", "--steps", "2000", "--offenders"],
    &["--failpoints"],
    &["--cluster", "--seeds", "60", "--steps", "2000", "--offenders"],
    &["--cluster", "--failpoints"],
];

/// Runs what every change must pass.
pub(crate) fn check() -> Result<(), String> {
    CHECKED.iter().try_for_each(|words| {
        let words: Vec<String> = words.iter().copied().map(str::to_owned).collect();
        shell(&mut runner(&words))
    })
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), String> {
    shell(&mut runner(&arguments.words()))
}

impl Arguments {
    fn words(&self) -> Vec<String> {
        let mut words = vec!["--steps".to_owned(), self.steps.to_string()];
        let chosen = match self.seed {
            Some(seed) => vec!["--seed".to_owned(), seed.to_string()],
            None => vec!["--seeds".to_owned(), self.seeds.to_string(), "--from".to_owned(), self.from.to_string()],
        };
        words.extend(chosen);
        words.extend(self.failpoints.then(|| "--failpoints".to_owned()));
        words.extend(self.cluster.then(|| "--cluster".to_owned()));
        words
    }
}

/// Returns the command of the simulation's program, optimised and with all assertions.
fn runner(words: &[String]) -> std::process::Command {
    let mut command = cargo(&["run", "--profile", "sim", "--package", "boxoffice-simulation"]);
    command.args(["--features", "cluster,failpoints", "--example", "sim", "--"]).args(words);
    command
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::spelled;

    #[test]
    fn a_seed_is_replayed_alone() {
        let arguments = Arguments { seeds: 500, from: 1, seed: Some(7), steps: 90, failpoints: false, cluster: false };
        let command = spelled(&runner(&arguments.words()));
        assert!(command.ends_with("--example sim -- --steps 90 --seed 7"), "{command}");
        let command = spelled(&runner(&Arguments { cluster: true, ..arguments }.words()));
        assert!(command.ends_with("--example sim -- --steps 90 --seed 7 --cluster"), "{command}");
    }
}
