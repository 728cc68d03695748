//! What a hall looks like: zones, their rows, and the seats of these.
//!
//! ```text
//! zone ── row ── seat     in the order of the file; seats of a row in the order in which people walk along it
//!             └─ stretch  consecutive seats of a row with no gap between them
//! ```
//!
//! Seats have numbers in this order, so that a row is a range of them. Two seats are neighbours if they follow each
//! other in a row and there is **no gap** between them. A gap is an aisle that the file gives, or a distance of more
//! than 1.6 times the median distance between the seats of that row.

mod builder;
mod edit;
mod encoding;
mod fault;
mod layout;
#[cfg(test)]
mod tests;
mod texts;
mod views;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use self::builder::{NewRow, NewSeat, NewZone, PlanBuilder};
pub use self::edit::PlanChange;
pub use self::encoding::DecodeError;
pub use self::fault::{Place, PlanError, PlanFault};
pub use self::views::{Row, Seat, Zone};

pub(crate) use self::layout::{Layout, Stretch};

use self::texts::Texts;

/// Largest number of seats of a plan.
pub const SEATS_MAX: usize = 200_000;
/// Largest number of rows of a plan.
pub const ROWS_MAX: usize = 50_000;
/// Largest number of zones of a plan.
pub const ZONES_MAX: usize = 2_000;
/// Largest number of categories of a plan.
pub const CATEGORIES_MAX: usize = 100;
/// Greatest length of names and labels, in characters.
pub const TEXT_CHARS_MAX: usize = 200;
/// Least length of a seat's id, in characters.
pub const ID_CHARS_MIN: usize = 2;
/// Greatest length of a seat's id, in characters.
pub const ID_CHARS_MAX: usize = 64;
/// Greatest coordinate of a position, in tenths of the plan's unit, to either side of 0.
pub const POSITION_MAX: u32 = 10_000_000;
/// Greatest width and height of a plan, in its unit.
pub const SIZE_MAX: u32 = 1_000_000;

/// Number of a seat in its plan, from 0. Other plans, also later ones of the same hall, number seats differently: what
/// outlives a plan keeps ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SeatIndex(pub u32);

/// Number of a row in its plan, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RowIndex(pub u32);

/// Number of a zone in its plan, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ZoneIndex(pub u16);

/// Number of a category in its plan, from 0. The first one is the best, unless a wish says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CategoryIndex(pub u16);

/// A point, in tenths of the plan's unit. `y` grows downwards.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Point {
    /// Tenths to the right.
    pub x: i32,
    /// Tenths downwards.
    pub y: i32,
}

impl Point {
    /// Returns the square of the distance to another point. The limits of plans keep it below 2^50.
    pub(crate) fn square_distance(self, other: Self) -> u64 {
        let (x, y) = (i64::from(self.x) - i64::from(other.x), i64::from(self.y) - i64::from(other.y));
        (x * x + y * y).unsigned_abs()
    }
}

/// Width and height, in the plan's unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Size {
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

/// A category of seats, which usually has one price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Category {
    /// Its name, unique in the plan.
    pub name: String,
    /// Its colour on pictures: red, green, blue.
    pub color: [u8; 3],
}

/// A seat plan. Cheap to clone; clones share their memory.
///
/// [`PlanBuilder`] and [`Plan::decode`] make plans, and nothing changes one.
#[derive(Clone, PartialEq, Eq)]
pub struct Plan(Arc<Data>);

#[derive(PartialEq, Eq)]
struct Data {
    name: String,
    size: Size,
    focal_point: Option<Point>,
    categories: Vec<Category>,
    zones: Vec<ZoneData>,
    rows: Vec<RowData>,
    seats: Seats,
    /// Names of zones, labels and entrances, each once.
    texts: Texts,
    layout: Layout,
}

#[derive(Debug, PartialEq, Eq)]
struct ZoneData {
    /// Name, in the texts.
    name: u32,
    focal_point: Option<Point>,
    /// Entrance, in the texts.
    entrance: Option<u32>,
    rows: Range<u32>,
}

#[derive(Debug, PartialEq, Eq)]
struct RowData {
    /// Label, in the texts.
    label: u32,
    zone: u16,
    seats: Range<u32>,
}

/// All seats, a list for each property.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seats {
    ids: Texts,
    /// The seats in the order of their ids.
    by_id: Vec<u32>,
    /// Labels, in the texts.
    labels: Vec<u32>,
    positions: Vec<Point>,
    categories: Vec<u16>,
    attributes: Vec<u8>,
    /// Companions with their accessible places, in the order of the companions.
    companions: Vec<(u32, u32)>,
    /// Seats with an entrance of their own, and its text.
    entrances: Vec<(u32, u32)>,
}

impl Seats {
    fn shrink_to_fit(&mut self) {
        self.ids.shrink_to_fit();
        self.labels.shrink_to_fit();
        self.positions.shrink_to_fit();
        self.categories.shrink_to_fit();
        self.attributes.shrink_to_fit();
        self.companions.shrink_to_fit();
        self.entrances.shrink_to_fit();
    }

    fn bytes(&self) -> usize {
        self.ids.bytes()
            + bytes_of(&self.by_id)
            + bytes_of(&self.labels)
            + bytes_of(&self.positions)
            + bytes_of(&self.categories)
            + bytes_of(&self.attributes)
            + bytes_of(&self.companions)
            + bytes_of(&self.entrances)
    }
}

/// Attribute of a seat: a place for a wheelchair.
const ACCESSIBLE: u8 = 1;
/// Attribute of a seat: something is in the way of the view.
const RESTRICTED_VIEW: u8 = 2;
/// Attribute of a seat: an aisle lies between it and the seat before it in its row.
const AISLE_BEFORE: u8 = 4;
/// Attribute of a seat: it belongs to an accessible place. Follows from the companions and is not stored.
const COMPANION: u8 = 8;
/// All attributes that are stored.
const STORED_ATTRIBUTES: u8 = ACCESSIBLE | RESTRICTED_VIEW | AISLE_BEFORE;

/// Whom a seat is meant for. The later ones are kept from others as long as an earlier one is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tier {
    /// For everybody.
    Ordinary,
    /// For who comes with somebody in an accessible place.
    Companion,
    /// For wheelchairs.
    Accessible,
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan").field("name", &self.0.name).field("seats", &self.seats_len()).finish_non_exhaustive()
    }
}

/// Returns the number as 32 bits. The limits of plans keep every length far below that.
pub(crate) fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Returns the memory of a vector's items, in bytes.
pub(crate) fn bytes_of<T>(items: &Vec<T>) -> usize {
    items.capacity() * size_of::<T>()
}
