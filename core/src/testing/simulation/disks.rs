//! The disks of a simulated machine.

use crate::testing::{Dice, FaultyDisk};

/// One disk for each file, in one machine: the power is cut for all at once.
#[derive(Debug)]
pub(super) struct Disks {
    pub(super) journal: FaultyDisk,
    pub(super) views: FaultyDisk,
}

impl Disks {
    pub(super) fn new(dice: &mut Dice) -> Self {
        Self { journal: FaultyDisk::new(dice.next_u64()), views: FaultyDisk::new(dice.next_u64()) }
    }

    /// Whether the power was cut where a disk was told to.
    pub(super) fn are_dead(&self) -> bool {
        self.journal.is_dead() || self.views.is_dead()
    }

    pub(super) fn cut_power(&self) {
        for disk in [&self.journal, &self.views] {
            if !disk.is_dead() {
                disk.cut_power();
            }
        }
    }

    pub(super) fn kill(&self) {
        self.journal.kill();
        self.views.kill();
    }

    pub(super) fn mend(&self) {
        self.journal.mend();
        self.views.mend();
    }

    /// Plans something bad for one of them.
    pub(super) fn plan_trouble(&self, dice: &mut Dice) {
        let disk = if dice.per_mille(750) { &self.journal } else { &self.views };
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
