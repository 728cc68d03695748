//! Seats for a party that can't sit together.

use super::cost::{Cost, Order};
use super::fill::{Filled, Item, fill};
use super::search::Search;

impl Search<'_> {
    /// Returns the best ordinary seats in several groups, and the length of the longest run. There must be enough of
    /// them, and no run as long as the party.
    ///
    /// Of the runs that can give the same number of seats at the same cost only the nearest ones matter, as many as
    /// there can be groups: a choice with another one would be better with one of these.
    pub(super) fn split(&self, size: usize) -> (Vec<u32>, usize) {
        let items = self.items(size - 1, size, 1);
        let last = self.last_rank();
        let mixed = self.mixed_items(last, size, Order::Party);
        let in_one = items.iter().chain(&mixed).filter(|item| item.cost.groups == 1);
        let longest_run = in_one.map(|item| item.seats.len()).max().unwrap_or_default();
        let rules = |cost: &Cost| [cost.groups, cost.alone, cost.singles];
        let Some((cost, seats)) = filled(&items, &mixed, last, size, Order::Party) else {
            return (Vec::new(), longest_run);
        };
        // The same with better categories only, if that is possible.
        let better = (0..last).find_map(|rank| {
            let mixed = self.mixed_items(rank, size, Order::Party);
            filled(&items, &mixed, rank, size, Order::Party).filter(|(other, _)| rules(other) == rules(&cost))
        });
        (better.map_or(seats, |(_, seats)| seats), longest_run)
    }

    /// Returns the best ordinary seats among the choices that leave no single seat over, together or not.
    pub(crate) fn without_singles(&self, size: usize) -> Option<Filled> {
        let items = self.items(size, size, 0);
        let last = self.last_rank();
        let mixed = self.mixed_items(last, size, Order::Singles);
        filled(&items, &mixed, last, size, Order::Singles).filter(|(cost, _)| cost.singles == 0)
    }

    /// Returns what the uniform stretches can give to a party.
    fn items(&self, len_max: usize, groups_max: usize, singles_max: u8) -> Vec<Item> {
        let mut items = Vec::new();
        for len in 1..=len_max {
            for singles in 0..=singles_max {
                for rank in self.ranks() {
                    for window in self.nearest(rank, len, singles, groups_max) {
                        let alone = u64::from(len == 1);
                        let cost = Cost { groups: 1, alone, singles: singles.into(), square: window.square };
                        items.push(Item { run: window.run, seats: window.seats().collect(), cost, rank });
                    }
                }
            }
        }
        items
    }
}

/// Returns the best choice among the items up to a rank.
fn filled(items: &[Item], mixed: &[Item], rank: u8, size: usize, order: Order) -> Option<Filled> {
    let mut items: Vec<&Item> = items.iter().filter(|item| item.rank <= rank).chain(mixed).collect();
    items.sort_by_key(|item| item.run);
    fill(&items, size, order)
}
