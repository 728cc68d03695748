//! `cargo xtask generate`: generates files from the source of the core's façade. The files are committed.
//!
//! [`model`] reads the façade; each emitter writes files from it. `--check` writes nothing and fails on a difference,
//! like the tests of this crate.

#![allow(clippy::format_collect, clippy::match_bool, reason = "text is put together here, and this reads best")]

mod blocking;
mod methods;
#[allow(dead_code, reason = "each emitter reads what its language needs")]
mod model;
mod node;
#[allow(dead_code, reason = "each emitter reads what its language needs")]
mod prose;
mod python;
#[allow(dead_code, reason = "each emitter reads what its language needs")]
mod rust;
mod threads;

use std::fs;

use clap::Args;

use crate::shell::{root, say};
use model::Model;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Writes nothing, and fails if what is committed is not current.
    #[arg(long)]
    check: bool,
}

/// A generated file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Output {
    /// Path, relative to the workspace.
    pub(crate) path: String,
    /// Content.
    pub(crate) text: String,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), String> {
    if arguments.check {
        return check_committed();
    }
    for output in &outputs()? {
        let path = root().join(&output.path);
        if fs::read_to_string(&path).unwrap_or_default() != output.text {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
            }
            fs::write(&path, &output.text).map_err(|error| format!("{}: {error}", path.display()))?;
            say(&format!("{} is written", output.path));
        }
    }
    Ok(())
}

/// Fails if the committed files differ from the generated ones.
pub(crate) fn check_committed() -> Result<(), String> {
    check(&outputs()?)
}

/// Generates all files.
fn outputs() -> Result<Vec<Output>, String> {
    let model = Model::read(&root())?;
    let outputs =
        [vec![methods::output(&model)], blocking::outputs(&model)?, python::outputs(&model)?, node::outputs(&model)?];
    Ok(outputs.concat())
}

/// Fails if a file differs from its generated content.
fn check(outputs: &[Output]) -> Result<(), String> {
    let is_current =
        |output: &&Output| fs::read_to_string(root().join(&output.path)).unwrap_or_default() == output.text;
    let stale: Vec<_> =
        outputs.iter().filter(|output| !is_current(output)).map(|output| output.path.as_str()).collect();
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!("not what the façade says: run `cargo xtask generate` and commit {}", stale.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_committed_is_current() {
        assert_eq!(check(&outputs().unwrap()), Ok(()));
    }
}
