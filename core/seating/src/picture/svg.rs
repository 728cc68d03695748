//! The picture of a section.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::scale::{At, Scale, length};
use super::symbols::{self, Kind};
use super::text::{clean, escaped, filled, isolated, shortened};
use super::{Labels, Look, base_36, element, number_of, rows_of, seats_of, zones_of};
use crate::plan::{CategoryIndex, Plan, Row, SeatIndex, Zone, ZoneIndex};

/// Most characters of a row's label in a picture.
const ROW_CHARS_MAX: usize = 12;

/// Most characters of a zone's name in a picture.
pub(super) const ZONE_CHARS_MAX: usize = 24;

/// What surrounds seats in a picture, beside the labels.
const MARGIN: i64 = 40;

/// Returns the picture of a zone, or of the whole plan, as SVG.
///
/// `look` tells how each seat looks; it is asked once for each. A zone without seats has an empty picture. Ten thousand
/// seats take less than 500 kB, and compressed less than 300. It panics if the plan has no such zone.
pub fn section(plan: &Plan, zone: Option<ZoneIndex>, look: &dyn Fn(SeatIndex) -> Look, labels: &Labels) -> String {
    let mut zones = zones_of(plan, zone);
    zones.retain(|zone| zone.rows_len > 0);
    let seats = seats_of(plan, zone);
    let scale = Scale::new(plan, seats.clone());
    let kinds: BTreeSet<Kind> = seats.map(|seat| Kind::of(&plan.seat(SeatIndex(seat)))).collect();
    let margin = MARGIN + label_width(plan, &zones);
    let view = (At { x: -margin, y: -MARGIN }, At { x: scale.corner.x + margin, y: scale.corner.y + MARGIN });
    let description = format!("{} {}", described(plan, zone, labels), labels.signs);
    let mut svg = begun("img", view, &titled(plan, zone, labels), &description);
    symbols::define(&mut svg, plan, &kinds);
    svg.push_str(
        "<g fill=\"currentColor\" fill-rule=\"evenodd\" stroke-width=\"1.5\" stroke-linejoin=\"round\" \
         stroke-linecap=\"round\" font-size=\"10\" text-anchor=\"end\" pointer-events=\"all\">",
    );
    for zone in zones {
        draw_zone(&mut svg, plan, &scale, zone, look);
    }
    svg.push_str("</g></svg>");
    svg
}

/// Returns the beginning of a picture between two corners, up to its description.
pub(super) fn begun(role: &str, (from, to): (At, At), title: &str, description: &str) -> String {
    let size = to - from;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"seats\" viewBox=\"{} {} {} {}\" role=\"{role}\" \
         aria-labelledby=\"seats-title\" aria-describedby=\"seats-desc\">\
         <title id=\"seats-title\">{}</title><desc id=\"seats-desc\">{}</desc>",
        from.x,
        from.y,
        size.x,
        size.y,
        escaped(title),
        escaped(description)
    )
}

/// Returns the title of a picture: the plan, and its zone if it is one of several.
pub(super) fn titled(plan: &Plan, zone: Option<ZoneIndex>, labels: &Labels) -> String {
    let name = isolated(plan.name());
    match zone {
        Some(zone) => [name, isolated(plan.zone(zone).name)].join(labels.separator.as_str()),
        None => name,
    }
}

/// Returns what is to be said about the seats of a zone, or of all. States are left out: they change later.
pub(super) fn described(plan: &Plan, zone: Option<ZoneIndex>, labels: &Labels) -> String {
    let seats = seats_of(plan, zone);
    let rows = zones_of(plan, zone).iter().map(|zone| zone.rows_len).sum::<usize>();
    let summary = filled(&labels.summary, &[("rows", &rows.to_string()), ("seats", &seats.len().to_string())]);
    let categories: BTreeSet<CategoryIndex> = seats.map(|seat| plan.seat(SeatIndex(seat)).category).collect();
    if categories.is_empty() {
        return summary;
    }
    let numbered = |category: &CategoryIndex| {
        let name = isolated(&plan.categories()[usize::from(category.0)].name);
        format!("{} {name}", number_of(*category))
    };
    let categories = categories.iter().map(numbered).collect::<Vec<_>>().join(labels.separator.as_str());
    format!("{summary} {}", filled(&labels.categories, &[("categories", &categories)]))
}

/// Returns how far labels may go beyond the seats.
fn label_width(plan: &Plan, zones: &[Zone<'_>]) -> i64 {
    let chars = |label: &str, chars_max: usize| length(label.chars().count().min(chars_max));
    let rows = zones.iter().flat_map(|zone| rows_of(plan, *zone));
    let rows = rows.map(|row| 7 * chars(row.label, ROW_CHARS_MAX)).max().unwrap_or_default();
    // Names of zones lie above the middles of their seats.
    let names = zones.iter().map(|zone| 5 * chars(zone.name, ZONE_CHARS_MAX)).max().unwrap_or_default();
    rows.max(names)
}

fn draw_zone(svg: &mut String, plan: &Plan, scale: &Scale, zone: Zone<'_>, look: &dyn Fn(SeatIndex) -> Look) {
    put!(svg, "<g id=\"z{}\">", base_36(u32::from(zone.index.0)));
    let places = seats_of(plan, Some(zone.index)).map(|seat| scale.at(plan.seat(SeatIndex(seat)).position));
    let places: Vec<At> = places.collect();
    let edge = |of: fn(i64, i64) -> i64| places.iter().map(|at| at.x).reduce(of).unwrap_or_default();
    let (x, top) =
        (i64::midpoint(edge(i64::min), edge(i64::max)), places.iter().map(|at| at.y).min().unwrap_or_default());
    let name = escaped(&shortened(&clean(zone.name), ZONE_CHARS_MAX));
    put!(svg, "<text x=\"{x}\" y=\"{}\" font-size=\"14\" text-anchor=\"middle\">{name}</text>", top - 22);
    for row in rows_of(plan, zone) {
        draw_row(svg, plan, scale, row, look);
    }
    svg.push_str("</g>");
}

/// Draws a row. Its seats are placed from the first one, so that their numbers are short.
fn draw_row(svg: &mut String, plan: &Plan, scale: &Scale, row: Row<'_>, look: &dyn Fn(SeatIndex) -> Look) {
    let place = |seat: SeatIndex| scale.at(plan.seat(seat).position);
    let first = place(row.first_seat);
    put!(svg, "<g id=\"r{}\" transform=\"translate({} {})\">", base_36(row.index.0), first.x, first.y);
    if !row.label.is_empty() {
        draw_label(svg, row.label, row.seats().nth(1).map_or(At::default(), |second| place(second) - first));
    }
    for index in row.seats() {
        let seat = plan.seat(index);
        put!(svg, "<use id=\"{}\" href=\"#{}{}\"", element(index), look(index).letter(), Kind::of(&seat));
        let At { x, y } = scale.at(seat.position) - first;
        if x != 0 {
            put!(svg, " x=\"{x}\"");
        }
        if y != 0 {
            put!(svg, " y=\"{y}\"");
        }
        svg.push_str("/>");
    }
    svg.push_str("</g>");
}

/// Draws the label of a row beside its first seat, away from the second one.
fn draw_label(svg: &mut String, label: &str, to_second: At) {
    let place = match (to_second.x.abs() >= to_second.y.abs(), to_second.x >= 0, to_second.y >= 0) {
        (true, true, _) => "x=\"-12\" y=\"4\"",
        (true, false, _) => "x=\"12\" y=\"4\" text-anchor=\"start\"",
        (false, _, true) => "y=\"-12\" text-anchor=\"middle\"",
        (false, _, false) => "y=\"20\" text-anchor=\"middle\"",
    };
    put!(svg, "<text {place}>{}</text>", escaped(&shortened(&clean(label), ROW_CHARS_MAX)));
}
