//! What seats look like: a shape for each look of each kind of seat.
//!
//! Shapes are 16 units wide around 0. They are filled by the rule "evenodd", by which a shape within a shape is a hole.

use std::collections::BTreeSet;
use std::fmt::{self, Write};

use super::{Look, color_of, number_of};
use crate::plan::{CategoryIndex, Plan, Seat};

/// Outlines of a seat and of a wheelchair place.
const RING: &str = "M-8 0a8 8 0 1 0 16 0a8 8 0 1 0-16 0z";
const SQUARE: &str = "M-8-8h16v16h-16z";

/// Right halves, which remain empty.
const RIGHT_OF_RING: &str = "M0-8a8 8 0 0 1 0 16z";
const RIGHT_OF_SQUARE: &str = "M0-8h8v16h-8z";

/// What there is of seats that are not for sale.
const DOT: &str = "M-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0z";
const SMALL_SQUARE: &str = "M-2-2h4v4h-4z";

/// The folded corner of a wheelchair place.
const CORNER: &str = "M3-8h5v5z";

/// The bar of a seat with a restricted view.
const BAR: &str = "M-5 6h10";

const CROSS: &str = "M-5-3.5l1.5-1.5 3.5 3.5 3.5-3.5 1.5 1.5-3.5 3.5 3.5 3.5-1.5 1.5-3.5-3.5-3.5 3.5-1.5-1.5 3.5-3.5z";
const CHECK: &str = "M-4 0l3 4 5-7";

/// What is to be seen of a seat beside its look. Written as text, it is the end of the symbols' ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Kind {
    category: CategoryIndex,
    accessible: bool,
    restricted_view: bool,
}

impl Kind {
    pub(super) fn of(seat: &Seat<'_>) -> Self {
        Self { category: seat.category, accessible: seat.accessible, restricted_view: seat.restricted_view }
    }

    /// Returns the kind of seats about which there is nothing to say but their category. A legend shows these.
    pub(super) fn plain(category: CategoryIndex) -> Self {
        Self { category, accessible: false, restricted_view: false }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", number_of(self.category))?;
        f.write_str(if self.accessible { "w" } else { "" })?;
        f.write_str(if self.restricted_view { "v" } else { "" })
    }
}

/// Appends the symbols of these kinds, and of the plain ones of their categories.
pub(super) fn define(svg: &mut String, plan: &Plan, kinds: &BTreeSet<Kind>) {
    let ordinary = kinds.iter().map(|kind| Kind::plain(kind.category));
    let all: BTreeSet<Kind> = kinds.iter().copied().chain(ordinary).collect();
    let has_numbers = plan.categories().len() > 1;
    svg.push_str("<defs>");
    for kind in all {
        let number = if has_numbers { number_path(number_of(kind.category)) } else { String::new() };
        for look in Look::ALL {
            let (letter, path, paint) = (look.letter(), path(kind, look, &number), paint(plan, kind, look));
            put!(svg, "<path id=\"{letter}{kind}\" d=\"{path}\" {paint}/>");
        }
    }
    svg.push_str("</defs>");
}

fn path(kind: Kind, look: Look, number: &str) -> String {
    let (outline, half, dot, corner) =
        if kind.accessible { (SQUARE, RIGHT_OF_SQUARE, SMALL_SQUARE, CORNER) } else { (RING, RIGHT_OF_RING, DOT, "") };
    let bar = if kind.restricted_view { BAR } else { "" };
    match look {
        Look::Free => [outline, corner, bar, number].concat(),
        Look::Held => [outline, half, corner, bar].concat(),
        Look::Sold => [outline, corner, CROSS].concat(),
        Look::Blocked => dot.to_owned(),
        Look::Chosen => [outline, corner, bar, CHECK].concat(),
    }
}

fn paint(plan: &Plan, kind: Kind, look: Look) -> String {
    let color = match look {
        Look::Free => color_of(plan, kind.category),
        Look::Held => "var(--seat-held,currentColor)".to_owned(),
        Look::Sold => "var(--seat-sold,currentColor)".to_owned(),
        Look::Blocked => "var(--seat-blocked,currentColor)".to_owned(),
        Look::Chosen => "var(--seat-chosen,currentColor)".to_owned(),
    };
    match look {
        Look::Free => format!("fill=\"none\" stroke=\"{color}\""),
        Look::Held => format!("fill=\"{color}\" stroke=\"{color}\""),
        Look::Sold | Look::Blocked => format!("fill=\"{color}\""),
        Look::Chosen => format!("fill=\"none\" stroke=\"{color}\" stroke-width=\"2.5\""),
    }
}

/// Returns the lines of a number of at most three digits, 8 units high around 0. They need no font.
fn number_path(number: u16) -> String {
    let digits = number.to_string();
    let width = if digits.len() > 2 { 2 } else { 4 };
    let mut left = if digits.len() == 1 { -2 } else { -5 };
    let mut path = String::new();
    for digit in digits.chars() {
        path.push_str(&digit_path(digit, left, width));
        left += width + 2;
    }
    path
}

fn digit_path(digit: char, left: i32, width: i32) -> String {
    let (middle, right) = (left + width / 2, left + width);
    match digit {
        '1' => format!("M{middle}-4v8"),
        '2' => format!("M{left}-4h{width}v4h-{width}v4h{width}"),
        '3' => format!("M{left}-4h{width}v8h-{width}M{left} 0h{width}"),
        '4' => format!("M{left}-4v4h{width}M{right}-4v8"),
        '5' => format!("M{right}-4h-{width}v4h{width}v4h-{width}"),
        '6' => format!("M{right}-4h-{width}v8h{width}v-4h-{width}"),
        '7' => format!("M{left}-4h{width}v8"),
        '8' => format!("M{left} 0h{width}v-4h-{width}v8h{width}v-4"),
        '9' => format!("M{right} 0h-{width}v-4h{width}v8h-{width}"),
        _ => format!("M{left}-4h{width}v8h-{width}z"),
    }
}
