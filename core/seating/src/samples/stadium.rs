//! A stadium with two tiers around a football pitch.

use super::Sample;
use super::page::{At, Page, ZonePage, at, object, point, row, seat, text};

/// Names and colors, the dearest first.
const CATEGORIES: [(&str, &str); 4] =
    [("Category 1", "#7a1f3d"), ("Category 2", "#1f5f7a"), ("Category 3", "#2f7a1f"), ("Category 4", "#7a6a1f")];

/// Width and height; a unit is five centimetres.
const SIZE: (i32, i32) = (5400, 4700);

/// Middle of the pitch.
const MIDDLE: At = at(SIZE.0 * 5, SIZE.1 * 5);

/// Way from the middle of the pitch to a penalty spot.
const PENALTY_SPOT: i32 = 8300;

/// Way from a seat to the next.
const SPACING: i32 = 100;

/// Way from a row to the next.
const ROW_SPACING: i32 = 160;

/// Seats of each row of a straight block.
const BLOCK_SEATS: i32 = 30;

/// Way from a straight block to the next, with the stairs between them.
const BLOCK_SPACING: i32 = BLOCK_SEATS * SPACING + 240;

/// Thousandths of the whole that a diagonal goes along each axis.
const DIAGONAL: i32 = 707;

/// One of the two tiers.
struct Tier {
    /// Number before the first block's.
    blocks_from: i32,
    rows: i32,
    /// Way from the first row of the lower tier to the first one of this.
    behind: i32,
}

const TIERS: [Tier; 2] = [
    Tier { blocks_from: 100, rows: 32, behind: 0 },
    Tier { blocks_from: 200, rows: 40, behind: 32 * ROW_SPACING + 600 },
];

/// One of the eight parts of a tier: four stands and the corners between them.
struct Stand {
    entrance: &'static str,
    /// Middle of the front of the lower tier, from the middle of the pitch.
    front: At,
    /// Direction away from the pitch, in thousandths. People who look there have the first seat on their left.
    outward: At,
    blocks: i32,
    is_end: bool,
}

const STANDS: [Stand; 8] = [
    Stand { entrance: "North", front: at(0, -8400), outward: at(0, -1000), blocks: 7, is_end: false },
    Stand { entrance: "North", front: at(11_700, -8300), outward: at(DIAGONAL, -DIAGONAL), blocks: 1, is_end: false },
    Stand { entrance: "East", front: at(12_100, 0), outward: at(1000, 0), blocks: 5, is_end: true },
    Stand { entrance: "East", front: at(11_700, 8300), outward: at(DIAGONAL, DIAGONAL), blocks: 1, is_end: false },
    Stand { entrance: "South", front: at(0, 8400), outward: at(0, 1000), blocks: 7, is_end: false },
    Stand { entrance: "South", front: at(-11_700, 8300), outward: at(-DIAGONAL, DIAGONAL), blocks: 1, is_end: false },
    Stand { entrance: "West", front: at(-12_100, 0), outward: at(-1000, 0), blocks: 5, is_end: true },
    Stand { entrance: "West", front: at(-11_700, -8300), outward: at(-DIAGONAL, -DIAGONAL), blocks: 1, is_end: false },
];

/// Returns a stadium of 60,000 seats in 56 blocks on two tiers around a pitch, with a focal point on the pitch for each
/// block, 72 wheelchair places behind the lower tier, and seats behind the rail of the upper one.
pub fn stadium() -> Sample {
    let mut page = Page::new("Stadium", SIZE, &CATEGORIES);
    for tier in &TIERS {
        let mut number = tier.blocks_from;
        for stand in &STANDS {
            for block in 0..stand.blocks {
                number += 1;
                add_block(&mut page, tier, stand, block, number);
            }
        }
    }
    page.finish()
}

fn add_block(page: &mut Page, tier: &Tier, stand: &Stand, block: i32, number: i32) {
    // Blocks lie beside each other along the front, the middle one in front of the middle of the stand.
    let aside = (block * 2 - (stand.blocks - 1)) * BLOCK_SPACING / 2;
    let (from, along) = (scaled(stand.outward, tier.behind), scaled(along(stand.outward), aside));
    let name = format!("Block {number}");
    let position = at(MIDDLE.x + stand.front.x + from.x + along.x, MIDDLE.y + stand.front.y + from.y + along.y);
    let mut zone = ZonePage { name: &name, at: position, rows: Vec::new(), areas: Vec::new() };
    if number == 101 {
        zone.areas.push(pitch_area(zone.at));
    }
    let category = category(tier, stand, block);
    for depth in 0..tier.rows {
        zone.rows.push(block_row(tier, stand, number, depth, category));
    }
    // From behind a goal, what happens in front of it; from elsewhere, what happens in the middle.
    let focal = if stand.is_end { at(MIDDLE.x + stand.outward.x / 1000 * PENALTY_SPOT, MIDDLE.y) } else { MIDDLE };
    page.zone(&zone, focal, stand.entrance);
    if stand.blocks > 1 {
        add_attributes(page, tier, number);
    }
}

fn add_attributes(page: &mut Page, tier: &Tier, number: i32) {
    if tier.behind == 0 {
        let id = |place: i32| format!("{number}-{}-{place}", tier.rows);
        for place in [1, 3, 5] {
            page.wheelchair(&id(place), "Ramp", &[id(place + 1)]);
        }
    } else {
        for place in [1, BLOCK_SEATS] {
            page.attributes(&format!("{number}-1-{place}"), &[("restrictedView", "true".to_owned())]);
        }
    }
}

fn category(tier: &Tier, stand: &Stand, block: i32) -> &'static str {
    let is_upper = tier.behind > 0;
    let is_middle = stand.blocks == 7 && (2..=4).contains(&block);
    match (stand.is_end || stand.blocks == 1, is_middle, is_upper) {
        (true, _, true) => "Category 4",
        (true, _, false) | (false, false, true) => "Category 3",
        (false, false, false) | (false, true, true) => "Category 2",
        (false, true, false) => "Category 1",
    }
}

fn block_row(tier: &Tier, stand: &Stand, number: i32, depth: i32, category: &str) -> String {
    let count = match (stand.blocks, tier.behind) {
        // A corner opens towards the back; above it is a screen between two walls.
        (1, 0) => 4 + depth * 2,
        (1, _) => 23,
        _ => BLOCK_SEATS,
    };
    let name = depth + 1;
    let chair = |place: i32| {
        let aside = (place * 2 - (count + 1)) * SPACING / 2;
        let position = scaled(along(stand.outward), aside);
        seat(&format!("{number}-{name}-{place}"), place, position, category, &[("radius", "4".to_owned())])
    };
    let chairs: Vec<_> = (1..=count).map(chair).collect();
    let position = scaled(stand.outward, depth * ROW_SPACING);
    row(&name.to_string(), &[("position", point(position))], &chairs)
}

/// Returns the direction to the right for somebody who looks in this one.
const fn along(outward: At) -> At {
    at(-outward.y, outward.x)
}

/// Returns the way of this length in a direction that is given in thousandths.
const fn scaled(direction: At, length: i32) -> At {
    at(direction.x * length / 1000, direction.y * length / 1000)
}

/// Returns the pitch, seen from a zone at this place.
fn pitch_area(zone: At) -> String {
    let (left, top) = (MIDDLE.x - 10_500 - zone.x, MIDDLE.y - 6800 - zone.y);
    let corners = [(left, top), (left + 21_000, top), (left + 21_000, top + 13_600), (left, top + 13_600)];
    let points: Vec<_> = corners.into_iter().map(|(x, y)| point(at(x, y))).collect();
    object(&[
        ("shape", text("polygon")),
        ("position", point(at(0, 0))),
        ("color", text("#3c8d40")),
        ("border_color", text("#ffffff")),
        ("polygon", object(&[("points", format!("[{}]", points.join(",")))])),
    ])
}
