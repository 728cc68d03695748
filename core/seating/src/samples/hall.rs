//! Halls with a flat floor: a ball with tables, and rows of chairs.

use super::Sample;
use super::page::{At, Page, ZonePage, at, object, point, row, seat, text};

const TABLE_CATEGORIES: [(&str, &str); 3] =
    [("Front tables", "#7a1f3d"), ("Tables", "#1f5f7a"), ("Gallery", "#4f7a1f")];

/// Chairs around a table, from its centre, clockwise. They are equally far apart.
const CHAIRS: [At; 8] = [
    at(-125, -300),
    at(125, -300),
    at(300, -125),
    at(300, 125),
    at(125, 300),
    at(-125, 300),
    at(-300, 125),
    at(-300, -125),
];

/// Returns a ballroom of 240 seats at 30 tables of eight. Each table is a row.
pub fn hall_with_tables() -> Sample {
    let mut page = Page::new("Ballroom", (1100, 1000), &TABLE_CATEGORIES);
    let stage = at(5500, 700);
    let mut floor = ZonePage { name: "Floor", at: at(1500, 2200), rows: Vec::new(), areas: vec![stage_area()] };
    for table in 1..=24 {
        let (column, line) = ((table - 1) % 6, (table - 1) / 6);
        let category = if line == 0 { "Front tables" } else { "Tables" };
        let centre = at(column * 1600, line * 1500);
        floor.rows.push(table_row(table, centre, category));
        floor.areas.push(table_area(centre));
    }
    page.zone(&floor, stage, "Main door");
    let mut gallery = ZonePage { name: "Gallery", at: at(1500, 8700), rows: Vec::new(), areas: Vec::new() };
    for table in 25..=30 {
        gallery.rows.push(table_row(table, at((table - 25) * 1600, 0), "Gallery"));
    }
    page.zone(&gallery, stage, "Stairs");
    // Two tables beside the door have room for wheelchairs.
    for table in [19, 24] {
        page.wheelchair(&chair(table, 1), "Ramp", &[chair(table, 2)]);
        page.wheelchair(&chair(table, 4), "Ramp", &[chair(table, 3), chair(table, 5)]);
    }
    page.finish()
}

/// Returns a hall with this number of rows, each with this number of seats side by side, in front of a stage. Both
/// numbers are at least 1 for a plan that can be imported.
pub fn small_hall(rows: u16, seats: u16) -> Sample {
    let (rows, seats) = (i32::from(rows), i32::from(seats));
    let size = (seats * 25 + 50, rows * 30 + 150);
    let mut page = Page::new("Hall", size, &[("Seats", "#1f5f7a")]);
    let mut zone = ZonePage { name: "Hall", at: at(375, 1150), rows: Vec::new(), areas: Vec::new() };
    for number in 1..=rows {
        let chair = |place: i32| seat(&format!("{number}-{place}"), place, at((place - 1) * 250, 0), "Seats", &[]);
        let chairs: Vec<_> = (1..=seats).map(chair).collect();
        let position = ("position", point(at(0, (number - 1) * 300)));
        zone.rows.push(row(&number.to_string(), &[position], &chairs));
    }
    page.zone(&zone, at(size.0 * 5, 500), "Door");
    page.finish()
}

fn chair(table: i32, number: i32) -> String {
    format!("T{table}-{number}")
}

fn table_row(table: i32, centre: At, category: &str) -> String {
    let seat_at = |(number, place): (i32, At)| seat(&chair(table, number), number, place, category, &[]);
    let seats: Vec<_> = (1..).zip(CHAIRS).map(seat_at).collect();
    let members = [
        ("row_label", text("Table %s")),
        ("seat_label", text("Chair %s")),
        ("row_number_position", "null".to_owned()),
        ("position", point(centre)),
    ];
    row(&table.to_string(), &members, &seats)
}

fn table_area(centre: At) -> String {
    object(&[
        ("shape", text("circle")),
        ("position", point(centre)),
        ("color", text("#d7c29b")),
        ("circle", object(&[("radius", "18".to_owned())])),
    ])
}

fn stage_area() -> String {
    let label = object(&[("text", text("Stage")), ("color", text("#ffffff")), ("position", point(at(1600, 400)))]);
    object(&[
        ("shape", text("rectangle")),
        ("position", point(at(2400, -1900))),
        ("color", text("#333333")),
        ("rotation", "0".to_owned()),
        ("rectangle", object(&[("width", "320".to_owned()), ("height", "80".to_owned())])),
        ("text", label),
    ])
}
