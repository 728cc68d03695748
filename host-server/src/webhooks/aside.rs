//! Damaged files that were set aside.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::store::FILE;

/// What follows the file's name, before a number.
const ENDING: &str = ".damaged-";

/// Returns a name for one more file that is set aside.
pub(super) fn name(dir: &Path) -> io::Result<PathBuf> {
    let mut number = 1_u32;
    loop {
        let name = dir.join(format!("{FILE}{ENDING}{number}"));
        if !name.try_exists()? {
            return Ok(name);
        }
        number += 1;
    }
}

/// Returns the name of a file that was set aside and is still there. A directory that can't be read has none.
pub(super) fn find(dir: &Path) -> Option<String> {
    let start = format!("{FILE}{ENDING}");
    let names = fs::read_dir(dir).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.filter(|name| name.starts_with(&start)).min()
}
