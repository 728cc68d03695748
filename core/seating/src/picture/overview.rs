//! The picture of all zones of a plan.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::scale::{At, SPACING, Scale, length};
use super::svg::{ZONE_CHARS_MAX, begun, described, titled};
use super::text::{escaped, filled, isolated, shortened};
use super::{Labels, base_36, color_of, seats_of};
use crate::plan::{CategoryIndex, Plan, SeatIndex, Zone, ZoneIndex};

/// What surrounds the seats, so that the outlines have room.
const MARGIN: i64 = 30;

/// Bounds of the height of text.
const TEXT_MIN: i64 = 6;
const TEXT_MAX: i64 = 400;

/// Returns the picture of the zones of a plan, as SVG: for each its outline, its name, its categories, and how many of
/// its seats are `left`.
///
/// Each zone is a link to where `link` says. Zones without seats are left out. A zone with seats left has the class
/// `open`, another one `full`; their names say it, too.
pub fn overview(
    plan: &Plan,
    left: &dyn Fn(ZoneIndex) -> u32,
    link: &dyn Fn(ZoneIndex) -> String,
    labels: &Labels,
) -> String {
    let scale = Scale::new(plan, seats_of(plan, None));
    let view = (At { x: -MARGIN, y: -MARGIN }, At { x: scale.corner.x + MARGIN, y: scale.corner.y + MARGIN });
    let mut svg = begun("group", view, &titled(plan, None, labels), &described(plan, None, labels));
    svg.push_str("<g fill=\"currentColor\" stroke-linejoin=\"round\" stroke-linecap=\"round\" text-anchor=\"middle\">");
    for zone in plan.zones().filter(|zone| zone.rows_len > 0) {
        draw_zone(&mut svg, plan, &scale, zone, (left(zone.index), link(zone.index).as_str()), labels);
    }
    svg.push_str("</g></svg>");
    svg
}

fn draw_zone(svg: &mut String, plan: &Plan, scale: &Scale, zone: Zone<'_>, (left, link): (u32, &str), labels: &Labels) {
    let seats: Vec<_> = seats_of(plan, Some(zone.index)).map(|seat| plan.seat(SeatIndex(seat))).collect();
    let places: Vec<At> = seats.iter().map(|seat| scale.at(seat.position)).collect();
    let categories: BTreeSet<CategoryIndex> = seats.iter().map(|seat| seat.category).collect();
    let (Some(best), Some(last)) = (categories.first(), categories.last()) else { return };
    let named = |category: &CategoryIndex| isolated(&plan.categories()[usize::from(category.0)].name);
    let prices = if best == last {
        named(best)
    } else {
        filled(&labels.category_range, &[("first", &named(best)), ("last", &named(last))])
    };
    let lines = [isolated(zone.name), prices, labels.of_left(left)];
    let (class, opacity) = if left > 0 { ("open", "0.3") } else { ("full", "0.1") };
    let (spoken, link) = (escaped(&lines.join(labels.separator.as_str())), escaped(link));
    let id = base_36(u32::from(zone.index.0));
    put!(svg, "<a id=\"z{id}\" class=\"{class}\" href=\"{link}\" aria-label=\"{spoken}\">");
    let (middle, corners) = (mean(&places), hull(places));
    let (path, color) = (outline(&corners), color_of(plan, *best));
    put!(svg, "<path d=\"{path}\" fill=\"{color}\" stroke=\"{color}\" stroke-width=\"{SPACING}\"");
    put!(svg, " opacity=\"{opacity}\"/>");
    write_lines(svg, &lines, middle, &corners);
    svg.push_str("</a>");
}

/// Writes lines around a place, each as large as the zone permits.
fn write_lines(svg: &mut String, lines: &[String], middle: At, corners: &[At]) {
    let extent = |of: fn(&At) -> i64| {
        let (least, most) = (corners.iter().map(of).min(), corners.iter().map(of).max());
        most.unwrap_or_default() - least.unwrap_or_default() + SPACING
    };
    let (width, height) = (extent(|at| at.x), extent(|at| at.y));
    let shown = lines.iter().map(|line| shortened(line, ZONE_CHARS_MAX));
    // Letters are some six tenths of their height wide.
    let size = |text: &str| (width * 10 / (6 * length(text.chars().count()).max(1))).min(height / 4);
    let shown: Vec<_> = shown.map(|text| (size(&text).clamp(TEXT_MIN, TEXT_MAX), text)).collect();
    let mut y = middle.y - shown.iter().map(|(size, _)| size * 6 / 5).sum::<i64>() / 2;
    for (size, text) in shown {
        let (x, base) = (middle.x, y + size);
        put!(svg, "<text x=\"{x}\" y=\"{base}\" font-size=\"{size}\">{}</text>", escaped(&text));
        y += size * 6 / 5;
    }
}

/// Returns the mean of places, which lies within their outline; 0 if there are none.
fn mean(places: &[At]) -> At {
    let count = length(places.len()).max(1);
    let mean = |of: fn(&At) -> i64| places.iter().map(of).sum::<i64>() / count;
    At { x: mean(|at| at.x), y: mean(|at| at.y) }
}

/// Returns the corners of the smallest convex shape around the places, in the order of its outline. Places in a line
/// have two, and a single place has one.
pub(super) fn hull(mut places: Vec<At>) -> Vec<At> {
    places.sort_unstable();
    places.dedup();
    if places.len() < 3 {
        return places;
    }
    let mut corners = half_of_hull(places.iter());
    corners.extend(half_of_hull(places.iter().rev()));
    corners
}

/// Returns the corners from the first place to before the last one, always turning to the same side.
fn half_of_hull<'p>(places: impl Iterator<Item = &'p At>) -> Vec<At> {
    let mut corners: Vec<At> = Vec::new();
    for place in places {
        while let [.., before, last] = corners.as_slice() {
            let (one, other) = (*last - *before, *place - *last);
            if one.x * other.y > one.y * other.x {
                break;
            }
            corners.pop();
        }
        corners.push(*place);
    }
    corners.pop();
    corners
}

/// Returns the path along the corners. With round joins and ends, a line becomes a bar and a place a disc.
fn outline(corners: &[At]) -> String {
    let Some(first) = corners.first() else { return String::new() };
    let mut path = format!("M{} {}", first.x, first.y);
    for pair in corners.windows(2) {
        let At { x, y } = pair[1] - pair[0];
        put!(path, "l{x} {y}");
    }
    path.push_str(if corners.len() == 1 { "h0" } else { "z" });
    path
}
