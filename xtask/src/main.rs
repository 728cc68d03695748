//! `cargo xtask`: the one way to run everything.

mod bench;
mod node;
mod python;
mod shell;
mod stubs;
mod test;

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
    /// Runs every check that a change must pass.
    Test(test::Arguments),
    /// Runs the benchmarks and prints their tables.
    Bench(bench::Arguments),
    /// Writes the type stubs of the bindings anew.
    Stubs(stubs::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.task {
        Task::Test(arguments) => test::run(arguments),
        Task::Bench(arguments) => bench::run(arguments),
        Task::Stubs(arguments) => stubs::run(arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            shell::say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}
