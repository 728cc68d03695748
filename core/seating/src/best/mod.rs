//! The best seats for a party.
//!
//! Choices are compared by these rules, of which a later one counts only between choices that are equal by all earlier
//! ones:
//!
//! 1. As few seats as possible that are kept for others: accessible places and, before these, the seats of their
//!    companions. Parties that wish for accessible places come first in `accessible.rs`.
//! 2. The party sits together: consecutive seats of a row without a gap. If it can't, as few groups as possible, and
//!    then as few people alone as possible.
//! 3. As few single seats left over as possible: seats that had a free neighbour before and have none after. What is
//!    held, sold, blocked or kept for others is a wall.
//! 4. The category of the seat with the worst category comes as early as possible in the order of the wish.
//! 5. The sum of the squares of the distances to the focal points of the zones is as small as possible.
//! 6. The first seat comes as early as possible in the plan. If the party is split, another fixed order decides.
//!
//! If too few ordinary seats are free, a party gets all of them. The others are those that seat it together or, if that
//! can't be, those that make as few groups among themselves as possible.
//!
//! So a single seat is left over only as a last resort: if no choice of that size avoids it, or if only choices do that
//! seat the party further apart.

mod accessible;
mod cost;
mod explain;
mod fill;
mod kept;
mod mixed;
mod search;
mod split;
#[cfg(test)]
mod tests;
mod windows;

use serde::{Deserialize, Serialize};

pub(crate) use self::explain::{groups, stranded};
pub(crate) use self::search::Search;

use crate::occupancy::{Occupancy, QUANTITY_MAX};
use crate::plan::{CategoryIndex, SeatIndex, ZoneIndex};

/// What a party wishes for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Wish {
    /// Number of seats, those of companions and wheelchairs included: 1 to 50.
    pub quantity: u16,
    /// The categories that will do, the preferred ones first. Without them all will, in the order of the plan.
    #[serde(default)]
    pub categories: Option<Vec<CategoryIndex>>,
    /// How many of the seats are to be places for wheelchairs.
    #[serde(default)]
    pub accessible: u16,
    /// The zone, if only one will do.
    #[serde(default)]
    pub zone: Option<ZoneIndex>,
}

impl Wish {
    /// Creates the wish for seats of any category, anywhere.
    pub fn new(quantity: u16) -> Self {
        Self { quantity, ..Self::default() }
    }
}

/// Seats for a party, and why these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Choice {
    /// The seats, in the order of the plan.
    pub seats: Vec<SeatIndex>,
    /// Why these.
    pub reasons: Explanation,
}

/// Why a party got its seats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Explanation {
    /// Whether the party sits together.
    pub seating: Seating,
    /// Which single seats are left over.
    pub singles: Singles,
    /// The worst category of the seats, by the order of the wish.
    pub category: CategoryIndex,
    /// The root of the mean square of the distances to what the zones look at, in tenths of the plan's unit.
    pub distance: u64,
    /// Number of seats that are meant for others, because nothing else was left: accessible places beyond those that
    /// were wished for, and seats of companions.
    pub kept_seats: u16,
}

/// Whether a party sits together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum Seating {
    /// On consecutive seats of a row.
    Together,
    /// In several groups, because no run of free seats was long enough.
    Split {
        /// The sizes of the groups, in the order of the plan.
        groups: Vec<u16>,
        /// Number of seats of the longest run that the party could have had.
        longest_run: u16,
    },
}

/// Which single seats a choice leaves over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[non_exhaustive]
pub enum Singles {
    /// None.
    None,
    /// These, because every choice of this size leaves some.
    Unavoidable {
        /// The seats.
        seats: Vec<SeatIndex>,
    },
    /// These, so that the party sits as it does: choices that leave none seat it further apart, or away from its
    /// accessible places.
    ForTheParty {
        /// The seats.
        seats: Vec<SeatIndex>,
    },
}

/// Why there are no seats for a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{why}: {free_in_wish} seats of those wished for are free, and {free_elsewhere} others")]
#[non_exhaustive]
pub struct NoChoice {
    /// Number of free seats in the zone and the categories of the wish.
    pub free_in_wish: u32,
    /// Number of free seats outside of them.
    pub free_elsewhere: u32,
    /// What is wrong.
    pub why: WhyNot,
}

/// What is wrong with a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum WhyNot {
    /// Fewer seats are free than were wished for.
    #[error("too few seats are free")]
    TooFewFree,
    /// Fewer accessible places are free than were wished for.
    #[error("too few accessible places are free")]
    TooFewAccessible,
    /// The quantity is not 1 to 50, or smaller than that of the accessible places.
    #[error("the quantity is out of range")]
    QuantityOutOfRange,
    /// The plan has no such zone.
    #[error("there is no such zone")]
    UnknownZone,
}

/// Returns the best free seats for a party. The same occupancy and wish give the same seats, always and everywhere.
///
/// A party gets seats whenever enough are free, if need be split or with single seats left over; the reasons tell so.
///
/// # Errors
/// [`NoChoice`] if too few seats are free, or the wish can't be.
///
/// ```
/// use boxoffice_seating::{NewRow, NewSeat, NewZone, Occupancy, PlanBuilder, Point, Singles, Wish, best};
///
/// let mut builder = PlanBuilder::new("Bench");
/// builder.category("Any", [0, 0, 0]).zone(NewZone { name: "Floor", ..NewZone::default() });
/// builder.row(NewRow { label: "A", ..NewRow::default() });
/// for seat in 1..=5 {
///     builder.seat(NewSeat {
///         id: &format!("A{seat}"),
///         label: &seat.to_string(),
///         category: "Any",
///         position: Point { x: seat * 50, y: 0 },
///         ..NewSeat::default()
///     });
/// }
/// let mut occupancy = Occupancy::new(&builder.build()?);
/// // Two in the middle would leave single seats, and so sit at an end.
/// let pair = best(&occupancy, &Wish::new(2))?;
/// assert_eq!(pair.seats.iter().map(|seat| seat.0).collect::<Vec<_>>(), [0, 1]);
/// occupancy.hold(&pair.seats)?;
/// // Of the three that remain two leave one over, whatever they do.
/// let pair = best(&occupancy, &Wish::new(2))?;
/// assert!(matches!(pair.reasons.singles, Singles::Unavoidable { .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn best(occupancy: &Occupancy, wish: &Wish) -> Result<Choice, NoChoice> {
    let search = Search::new(occupancy, wish.categories.as_deref(), wish.zone);
    let free = search.free();
    let free_in_wish = free.iter().sum::<u32>();
    let free_elsewhere = occupancy.counts().free - free_in_wish;
    let refused = |why| Err(NoChoice { free_in_wish, free_elsewhere, why });
    let size = usize::from(wish.quantity);
    if !(1..=QUANTITY_MAX).contains(&size) || wish.accessible > wish.quantity {
        return refused(WhyNot::QuantityOutOfRange);
    }
    if wish.zone.is_some_and(|zone| zone.0 >= occupancy.plan().zones_len()) {
        return refused(WhyNot::UnknownZone);
    }
    let [ordinary, _, wheelchairs] = free;
    if wheelchairs < u32::from(wish.accessible) {
        return refused(WhyNot::TooFewAccessible);
    }
    if free_in_wish < u32::from(wish.quantity) {
        return refused(WhyNot::TooFewFree);
    }
    let (seats, longest_run) = if wish.accessible > 0 {
        accessible::choose(&search, size, usize::from(wish.accessible))
    } else if ordinary >= u32::from(wish.quantity) {
        ordinary_seats(&search, size)
    } else {
        kept::choose(&search, size)
    };
    debug_assert_eq!(seats.len(), size, "enough seats are free");
    if seats.len() != size {
        // A party must not pay for seats that it does not get.
        return refused(WhyNot::TooFewFree);
    }
    let reasons = explain::explain(&search, &seats, longest_run, usize::from(wish.accessible));
    Ok(Choice { seats: seats.into_iter().map(SeatIndex).collect(), reasons })
}

/// Returns the best ordinary seats, of which there are enough, and the longest run if the party is split.
fn ordinary_seats(search: &Search<'_>, size: usize) -> (Vec<u32>, usize) {
    match search.together(size) {
        Some(window) => (window.seats().collect(), size),
        None => search.split(size),
    }
}
