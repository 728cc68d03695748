//! Why a choice is as it is.

use super::search::Search;
use super::{Explanation, Seating, Singles};
use crate::occupancy::Occupancy;
use crate::plan::{CategoryIndex, Plan, SeatIndex, Tier, narrow};

/// Returns the sizes of the groups that some seats make. The seats come in the order of the plan.
pub(crate) fn groups(plan: &Plan, seats: &[u32]) -> Vec<u16> {
    let stretch = |seat: u32| plan.layout().stretch_index(seat);
    let beside = |one: &u32, other: &u32| *one + 1 == *other && stretch(*one) == stretch(*other);
    seats.chunk_by(beside).map(|group| u16::try_from(group.len()).unwrap_or(u16::MAX)).collect()
}

/// Returns the single seats that are left over if these seats are taken: open ones that have an open neighbour now and
/// none then. The seats come in the order of the plan.
pub(crate) fn stranded(occupancy: &Occupancy, seats: &[u32]) -> Vec<u32> {
    let plan = occupancy.plan();
    let beside = |seat: u32| {
        let (before, after) = plan.neighbours(SeatIndex(seat));
        before.into_iter().chain(after).map(|neighbour| neighbour.0)
    };
    let is_taken = |seat: u32| seats.binary_search(&seat).is_ok();
    let stays_open = |seat: u32| occupancy.is_open(seat) && !is_taken(seat);
    let open = seats.iter().filter(|seat| occupancy.is_open(**seat));
    let mut found: Vec<u32> = open.flat_map(|seat| beside(*seat)).collect();
    found.retain(|seat| stays_open(*seat) && !beside(*seat).any(stays_open));
    found.sort_unstable();
    found.dedup();
    found
}

/// Explains a choice. `accessible` is the number of accessible places that were wished for.
pub(super) fn explain(search: &Search<'_>, seats: &[u32], longest_run: usize, accessible: usize) -> Explanation {
    let plan = search.plan;
    let groups = groups(plan, seats);
    let seating = if groups.len() > 1 {
        Seating::Split { groups, longest_run: u16::try_from(longest_run).unwrap_or(u16::MAX) }
    } else {
        Seating::Together
    };
    let of_tier = |tier: Tier| seats.iter().filter(|seat| plan.tier_of(**seat) == tier).count();
    let kept = match accessible {
        0 => of_tier(Tier::Accessible) + of_tier(Tier::Companion),
        wished => of_tier(Tier::Accessible).saturating_sub(wished),
    };
    let worst = seats.iter().copied().max_by_key(|seat| search.rank(*seat));
    let squares = seats.iter().map(|seat| plan.square(*seat)).sum::<u64>();
    Explanation {
        seating,
        singles: singles(search, seats, accessible > 0),
        category: CategoryIndex(worst.map_or(0, |seat| plan.category_of(seat))),
        distance: (squares / u64::from(narrow(seats.len()).max(1))).isqrt(),
        kept_seats: u16::try_from(kept).unwrap_or(u16::MAX),
    }
}

/// Returns the single seats that a choice leaves over, and why.
fn singles(search: &Search<'_>, seats: &[u32], with_accessible: bool) -> Singles {
    let stranded: Vec<_> = stranded(search.occupancy, seats).into_iter().map(SeatIndex).collect();
    if stranded.is_empty() {
        Singles::None
    } else if with_accessible || search.without_singles(seats.len()).is_some() {
        Singles::ForTheParty { seats: stranded }
    } else {
        Singles::Unavoidable { seats: stranded }
    }
}
