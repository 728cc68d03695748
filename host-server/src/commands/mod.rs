//! The subcommands.

mod backup;
mod balance;
#[cfg(feature = "cluster")]
mod cluster;
mod compact;
mod demo;
mod erase_in_backup;
mod export;
mod health;
mod operator;
mod payout;
#[cfg(feature = "cluster")]
mod publish;
mod recover;
mod serve;
mod verify;
#[cfg(feature = "cluster")]
mod waiting;
mod webhooks;

use std::process::ExitCode;

use crate::config::{Cli, ClusterArgs, Command, PublishArgs};
#[cfg(not(feature = "cluster"))]
use crate::config::{NoPublisher, NotBuilt};
use crate::terminal::{Outcome, complain};

/// Runs the command of the command line.
pub fn run(cli: Cli) -> ExitCode {
    let outcome = match cli.command {
        None => serve::run(&cli.serve),
        Some(Command::Serve(args)) => serve::run(&args),
        Some(Command::Health(args)) => health::run(&args),
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
        Some(Command::Publish(args)) => on_nats(&args),
        Some(Command::Cluster(args)) => on_cluster(&args),
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

#[cfg(feature = "cluster")]
fn on_cluster(args: &ClusterArgs) -> Outcome {
    cluster::run(args)
}

#[cfg(not(feature = "cluster"))]
fn on_cluster(_: &ClusterArgs) -> Outcome {
    Err(NotBuilt.into())
}

#[cfg(feature = "cluster")]
fn on_nats(args: &PublishArgs) -> Outcome {
    publish::run(args)
}

#[cfg(not(feature = "cluster"))]
fn on_nats(_: &PublishArgs) -> Outcome {
    Err(NoPublisher.into())
}
