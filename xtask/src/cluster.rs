//! Tests of several hosts on one journal, beside real NATS servers that the tests start.

use std::path::PathBuf;

use crate::api::install;
use crate::shell::{cargo, run as shell, target_folder};

const FOLDER: &str = "core/tests/cluster";

/// Environment variable with the path of the server's program for tests and benchmarks.
pub(crate) const PROGRAM: &str = "BOXOFFICE_NATS_SERVER";

/// Returns the path of the server's program, and installs it first if needed.
pub(crate) fn program() -> Result<PathBuf, String> {
    Ok(install(FOLDER, &target_folder()?.join("nats"))?.join("bin/nats-server"))
}

pub(crate) fn check() -> Result<(), String> {
    let program = program()?;
    // Built as the step `test` builds them, so that nothing is built twice. Each test has servers of its own.
    let ignored = ["--include-ignored", "--test-threads", "1"];
    for tests in [&["--lib", "--", "nats::"][..], &["--test", "cluster", "--"], &["--test", "it", "--", "cluster::"]] {
        let all = [&["test", "--workspace", "--all-features"], tests, &ignored].concat();
        shell(cargo(&all).env(PROGRAM, &program))?;
    }
    Ok(())
}
