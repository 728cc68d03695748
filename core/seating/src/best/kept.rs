//! Seats for a party for which too few ordinary ones are left.
//!
//! It gets all ordinary seats that will do, then seats of companions, and accessible places last.

use super::cost::{Cost, Order};
use super::fill::{Filled, Item, fill};
use super::search::Search;
use crate::occupancy::runs_of_ones;
use crate::plan::{Stretch, Tier, narrow};

/// Returns the best seats, and the length of the longest run.
pub(super) fn choose(search: &Search<'_>, size: usize) -> (Vec<u32>, usize) {
    let [ordinary, companions, _] = search.free();
    // The tier that is enough together with those before it, of which all seats are taken.
    let tier = if (ordinary + companions) as usize >= size { Tier::Companion } else { Tier::Accessible };
    let all = search.seats_to(tier).into_iter();
    let (mut taken, kept): (Vec<u32>, Vec<u32>) = all.partition(|seat| search.plan.tier_of(*seat) < tier);
    let longest_run = search.longest_run(tier);
    if let Some(seats) = around(search, &taken, size, tier) {
        return (seats, longest_run);
    }
    let more = filled(search, &kept, size - taken.len());
    taken.extend(more.unwrap_or_default());
    taken.sort_unstable();
    (taken, longest_run)
}

/// Returns the best consecutive free seats up to a tier that have all of `taken` among them, if there are any.
fn around(search: &Search<'_>, taken: &[u32], size: usize, tier: Tier) -> Option<Vec<u32>> {
    let (first, last) = (*taken.first()?, *taken.last()?);
    let stretch = search.layout.stretch_of(first);
    let (end, size) = (stretch.seats().end, narrow(size));
    if last >= end || stretch.len < size {
        return None;
    }
    let starts = stretch.first.max((last + 1).saturating_sub(size))..=first.min(end - size);
    let is_free = |first: &u32| (*first..*first + size).all(|seat| search.is_usable(seat, tier, search.last_rank()));
    let cost = |first: &u32| {
        let worst = (*first..*first + size).map(|seat| search.rank(seat)).max();
        (worst, search.plan.squares(stretch.zone, *first, *first + size).sum::<u64>())
    };
    let first = starts.filter(is_free).min_by_key(cost)?;
    Some((first..first + size).collect())
}

/// Returns the best choice of some of these seats, which come in the order of the plan.
fn filled(search: &Search<'_>, seats: &[u32], size: usize) -> Option<Vec<u32>> {
    let last = search.last_rank();
    let rules = |filled: &Filled| [filled.0.groups, filled.0.alone];
    let with = |rank: u8| {
        let items = items(search, seats, rank, size);
        fill(&items.iter().collect::<Vec<_>>(), size, Order::Party)
    };
    let all = with(last)?;
    let better = (0..last).find_map(|rank| with(rank).filter(|filled| rules(filled) == rules(&all)));
    Some(better.unwrap_or(all).1)
}

/// Returns what each run of these seats can give to a party with categories up to a rank. They leave nothing that
/// counts as single.
fn items(search: &Search<'_>, seats: &[u32], rank_max: u8, size: usize) -> Vec<Item> {
    let seats: Vec<u32> = seats.iter().copied().filter(|seat| search.rank(*seat) <= rank_max).collect();
    let stretch = |seat: u32| search.layout.stretch_index(seat);
    let mut items = Vec::new();
    for run in seats.chunk_by(|one, other| *one + 1 == *other && stretch(*one) == stretch(*other)) {
        for len in 1..=run.len().min(size) {
            let square = |window: &&[u32]| window.iter().map(|seat| search.plan.square(*seat)).sum::<u64>();
            let Some(window) = run.windows(len).min_by_key(square) else { continue };
            let cost = Cost { groups: 1, alone: u64::from(len == 1), singles: 0, square: square(&window) };
            let rank = window.iter().map(|seat| search.rank(*seat)).max().unwrap_or_default();
            items.push(Item { run: run[0], seats: window.to_vec(), cost, rank });
        }
    }
    items
}

impl Search<'_> {
    /// Returns `true` if a seat is free and will do.
    pub(super) fn is_usable(&self, seat: u32, tier: Tier, rank_max: u8) -> bool {
        self.rank(seat) <= rank_max && self.plan.tier_of(seat) <= tier && self.occupancy.is_free(seat)
    }

    /// Returns all free seats up to a tier that will do, in the order of the plan.
    fn seats_to(&self, tier: Tier) -> Vec<u32> {
        let mut seats = Vec::new();
        for category in &self.order {
            let list = self.layout.lists[usize::from(*category)].iter();
            for index in list.filter(|index| self.occupancy.runs().nearest(**index) < u64::MAX) {
                let stretch = &self.layout.stretches[*index as usize];
                if self.is_in_zone(stretch.zone) {
                    let of_category = |seat: &u32| self.plan.category_of(*seat) == *category;
                    seats.extend(ones(stretch, self.occupancy.open()).filter(of_category));
                }
            }
        }
        for index in &self.layout.with_kept {
            let stretch = &self.layout.stretches[*index as usize];
            if self.is_in_zone(stretch.zone) {
                let is_kept = |seat: &u32| self.plan.tier_of(*seat) > Tier::Ordinary;
                let free = ones(stretch, self.occupancy.free()).filter(is_kept);
                seats.extend(free.filter(|seat| self.is_usable(*seat, tier, self.last_rank())));
            }
        }
        seats.sort_unstable();
        seats
    }

    /// Returns the length of the longest run of free seats up to a tier that will do.
    pub(super) fn longest_run(&self, tier: Tier) -> usize {
        let mut longest = 0;
        for stretch in self.layout.stretches_of(self.zone) {
            let mut len = 0;
            for seat in stretch.seats() {
                len = if self.is_usable(seat, tier, self.last_rank()) { len + 1 } else { 0 };
                longest = longest.max(len);
            }
        }
        longest
    }
}

/// Returns the seats of a stretch whose bits are ones.
fn ones<'a>(stretch: &'a Stretch, words: &'a [u64]) -> impl Iterator<Item = u32> {
    runs_of_ones(&words[stretch.words()]).flat_map(move |(start, len)| stretch.seat(start)..stretch.seat(start + len))
}
