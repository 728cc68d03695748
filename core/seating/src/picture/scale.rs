//! From positions of a plan to places in a picture.

use std::ops::{Range, Sub};

use crate::plan::{Plan, Point, SeatIndex};

/// Distance between neighbours in a picture. With whole numbers, a seat is at most a fortieth of it beside its place.
pub(super) const SPACING: i64 = 20;

/// A place in a picture, or the way from one to another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At {
    pub(super) x: i64,
    pub(super) y: i64,
}

impl Sub for At {
    type Output = Self;

    fn sub(self, from: Self) -> Self {
        Self { x: self.x - from.x, y: self.y - from.y }
    }
}

/// How positions become places: the upper left corner is 0, and most neighbours are 20 apart, in whatever unit and
/// however dense the plan is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    origin: Point,
    /// Distance between neighbours in the plan; at least 1.
    spacing: i64,
    /// The lower right corner.
    pub(super) corner: At,
}

impl Scale {
    /// Creates the scale of a picture of these seats. There may be none.
    pub(super) fn new(plan: &Plan, seats: Range<u32>) -> Self {
        let positions: Vec<Point> = seats.clone().map(|seat| plan.seat(SeatIndex(seat)).position).collect();
        let corner = |of: fn(i32, i32) -> i32| Point {
            x: positions.iter().map(|point| point.x).reduce(of).unwrap_or_default(),
            y: positions.iter().map(|point| point.y).reduce(of).unwrap_or_default(),
        };
        let spacing = spacing(plan, seats, &positions);
        let mut scale = Self { origin: corner(i32::min), spacing, corner: At::default() };
        scale.corner = scale.at(corner(i32::max));
        scale
    }

    /// Returns the place of a position that is among those of the scale.
    pub(super) fn at(&self, position: Point) -> At {
        // The limits of positions keep this far below 2^63.
        let scaled = |at: i32, from: i32| {
            let distance = i64::from(at) - i64::from(from);
            (distance * SPACING + self.spacing / 2) / self.spacing
        };
        At { x: scaled(position.x, self.origin.x), y: scaled(position.y, self.origin.y) }
    }
}

/// Returns a length as it is used in a picture.
pub(super) fn length(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Returns the median distance between neighbours. If all rows have one seat only, that between the rows; else 1.
fn spacing(plan: &Plan, seats: Range<u32>, positions: &[Point]) -> i64 {
    let pairs: Vec<(u32, u64)> =
        seats.zip(positions.windows(2)).map(|(seat, pair)| (seat, pair[0].square_distance(pair[1]))).collect();
    let beside = pairs.iter().filter(|(seat, _)| plan.neighbours(SeatIndex(*seat)).1.is_some());
    let beside = median(beside.map(|(_, square)| *square).collect());
    let square = beside.or_else(|| median(pairs.iter().map(|(_, square)| *square).collect()));
    i64::try_from(square.unwrap_or(1).isqrt()).unwrap_or(i64::MAX)
}

/// Returns the median of those that are not 0.
fn median(mut squares: Vec<u64>) -> Option<u64> {
    squares.retain(|square| *square > 0);
    squares.sort_unstable();
    squares.get(squares.len().saturating_sub(1) / 2).copied()
}
