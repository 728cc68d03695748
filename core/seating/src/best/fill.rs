//! The best way to put a party together from several runs.

use super::cost::{Cost, Order};

/// Seats that one run can give to a party. Of a run at most one item is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// The first seat of the run.
    pub(super) run: u32,
    pub(super) seats: Vec<u32>,
    pub(super) cost: Cost,
    /// The worst rank of the seats.
    pub(super) rank: u8,
}

/// A choice, with what it costs.
pub(super) type Filled = (Cost, Vec<u32>);

/// Number of a step in the trail; none at its start.
type Step = Option<usize>;

/// Returns the best choice of items with `size` seats in all; `None` if there is none. The items of a run lie side by
/// side.
///
/// After each run, `reached` has the best choice among the runs so far for each number of seats.
pub(super) fn fill(items: &[&Item], size: usize, order: Order) -> Option<Filled> {
    let mut reached: Vec<Option<(Cost, Step)>> = vec![None; size + 1];
    reached[0] = Some((Cost::default(), None));
    let mut trail: Vec<(&Item, Step)> = Vec::new();
    for group in items.chunk_by(|one, other| one.run == other.run) {
        // Downwards, so that what is built upon does not contain this run.
        for total in (1..=size).rev() {
            for item in group {
                let before = total.checked_sub(item.seats.len()).and_then(|before| reached[before]);
                let Some((cost, step)) = before else { continue };
                let cost = cost + item.cost;
                if order.is_better(cost, reached[total].map(|(known, _)| known)) {
                    trail.push((*item, step));
                    reached[total] = Some((cost, Some(trail.len() - 1)));
                }
            }
        }
    }
    let (cost, mut step) = reached[size]?;
    let mut seats = Vec::with_capacity(size);
    while let Some((item, before)) = step.map(|step| trail[step]) {
        seats.extend_from_slice(&item.seats);
        step = before;
    }
    seats.sort_unstable();
    Some((cost, seats))
}
