//! Tests of the documents: the reference of the command line, and the guides.

#[cfg(feature = "stripe")]
mod command_line;
mod guides;

use std::path::{Path, PathBuf};

/// Returns the path of a file of the repository.
fn document(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}
