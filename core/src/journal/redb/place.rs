//! The directory that an open journal is in, and what may happen to it.

use std::fs::{self, Metadata};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::file::{DATABASE_FILE, database_file};
use crate::private_file;

/// Free bytes below which the disk counts as full.
#[cfg(unix)]
const FREE_BYTES_MIN: u64 = 4 << 20;

/// Bytes that are written to find out whether the storage works again.
const PROBE_BYTES: usize = 64 * 1024;

/// The directory of an open journal.
#[derive(Debug)]
pub(super) struct Place {
    dir: PathBuf,
    /// Identity of the journal's file when it was opened.
    file: FileId,
}

/// Device and number of a file; the same for all on systems that have no such thing.
type FileId = (u64, u64);

#[cfg(unix)]
fn id_of(file: &Metadata) -> FileId {
    use std::os::unix::fs::MetadataExt;
    (file.dev(), file.ino())
}

#[cfg(not(unix))]
fn id_of(_: &Metadata) -> FileId {
    (0, 0)
}

impl Place {
    /// Remembers the journal's file in this directory.
    pub(super) fn of(dir: &Path) -> io::Result<Self> {
        Ok(Self { dir: dir.to_owned(), file: id_of(&fs::metadata(database_file(dir))?) })
    }

    /// Checks that the open file is still the one in the directory, and that the disk has room.
    pub(super) fn check(&self) -> io::Result<()> {
        let file = fs::metadata(database_file(&self.dir));
        let file = file.map_err(|error| io::Error::new(error.kind(), format!("{DATABASE_FILE} is gone: {error}")))?;
        if id_of(&file) != self.file {
            return Err(io::Error::other(format!("{DATABASE_FILE} is another file than the one that is open")));
        }
        self.check_room()
    }

    #[cfg(unix)]
    fn check_room(&self) -> io::Result<()> {
        let disk = rustix::fs::statvfs(&self.dir)?;
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        if free < FREE_BYTES_MIN {
            return Err(io::Error::new(io::ErrorKind::StorageFull, format!("the disk is full: {free} bytes are free")));
        }
        Ok(())
    }

    #[cfg(not(unix))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "other systems can tell")]
    fn check_room(&self) -> io::Result<()> {
        Ok(())
    }

    /// Writes a small file and removes it, to find out whether the storage takes anything.
    pub(super) fn probe(&self) -> io::Result<()> {
        let path = self.dir.join("probe.tmp");
        let written = private_file::options().write(true).truncate(true).open(&path).and_then(|mut file| {
            file.write_all(&vec![0; PROBE_BYTES])?;
            file.sync_all()
        });
        let removed = fs::remove_file(&path);
        written.and(removed)
    }
}
