//! The file `FORMAT`, which names the format of a directory in a form that every release reads before anything else.
//!
//! It is durable before the database is created, so a directory with a database but without `FORMAT` is not ours.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::journal::JournalError;
use crate::journal::codec::damaged;

/// Format of a journal in one file.
pub(super) const SINGLE: u32 = 1;

/// Format of a journal whose old records may be in an archive.
pub(super) const ARCHIVED: u32 = 2;

/// Format of a journal whose vault may be encrypted.
pub(super) const SEALED: u32 = 3;

/// Newest format that this version supports.
const KNOWN: u32 = SEALED;

const FILE: &str = "FORMAT";

/// Checks the directory's format before anything in it is touched. Writes `FORMAT` in a directory without a journal.
pub(super) fn check_or_create(dir: &Path, database: &Path) -> Result<(), JournalError> {
    if let Some(found) = found(dir)? {
        return check(found);
    }
    if !database.try_exists().map_err(storage)? {
        create(dir, SINGLE).map_err(storage)?;
    }
    // Another process that begins at this moment may have made both.
    found(dir)?.map_or_else(|| Err(damaged(0, "the file FORMAT is missing")), check)
}

/// Returns the format that the directory names; `None` if it names none.
fn found(dir: &Path) -> Result<Option<u32>, JournalError> {
    match fs::read(dir.join(FILE)) {
        Ok(bytes) => parse(&bytes).map(Some),
        Err(err) if err.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(err) => Err(storage(err)),
    }
}

/// Rejects a format that only a newer version supports.
pub(super) fn check(found: u32) -> Result<(), JournalError> {
    match found {
        0 => Err(damaged(0, "there is no format 0")),
        1..=KNOWN => Ok(()),
        _ => Err(JournalError::NewerFormat { found, known: KNOWN }),
    }
}

/// Raises the format of the directory to `format` if it has an older one. Of several at once, the highest stays: only the process that
/// has the directory open raises it, and its threads do so one by one.
pub(super) fn raise(dir: &Path, format: u32) -> Result<(), JournalError> {
    let alone = alone();
    let found = parse(&fs::read(dir.join(FILE)).map_err(storage)?)?;
    if found < format { replace(dir, format, &alone).map_err(storage) } else { Ok(()) }
}

fn parse(bytes: &[u8]) -> Result<u32, JournalError> {
    let format = std::str::from_utf8(bytes).ok().and_then(|text| {
        let digits = text.strip_prefix("boxoffice ")?.trim_end();
        // `u32::from_str` alone would also accept a sign.
        if digits.bytes().all(|digit| digit.is_ascii_digit()) { digits.parse().ok() } else { None }
    });
    format.ok_or_else(|| damaged(0, "the file FORMAT is not readable"))
}

/// Writes the file, unless another process was faster; then that process's file stays.
fn create(dir: &Path, format: u32) -> io::Result<()> {
    let _alone = alone();
    fs::create_dir_all(dir)?;
    name(&written(dir, format)?, &dir.join(FILE))
}

/// Writes the file in place of the one that is there, which nobody else reads or writes meanwhile.
fn replace(dir: &Path, format: u32, _: &Alone) -> io::Result<()> {
    fs::rename(written(dir, format)?, dir.join(FILE))?;
    sync_dir(dir)
}

/// Writes the file under a temporary name, so that a crash leaves the old file or a complete new one.
fn written(dir: &Path, format: u32) -> io::Result<PathBuf> {
    let unfinished = unfinished(&dir.join(FILE));
    let mut file = File::create(&unfinished)?;
    file.write_all(format!("boxoffice {format}\n").as_bytes())?;
    file.sync_all()?;
    Ok(unfinished)
}

/// Returns a temporary name that no other process has, and nobody else while [`alone`] is held.
fn unfinished(file: &Path) -> PathBuf {
    let mut unfinished = file.to_owned().into_os_string();
    unfinished.push(format!(".new-{}", std::process::id()));
    PathBuf::from(unfinished)
}

/// Held while files are made under a temporary name, or the format is raised.
type Alone = MutexGuard<'static, ()>;

/// Keeps the threads of this process from making files under one temporary name, and from raising the format at once.
fn alone() -> Alone {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Creates a database under a temporary name first. A power cut while redb lays out a new file leaves one that can't be
/// opened and is indistinguishable from a damaged one.
pub(super) fn make(file: &Path, lay_out: &dyn Fn(&Path) -> Result<(), JournalError>) -> Result<(), JournalError> {
    let _alone = alone();
    let unfinished = unfinished(file);
    remove_if_there(&unfinished).map_err(storage)?;
    lay_out(&unfinished)?;
    name(&unfinished, file).map_err(storage)
}

fn remove_if_there(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(err) if err.kind() != io::ErrorKind::NotFound => Err(err),
        _ => Ok(()),
    }
}

/// Gives a finished file its name, unless another process was faster; then that process's file stays.
fn name(unfinished: &Path, file: &Path) -> io::Result<()> {
    match fs::hard_link(unfinished, file) {
        Ok(()) => fs::remove_file(unfinished)?,
        Err(err) if err.kind() == io::ErrorKind::AlreadyExists => return fs::remove_file(unfinished),
        // Not every file system has hard links; all can rename.
        Err(_) => fs::rename(unfinished, file)?,
    }
    file.parent().map_or(Ok(()), sync_dir)
}

/// Makes the names in a directory durable on systems that support it.
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
        assert!(matches!(check_text(b"boxoffice 4\n"), Err(JournalError::NewerFormat { found: 4, known: 3 })));
        assert!(check_text(b"boxoffice 1\n").is_ok());
        assert!(check_text(b"boxoffice 2\n").is_ok());
        assert!(check_text(b"boxoffice 3\n").is_ok());
    }

    #[test]
    fn the_one_that_comes_second_keeps_the_format_of_the_first() {
        let dir = tempfile::tempdir().unwrap();
        create(dir.path(), ARCHIVED).unwrap();
        create(dir.path(), SINGLE).unwrap();
        assert_eq!(fs::read_to_string(dir.path().join(FILE)).unwrap(), "boxoffice 2\n");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "no temporary file is left");
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
    fn a_format_is_raised_and_never_lowered() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("journal.redb");
        check_or_create(dir.path(), &database).unwrap();
        for (format, expected) in [(ARCHIVED, "boxoffice 2\n"), (SINGLE, "boxoffice 2\n")] {
            raise(dir.path(), format).unwrap();
            assert_eq!(fs::read_to_string(dir.path().join(FILE)).unwrap(), expected);
        }
        check_or_create(dir.path(), &database).unwrap();
        assert_eq!(fs::read_to_string(dir.path().join(FILE)).unwrap(), "boxoffice 2\n");
    }

    #[test]
    fn of_two_who_raise_the_format_at_once_the_higher_one_wins() {
        for _ in 0..20 {
            let dir = tempfile::tempdir().unwrap();
            create(dir.path(), SINGLE).unwrap();
            let start = std::sync::Barrier::new(2);
            std::thread::scope(|scope| {
                for format in [SEALED, ARCHIVED] {
                    let (dir, start) = (dir.path(), &start);
                    scope.spawn(move || {
                        start.wait();
                        raise(dir, format).unwrap();
                    });
                }
            });
            assert_eq!(fs::read_to_string(dir.path().join(FILE)).unwrap(), "boxoffice 3\n");
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
