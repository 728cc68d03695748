//! `cargo xtask test`: every check that a change must pass.

use std::process::{Command, Stdio};

use clap::Args;

use crate::shell::{self, cargo, say};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Only this step.
    #[arg(long, value_enum)]
    only: Option<Step>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Step {
    /// Formatting.
    Fmt,
    /// Lints.
    Clippy,
    /// All test suites and examples in documentation.
    Test,
    /// Documentation without warnings.
    Doc,
    /// Licences, sources and known vulnerabilities of dependencies.
    Deny,
}

const STEPS: &[Step] = &[Step::Fmt, Step::Clippy, Step::Test, Step::Doc, Step::Deny];

pub(crate) fn run(arguments: &Arguments) -> Result<(), String> {
    for step in STEPS {
        if arguments.only.is_none_or(|only| only == *step) {
            step.run()?;
        }
    }
    say("\nall checks passed");
    Ok(())
}

impl Step {
    fn run(self) -> Result<(), String> {
        match self {
            Self::Fmt => shell::run(&mut cargo(&["fmt", "--all", "--check"])),
            Self::Clippy => {
                let arguments = ["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"];
                shell::run(&mut cargo(&arguments))
            }
            Self::Test => shell::run(&mut cargo(&["test", "--workspace", "--all-features"])),
            Self::Doc => {
                let mut doc = cargo(&["doc", "--workspace", "--all-features", "--no-deps"]);
                shell::run(doc.env("RUSTDOCFLAGS", "-D warnings"))
            }
            Self::Deny => deny(),
        }
    }
}

/// Checks the dependencies; installs the checker if it is missing.
fn deny() -> Result<(), String> {
    if !succeeds(&mut cargo(&["deny", "--version"])) {
        say("\ncargo-deny is missing: installing it");
        shell::run(&mut cargo(&["install", "--locked", "cargo-deny"]))?;
    }
    shell::run(&mut cargo(&["deny", "--all-features", "check", "bans", "licenses", "sources"]))?;
    if succeeds(&mut cargo(&["deny", "fetch", "db"])) {
        return shell::run(&mut cargo(&["deny", "--all-features", "check", "advisories"]));
    }
    say("warning: advisories were NOT checked: their database can't be fetched from here");
    Ok(())
}

fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}
