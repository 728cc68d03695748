//! What a run whose seats have several categories can give to a party that doesn't take all of them.

use super::cost::{Cost, Order};
use super::fill::Item;
use super::search::Search;
use crate::occupancy::runs_of_ones;

/// How a walk along a run stands after a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stand {
    /// At the start: a wall.
    Wall,
    /// One seat was left, after a wall or a seat that was taken.
    OneLeft,
    /// Two or more seats in a row were left.
    MoreLeft,
    /// A group of one was taken.
    OneTaken,
    /// A group of two or more was taken.
    MoreTaken,
}

impl Stand {
    const ALL: [Self; 5] = [Self::Wall, Self::OneLeft, Self::MoreLeft, Self::OneTaken, Self::MoreTaken];

    /// Leaves the next seat; returns what that costs.
    fn leave(self) -> (Self, Cost) {
        match self {
            Self::Wall | Self::MoreTaken => (Self::OneLeft, Cost::default()),
            Self::OneTaken => (Self::OneLeft, Cost { alone: 1, ..Cost::default() }),
            Self::OneLeft | Self::MoreLeft => (Self::MoreLeft, Cost::default()),
        }
    }

    /// Takes the next seat; returns what that costs beside its distance.
    fn take(self) -> (Self, Cost) {
        match self {
            Self::Wall | Self::MoreLeft => (Self::OneTaken, Cost { groups: 1, ..Cost::default() }),
            Self::OneLeft => (Self::OneTaken, Cost { groups: 1, singles: 1, ..Cost::default() }),
            Self::OneTaken | Self::MoreTaken => (Self::MoreTaken, Cost::default()),
        }
    }

    /// Ends the run at a wall; returns what that costs.
    fn end(self) -> Cost {
        match self {
            Self::Wall | Self::MoreLeft | Self::MoreTaken => Cost::default(),
            Self::OneLeft => Cost { singles: 1, ..Cost::default() },
            Self::OneTaken => Cost { alone: 1, ..Cost::default() },
        }
    }
}

/// A seat that was taken, and the step before it in the same way.
type Step = (usize, Option<usize>);

/// The best way to each stand.
type Reached = [Option<(Cost, Option<usize>)>; 5];

impl Search<'_> {
    /// Returns what the runs with several categories can give to a party with categories up to a rank.
    pub(super) fn mixed_items(&self, rank_max: u8, size: usize, order: Order) -> Vec<Item> {
        let mut items = Vec::new();
        for index in &self.layout.mixed {
            let stretch = &self.layout.stretches[*index as usize];
            if !self.is_in_zone(stretch.zone) {
                continue;
            }
            for (start, len) in runs_of_ones(&self.occupancy.open()[stretch.words()]) {
                let (run, end) = (stretch.seat(start), stretch.seat(start + len));
                let seats = (run..end).zip(self.plan.squares(stretch.zone, run, end));
                let square = |(seat, square)| (self.rank(seat) <= rank_max).then_some(square);
                let seats: Vec<Option<u64>> = seats.map(square).collect();
                if seats.iter().all(Option::is_none) {
                    continue;
                }
                items.extend(ways(&seats, size, order).into_iter().map(|(cost, taken)| {
                    let seats: Vec<u32> = taken.into_iter().map(|at| stretch.seat(start + at)).collect();
                    let rank = seats.iter().map(|seat| self.rank(*seat)).max().unwrap_or_default();
                    Item { run, seats, cost, rank }
                }));
            }
        }
        items
    }
}

/// Returns for each number of seats up to `size` the best way to take so many of a run. A seat of it has a square if it
/// may be taken.
fn ways(run: &[Option<u64>], size: usize, order: Order) -> Vec<(Cost, Vec<usize>)> {
    let mut trail: Vec<Step> = Vec::new();
    let mut reached: Vec<Reached> = vec![Reached::default(); size + 1];
    reached[0][Stand::Wall as usize] = Some((Cost::default(), None));
    for (at, square) in run.iter().enumerate() {
        let mut next: Vec<Reached> = vec![Reached::default(); size + 1];
        for (taken, stands) in reached.iter().enumerate() {
            for stand in Stand::ALL {
                let Some((cost, step)) = stands[stand as usize] else { continue };
                let (to, more) = stand.leave();
                improve(&mut next[taken][to as usize], cost + more, step, order);
                let Some(square) = square.filter(|_| taken < size) else { continue };
                let (to, more) = stand.take();
                trail.push((at, step));
                let cost = cost + more + Cost { square, ..Cost::default() };
                improve(&mut next[taken + 1][to as usize], cost, Some(trail.len() - 1), order);
            }
        }
        reached = next;
    }
    reached.iter().skip(1).filter_map(|reached| best_end(reached, &trail, order)).collect()
}

fn improve(known: &mut Option<(Cost, Option<usize>)>, cost: Cost, step: Option<usize>, order: Order) {
    if order.is_better(cost, known.map(|(known, _)| known)) {
        *known = Some((cost, step));
    }
}

/// Returns the best of the ways to the end of the run, and the seats that it takes.
fn best_end(reached: &Reached, trail: &[Step], order: Order) -> Option<(Cost, Vec<usize>)> {
    let ends = Stand::ALL.into_iter().filter_map(|stand| {
        let (cost, step) = reached[stand as usize]?;
        Some((cost + stand.end(), step))
    });
    let (cost, mut step) = ends.min_by_key(|(cost, _)| order.key(*cost))?;
    let mut taken = Vec::new();
    while let Some((at, before)) = step.map(|step| trail[step]) {
        taken.push(at);
        step = before;
    }
    taken.reverse();
    Some((cost, taken))
}
