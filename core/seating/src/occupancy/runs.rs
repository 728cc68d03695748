//! Which stretches have a free run of which length.

use super::QUANTITY_MAX;
use super::bits::runs;
use crate::plan::{Layout, Plan, bytes_of};

/// Longest run that is told from longer ones: two more than the largest party, which then leaves no single seat.
pub(crate) const RUN_MAX: usize = QUANTITY_MAX + 2;

/// An index of the free runs of ordinary seats.
///
/// For each category and each length there is a set of stretches: those of the category's list that have a free run of
/// exactly this length ([`RUN_MAX`] or longer for the last). Sets are bitmaps by place in the list, so that reading one
/// upwards gives the nearest stretches first. The words of all lengths lie side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Runs {
    /// For each stretch the lengths of its runs: bit 0 for length 1.
    lengths: Vec<u64>,
    /// For each stretch the square of the distance of its nearest free ordinary seat; the maximum if it has none.
    nearest: Vec<u64>,
    /// For each category, and each 64 stretches of its list, a word for each length.
    sets: Vec<Vec<[u64; RUN_MAX]>>,
}

impl Runs {
    /// Makes the index of a plan where nothing is free.
    pub(super) fn new(layout: &Layout) -> Self {
        let sets = |list: &Vec<u32>| vec![[0; RUN_MAX]; list.len().div_ceil(64)];
        Self {
            lengths: vec![0; layout.stretches.len()],
            nearest: vec![u64::MAX; layout.stretches.len()],
            sets: layout.lists.iter().map(sets).collect(),
        }
    }

    /// Brings the index up to date with the free ordinary seats of a stretch.
    pub(super) fn refresh(&mut self, plan: &Plan, open: &[u64], index: u32) {
        let (layout, at) = (plan.layout(), index as usize);
        let stretch = &layout.stretches[at];
        let (mut lengths, mut nearest) = (0_u64, u64::MAX);
        for (start, len) in runs(&open[stretch.words()]) {
            lengths |= 1 << (len.min(RUN_MAX) - 1);
            let first = stretch.seat(start);
            nearest = plan.squares(stretch.zone, first, stretch.seat(start + len)).fold(nearest, u64::min);
        }
        let mut changed = lengths ^ self.lengths[at];
        (self.lengths[at], self.nearest[at]) = (lengths, nearest);
        while changed != 0 {
            let length = changed.trailing_zeros() as usize;
            changed &= changed - 1;
            for slot in layout.slots(stretch) {
                self.sets[usize::from(slot.category)][slot.at as usize / 64][length] ^= 1 << (slot.at % 64);
            }
        }
    }

    /// Returns the sets of a category: an item for each 64 stretches of its list.
    pub(crate) fn sets(&self, category: u16) -> &[[u64; RUN_MAX]] {
        &self.sets[usize::from(category)]
    }

    /// Returns the square of the distance of the nearest free ordinary seat of a stretch; the maximum if it has none.
    pub(crate) fn nearest(&self, stretch: u32) -> u64 {
        self.nearest[stretch as usize]
    }

    pub(super) fn bytes(&self) -> usize {
        let sets = bytes_of(&self.sets) + self.sets.iter().map(bytes_of).sum::<usize>();
        bytes_of(&self.lengths) + bytes_of(&self.nearest) + sets
    }
}
