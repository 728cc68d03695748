//! `cargo xtask`: the one way to run everything.

mod api;
mod bench;
mod cluster;
mod deploy;
mod fuzz;
mod generate;
mod node;
mod npm;
mod python;
mod release;
mod semver;
mod setup;
mod shell;
mod sim;
mod stripe;
mod stubs;
mod suite;
mod test;
mod web;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Runs the project's tests and benchmarks.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Runs every check that a change must pass; installs what the checks need first.
    Test(test::Arguments),
    /// Runs random worlds through the real engine, from seeds.
    Sim(sim::Arguments),
    /// Runs the benchmarks and prints their tables.
    Bench(bench::Arguments),
    /// Fuzzes the parsers of untrusted input and of stored data.
    Fuzz(fuzz::Arguments),
    /// Generates the blocking façade, and the operations, values and types of the packages, from the façade.
    Generate(generate::Arguments),
    /// Regenerates the type stubs of the bindings.
    Stubs(stubs::Arguments),
    /// Builds everything that this machine can build of a release, and names the rest.
    Release(release::Arguments),
    /// Compares the core's public API with the one of the baseline.
    Semver(semver::Arguments),
    /// Copies the screenshots of the last `test --only web` into the documents.
    Pictures,
}

fn main() -> ExitCode {
    if fuzz::is_compiler() {
        return fuzz::compile();
    }
    let arguments = Arguments::parse();
    let done = match &arguments.task {
        Task::Test(arguments) => test::run(arguments),
        Task::Sim(arguments) => sim::run(arguments),
        Task::Bench(arguments) => bench::run(arguments),
        Task::Fuzz(arguments) => fuzz::run(arguments),
        Task::Generate(arguments) => generate::run(arguments),
        Task::Stubs(arguments) => stubs::run(arguments),
        Task::Release(arguments) => release::run(arguments),
        Task::Semver(arguments) => semver::run(arguments),
        Task::Pictures => web::pictures(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            shell::say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}
