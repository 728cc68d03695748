//! Plans from files of others: pretix's seating plans, and tables.
//!
//! What is in a file is either taken over or refused with its name and its place; nothing is dropped silently. Both
//! importers return all faults of a file at once.

mod areas;
mod attributes;
mod colors;
mod csv;
mod json;
mod object;
mod path;
mod pretix;
#[cfg(test)]
mod tests;
mod walk;

pub use self::csv::csv;
pub use self::pretix::pretix;

use crate::plan::{NewRow, NewSeat, NewZone, POSITION_MAX, PlanBuilder, TEXT_CHARS_MAX};

/// Largest length of a file, in bytes.
pub const BYTES_MAX: usize = 32 << 20;

/// What some programs put in front of UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Returns the beginning of a text that may be of any length.
fn clipped(text: &str) -> String {
    text.chars().take(TEXT_CHARS_MAX).collect()
}

/// Returns a coordinate of a plan in tenths. What is too large for a plan is still too large then, so that the builder
/// finds it.
#[expect(clippy::cast_possible_truncation, reason = "it is clamped before")]
fn tenths(coordinate: f64) -> i32 {
    let limit = f64::from(POSITION_MAX) + 1.0;
    (coordinate * 10.0).round().clamp(-limit, limit) as i32
}

/// Adds a seat to a plan that is refused before any was read, so that being empty is not told as one more fault.
/// `category` is one that the plan has, or empty.
fn fill(builder: &mut PlanBuilder, category: &str) {
    let name = if category.is_empty() { "?" } else { category };
    if category.is_empty() {
        builder.category(name, colors::of_category(0));
    }
    builder.zone(NewZone { name: "?", ..NewZone::default() }).row(NewRow::default());
    builder.seat(NewSeat { id: "??", label: "?", category: name, ..NewSeat::default() });
}
