//! The documents say what the host does: the reference of its command line, and the guides that can be followed word by word.

#[cfg(feature = "stripe")]
mod command_line;
mod guides;

use std::path::{Path, PathBuf};

/// The file at this path of the repository.
fn document(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}
