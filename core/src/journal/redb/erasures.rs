//! The list of erased users, kept beside the journal so that backups can follow: `erased-users`, an id a line.
//!
//! A backup holds the keys of its own time. Whoever restores an older one puts the latest list beside it; opening then
//! overwrites the keys of everybody on the list.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use redb::{Database, ReadableDatabase};

use super::error::guarded;
use super::file::DATABASE_FILE;
use super::format::{storage, sync_dir};
use super::keys::Keys;
use super::lock::lock;
use super::vault;
use crate::journal::JournalError;
use crate::private_file;
use crate::types::UserId;

/// Name of the file in the data directory.
pub(crate) const ERASURES_FILE: &str = "erased-users";

/// The list of erased users.
#[derive(Debug, Default)]
pub(super) struct Erasures {
    /// `None` for a journal that is in no directory.
    path: Option<PathBuf>,
    users: Mutex<HashSet<UserId>>,
    /// Users that the list could not be given yet.
    unwritten: Mutex<Vec<UserId>>,
}

impl Erasures {
    /// Reads the list of a directory. A line that is no id is logged and passed over: it must not keep a shop closed.
    pub(super) fn open(dir: &Path) -> Result<Self, JournalError> {
        let path = dir.join(ERASURES_FILE);
        let text = match fs::read(&path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(err) if err.kind() == io::ErrorKind::NotFound => String::new(),
            Err(err) => return Err(storage(err)),
        };
        let mut users = HashSet::new();
        for (number, line) in text.lines().enumerate() {
            match line.trim().parse() {
                Ok(user) => drop(users.insert(user)),
                Err(_) if line.trim().is_empty() => {}
                Err(error) => tracing::error!(line = number + 1, %error, "a line of {ERASURES_FILE} is no user's id"),
            }
        }
        Ok(Self { path: Some(path), users: Mutex::new(users), unwritten: Mutex::default() })
    }

    /// Returns `true` if the user is on the list.
    pub(super) fn has(&self, user: UserId) -> bool {
        lock(&self.users).contains(&user)
    }

    /// Returns everybody on the list.
    pub(super) fn all(&self) -> Vec<UserId> {
        let mut all: Vec<_> = lock(&self.users).iter().copied().collect();
        all.sort_unstable();
        all
    }

    /// Adds users, and returns `true` if the list has them durably. One that can't be written keeps no shop closed: the journal
    /// itself remembers whom it has to add.
    pub(super) fn note(&self, erased: &[UserId]) -> bool {
        let mut unwritten = lock(&self.unwritten);
        unwritten.extend(erased);
        let added = self.add(&unwritten);
        if added.is_ok() {
            unwritten.clear();
        }
        if let Err(error) = &added {
            let error = error as &dyn std::error::Error;
            tracing::error!(error, "{ERASURES_FILE} can't be written: backups of before can't follow this erasure yet");
        }
        added.is_ok()
    }

    /// Adds users, durable when it returns.
    pub(super) fn add(&self, erased: &[UserId]) -> Result<(), JournalError> {
        let mut users = lock(&self.users);
        let new: Vec<UserId> = erased.iter().copied().filter(|user| !users.contains(user)).collect();
        if let Some(path) = self.path.as_ref().filter(|_| !new.is_empty()) {
            append(path, &new).map_err(storage)?;
        }
        users.extend(new);
        Ok(())
    }
}

/// Overwrites the keys of users whose erasure has begun or is on the list, and decides about the slots that can't be read.
/// Returns `true` if everybody whose erasure has begun is on the list now.
pub(super) fn finish(
    db: &Database,
    keys: Option<&Keys>,
    erasures: &Erasures,
    erasing: &[UserId],
) -> Result<bool, JournalError> {
    let Some(keys) = keys else { return Ok(true) };
    guarded(DATABASE_FILE, || {
        let erased = [erasing, &erasures.all()].concat();
        let missing = if keys.unreadable().is_empty() {
            HashMap::new()
        } else {
            vault::without_key(&db.begin_read()?, keys, &erased.iter().copied().collect())?
        };
        keys.settle(missing)?;
        keys.erase(&erased)?;
        Ok(erasures.note(erasing))
    })
}

fn append(path: &Path, users: &[UserId]) -> io::Result<()> {
    let is_new = !path.try_exists()?;
    // Whatever a crash or an editor has left at the end is a line of its own.
    let is_open_line = !is_new && !fs::read(path)?.ends_with(b"\n") && fs::metadata(path)?.len() > 0;
    let mut text = if is_open_line { "\n".to_owned() } else { String::new() };
    text.extend(users.iter().map(|user| format!("{user}\n")));
    let mut file: File = private_file::options().append(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    if is_new { path.parent().map_or(Ok(()), sync_dir) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(number: u8) -> UserId {
        UserId::from_bytes([number; 16])
    }

    #[test]
    fn the_list_grows_and_survives_what_is_no_id() {
        let dir = tempfile::tempdir().unwrap();
        let list = Erasures::open(dir.path()).unwrap();
        assert_eq!(list.all(), []);
        list.add(&[user(2), user(1)]).unwrap();
        list.add(&[user(2)]).unwrap();
        let path = dir.path().join(ERASURES_FILE);
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{}\n{}\n", user(2), user(1)));

        fs::write(&path, format!("{}\nnobody\n\n{}", user(1), user(3))).unwrap();
        let list = Erasures::open(dir.path()).unwrap();
        assert_eq!(list.all(), [user(1), user(3)]);
        list.add(&[user(4)]).unwrap();
        let list = Erasures::open(dir.path()).unwrap();
        assert_eq!(list.all(), [user(1), user(3), user(4)]);
        assert!(list.has(user(4)) && !list.has(user(5)));
    }
}
