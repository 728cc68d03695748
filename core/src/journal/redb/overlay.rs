//! Storage overlay that reads a file and keeps writes in memory. The recovery of a damaged journal must not change it,
//! and redb writes even to a file that is only read.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use redb::StorageBackend;

/// Size of the pieces in which written bytes are kept.
const PIECE_BYTES: usize = 4096;

/// Random-access bytes that are never changed.
pub(super) trait Source: fmt::Debug + Send + Sync + 'static {
    fn len(&self) -> io::Result<u64>;

    /// Fills `out` from the bytes at `offset`; fails if there are fewer.
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()>;
}

impl Source for Mutex<std::fs::File> {
    fn len(&self) -> io::Result<u64> {
        Ok(lock(self).metadata()?.len())
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        use std::io::{Read as _, Seek as _};
        let mut file = lock(self);
        file.seek(io::SeekFrom::Start(offset))?;
        file.read_exact(out)
    }
}

/// The source with the written bytes as an overlay.
#[derive(Debug)]
pub(super) struct Overlay<S> {
    source: S,
    changes: Mutex<Changes>,
}

#[derive(Debug)]
struct Changes {
    pieces: BTreeMap<u64, Vec<u8>>,
    len: u64,
    /// Length of the source that is still visible; it never grows.
    shown: u64,
}

impl<S: Source> Overlay<S> {
    pub(super) fn new(source: S) -> io::Result<Self> {
        let len = source.len()?;
        Ok(Self { source, changes: Mutex::new(Changes { pieces: BTreeMap::new(), len, shown: len }) })
    }

    /// Returns the current content of the piece, with zeros beyond the data.
    fn piece(&self, changes: &Changes, number: u64) -> io::Result<Vec<u8>> {
        if let Some(piece) = changes.pieces.get(&number) {
            return Ok(piece.clone());
        }
        let mut piece = vec![0; PIECE_BYTES];
        let start = number * PIECE_BYTES as u64;
        let there = usize::try_from(changes.shown.saturating_sub(start)).unwrap_or(PIECE_BYTES).min(PIECE_BYTES);
        if there > 0 {
            self.source.read_at(start, &mut piece[..there])?;
        }
        Ok(piece)
    }
}

/// Iterates over the pieces that `len` bytes at `offset` span: the piece's number, the range in it, and the offset of
/// that range in the bytes.
fn pieces(offset: u64, len: usize) -> impl Iterator<Item = (u64, std::ops::Range<usize>, usize)> {
    let mut done = 0;
    std::iter::from_fn(move || {
        (done < len).then(|| {
            let at = offset + done as u64;
            let within = usize::try_from(at % PIECE_BYTES as u64).unwrap_or(0);
            let count = (PIECE_BYTES - within).min(len - done);
            let piece = (at / PIECE_BYTES as u64, within..within + count, done);
            done += count;
            piece
        })
    })
}

impl<S: Source> StorageBackend for Overlay<S> {
    fn len(&self) -> io::Result<u64> {
        Ok(lock(&self.changes).len)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let changes = lock(&self.changes);
        if offset.checked_add(out.len() as u64).is_none_or(|end| end > changes.len) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        for (number, within, at) in pieces(offset, out.len()) {
            let len = within.len();
            out[at..at + len].copy_from_slice(&self.piece(&changes, number)?[within]);
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut changes = lock(&self.changes);
        let last = len / PIECE_BYTES as u64;
        if len < changes.len {
            // Truncated bytes must read as zeros if the file grows again.
            let mut piece = self.piece(&changes, last)?;
            piece[usize::try_from(len % PIECE_BYTES as u64).unwrap_or(0)..].fill(0);
            changes.pieces.split_off(&last);
            changes.pieces.insert(last, piece);
            changes.shown = changes.shown.min(len);
        }
        changes.len = len;
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut changes = lock(&self.changes);
        for (number, within, at) in pieces(offset, data.len()) {
            let mut piece = self.piece(&changes, number)?;
            let len = within.len();
            piece[within].copy_from_slice(&data[at..at + len]);
            changes.pieces.insert(number, piece);
        }
        changes.len = changes.len.max(offset + data.len() as u64);
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Source for Vec<u8> {
        fn len(&self) -> io::Result<u64> {
            Ok(self.as_slice().len() as u64)
        }

        fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
            let start = usize::try_from(offset).unwrap();
            out.copy_from_slice(self.get(start..start + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?);
            Ok(())
        }
    }

    fn content(storage: &Overlay<Vec<u8>>) -> Vec<u8> {
        let mut bytes = vec![0; usize::try_from(StorageBackend::len(storage).unwrap()).unwrap()];
        StorageBackend::read(storage, 0, &mut bytes).unwrap();
        bytes
    }

    #[test]
    fn it_is_written_like_any_storage_and_the_source_stays() {
        let mut expected: Vec<u8> = (0..10_000_u32).map(|at| (at % 251) as u8).collect();
        let storage = Overlay::new(expected.clone()).unwrap();
        for (offset, len) in [(0, 1), (4095, 2), (100, 5000), (9_999, 1), (8192, 0)] {
            let data = vec![0xAA; len];
            StorageBackend::write(&storage, offset as u64, &data).unwrap();
            expected[offset..offset + len].copy_from_slice(&data);
            assert_eq!(content(&storage), expected);
        }
        for len in [20_000, 9_000, 4_096, 12_345, 0, 5_000] {
            storage.set_len(len as u64).unwrap();
            expected.resize(len, 0);
            assert_eq!(content(&storage), expected, "{len}");
        }
        assert!(StorageBackend::read(&storage, 4_999, &mut [0; 2]).is_err());
        assert_eq!(storage.source[4095], (4095 % 251) as u8);
    }
}
