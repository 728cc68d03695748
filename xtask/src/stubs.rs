//! `cargo xtask stubs`: type stubs of the bindings for editors and type checkers, generated from the native modules.

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
