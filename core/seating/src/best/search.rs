//! The search for consecutive seats.

use super::windows::{Nearest, Window};
use crate::occupancy::{Occupancy, RUN_MAX};
use crate::plan::{CategoryIndex, Layout, Plan, ZoneIndex};

/// Rank of the categories that a wish doesn't name. It is worse than all others.
const NO_RANK: u8 = u8::MAX;

/// Where to search.
#[derive(Debug)]
pub(crate) struct Search<'a> {
    pub(super) occupancy: &'a Occupancy,
    pub(super) plan: &'a Plan,
    pub(super) layout: &'a Layout,
    /// The categories that will do, the preferred ones first.
    pub(super) order: Vec<u16>,
    /// The place of each category in `order`.
    ranks: Vec<u8>,
    pub(super) zone: Option<u16>,
}

impl<'a> Search<'a> {
    /// Creates the search among some categories, or all, and in a zone, or everywhere.
    pub(crate) fn new(occupancy: &'a Occupancy, categories: Option<&[CategoryIndex]>, zone: Option<ZoneIndex>) -> Self {
        let plan = occupancy.plan();
        let all = u16::try_from(plan.categories().len()).unwrap_or(u16::MAX);
        let (mut order, mut ranks) = (Vec::new(), vec![NO_RANK; usize::from(all)]);
        let mut add = |category: u16| {
            if let Some(rank) = ranks.get_mut(usize::from(category)).filter(|rank| **rank == NO_RANK) {
                *rank = u8::try_from(order.len()).unwrap_or(NO_RANK);
                order.push(category);
            }
        };
        match categories {
            Some(categories) => categories.iter().for_each(|category| add(category.0)),
            None => (0..all).for_each(add),
        }
        Self { occupancy, plan, layout: plan.layout(), order, ranks, zone: zone.map(|zone| zone.0) }
    }

    /// Returns the numbers of free seats that will do: ordinary ones, those of companions, accessible places.
    pub(crate) fn free(&self) -> [u32; 3] {
        let mut free = [0; 3];
        if self.zone.is_none_or(|zone| zone < self.plan.zones_len()) {
            for category in &self.order {
                let of_category = self.occupancy.free_of(self.zone, *category);
                free.iter_mut().zip(of_category).for_each(|(sum, number)| *sum += number);
            }
        }
        free
    }

    /// Returns the rank of a seat's category.
    pub(super) fn rank(&self, seat: u32) -> u8 {
        self.ranks[usize::from(self.plan.category_of(seat))]
    }

    /// Returns the rank of the last category that will do.
    pub(super) fn last_rank(&self) -> u8 {
        u8::try_from(self.order.len().saturating_sub(1)).unwrap_or(NO_RANK)
    }

    /// Returns all ranks, the best first.
    pub(super) fn ranks(&self) -> impl Iterator<Item = u8> + use<> {
        let ranks = u8::try_from(self.order.len()).unwrap_or(NO_RANK);
        0..ranks
    }

    pub(super) fn is_in_zone(&self, zone: u16) -> bool {
        self.zone.is_none_or(|wished| wished == zone)
    }

    /// Returns the best consecutive ordinary seats.
    pub(crate) fn together(&self, size: usize) -> Option<Window> {
        (0..=2).find_map(|singles| self.together_leaving(size, singles))
    }

    /// Returns the best consecutive ordinary seats that leave exactly this number of single ones.
    pub(crate) fn together_leaving(&self, size: usize, singles: u8) -> Option<Window> {
        self.ranks().find_map(|rank| {
            let mut found = Nearest::new(1);
            self.find(rank, size, singles, true, &mut found);
            found.into_windows().pop()
        })
    }

    /// Returns the nearest windows in uniform stretches whose category has this rank, at most one of a run and at most
    /// `max`. If they leave a single seat, it can't be avoided in their runs.
    pub(super) fn nearest(&self, rank: u8, size: usize, singles: u8, max: usize) -> Vec<Window> {
        let mut found = Nearest::new(max);
        self.find(rank, size, singles, false, &mut found);
        found.into_windows()
    }

    /// Looks through the stretches with a category, the nearest first, and stops when none can be nearer.
    fn find(&self, rank: u8, size: usize, singles: u8, mixed_too: bool, found: &mut Nearest) {
        let category = self.order[usize::from(rank)];
        let list = &self.layout.lists[usize::from(category)];
        for (block, lengths) in self.occupancy.runs().sets(category).iter().enumerate() {
            let mut left = candidates(lengths, size, singles, mixed_too);
            while left != 0 {
                let index = list[block * 64 + left.trailing_zeros() as usize];
                left &= left - 1;
                let stretch = &self.layout.stretches[index as usize];
                if stretch.square_min.saturating_mul(size as u64) > found.square_max() {
                    return;
                }
                let square_min = self.occupancy.runs().nearest(index).saturating_mul(size as u64);
                if square_min > found.square_max() || !self.is_in_zone(stretch.zone) {
                    continue;
                }
                match (stretch.is_mixed(), mixed_too) {
                    (false, _) => self.offer(stretch, size, singles, found),
                    (true, true) => self.offer_mixed(stretch, rank, size, singles, found),
                    (true, false) => {}
                }
            }
        }
    }
}

/// Returns which of 64 stretches may have a window of this size that leaves this number of single seats.
///
/// A window leaves none over if it takes a whole run, or if at least two seats of the run remain.
fn candidates(lengths: &[u64; RUN_MAX], size: usize, singles: u8, mixed_too: bool) -> u64 {
    let longer = || lengths[size + 1..].iter().fold(0_u64, |all, length| all | length);
    match singles {
        0 => lengths[size - 1] | longer(),
        1 if !mixed_too => lengths[size],
        _ => lengths[size - 1] | lengths[size] | longer(),
    }
}
