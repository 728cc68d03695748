//! The file `FORMAT`: what a directory holds, in a form that every release can read before it opens anything else.
//!
//! It is durable before the database is made, so a directory with a database and without `FORMAT` is not one of ours.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::journal::JournalError;
use crate::journal::codec::damaged;

/// The format of what this version writes, and the newest that it reads.
pub(super) const FORMAT: u32 = 1;

const FILE: &str = "FORMAT";

/// Checks the directory's format before anything in it is touched, and notes it in a directory without a journal.
pub(super) fn check_or_create(dir: &Path, database: &Path) -> Result<(), JournalError> {
    match fs::read(dir.join(FILE)) {
        Ok(bytes) => check(parse(&bytes).ok_or_else(|| damaged(0, "the file FORMAT is not readable"))?),
        Err(err) if err.kind() == io::ErrorKind::NotFound => {
            if database.try_exists().map_err(storage)? {
                return Err(damaged(0, "the file FORMAT is missing"));
            }
            create(dir).map_err(storage)
        }
        Err(err) => Err(storage(err)),
    }
}

/// Refuses a format that only a newer version knows.
pub(super) fn check(found: u32) -> Result<(), JournalError> {
    match found {
        0 => Err(damaged(0, "there is no format 0")),
        1..=FORMAT => Ok(()),
        _ => Err(JournalError::NewerFormat { found, known: FORMAT }),
    }
}

fn parse(bytes: &[u8]) -> Option<u32> {
    let digits = std::str::from_utf8(bytes).ok()?.strip_prefix("boxoffice ")?.trim_end();
    // `u32::from_str` alone would also take a sign.
    if digits.bytes().all(|digit| digit.is_ascii_digit()) { digits.parse().ok() } else { None }
}

/// Writes the file under another name first: a crash leaves either no `FORMAT` or a whole one.
fn create(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    let unfinished = dir.join("FORMAT.new");
    let mut file = File::create(&unfinished)?;
    file.write_all(format!("boxoffice {FORMAT}\n").as_bytes())?;
    file.sync_all()?;
    fs::rename(&unfinished, dir.join(FILE))?;
    sync_dir(dir)
}

/// Where a file of this name is made before it gets its name; each process has a place of its own.
pub(super) fn unfinished(dir: &Path, name: &str) -> PathBuf {
    dir.join(format!("{name}.new-{}", std::process::id()))
}

pub(super) fn remove_if_there(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(err) if err.kind() != io::ErrorKind::NotFound => Err(err),
        _ => Ok(()),
    }
}

/// Gives a finished file its name, unless another process was quicker: then its file stays.
pub(super) fn name(unfinished: &Path, file: &Path) -> io::Result<()> {
    match fs::hard_link(unfinished, file) {
        Ok(()) => fs::remove_file(unfinished)?,
        Err(err) if err.kind() == io::ErrorKind::AlreadyExists => return fs::remove_file(unfinished),
        // Not every file system has hard links; all can rename.
        Err(_) => fs::rename(unfinished, file)?,
    }
    file.parent().map_or(Ok(()), sync_dir)
}

/// Makes the names in a directory durable, where the system can.
pub(super) fn sync_dir(dir: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(dir)?.sync_all() } else { Ok(()) }
}

pub(super) fn storage(err: io::Error) -> JournalError {
    JournalError::Storage(Box::new(err))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(text: &[u8]) -> Result<(), JournalError> {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(FILE), text).unwrap();
        let result = check_or_create(dir.path(), &dir.path().join("journal.redb"));
        assert_eq!(fs::read(dir.path().join(FILE)).unwrap(), text);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing else is made");
        result
    }

    #[test]
    fn a_newer_format_is_refused_untouched() {
        assert!(matches!(check_text(b"boxoffice 2\n"), Err(JournalError::NewerFormat { found: 2, known: 1 })));
        assert!(check_text(b"boxoffice 1\n").is_ok());
    }

    #[test]
    fn anything_else_is_damage() {
        for bad in
            [b"".as_slice(), b"boxoffice", b"boxoffice \n", b"boxoffice 0\n", b"boxoffice +1\n", b"sqlite 1\n", b"\xff"]
        {
            assert!(matches!(check_text(bad), Err(JournalError::Damaged { .. })), "{bad:?}");
        }
    }

    #[test]
    fn a_new_directory_gets_the_file_and_keeps_it() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("a/b");
        for _ in 0..2 {
            check_or_create(&dir, &dir.join("journal.redb")).unwrap();
            assert_eq!(fs::read_to_string(dir.join(FILE)).unwrap(), "boxoffice 1\n");
        }
    }

    #[test]
    fn a_database_without_the_file_is_damage() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("journal.redb"), "x").unwrap();
        let result = check_or_create(dir.path(), &dir.path().join("journal.redb"));
        assert!(matches!(result, Err(JournalError::Damaged { .. })));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
