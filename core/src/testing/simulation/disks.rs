//! The disks of a simulated machine.

use crate::event::Hash;
use crate::testing::{Dice, FaultyDisk};

/// One disk for each file, in one machine: the power is cut for all at once.
#[derive(Debug)]
pub(super) struct Disks {
    pub(super) journal: FaultyDisk,
    pub(super) archive: FaultyDisk,
    pub(super) views: FaultyDisk,
}

impl Disks {
    pub(super) fn new(dice: &mut Dice) -> Self {
        let mut disk = || FaultyDisk::new(dice.next_u64());
        Self { journal: disk(), views: disk(), archive: disk() }
    }

    fn all(&self) -> [&FaultyDisk; 3] {
        [&self.journal, &self.archive, &self.views]
    }

    /// Whether the power was cut where a disk was told to.
    pub(super) fn are_dead(&self) -> bool {
        self.all().into_iter().any(FaultyDisk::is_dead)
    }

    pub(super) fn cut_power(&self) {
        self.all().into_iter().filter(|disk| !disk.is_dead()).for_each(FaultyDisk::cut_power);
    }

    pub(super) fn kill(&self) {
        self.all().into_iter().for_each(FaultyDisk::kill);
    }

    pub(super) fn mend(&self) {
        self.all().into_iter().for_each(FaultyDisk::mend);
    }

    /// What is in the files of the journal.
    pub(super) fn hash(&self) -> Hash {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.journal.content());
        hasher.update(&self.archive.content());
        Hash::from_bytes(*hasher.finalize().as_bytes())
    }

    /// Plans something bad for one of them.
    pub(super) fn plan_trouble(&self, dice: &mut Dice) {
        let disk = match dice.below(8) {
            0..5 => &self.journal,
            5 => &self.archive,
            _ => &self.views,
        };
        match dice.below(10) {
            // The next few appends: each is some four calls.
            0..5 => disk.cut_power_after(dice.below(30)),
            5..7 => disk.fail_after(dice.below(20), 1 + dice.below(4)),
            7 => disk.set_capacity(Some(disk.len())),
            8 => disk.fail_reads(true),
            _ => disk.fail_after(0, 1),
        }
    }
}
