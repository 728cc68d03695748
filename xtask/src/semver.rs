//! `cargo xtask semver`: finds breaking changes of the core's public API since the baseline, by `cargo-semver-checks`.
//!
//! The baseline is a commit, named in `core/semver-baseline.txt`. Write the new commit there at each release and each
//! intended breaking change. The tool documents both commits and compares them.

use std::fs;
use std::process::Command;

use clap::Args;

use crate::shell::{cargo, quietly, root, run as shell};

const BASELINE: &str = "core/semver-baseline.txt";

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The revision to compare with, instead of the one that `core/semver-baseline.txt` names.
    #[arg(long)]
    baseline: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), String> {
    let revision = arguments.baseline.clone().map_or_else(noted, Ok)?;
    if quietly(&mut cargo(&["semver-checks", "--version"])).is_err() {
        return Err(
            "cargo-semver-checks is missing, so nothing was compared: `cargo install --locked cargo-semver-checks` \
                    builds it, in a quarter of an hour or more"
                .to_owned(),
        );
    }
    known(&revision)?;
    // The features `testing` and `failpoints` are for tests and have no stable API.
    let features = ["--only-explicit-features", "--features", "stripe"];
    let compared = ["semver-checks", "--package", "boxoffice", "--baseline-rev", &revision];
    shell(cargo(&compared).args(features))
}

/// Returns the revision in the baseline file.
fn noted() -> Result<String, String> {
    let text = fs::read_to_string(root().join(BASELINE)).map_err(|error| format!("{BASELINE}: {error}"))?;
    first_word(&text).ok_or_else(|| format!("{BASELINE} names no revision"))
}

/// Returns the first word that is not in a comment.
fn first_word(text: &str) -> Option<String> {
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.find_map(|line| line.split_whitespace().next()).map(str::to_owned)
}

/// Fails unless this clone has the revision.
fn known(revision: &str) -> Result<(), String> {
    let name = format!("{revision}^{{commit}}");
    let mut command = Command::new("git");
    command.args(["rev-parse", "--quiet", "--verify", &name]).current_dir(root());
    quietly(&mut command).map_err(|_| {
        format!(
            "{revision} is no commit of this clone, so nothing was compared: fetch the whole history with `git fetch \
             --unshallow`, or name another revision with --baseline"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_baseline_is_a_revision() {
        let revision = noted().unwrap();
        assert!(revision.len() >= 7 && revision.bytes().all(|byte| byte.is_ascii_hexdigit()), "{revision}");
    }

    #[test]
    fn comments_name_nothing() {
        assert_eq!(first_word("# of the release\n\n  0123abc  # ok\n").as_deref(), Some("0123abc"));
        assert_eq!(first_word("# nothing\n"), None);
    }

    #[test]
    fn a_revision_that_is_not_there_is_refused() {
        let error = known("0000000000000000000000000000000000000000").unwrap_err();
        assert!(error.contains("nothing was compared"), "{error}");
    }
}
