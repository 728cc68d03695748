//! The binary `boxoffice-server`. All its code is in the library of the same name.

use std::process::ExitCode;

use boxoffice_server::commands;
use boxoffice_server::config::Cli;

fn main() -> ExitCode {
    commands::run(Cli::read())
}
