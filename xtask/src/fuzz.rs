//! `cargo xtask fuzz`: generates inputs, guided by code coverage, for a given time.
//!
//! libFuzzer needs only LLVM's coverage pass from the compiler, which stable has too: no nightly, no sanitizers, no
//! `cargo-fuzz`. Only this workspace's crates are compiled with it, by this program in place of `rustc`, so that the
//! dependencies are shared with every other build.

use std::env::consts::EXE_SUFFIX;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::Args;

use crate::shell::{cargo, root, run as shell, say, target_folder};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Only this target; all of them by default.
    target: Option<String>,
    /// Duration of each target in seconds.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
}

/// Targets, named like their folders in `core/fuzz/corpus`.
const TARGETS: &[&str] = &["record", "values", "token", "http", "commands"];

/// Folder of kept inputs in the workspace.
const CORPUS: &str = "core/fuzz/corpus";

/// Duration of each target as one of the checks, in seconds.
pub(crate) const CHECK_SECONDS: u64 = 10;

/// Environment variable that makes this program act as the compiler.
const AS_COMPILER: &str = "XTASK_AS_COMPILER";

const COVERAGE: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

pub(crate) fn run(arguments: &Arguments) -> Result<(), String> {
    let wanted = |name: &&&str| arguments.target.as_deref().is_none_or(|target| target == **name);
    let targets: Vec<_> = TARGETS.iter().filter(wanted).collect();
    if targets.is_empty() {
        return Err(format!("there is no such target; there are {}", TARGETS.join(", ")));
    }
    let program = build()?;
    for target in targets {
        run_target(&program, target, arguments.seconds)?;
    }
    Ok(())
}

/// Runs all targets for a short time, as one of the checks.
pub(crate) fn check() -> Result<(), String> {
    run(&Arguments { target: None, seconds: CHECK_SECONDS })
}

/// Builds the program of all targets with coverage.
fn build() -> Result<PathBuf, String> {
    // The path it was built under, not that of the running process: another check may have rebuilt it meanwhile.
    let this = target_folder()?.join("debug").join(format!("xtask{EXE_SUFFIX}"));
    let folder = target_folder()?.join("fuzz");
    let mut build = cargo(&["build", "--package", "boxoffice-fuzz", "--bin", "fuzz"]);
    shell(build.env("RUSTC_WORKSPACE_WRAPPER", this).env(AS_COMPILER, "1"))?;
    let fresh = target_folder()?.join("debug").join("fuzz");
    // A later build without coverage would overwrite it.
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let program = folder.join("program");
    let _ = fs::remove_file(&program);
    fs::copy(&fresh, &program).map_err(|error| format!("{}: {error}", fresh.display()))?;
    Ok(program)
}

fn run_target(program: &Path, target: &str, seconds: u64) -> Result<(), String> {
    let folder = target_folder()?.join("fuzz").join(target);
    let (found, faults) = (folder.join("found"), folder.join("faults"));
    for folder in [&found, &faults] {
        fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    }
    let mut command = Command::new(program);
    command.env("FUZZ_TARGET", target).arg(format!("-max_total_time={seconds}"));
    command.args(["-timeout=30", "-rss_limit_mb=4096", "-max_len=4096", "-print_final_stats=1", "-verbosity=1"]);
    command.arg(format!("-artifact_prefix={}/", faults.display()));
    // New inputs go to the first folder; the kept ones are only read.
    command.arg(&found).arg(root().join(CORPUS).join(target)).current_dir(root());
    shell(&mut command).map_err(|error| {
        let faults = faults.display();
        format!("{error}\nthe input is in {faults}: once the fault is mended, keep it in {CORPUS}/{target}")
    })
}

/// Returns `true` if this program was started in place of the compiler.
pub(crate) fn is_compiler() -> bool {
    std::env::var_os(AS_COMPILER).is_some()
}

/// Compiles with the given arguments and coverage.
pub(crate) fn compile() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let Some(compiler) = arguments.next() else { return ExitCode::FAILURE };
    let arguments: Vec<OsString> = arguments.collect();
    match Command::new(compiler).args(&arguments).args(COVERAGE).status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            say(&format!("can't start the compiler: {error}"));
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_a_corpus_and_every_corpus_a_target() {
        let entries = fs::read_dir(root().join(CORPUS)).unwrap();
        let mut folders: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        folders.sort();
        let mut targets = TARGETS.to_vec();
        targets.sort_unstable();
        assert_eq!(folders, targets);
    }
}
