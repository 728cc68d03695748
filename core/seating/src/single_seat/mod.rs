//! Whether seats that a buyer chose may leave single seats over.
//!
//! The rule is the one of [`best()`](crate::best()), with the same exceptions: it is a last resort. Seats are refused
//! only if other free seats of the same categories would leave no single seat over and keep the party at least as close
//! together. Then those are named.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::best::{Search, groups, stranded};
use crate::occupancy::{Occupancy, QUANTITY_MAX};
use crate::plan::{CategoryIndex, SeatIndex};

/// Whether buyers may leave single seats over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SingleSeatRule {
    /// They may.
    Off,
    /// Only if nothing else is as good for them.
    #[default]
    LastResort,
}

/// Seats were refused because they leave single seats over without need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{} single seats would be left over, which other seats avoid", .seats.len())]
#[non_exhaustive]
pub struct StrandedSeats {
    /// The single seats that would be left over.
    pub seats: Vec<SeatIndex>,
    /// Seats of the same number and categories that leave none over.
    pub instead: Vec<SeatIndex>,
}

/// Says whether a buyer may have the seats that they chose, all of one order. They are still free.
///
/// These are always allowed: an order with a seat that is kept for wheelchairs or companions, because it belongs where
/// it is; and one of more than 50 seats.
///
/// # Errors
/// [`StrandedSeats`] if the rule refuses them.
pub fn judge(rule: SingleSeatRule, occupancy: &Occupancy, chosen: &[SeatIndex]) -> Result<(), StrandedSeats> {
    match rule {
        SingleSeatRule::Off => return Ok(()),
        SingleSeatRule::LastResort => {}
    }
    let mut seats: Vec<u32> = chosen.iter().map(|seat| seat.0).collect();
    seats.sort_unstable();
    seats.dedup();
    let plan = occupancy.plan();
    let is_open = |seat: &u32| plan.contains(SeatIndex(*seat)) && occupancy.is_open(*seat);
    // Whoever chose seats that can't be had is told so when they are to be held.
    if seats.is_empty() || seats.len() > QUANTITY_MAX || !seats.iter().all(is_open) {
        return Ok(());
    }
    let stranded = stranded(occupancy, &seats);
    if stranded.is_empty() {
        return Ok(());
    }
    match instead(occupancy, &seats) {
        Some(instead) => {
            let [seats, instead] = [stranded, instead].map(|seats| seats.into_iter().map(SeatIndex).collect());
            Err(StrandedSeats { seats, instead })
        }
        None => Ok(()),
    }
}

/// Returns seats that leave no single seat over and keep the party at least as close together.
fn instead(occupancy: &Occupancy, seats: &[u32]) -> Option<Vec<u32>> {
    let plan = occupancy.plan();
    let mut categories: Vec<_> = seats.iter().map(|seat| CategoryIndex(plan.category_of(*seat))).collect();
    categories.sort_unstable();
    categories.dedup();
    let search = Search::new(occupancy, Some(&categories), None);
    if let Some(window) = search.together_leaving(seats.len(), 0) {
        return Some(window.seats().collect());
    }
    let groups = groups(plan, seats);
    if groups.len() == 1 {
        return None;
    }
    let alone = groups.iter().filter(|group| **group == 1).count();
    let (cost, seats) = search.without_singles(seats.len())?;
    ((cost.groups, cost.alone) <= (groups.len() as u64, alone as u64)).then_some(seats)
}
