//! A disk that fails, for tests of everything that promises to survive one.
//!
//! A [`FaultyDisk`] holds one file in memory, twice: as whoever has it open sees it, and as it would be found after a power cut.
//! A write reaches the first at once, and the second with the next sync. What was not synced when the power is cut may be there,
//! missing, partly there, or there without what was written before it: each sector of 512 bytes decides for itself how many of
//! its writes it has seen, and the last of them may be torn at any byte.

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

/// A file on a disk that fails when it is told to. Cheap to clone; clones are one disk.
///
/// It makes [`redb::StorageBackend`]s: [`FaultyDisk::open`] returns a handle that works until the process "dies"
/// ([`FaultyDisk::kill`], [`FaultyDisk::cut_power`]); what an old handle still does changes nothing any more.
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

/// Why a call of a faulty disk failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultyDiskError {
    /// The process that opened the handle is dead.
    #[error("the process is dead")]
    Dead,
    /// The call was told to fail.
    #[error("the disk failed, as it was told to")]
    Failed,
    /// There is no room.
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

/// What a handle was asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiskCall {
    /// To read.
    Read,
    /// To write, or to change the file's length.
    Write,
    /// To sync.
    Sync,
}

#[derive(Debug)]
struct Disk {
    platter: Platter,
    rng: Rng,
    /// Handles of an earlier one are dead.
    life: u64,
    calls: u64,
    capacity: Option<u64>,
    plan: Plan,
    reads_fail: bool,
    sync_lies: bool,
    /// Whether the power was cut by the plan and nobody has opened the file since.
    dead: bool,
}

/// What is to happen to calls that write or sync, counted from now.
#[derive(Debug, Clone, Copy, Default)]
enum Plan {
    #[default]
    Nothing,
    /// The power is cut instead of the call after so many.
    CutAfter(u64),
    /// After so many calls, so many fail.
    FailAfter { calls: u64, failing: u64 },
}

impl FaultyDisk {
    /// Creates an empty disk, which decides by the seed what a power cut leaves.
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

    /// Ends the process that has the file open. The operating system goes on, so what was written stays, synced or not.
    pub fn kill(&self) {
        let mut disk = self.disk();
        disk.life += 1;
        disk.plan = Plan::Nothing;
    }

    /// Cuts the power: the process dies, and of what was not synced anything may be lost.
    pub fn cut_power(&self) {
        self.disk().cut_power();
    }

    /// Cuts the power instead of the write or sync that comes after `calls` others.
    pub fn cut_power_after(&self, calls: u64) {
        self.disk().plan = Plan::CutAfter(calls);
    }

    /// Makes `failing` writes and syncs fail, after `calls` that work.
    pub fn fail_after(&self, calls: u64, failing: u64) {
        self.disk().plan = Plan::FailAfter { calls, failing };
    }

    /// Makes reads fail, or work again.
    pub fn fail_reads(&self, fail: bool) {
        self.disk().reads_fail = fail;
    }

    /// Makes syncs do nothing and report success, as cheap disks do, or work again. Nothing survives that; it is here to show
    /// that tests notice.
    pub fn lie_about_syncs(&self, lie: bool) {
        self.disk().sync_lies = lie;
    }

    /// Limits the length of the file, in bytes; `None` for no limit. A file that is longer already can be written within
    /// itself, as on a real disk.
    pub fn set_capacity(&self, bytes: Option<u64>) {
        self.disk().capacity = bytes;
    }

    /// Ends whatever was planned: all calls work.
    pub fn mend(&self) {
        let mut disk = self.disk();
        disk.plan = Plan::Nothing;
        disk.reads_fail = false;
        disk.sync_lies = false;
        disk.capacity = None;
    }

    /// Returns `true` if a planned power cut has happened and nobody has opened the file since.
    pub fn is_dead(&self) -> bool {
        self.disk().dead
    }

    /// Returns how many writes and syncs there were.
    pub fn calls(&self) -> u64 {
        self.disk().calls
    }

    /// Returns the length of the file, in bytes.
    pub fn len(&self) -> u64 {
        self.disk().platter.len()
    }

    /// Returns `true` if there is nothing in the file.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns a copy of what is in the file.
    pub fn content(&self) -> Vec<u8> {
        self.disk().platter.seen().to_vec()
    }

    /// Replaces what is in the file, synced and unnoticed by open handles: rot, or a restored copy.
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

    /// Whether the call of a handle may go on.
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
