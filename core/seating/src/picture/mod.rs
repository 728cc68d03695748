//! Pictures of plans, and the same seats as a list.
//!
//! ```text
//! list      each seat with its spoken name, row by row: a checkbox for everybody, by eye, keyboard or screen reader
//! section   the same seats as SVG, of one zone or of a plan of at most 10,000 seats
//! overview  the zones of a larger plan as SVG, each a link to its section
//! patch     the seats whose look has changed since, for the list and for the picture
//! ```
//!
//! The list is what people work with; a picture says nothing that the list doesn't say in words. Pictures have no
//! scripts, styles or handlers and refer to nothing outside, so that a strict content security policy permits them.
//! They have a view box and no size, so that a page may enlarge them.
//!
//! A seat of a section is `<use id="s1a" href="#f2w"/>`. Its id is `s` and its number to the base 36 ([`element`]).
//! What it shows is the letter of its look ([`Look::letter`]), the number of its category from 1, then `w` for a
//! wheelchair place and `v` for a restricted view. A script that changes the look of a seat replaces the one letter
//! after the `#`; every section has the symbols for that. Ids are those of the whole plan, so that a page shows one
//! picture of it at a time.
//!
//! Shapes tell seats apart without colours, and categories have their numbers in free seats. Text and lines have the
//! text colour of the page. These custom properties of the page's style set other colours, in each theme:
//!
//! | property | colour of |
//! |---|---|
//! | `--seat-1`, `--seat-2`, … | a category, by its number; without it the plan's |
//! | `--seat-held`, `--seat-sold`, `--seat-blocked`, `--seat-chosen` | a look; without it the text's |
//!
//! ```
//! use boxoffice_seating::picture::{self, Labels, Look};
//! use boxoffice_seating::{NewRow, NewSeat, NewZone, Occupancy, PlanBuilder, Point, SeatIndex};
//!
//! let mut builder = PlanBuilder::new("Cellar");
//! builder.category("Any", [0x33, 0x66, 0x99]).zone(NewZone { name: "Cellar", ..NewZone::default() });
//! builder.row(NewRow { label: "A", ..NewRow::default() });
//! for (id, label, x) in [("A-1", "1", 0), ("A-2", "2", 50)] {
//!     builder.seat(NewSeat { id, label, category: "Any", position: Point { x, y: 0 }, ..NewSeat::default() });
//! }
//! let plan = builder.build()?;
//! let mut occupancy = Occupancy::new(&plan);
//! occupancy.hold(&[SeatIndex(1)])?;
//!
//! let look = |seat| occupancy.state(seat).map_or(Look::Blocked, Look::from);
//! let labels = Labels::default();
//! let list = picture::list(&plan, None, &look, &labels);
//! assert_eq!(list.zones[0].rows[0].seats[1].spoken, "Cellar, row A, seat 2, Any");
//! assert_eq!(list.zones[0].rows[0].seats[1].state, Look::Held);
//! let svg = picture::section(&plan, None, &look, &labels);
//! assert!(svg.contains(r##"<use id="s1" href="#h1" x="20"/>"##));
//! assert_eq!(picture::patch(&[(SeatIndex(1), Look::Sold)]), r#"{"x":[1]}"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

/// Appends to a text. Writing to a `String` never fails.
macro_rules! put {
    ($text:expr, $($what:tt)*) => {{
        let _ = write!($text, $($what)*);
    }};
}

mod labels;
mod list;
mod overview;
mod scale;
mod svg;
mod symbols;
#[cfg(test)]
mod tests;
mod text;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;

use serde::{Deserialize, Serialize};

pub use self::labels::Labels;
pub use self::list::{Flag, ListedCategory, ListedLook, ListedRow, ListedSeat, ListedZone, SeatList, list};
pub use self::overview::overview;
pub use self::svg::section;

use crate::occupancy::SeatState;
use crate::plan::{CategoryIndex, Plan, Row, RowIndex, SeatIndex, Zone, ZoneIndex, narrow};

/// Largest number of seats of a plan whose picture is one section. Of larger ones an overview leads to the sections.
pub const SECTION_SEATS_MAX: usize = 10_000;

/// How a seat looks to one reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Look {
    /// Anybody can have it: a ring with the number of its category.
    Free,
    /// Somebody else's order has it: half of it is filled.
    Held,
    /// Somebody has bought it: a cross in a filled circle.
    Sold,
    /// It is not for sale here: a small dot.
    Blocked,
    /// The reader has chosen it: a check.
    Chosen,
}

impl Look {
    /// All looks.
    pub const ALL: [Self; 5] = [Self::Free, Self::Held, Self::Sold, Self::Blocked, Self::Chosen];

    /// Returns the letter that stands for the look in pictures and patches: `f`, `h`, `x`, `b` or `c`.
    pub const fn letter(self) -> char {
        match self {
            Self::Free => 'f',
            Self::Held => 'h',
            // Not `s`, with which the ids of seats begin.
            Self::Sold => 'x',
            Self::Blocked => 'b',
            Self::Chosen => 'c',
        }
    }
}

impl From<SeatState> for Look {
    fn from(state: SeatState) -> Self {
        match state {
            SeatState::Free => Self::Free,
            SeatState::Held => Self::Held,
            SeatState::Sold => Self::Sold,
            SeatState::Blocked => Self::Blocked,
        }
    }
}

/// Returns the id of the seat's element in pictures. In a script it is `"s" + number.toString(36)`.
pub fn element(seat: SeatIndex) -> String {
    format!("s{}", base_36(seat.0))
}

/// Returns the changes as compact JSON: the numbers of the seats under the letter of their new look, such as
/// `{"f":[7],"x":[3,4]}`. If a seat comes twice, its last look counts.
pub fn patch(changes: &[(SeatIndex, Look)]) -> String {
    let last: BTreeMap<SeatIndex, Look> = changes.iter().copied().collect();
    let mut json = "{".to_owned();
    for look in Look::ALL {
        let seats = last.iter().filter(|(_, now)| **now == look);
        let numbers: Vec<_> = seats.map(|(seat, _)| seat.0.to_string()).collect();
        if !numbers.is_empty() {
            let comma = if json.len() > 1 { "," } else { "" };
            put!(json, "{comma}\"{}\":[{}]", look.letter(), numbers.join(","));
        }
    }
    json.push('}');
    json
}

/// Returns the number with the digits `0` to `9` and `a` to `z`.
fn base_36(number: u32) -> String {
    let (mut digits, mut rest) = (Vec::new(), number);
    loop {
        digits.push(char::from_digit(rest % 36, 36).unwrap_or('0'));
        rest /= 36;
        if rest == 0 {
            return digits.iter().rev().collect();
        }
    }
}

/// Returns the number of a category, as people read it.
fn number_of(category: CategoryIndex) -> u16 {
    category.0 + 1
}

/// Returns the colour of a category, as an attribute has it.
fn color_of(plan: &Plan, category: CategoryIndex) -> String {
    format!("var(--seat-{},{})", number_of(category), hexadecimal(plan.categories()[usize::from(category.0)].color))
}

fn hexadecimal([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// Returns this zone, or all zones.
fn zones_of(plan: &Plan, zone: Option<ZoneIndex>) -> Vec<Zone<'_>> {
    match zone {
        Some(zone) => vec![plan.zone(zone)],
        None => plan.zones().collect(),
    }
}

fn rows_of<'p>(plan: &'p Plan, zone: Zone<'p>) -> impl Iterator<Item = Row<'p>> {
    let first = zone.first_row.0;
    (first..first + narrow(zone.rows_len)).map(move |row| plan.row(RowIndex(row)))
}

/// Returns the seats of a zone, or all.
fn seats_of(plan: &Plan, zone: Option<ZoneIndex>) -> Range<u32> {
    let Some(zone) = zone else { return 0..narrow(plan.seats_len()) };
    let mut rows = rows_of(plan, plan.zone(zone));
    let Some(first) = rows.next() else { return 0..0 };
    let last = rows.last().unwrap_or(first);
    first.first_seat.0..last.first_seat.0 + narrow(last.seats_len)
}
