//! A copy for a new host: another host's backup, in chunks.
//!
//! A new host does not read the stream from its beginning, which may be gone or years long, and it lacks the keys of personal
//! data. So it asks another host for a backup, takes it file by file, and follows the stream from where the backup stands.
//!
//! The host that gives makes the backup in its own directory and removes it when the other has it, or has not asked for a
//! while.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use super::super::member::Moment;
use super::shared::lock;
use crate::event::Hash;
use crate::private_file;

/// Time without a question after which a backup is removed, in milliseconds.
const IDLE_MAX: Moment = 120_000;

/// Maximum number of backups that a host keeps for others at a time.
const COPIES_MAX: usize = 2;

/// Maximum number of files of a copy.
const FILES_MAX: usize = 64;

/// Name of the file that is put in place last: with it, the directory is a journal.
const LAST: &str = "journal.redb";

/// Beginning of the names of the folders with backups for others.
const FOLDER: &str = "copy-for-host-";

/// Folder in which a copy is taken, until it is complete.
const PARTIAL: &str = "copy.partial";

/// Question of a new host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Question {
    /// Make a backup.
    Begin,
    /// How far is it?
    State { copy: u64 },
    /// Give the content of a file, from a place on.
    Read { copy: u64, file: usize, offset: u64 },
    /// It is complete here.
    End { copy: u64 },
}

/// Answer of the host that gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Reply {
    /// The backup is being made.
    Making { copy: u64 },
    /// It is complete.
    Ready { copy: u64, files: Vec<Part> },
    /// Content of a file.
    Chunk {
        #[serde(with = "serde_bytes")]
        bytes: Vec<u8>,
    },
    /// The backup is removed.
    Ended,
    /// There is no such backup, or none can be made.
    Refused { why: String },
}

/// A file of a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Part {
    name: String,
    bytes: u64,
    hash: Hash,
}

/// Makes a backup in an empty folder.
pub(super) type Backup = Box<dyn Fn(&Path) -> Result<(), String> + Send + Sync>;

/// Backups that a host keeps for others.
pub(super) struct Shelf {
    /// Folder for the backups' folders.
    dir: PathBuf,
    backup: Backup,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    last: u64,
    copies: BTreeMap<u64, Kept>,
}

/// A backup that is kept for another host.
struct Kept {
    folder: TempDir,
    /// The files, once they are complete; or why they never will be.
    files: Option<Result<Vec<Part>, String>>,
    asked_at: Moment,
}

impl Shelf {
    pub(super) fn new(dir: PathBuf, backup: Backup) -> Self {
        Self { dir, backup, state: Mutex::default() }
    }

    /// Removes the backups of an earlier process that was killed: they hold keys of personal data, which an erasure does not
    /// reach there. Call it before the first question. Blocks.
    pub(super) fn clear(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            if entry.file_name().as_encoded_bytes().starts_with(FOLDER.as_bytes()) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }

    /// Removes backups that nobody asks for any more.
    pub(super) fn tidy(&self, now: Moment) {
        let is_wanted = |copy: &Kept| copy.files.is_none() || now.saturating_sub(copy.asked_at) < IDLE_MAX;
        lock(&self.state).copies.retain(|_, copy| is_wanted(copy));
    }

    /// Answers a question. `chunk_max` is the most bytes of a chunk. If it answers [`Reply::Making`] to [`Question::Begin`],
    /// the caller has to call [`Shelf::make`] next.
    pub(super) fn answer(&self, now: Moment, question: &Question, chunk_max: usize) -> Reply {
        self.tidy(now);
        let answered = match question {
            Question::Begin => self.begin(now),
            Question::State { copy } => self.look(now, *copy),
            Question::Read { copy, file, offset } => self.read(now, *copy, *file, *offset, chunk_max),
            Question::End { copy } => {
                lock(&self.state).copies.remove(copy);
                Ok(Reply::Ended)
            }
        };
        answered.unwrap_or_else(|why| Reply::Refused { why })
    }

    fn begin(&self, now: Moment) -> Result<Reply, String> {
        let mut state = lock(&self.state);
        if state.copies.len() >= COPIES_MAX {
            return Err("other hosts are being given copies: ask again later".into());
        }
        let folder = tempfile::Builder::new().prefix(FOLDER).tempdir_in(&self.dir);
        let folder = folder.map_err(|error| error.to_string())?;
        state.last += 1;
        let copy = state.last;
        state.copies.insert(copy, Kept { folder, files: None, asked_at: now });
        Ok(Reply::Making { copy })
    }

    /// Makes the backup of a copy that was begun. Blocks.
    pub(super) fn make(&self, copy: u64) {
        let folder = lock(&self.state).copies.get(&copy).map(|copy| copy.folder.path().to_owned());
        let Some(folder) = folder else { return };
        let made = (self.backup)(&folder).and_then(|()| parts(&folder).map_err(|error| error.to_string()));
        if let Some(copy) = lock(&self.state).copies.get_mut(&copy) {
            copy.files = Some(made);
        }
    }

    fn look(&self, now: Moment, id: u64) -> Result<Reply, String> {
        let mut state = lock(&self.state);
        let copy = state.copies.get_mut(&id).ok_or_else(gone)?;
        copy.asked_at = now;
        match &copy.files {
            None => Ok(Reply::Making { copy: id }),
            Some(Ok(files)) => Ok(Reply::Ready { copy: id, files: files.clone() }),
            Some(Err(why)) => Err(why.clone()),
        }
    }

    fn read(&self, now: Moment, id: u64, file: usize, offset: u64, most: usize) -> Result<Reply, String> {
        let path = {
            let mut state = lock(&self.state);
            let copy = state.copies.get_mut(&id).ok_or_else(gone)?;
            copy.asked_at = now;
            let files = copy.files.as_ref().and_then(|files| files.as_ref().ok());
            let part = files.and_then(|files| files.get(file)).ok_or_else(gone)?;
            copy.folder.path().join(&part.name)
        };
        let read = || -> io::Result<Vec<u8>> {
            let mut file = File::open(path)?;
            file.seek(SeekFrom::Start(offset))?;
            let mut bytes = Vec::new();
            file.take(most as u64).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        read().map(|bytes| Reply::Chunk { bytes }).map_err(|error| error.to_string())
    }
}

fn gone() -> String {
    "there is no such copy any more: begin anew".into()
}

/// Returns the files of a folder, with their hashes.
fn parts(folder: &Path) -> io::Result<Vec<Part>> {
    let mut parts = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string();
        let name = name.map_err(|name| io::Error::other(format!("odd name {}", name.display())))?;
        let mut hasher = blake3::Hasher::new();
        let bytes = io::copy(&mut File::open(entry.path())?, &mut hasher)?;
        parts.push(Part { name, bytes, hash: Hash::from_bytes(*hasher.finalize().as_bytes()) });
    }
    parts.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    Ok(parts)
}

/// A copy that is being taken: what to ask next, and what to do with the answer.
pub(super) struct Taking {
    dir: PathBuf,
    copy: Option<u64>,
    files: Option<Vec<Part>>,
    /// File that is being written, and its bytes so far.
    at: usize,
    written: u64,
    open: Option<(File, blake3::Hasher)>,
}

/// What comes next in taking a copy.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Ask this.
    Ask(Question),
    /// Ask this in a moment.
    AskLater(Question),
    /// The copy is in place.
    Done,
}

/// Reason why a copy can't be taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TransferError {
    /// The other host can't give it.
    #[error("the other host can't give a copy: {0}")]
    Refused(String),
    /// The answer is not one to the question, or the content is not what was announced.
    #[error("the other host's copy is not what it says: {0}")]
    Wrong(String),
    /// This host can't write it.
    #[error("the copy can't be written")]
    Storage(#[from] io::Error),
}

impl Taking {
    /// Begins to take a copy into a data directory without a journal. What an earlier attempt has left is removed.
    pub(super) fn begin(dir: &Path) -> Result<Self, TransferError> {
        fs::create_dir_all(dir)?;
        let partial = dir.join(PARTIAL);
        match fs::remove_dir_all(&partial) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => fs::create_dir(&partial)?,
        }
        Ok(Self { dir: dir.to_owned(), copy: None, files: None, at: 0, written: 0, open: None })
    }

    /// Returns the question with which it goes on.
    pub(super) fn next(&self) -> Next {
        match (self.copy, &self.files) {
            (None, _) => Next::Ask(Question::Begin),
            (Some(copy), None) => Next::AskLater(Question::State { copy }),
            (Some(copy), Some(files)) if self.at < files.len() => {
                Next::Ask(Question::Read { copy, file: self.at, offset: self.written })
            }
            (Some(_), Some(_)) => Next::Done,
        }
    }

    /// Returns the question by which the other host may remove its backup.
    pub(super) fn end(&self) -> Option<Question> {
        self.copy.map(|copy| Question::End { copy })
    }

    /// Takes an answer; returns what comes next. Blocks while it writes.
    pub(super) fn take(&mut self, reply: Reply) -> Result<Next, TransferError> {
        match reply {
            Reply::Making { copy } => self.copy = Some(copy),
            Reply::Ready { copy, files } => {
                check(&files)?;
                (self.copy, self.files) = (Some(copy), Some(files));
                self.skip_empty()?;
            }
            Reply::Chunk { bytes } => self.write(&bytes)?,
            Reply::Refused { why } => return Err(TransferError::Refused(why)),
            Reply::Ended => return Err(wrong("it has ended")),
        }
        if self.next() == Next::Done {
            self.put_in_place()?;
        }
        Ok(self.next())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), TransferError> {
        let part = self.files.as_ref().and_then(|files| files.get(self.at)).cloned();
        let part = part.ok_or_else(|| wrong("it gives what nobody has asked for"))?;
        if bytes.is_empty() || self.written + bytes.len() as u64 > part.bytes {
            return Err(wrong(&format!("{} is not as long as announced", part.name)));
        }
        let (mut file, mut hasher) = match self.open.take() {
            Some(open) => open,
            None => (create(&self.dir.join(PARTIAL).join(&part.name))?, blake3::Hasher::new()),
        };
        file.write_all(bytes)?;
        hasher.update(bytes);
        self.written += bytes.len() as u64;
        if self.written < part.bytes {
            self.open = Some((file, hasher));
            return Ok(());
        }
        finish(&file, &hasher, &part)?;
        (self.at, self.written) = (self.at + 1, 0);
        self.skip_empty()
    }

    /// Makes files without content, for which nothing is to be asked.
    fn skip_empty(&mut self) -> Result<(), TransferError> {
        while let Some(part) = self.files.as_ref().and_then(|files| files.get(self.at)).filter(|part| part.bytes == 0) {
            finish(&create(&self.dir.join(PARTIAL).join(&part.name))?, &blake3::Hasher::new(), part)?;
            self.at += 1;
        }
        Ok(())
    }

    /// Moves the files to their places. A crash in the middle leaves no journal: the next attempt begins anew.
    fn put_in_place(&self) -> Result<(), TransferError> {
        let partial = self.dir.join(PARTIAL);
        let files = self.files.iter().flatten();
        let (last, first): (Vec<_>, Vec<_>) = files.partition(|part| part.name == LAST);
        for part in first {
            fs::rename(partial.join(&part.name), self.dir.join(&part.name))?;
        }
        sync_dir(&self.dir)?;
        for part in last {
            fs::rename(partial.join(&part.name), self.dir.join(&part.name))?;
        }
        sync_dir(&self.dir)?;
        fs::remove_dir_all(&partial)?;
        Ok(())
    }
}

fn create(path: &Path) -> io::Result<File> {
    private_file::options().write(true).create_new(true).open(path)
}

fn finish(file: &File, hasher: &blake3::Hasher, part: &Part) -> Result<(), TransferError> {
    if hasher.finalize().as_bytes() != part.hash.as_bytes() {
        return Err(wrong(&format!("{} has another content than announced", part.name)));
    }
    Ok(file.sync_all()?)
}

/// Refuses names that would lie elsewhere, come twice, or make no journal.
fn check(files: &[Part]) -> Result<(), TransferError> {
    let is_plain = |name: &str| {
        let is_safe = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
        !name.is_empty() && name.chars().all(is_safe) && !name.starts_with('.')
    };
    if files.len() > FILES_MAX || !files.iter().any(|part| part.name == LAST) {
        return Err(wrong("it is no journal"));
    }
    for (at, part) in files.iter().enumerate() {
        if !is_plain(&part.name) || part.name == PARTIAL || files[..at].iter().any(|other| other.name == part.name) {
            return Err(wrong(&format!("it has a file with the name {:?}", part.name)));
        }
    }
    Ok(())
}

fn wrong(what: &str) -> TransferError {
    TransferError::Wrong(what.to_owned())
}

/// Makes the names in a directory durable on systems that support it.
fn sync_dir(dir: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(dir)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests;
