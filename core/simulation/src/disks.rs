//! Disks of a simulated machine.

use std::sync::Arc;

use boxoffice::Hash;
use boxoffice::simulation::{Disk, Storage};
use boxoffice_faulty_disk::{FaultyDisk, Rng};

/// One disk for each file, in one machine: a power cut affects all at once.
#[derive(Debug)]
pub(crate) struct Disks {
    pub(crate) journal: FaultyDisk,
    pub(crate) archive: FaultyDisk,
    pub(crate) views: FaultyDisk,
    pub(crate) keys: FaultyDisk,
}

impl Disks {
    pub(crate) fn new(rng: &mut Rng) -> Self {
        let mut seed = || rng.next_u64();
        let (journal, views, archive) = (seed(), seed(), seed());
        // Made of another's, so that worlds of before are what they were.
        let keys = archive.rotate_left(32);
        let [journal, views, archive, keys] = [journal, views, archive, keys].map(FaultyDisk::new);
        Self { journal, archive, views, keys }
    }

    /// Returns the disks as the box office uses them.
    pub(crate) fn storage(&self) -> Storage {
        let file = |disk: &FaultyDisk| -> Arc<dyn Disk> { Arc::new(File(disk.clone())) };
        let [journal, archive, views, keys] = self.all().map(file);
        Storage { journal, archive, views, keys }
    }

    fn all(&self) -> [&FaultyDisk; 4] {
        [&self.journal, &self.archive, &self.views, &self.keys]
    }

    /// Replaces the journal by a copy of another machine's. No process may have it open.
    #[cfg(feature = "cluster")]
    pub(crate) fn copy_journal(&self, from: &Self) {
        self.journal.overwrite(from.journal.content());
        self.archive.overwrite(from.archive.content());
    }

    /// Returns `true` if a planned power cut has happened on a disk.
    pub(crate) fn are_dead(&self) -> bool {
        self.all().into_iter().any(FaultyDisk::is_dead)
    }

    pub(crate) fn cut_power(&self) {
        self.all().into_iter().filter(|disk| !disk.is_dead()).for_each(FaultyDisk::cut_power);
    }

    pub(crate) fn kill(&self) {
        self.all().into_iter().for_each(FaultyDisk::kill);
    }

    pub(crate) fn mend(&self) {
        self.all().into_iter().for_each(FaultyDisk::mend);
    }

    /// Returns the hash of the contents of the journal's files.
    pub(crate) fn hash(&self) -> Hash {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.journal.content());
        hasher.update(&self.archive.content());
        Hash::from_bytes(*hasher.finalize().as_bytes())
    }

    /// Plans a power cut in the middle of a write.
    #[cfg(feature = "cluster")]
    pub(crate) fn plan_power_cut(&self, rng: &mut Rng) {
        let disk = match rng.below(8) {
            0..4 => &self.journal,
            4..6 => &self.archive,
            6 => &self.keys,
            _ => &self.views,
        };
        disk.cut_power_after(rng.below(30));
    }

    /// Plans a fault for one of the disks.
    pub(crate) fn plan_trouble(&self, rng: &mut Rng) {
        let disk = match rng.below(8) {
            0..5 => &self.journal,
            5 => &self.archive,
            6 => &self.keys,
            _ => &self.views,
        };
        match rng.below(10) {
            // Within the next few appends. Each makes about four calls.
            0..5 => disk.cut_power_after(rng.below(30)),
            5..7 => disk.fail_after(rng.below(20), 1 + rng.below(4)),
            7 => disk.set_capacity(Some(disk.len())),
            8 => disk.fail_reads(true),
            _ => disk.fail_after(0, 1),
        }
    }
}

/// File on a disk.
#[derive(Debug)]
struct File(FaultyDisk);

impl Disk for File {
    fn open(&self, builder: &redb::Builder) -> Result<redb::Database, redb::DatabaseError> {
        builder.create_with_backend(self.0.open())
    }

    fn file(&self) -> std::io::Result<Box<dyn redb::StorageBackend>> {
        Ok(Box::new(self.0.open()))
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn delete(&self) {
        self.0.wipe();
    }
}
