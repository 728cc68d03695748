//! Positions for seats that have none.

use super::Table;
use crate::plan::{PlanBuilder, Point};

/// Way from a seat to the next one, in tenths of the plan's unit.
const SEAT: i32 = 250;
/// Way from a row to the next one.
const ROW: i32 = 300;
/// What a section adds to that.
const SECTION: i32 = 300;

/// Puts the rows in front of each other, each in the middle, the first one at the top. Where that is too large for a
/// plan, the builder says so.
pub(super) fn lay_out(table: &mut Table, builder: &mut PlanBuilder) {
    let lens = table.sections.iter().flat_map(|section| &section.rows).map(|row| row.seats.len());
    let width = steps(lens.max().unwrap_or_default(), SEAT);
    let mut y = -SECTION;
    let mut places: Vec<(usize, Point)> = Vec::with_capacity(table.seats.len());
    for section in &table.sections {
        y = y.saturating_add(SECTION);
        for row in &section.rows {
            y = y.saturating_add(ROW);
            let mut x = (width - steps(row.seats.len(), SEAT)) / 2 + SEAT;
            for seat in &row.seats {
                places.push((*seat, Point { x, y }));
                x = x.saturating_add(SEAT);
            }
        }
    }
    for (seat, position) in places {
        table.seats[seat].position = Some(position);
    }
    let units = |tenths: i32| u32::try_from(tenths / 10).unwrap_or_default();
    builder.size(units(width.saturating_add(SEAT)), units(y.saturating_add(ROW)));
}

/// Returns the length of so many steps. No plan has so many seats that it does not fit.
fn steps(count: usize, step: i32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX).saturating_mul(step)
}
