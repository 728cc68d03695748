//! The subcommands.

mod backup;
mod balance;
mod compact;
mod demo;
mod erase_in_backup;
mod export;
mod operator;
mod payout;
mod recover;
mod serve;
mod verify;
mod webhooks;

use std::process::ExitCode;

use crate::config::{Cli, Command};
use crate::terminal::complain;

/// Runs the command of the command line.
pub fn run(cli: Cli) -> ExitCode {
    let outcome = match cli.command {
        None => serve::run(&cli.serve),
        Some(Command::Serve(args)) => serve::run(&args),
        Some(Command::Operator(args)) => operator::run(&args),
        Some(Command::Payout(args)) => payout::run(args),
        Some(Command::Balance(args)) => balance::run(&args),
        Some(Command::Verify(args)) => return verify::run(&args),
        Some(Command::Export(args)) if args.salvage => return recover::run(&args),
        Some(Command::Export(args)) => export::run(&args),
        Some(Command::Backup(args)) => backup::run(&args),
        Some(Command::EraseInBackup(args)) => erase_in_backup::run(&args),
        Some(Command::Compact(args)) => compact::run(&args),
        Some(Command::Webhooks(args)) => webhooks::run(&args),
        Some(Command::Demo(args)) => demo::run(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(error.as_ref());
            ExitCode::FAILURE
        }
    }
}
