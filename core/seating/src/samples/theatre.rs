//! A theatre: stalls, circle, balcony and boxes.

use super::Sample;
use super::page::{At, Member, Page, ZonePage, at, object, point, row, seat, text};

/// Names and colors, the dearest first.
const CATEGORIES: [(&str, &str); 4] =
    [("Premium", "#7a1f3d"), ("Category 1", "#1f5f7a"), ("Category 2", "#2f7a1f"), ("Category 3", "#7a6a1f")];

/// Names of rows. Theatres leave out the letter I, which looks like a digit.
const ROWS: [&str; 20] =
    ["A", "B", "C", "D", "E", "F", "G", "H", "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S", "T", "U"];

/// Way from a seat to the next, and what an aisle adds to it.
const SPACING: i32 = 250;

/// Middle of the front of the stage.
const STAGE: At = at(6000, 1100);

/// Returns a theatre of 928 seats: stalls with a middle aisle, a circle behind two pillars, a curved balcony and eight
/// boxes, with wheelchair places in the first and the last row of the stalls.
pub fn theatre() -> Sample {
    let mut page = Page::new("Theatre", (1200, 1560), &CATEGORIES);
    stalls(&mut page);
    circle(&mut page);
    balcony(&mut page);
    boxes(&mut page, "Left boxes", "BL", at(900, 3000));
    boxes(&mut page, "Right boxes", "BR", at(11100, 3000));
    page.finish()
}

fn stalls(page: &mut Page) {
    let mut zone = ZonePage { name: "Stalls", at: at(6000, 2200), rows: Vec::new(), areas: vec![stage_area()] };
    for (depth, name) in (0..).zip(ROWS) {
        let count = 20 + depth / 4 * 2;
        let places = curved(count, &[count / 2], 12_000);
        let category = |place: At| match depth {
            2..=8 if place.x.abs() <= 1500 => "Premium",
            0..=13 => "Category 1",
            _ => "Category 2",
        };
        zone.rows.push(curved_row("ST", name, at(0, depth * 300), &places, &category));
    }
    page.zone(&zone, STAGE, "Foyer");
    let id = |name: &str, number: i32| format!("ST-{name}-{number}");
    page.wheelchair(&id("A", 1), "Ramp", &[id("A", 2), id("A", 3), id("A", 4)]);
    for (wheelchair, companions) in [(1, vec![2]), (4, vec![3, 5]), (25, vec![24, 26]), (28, vec![27])] {
        let companions: Vec<_> = companions.into_iter().map(|number| id("U", number)).collect();
        page.wheelchair(&id("U", wheelchair), "Ramp", &companions);
    }
}

fn circle(page: &mut Page) {
    let mut zone = ZonePage { name: "Circle", at: at(6000, 9500), rows: Vec::new(), areas: Vec::new() };
    zone.areas.extend([pillar_area(-2000), pillar_area(2000)]);
    for (depth, name) in (0..8).zip(ROWS) {
        let count = 26 + depth;
        let places = curved(count, &[count / 3, count - count / 3], 9_000);
        let category = |place: At| match depth {
            0 if place.x.abs() <= 1500 => "Premium",
            0..=2 => "Category 1",
            _ => "Category 2",
        };
        zone.rows.push(curved_row("CI", name, at(0, depth * 320), &places, &category));
        for (number, place) in (1..).zip(&places) {
            if depth >= 2 && (place.x.abs() - 2000).abs() <= SPACING / 2 {
                page.attributes(&format!("CI-{name}-{number}"), &restricted());
            }
        }
    }
    page.zone(&zone, STAGE, "Stairs 1");
}

fn balcony(page: &mut Page) {
    let mut zone = ZonePage { name: "Balcony", at: at(6000, 13_300), rows: Vec::new(), areas: Vec::new() };
    for (depth, name) in (0..6).zip(ROWS) {
        let places = curved(30, &[10, 20], 10_000);
        zone.rows.push(curved_row("BA", name, at(0, depth * 320), &places, &|_| "Category 3"));
        for number in [1, 2, 29, 30] {
            page.attributes(&format!("BA-{name}-{number}"), &restricted());
        }
    }
    page.zone(&zone, STAGE, "Stairs 2");
}

/// Adds the boxes of one side: four of four seats, each box a row.
fn boxes(page: &mut Page, name: &str, prefix: &str, position: At) {
    let mut zone = ZonePage { name, at: position, rows: Vec::new(), areas: Vec::new() };
    for number in 1..=4 {
        let id = |place: i32| format!("{prefix}-{number}-{place}");
        let chair = |place: i32| seat(&id(place), place, at(0, (place - 1) * SPACING), "Category 1", &[]);
        let chairs: Vec<_> = (1..=4).map(chair).collect();
        let members = [("row_label", text("Box %s")), ("position", point(at(0, (number - 1) * 1400)))];
        zone.rows.push(row(&number.to_string(), &members, &chairs));
        // From the back of the boxes beside the stage half of it is seen.
        if number <= 2 {
            page.attributes(&id(3), &restricted());
            page.attributes(&id(4), &restricted());
        }
    }
    page.zone(&zone, STAGE, "Side door");
}

/// Returns the places of a row around its middle, which bends towards the stage on both sides. `aisles` are the indices
/// of seats with an aisle in front of them.
fn curved(count: i32, aisles: &[i32], flatness: i32) -> Vec<At> {
    let (mut xs, mut x) = (Vec::new(), 0);
    for index in 0..count {
        if aisles.contains(&index) {
            x += SPACING;
        }
        xs.push(x);
        x += SPACING;
    }
    let middle = (x - SPACING) / 2;
    xs.into_iter().map(|x| x - middle).map(|x| at(x, -(x * x / flatness))).collect()
}

fn curved_row(prefix: &str, name: &str, position: At, places: &[At], category: &dyn Fn(At) -> &'static str) -> String {
    let chair = |(number, &place): (i32, &At)| {
        // Where pretix's own rule begins to fill a row. Ours has no use for it.
        let more = if number == 1 { vec![("start_direction", text(">"))] } else { Vec::new() };
        seat(&format!("{prefix}-{name}-{number}"), number, place, category(place), &more)
    };
    let chairs: Vec<_> = (1..).zip(places).map(chair).collect();
    let members = [("row_number_position", text("both")), ("position", point(position))];
    row(name, &members, &chairs)
}

fn restricted() -> [Member<'static>; 1] {
    [("restrictedView", "true".to_owned())]
}

fn stage_area() -> String {
    let label = object(&[("text", text("Stage")), ("size", "24".to_owned()), ("position", point(at(2500, 450)))]);
    object(&[
        ("shape", text("rectangle")),
        ("position", point(at(-2500, -2000))),
        ("color", text("#333333")),
        ("border_color", text("#000000")),
        ("rotation", "0".to_owned()),
        ("uuid", text("6f3f1f6e-5f0d-4c55-9a34-0f7f6d7d6a11")),
        ("rectangle", object(&[("width", "500".to_owned()), ("height", "90".to_owned())])),
        ("text", label),
    ])
}

fn pillar_area(x: i32) -> String {
    object(&[
        ("shape", text("circle")),
        ("position", point(at(x, 0))),
        ("color", text("#999999")),
        ("circle", object(&[("radius", "6.5".to_owned())])),
    ])
}
