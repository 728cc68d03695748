//! `cargo xtask test`: every check that a change must pass.

use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::shell::{cargo, quietly, run as shell, say, target_folder, timed};
use crate::{api, cluster, deploy, fuzz, node, python, setup, stripe, web};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Only this step.
    #[arg(long, value_enum)]
    only: Option<Step>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Step {
    /// Formatting.
    Fmt,
    /// Lints.
    Clippy,
    /// All test suites, the tidy test among them, and the examples in the documentation.
    Test,
    /// The simulation, of one host and of several: many seeds, past failures, and every failpoint.
    Sim,
    /// The running host against a tester that generates requests from its description.
    Api,
    /// The Stripe gateway against a mock of Stripe.
    Stripe,
    /// Several hosts on one journal, beside real NATS servers.
    Cluster,
    /// The pages in a real browser.
    Web,
    /// Each fuzz target for some seconds.
    Fuzz,
    /// The Python package: stubs, wheel, tests, types, and the HTTP tests against its FastAPI example.
    Python,
    /// The npm package: declarations, tarball, tests, types, and the HTTP tests against its Express example.
    Node,
    /// A program that embeds the box office beside another crypto backend.
    Embedder,
    /// The image, the manifests, the configurations of NATS, nginx and systemd, and drills of a cluster.
    Deploy,
    /// Documentation without warnings.
    Doc,
    /// Licences, sources and known vulnerabilities of dependencies.
    Deny,
}

/// Steps in the order in which they run: those that fail fastest come first.
const STEPS: &[Step] = &[
    Step::Fmt,
    Step::Clippy,
    Step::Test,
    Step::Sim,
    Step::Api,
    Step::Stripe,
    Step::Cluster,
    Step::Web,
    Step::Fuzz,
    Step::Python,
    Step::Node,
    Step::Embedder,
    Step::Deploy,
    Step::Doc,
    Step::Deny,
];

/// Feature sets that are linted, as arguments of cargo. An item used by some features only is unused without them.
const LINTED: &[&[&str]] = &[
    &["--workspace", "--all-targets", "--all-features"],
    // The build of `cargo run`.
    &[],
    &["--package", "boxoffice-draw", "--all-targets", "--no-default-features"],
    &["--package", "boxoffice-seating", "--lib"],
    &["--package", "boxoffice-ticket", "--lib", "--no-default-features"],
    &["--package", "boxoffice-server", "--lib", "--no-default-features"],
    &["--package", "boxoffice-server", "--lib", "--no-default-features", "--features", "cli"],
    &["--package", "boxoffice-server", "--lib", "--no-default-features", "--features", "cluster"],
    &["--package", "boxoffice-server", "--lib", "--no-default-features", "--features", "cli,cluster"],
    &["--package", "boxoffice-server", "--lib", "--no-default-features", "--features", "pages"],
    &["--package", "boxoffice-server", "--lib", "--no-default-features", "--features", "stripe"],
];

/// Part that a step could not check although nothing failed; `None` if it checked everything.
type Gap = Option<String>;

pub(crate) fn run(arguments: &Arguments) -> Result<(), String> {
    let steps = match arguments.only.as_ref() {
        Some(only) => std::slice::from_ref(only),
        None => STEPS,
    };
    setup::ensure(steps)?;
    let (mut times, mut gaps) = (Vec::new(), Vec::new());
    let mut done = Ok(());
    for step in steps {
        let (result, time) = timed(|| step.run());
        times.push(time_line(*step, time, result.is_ok()));
        match result {
            Ok(gap) => gaps.extend(gap),
            Err(error) => {
                done = Err(error);
                break;
            }
        }
    }
    say(&format!("\n{}", times.join("\n")));
    for gap in gaps {
        say(&format!("warning: {gap}"));
    }
    done
}

impl Step {
    fn run(self) -> Result<Gap, String> {
        match self {
            Self::Fmt => shell(&mut cargo(&["fmt", "--all", "--check"]))?,
            Self::Clippy => lint()?,
            Self::Test => shell(&mut cargo(&["test", "--workspace", "--all-features"]))?,
            Self::Sim => crate::sim::check()?,
            Self::Api => api::check()?,
            Self::Stripe => stripe::check()?,
            Self::Cluster => cluster::check()?,
            Self::Web => web::check()?,
            Self::Fuzz => fuzz::check()?,
            Self::Python => python::test()?,
            Self::Node => node::test()?,
            Self::Embedder => embed()?,
            Self::Deploy => return deploy::check(),
            Self::Doc => {
                let mut doc = cargo(&["doc", "--workspace", "--all-features", "--no-deps"]);
                shell(doc.env("RUSTDOCFLAGS", "-D warnings"))?;
            }
            Self::Deny => return deny(),
        }
        Ok(None)
    }
}

/// Lints the workspace with all features and targets, and then the builds of users, which lack the test support.
fn lint() -> Result<(), String> {
    LINTED.iter().try_for_each(|what| shell(&mut cargo(&[&["clippy"], *what, &["--", "-D", "warnings"]].concat())))
}

/// Runs the embedder, which is no member of the workspace and has a target folder of its own.
fn embed() -> Result<(), String> {
    let manifest = "xtask/embedder/Cargo.toml";
    let mut run = cargo(&["run", "--locked", "--manifest-path", manifest]);
    shell(run.env("CARGO_TARGET_DIR", target_folder()?.join("embedder")))
}

/// Checks the dependencies. Installs the checker if it is missing.
fn deny() -> Result<Gap, String> {
    if quietly(&mut cargo(&["deny", "--version"])).is_err() {
        say("\ncargo-deny is missing: installing it, which takes some minutes, once");
        shell(&mut cargo(&["install", "--locked", "cargo-deny"]))?;
    }
    shell(&mut cargo(&["deny", "--all-features", "check", "bans", "licenses", "sources"]))?;
    // If the database of advisories is unreachable, everything else is still checked.
    match quietly(&mut cargo(&["deny", "fetch", "db"])) {
        Ok(()) => shell(&mut cargo(&["deny", "--all-features", "check", "advisories"])).map(|()| None),
        Err(reason) => Ok(Some(format!(
            "advisories were NOT checked, because their database can't be fetched from here:\n{reason}"
        ))),
    }
}

fn time_line(step: Step, time: Duration, passed: bool) -> String {
    let name = format!("{step:?}").to_lowercase();
    format!("{name:<8}{:>8.1} s  {}", time.as_secs_f64(), if passed { "passed" } else { "FAILED" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_run() {
        let mut all = STEPS.to_vec();
        all.sort_unstable();
        assert_eq!(all, Step::value_variants());
    }

    #[test]
    fn times_line_up() {
        assert_eq!(time_line(Step::Fmt, Duration::from_millis(340), true), "fmt          0.3 s  passed");
        assert_eq!(time_line(Step::Clippy, Duration::from_secs(75), false), "clippy      75.0 s  FAILED");
    }
}
