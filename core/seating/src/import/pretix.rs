//! pretix's format for seating plans, with a file of attributes beside it.

use std::borrow::Cow;

use super::attributes::Attributes;
use super::json::{self, Node};
use super::object::Object;
use super::path::Path;
use super::{areas, colors, fill, tenths};
use crate::plan::{NewRow, NewSeat, NewZone, Plan, PlanBuilder, PlanError, Point};

/// Most bytes of a pattern, of a number, and of the numbers that are put into a pattern before the last one. What is
/// longer is no label anyway.
const PATTERN_BYTES_MAX: usize = 1000;

/// Imports a seating plan of pretix, and the attributes that its format has no room for.
///
/// A plan is what pretix's public JSON Schema of seating plans (2026.8) allows. Where that leaves too much open, this
/// is more strict: ids of seats are unique and have at least two characters, no two seats have the same zone, row and
/// label, every row has seats, categories exist, every zone has a name, no property comes twice. Properties that the
/// schema does not have are refused. Positions add up: that of the zone, of the row if it has one, and of the seat.
/// `row_label` and `seat_label` are the labels, with the number in place of `%s`; without them the numbers are. The
/// first category is the best one. Colours are written as `#1f5f7a` or `#15a`; a category without a colour gets one.
/// Seats of a row stand in the order of the file.
///
/// Areas, `uuid`, `zone_id`, `radius`, `start_direction` and `row_number_position` are checked and then left out: they
/// are for pretix's editor and for pictures.
///
/// Attributes are a JSON object, in which everything is optional. Seats are named by their `seat_guid`. The focal point
/// is what people look at from a zone, in the coordinates of the whole plan:
///
/// ```json
/// {
///   "seats": {
///     "A-1": { "accessible": true, "entrance": "Ramp" },
///     "A-2": { "companionOf": "A-1" },
///     "C-7": { "restrictedView": true }
///   },
///   "zones": { "Stalls": { "focalPoint": { "x": 600, "y": 110 }, "entrance": "Foyer" } }
/// }
/// ```
///
/// # Errors
///
/// All faults of both files, of which the first hundred are named, each with its path: `zones[2].rows[0].seats[5]` in
/// the plan, `attributes.seats["A-1"]` beside it. A file of more than 32 MiB or five million values is not read.
///
/// ```
/// let plan = br##"{
///   "name": "Cellar",
///   "size": { "width": 100, "height": 80 },
///   "categories": [{ "name": "Seats", "color": "#1f5f7a" }],
///   "zones": [{
///     "name": "Floor",
///     "position": { "x": 10, "y": 30 },
///     "rows": [{
///       "row_number": "A",
///       "row_label": "Row %s",
///       "seats": [
///         { "seat_guid": "A-1", "seat_number": "1", "position": { "x": 0, "y": 0 }, "category": "Seats" },
///         { "seat_guid": "A-2", "seat_number": "2", "position": { "x": 25, "y": 0 }, "category": "Seats" }
///       ]
///     }]
///   }]
/// }"##;
/// let attributes = br#"{ "seats": { "A-2": { "accessible": true } } }"#;
///
/// let plan = boxoffice_seating::import::pretix(plan, Some(attributes))?;
/// let seat = plan.seat(plan.find("A-2").unwrap());
/// assert!(seat.accessible);
/// assert_eq!((seat.position.x, seat.position.y), (350, 300));
/// assert_eq!(plan.row(seat.row).label, "Row A");
/// # Ok::<(), boxoffice_seating::PlanError>(())
/// ```
pub fn pretix(bytes: &[u8], attributes: Option<&[u8]>) -> Result<Plan, PlanError> {
    let document = json::parse(bytes, Path::PLAN)?;
    let beside = attributes.map(|bytes| json::parse(bytes, Path::ATTRIBUTES)).transpose()?;
    let mut builder = begin(&document);
    let attributes = beside.as_ref().map(|beside| Attributes::read(beside, &mut builder)).unwrap_or_default();
    let mut import = Import { builder, attributes, category: "" };
    import.plan(&document);
    import.attributes.refuse_unused(&mut import.builder);
    import.builder.build()
}

/// Begins the plan with its name. A name that is missing or no text is a fault of the document.
fn begin(document: &Node<'_>) -> PlanBuilder {
    let mut unnoticed = PlanBuilder::default();
    let plan = Object::open(document, Path::PLAN, &["name"], &[], &mut unnoticed);
    let name = plan.and_then(|plan| plan.text("name", &mut unnoticed));
    name.map_or_else(PlanBuilder::default, PlanBuilder::new)
}

/// An import that is under way.
///
/// The builder counts zones, rows and seats for the paths of its own faults. So something is added for what can't be
/// read, too: the plan is refused anyway.
struct Import<'n> {
    builder: PlanBuilder,
    attributes: Attributes<'n>,
    /// A category that exists, once there is one.
    category: &'n str,
}

/// What the seats of a row have in common.
#[derive(Clone, Copy)]
struct InRow<'n> {
    /// Where the row is, with its zone.
    origin: (f64, f64),
    seat_label: Option<&'n str>,
}

impl<'n> Import<'n> {
    fn plan(&mut self, node: &'n Node<'n>) {
        let required = ["name", "zones", "categories", "size"];
        let Some(plan) = Object::open(node, Path::PLAN, &required, &[], &mut self.builder) else {
            fill(&mut self.builder, "");
            return;
        };
        plan.text("name", &mut self.builder);
        if let Some(size) = plan.object("size", &["width", "height"], &[], &mut self.builder) {
            let width = size.whole("width", &mut self.builder);
            let height = size.whole("height", &mut self.builder);
            self.builder.size(width.unwrap_or_default(), height.unwrap_or_default());
        }
        let categories = plan.at("categories");
        for (index, node) in plan.list("categories", &mut self.builder).unwrap_or_default().iter().enumerate() {
            self.category(index, node, Path::Item(&categories, index));
        }
        let Some(zones) = plan.list("zones", &mut self.builder) else {
            fill(&mut self.builder, self.category);
            return;
        };
        let list = plan.at("zones");
        for (index, node) in zones.iter().enumerate() {
            self.zone(node, Path::Item(&list, index));
        }
    }

    fn category(&mut self, index: usize, node: &'n Node<'n>, path: Path<'_>) {
        let unread = format!("?{path}");
        let (mut name, mut color) = (None, None);
        if let Some(category) = Object::open(node, path, &["name"], &["color"], &mut self.builder) {
            name = category.text("name", &mut self.builder);
            if let Some(text) = category.text("color", &mut self.builder) {
                color = colors::parse(text);
                if color.is_none() {
                    self.builder.fault(category.at("color").wrong("is no color such as #1f5f7a"));
                }
            }
        }
        self.builder.category(name.unwrap_or(&unread), color.unwrap_or_else(|| colors::of_category(index)));
        if self.category.is_empty() {
            self.category = name.unwrap_or_default();
        }
    }

    fn zone(&mut self, node: &'n Node<'n>, path: Path<'_>) {
        let unread = format!("?{path}");
        let required = ["name", "position", "rows"];
        let optional = ["zone_id", "uuid", "areas"];
        let Some(zone) = Object::open(node, path, &required, &optional, &mut self.builder) else {
            self.builder.zone(NewZone { name: &unread, ..NewZone::default() });
            return;
        };
        let name = zone.text("name", &mut self.builder).unwrap_or(&unread);
        zone.text("zone_id", &mut self.builder);
        zone.text("uuid", &mut self.builder);
        let origin = zone.point("position", &mut self.builder).unwrap_or_default();
        let attributes = self.attributes.of_zone(name.trim());
        let (focal_point, entrance) = (attributes.focal_point, attributes.entrance);
        self.builder.zone(NewZone { name, focal_point, entrance, line: None });
        let areas = zone.at("areas");
        for (index, node) in zone.list("areas", &mut self.builder).unwrap_or_default().iter().enumerate() {
            areas::check(node, Path::Item(&areas, index), &mut self.builder);
        }
        let rows = zone.at("rows");
        for (index, node) in zone.list("rows", &mut self.builder).unwrap_or_default().iter().enumerate() {
            self.row(node, Path::Item(&rows, index), origin);
        }
    }

    fn row(&mut self, node: &'n Node<'n>, path: Path<'_>, origin: (f64, f64)) {
        let optional = ["row_label", "seat_label", "uuid", "row_number_position", "position"];
        let Some(row) = Object::open(node, path, &["row_number", "seats"], &optional, &mut self.builder) else {
            self.builder.row(NewRow::default());
            self.unread_seat(path);
            return;
        };
        let number = row.text("row_number", &mut self.builder).unwrap_or_default();
        let label = row.nullable_text("row_label", &mut self.builder);
        self.builder.row(NewRow { label: &labelled(label, number), line: None });
        let seat_label = row.nullable_text("seat_label", &mut self.builder);
        row.text("uuid", &mut self.builder);
        let numbers = row.nullable_text("row_number_position", &mut self.builder);
        if numbers.is_some_and(|numbers| !["start", "end", "both"].contains(&numbers)) {
            self.builder.fault(row.at("row_number_position").wrong("is none of start, end, both and null"));
        }
        let (x, y) = row.point("position", &mut self.builder).unwrap_or_default();
        let in_row = InRow { origin: (origin.0 + x, origin.1 + y), seat_label };
        let Some(seats) = row.list("seats", &mut self.builder) else {
            self.unread_seat(path);
            return;
        };
        let list = row.at("seats");
        for (index, node) in seats.iter().enumerate() {
            self.seat(node, Path::Item(&list, index), in_row);
        }
    }

    fn seat(&mut self, node: &'n Node<'n>, path: Path<'_>, in_row: InRow<'n>) {
        let required = ["seat_guid", "seat_number", "position", "category"];
        let optional = ["uuid", "start_direction", "radius"];
        let Some(seat) = Object::open(node, path, &required, &optional, &mut self.builder) else {
            self.unread_seat(path);
            return;
        };
        let id = seat.text("seat_guid", &mut self.builder);
        if id.is_some_and(|id| id.trim() != id) {
            self.builder.fault(seat.at("seat_guid").wrong("begins or ends with a space"));
        }
        let number = seat.text("seat_number", &mut self.builder);
        let position = seat.point("position", &mut self.builder);
        let category = seat.text("category", &mut self.builder);
        seat.text("uuid", &mut self.builder);
        seat.nullable_text("start_direction", &mut self.builder);
        seat.number("radius", &mut self.builder);
        let attributes = id.map(|id| self.attributes.of_seat(id)).unwrap_or_default();
        let (Some(id), Some(number), Some((x, y)), Some(category)) = (id, number, position, category) else {
            self.unread_seat(path);
            return;
        };
        self.builder.seat(NewSeat {
            id,
            label: &labelled(in_row.seat_label, number),
            category,
            position: Point { x: tenths(in_row.origin.0 + x), y: tenths(in_row.origin.1 + y) },
            accessible: attributes.accessible,
            restricted_view: attributes.restricted_view,
            companion_of: attributes.companion_of,
            entrance: attributes.entrance,
            ..NewSeat::default()
        });
    }

    /// Adds a seat for one that can't be read, with which nothing else is wrong.
    fn unread_seat(&mut self, path: Path<'_>) {
        let text = format!("?{path}");
        self.builder.seat(NewSeat { id: &text, label: &text, category: self.category, ..NewSeat::default() });
    }
}

/// Returns a label: the number, put in place of `%s` if there is a text for that.
fn labelled<'n>(pattern: Option<&'n str>, number: &'n str) -> Cow<'n, str> {
    let (pattern, number) = (pattern.unwrap_or_default().trim(), number.trim());
    // A text of many `%s` with a long number could take all memory. The builder refuses what is that long.
    if pattern.is_empty() || number.len() > PATTERN_BYTES_MAX {
        return Cow::Borrowed(number);
    }
    if pattern.len() > PATTERN_BYTES_MAX {
        return Cow::Borrowed(pattern);
    }
    let times = PATTERN_BYTES_MAX / number.len().max(1) + 1;
    Cow::Owned(pattern.replacen("%s", number, times))
}
