//! A faulty disk, for tests of code that must survive one.
//!
//! A [`FaultyDisk`] holds one file in memory, in two states: as processes read it, and as it would be after a power
//! cut. A write reaches the first immediately, and the second with the next sync. After a power cut, unsynced writes
//! may be present, missing, partly present, or present without earlier ones: each sector of 512 bytes independently
//! keeps some number of its writes, and the last of them may be torn at any byte.

mod backend;
mod platter;
mod rng;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use self::backend::DiskHandle;
pub use self::rng::Rng;

use self::platter::Platter;

/// A file on a disk that fails on request. Cheap to clone; clones are one disk.
///
/// It creates [`redb::StorageBackend`]s: [`FaultyDisk::open`] returns a handle that works until the process "dies"
/// ([`FaultyDisk::kill`], [`FaultyDisk::cut_power`]). After that, calls of the old handle have no effect.
///
/// ```
/// use boxoffice_faulty_disk::{FaultyDisk, FaultyDiskError};
/// use redb::{Database, ReadableDatabase, TableDefinition};
///
/// const SEATS: TableDefinition<'_, u64, u64> = TableDefinition::new("seats");
///
/// let disk = FaultyDisk::new(7);
/// let database = Database::builder().create_with_backend(disk.open())?;
/// let write = database.begin_write()?;
/// write.open_table(SEATS)?.insert(1, 2)?;
/// write.commit()?;
///
/// disk.cut_power(); // what was committed is synced, so it survives
/// drop(database);
/// let database = Database::builder().create_with_backend(disk.open())?;
/// assert_eq!(database.begin_read()?.open_table(SEATS)?.get(1)?.map(|seat| seat.value()), Some(2));
///
/// disk.set_capacity(Some(0));
/// assert!(database.begin_write()?.commit().is_err(), "{}", FaultyDiskError::Full);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct FaultyDisk(Arc<Mutex<Disk>>);

/// Reason why a call of a faulty disk failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultyDiskError {
    /// The process that opened the handle is dead.
    #[error("the process is dead")]
    Dead,
    /// The call was set to fail.
    #[error("the disk failed, as it was told to")]
    Failed,
    /// The disk is full.
    #[error("the disk is full")]
    Full,
}

impl From<FaultyDiskError> for std::io::Error {
    fn from(error: FaultyDiskError) -> Self {
        let kind = match error {
            FaultyDiskError::Full => std::io::ErrorKind::StorageFull,
            FaultyDiskError::Dead | FaultyDiskError::Failed => std::io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}

/// Kind of a call of a handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiskCall {
    /// Reads.
    Read,
    /// Writes, or changes the file's length.
    Write,
    /// Syncs.
    Sync,
}

#[derive(Debug)]
struct Disk {
    platter: Platter,
    rng: Rng,
    /// Number of the current life of the process. Handles of earlier lives are dead.
    life: u64,
    calls: u64,
    capacity: Option<u64>,
    plan: Plan,
    reads_fail: bool,
    sync_lies: bool,
    /// `true` if a planned power cut has happened and the file was not opened since.
    dead: bool,
}

/// Planned faults of writes and syncs, counted from now.
#[derive(Debug, Clone, Copy, Default)]
enum Plan {
    #[default]
    Nothing,
    /// The power is cut instead of the call after this number of calls.
    CutAfter(u64),
    /// After `calls` calls, `failing` calls fail.
    FailAfter { calls: u64, failing: u64 },
}

impl FaultyDisk {
    /// Creates an empty disk. The seed determines the result of power cuts.
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(Disk {
            platter: Platter::default(),
            rng: Rng::new(seed),
            life: 0,
            calls: 0,
            capacity: None,
            plan: Plan::Nothing,
            reads_fail: false,
            sync_lies: false,
            dead: false,
        })))
    }

    /// Opens the file. Handles that were opened before are dead from now on.
    pub fn open(&self) -> DiskHandle {
        let mut disk = self.disk();
        disk.life += 1;
        disk.dead = false;
        DiskHandle::new(self.clone(), disk.life)
    }

    /// Kills the process that has the file open. The operating system survives, so all writes stay, synced or not.
    pub fn kill(&self) {
        let mut disk = self.disk();
        disk.life += 1;
        disk.plan = Plan::Nothing;
    }

    /// Cuts the power: the process dies, and any unsynced write may be lost.
    pub fn cut_power(&self) {
        self.disk().cut_power();
    }

    /// Cuts the power instead of the write or sync that follows `calls` others.
    pub fn cut_power_after(&self, calls: u64) {
        self.disk().plan = Plan::CutAfter(calls);
    }

    /// Makes `failing` writes and syncs fail, after `calls` that succeed.
    pub fn fail_after(&self, calls: u64, failing: u64) {
        self.disk().plan = Plan::FailAfter { calls, failing };
    }

    /// Makes reads fail, or succeed again.
    pub fn fail_reads(&self, fail: bool) {
        self.disk().reads_fail = fail;
    }

    /// Makes syncs do nothing and report success, as cheap disks do, or work again. No program can survive that; it
    /// shows that tests detect it.
    pub fn lie_about_syncs(&self, lie: bool) {
        self.disk().sync_lies = lie;
    }

    /// Limits the length of the file, in bytes; `None` means no limit. A file that is already longer can be overwritten
    /// within its length, as on a real disk.
    pub fn set_capacity(&self, bytes: Option<u64>) {
        self.disk().capacity = bytes;
    }

    /// Ends all planned faults: all calls succeed.
    pub fn mend(&self) {
        let mut disk = self.disk();
        disk.plan = Plan::Nothing;
        disk.reads_fail = false;
        disk.sync_lies = false;
        disk.capacity = None;
    }

    /// Returns `true` if a planned power cut has happened and the file was not opened since.
    pub fn is_dead(&self) -> bool {
        self.disk().dead
    }

    /// Returns the number of writes and syncs so far.
    pub fn calls(&self) -> u64 {
        self.disk().calls
    }

    /// Returns the length of the file, in bytes.
    pub fn len(&self) -> u64 {
        self.disk().platter.len()
    }

    /// Returns `true` if the file is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns a copy of the file's content.
    pub fn content(&self) -> Vec<u8> {
        self.disk().platter.seen().to_vec()
    }

    /// Replaces the file's content, synced and unnoticed by open handles: simulates decay, or a restored copy.
    pub fn overwrite(&self, content: Vec<u8>) {
        self.disk().platter = Platter::holding(content);
    }

    /// Deletes the file. Handles that were opened before are dead from now on.
    pub fn wipe(&self) {
        let mut disk = self.disk();
        disk.life += 1;
        disk.platter = Platter::default();
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Disk {
    fn cut_power(&mut self) {
        self.life += 1;
        self.dead = true;
        self.plan = Plan::Nothing;
        self.platter.cut_power(&mut self.rng);
    }

    /// Checks if a call of a handle may proceed.
    fn check(&mut self, life: u64, call: DiskCall) -> Result<(), FaultyDiskError> {
        if life != self.life {
            return Err(FaultyDiskError::Dead);
        }
        if call == DiskCall::Read {
            return if self.reads_fail { Err(FaultyDiskError::Failed) } else { Ok(()) };
        }
        self.calls += 1;
        match &mut self.plan {
            Plan::Nothing => {}
            Plan::CutAfter(0) => {
                self.cut_power();
                return Err(FaultyDiskError::Dead);
            }
            Plan::FailAfter { calls: 0, failing: 0 } => self.plan = Plan::Nothing,
            Plan::FailAfter { calls: 0, failing } => {
                *failing -= 1;
                return Err(FaultyDiskError::Failed);
            }
            Plan::CutAfter(calls) | Plan::FailAfter { calls, .. } => *calls -= 1,
        }
        Ok(())
    }
}

impl fmt::Debug for FaultyDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FaultyDisk({} bytes)", self.len())
    }
}
