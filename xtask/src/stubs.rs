//! `cargo xtask stubs`: what editors and type checkers read about the bindings, generated from their native modules.

use clap::Args;

use crate::{node, python};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Writes nothing, and fails if the committed stubs are not current.
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), String> {
    python::stubs(arguments.check)?;
    node::stubs(arguments.check)
}
