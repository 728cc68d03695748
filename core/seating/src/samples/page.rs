//! The texts of samples, with a line for each seat.

use super::Sample;

/// A point, or the way from one to another, in tenths of the plan's unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    pub(super) x: i32,
    pub(super) y: i32,
}

pub(super) const fn at(x: i32, y: i32) -> At {
    At { x, y }
}

/// Member of a JSON object: a name and a JSON text.
pub(super) type Member<'m> = (&'m str, String);

/// A page of a plan, to which zones and attributes are added.
#[derive(Debug)]
pub(super) struct Page {
    name: String,
    /// Width and height.
    size: (i32, i32),
    categories: Vec<String>,
    zones: Vec<String>,
    seat_attributes: Vec<String>,
    zone_attributes: Vec<String>,
}

/// A zone of a page, to which rows are added.
#[derive(Debug)]
pub(super) struct ZonePage<'n> {
    pub(super) name: &'n str,
    pub(super) at: At,
    pub(super) rows: Vec<String>,
    pub(super) areas: Vec<String>,
}

impl Page {
    /// Creates a page without zones. Categories are names and colors.
    pub(super) fn new(name: &str, size: (i32, i32), categories: &[(&str, &str)]) -> Self {
        let category = |&(name, color): &(&str, &str)| object(&[("name", text(name)), ("color", text(color))]);
        Self {
            name: name.to_owned(),
            size,
            categories: categories.iter().map(category).collect(),
            zones: Vec::new(),
            seat_attributes: Vec::new(),
            zone_attributes: Vec::new(),
        }
    }

    /// Adds a zone, seen towards `focal` from its seats, that people enter by `entrance`.
    pub(super) fn zone(&mut self, zone: &ZonePage<'_>, focal: At, entrance: &str) {
        let mut members = vec![("name", text(zone.name)), ("position", point(zone.at)), ("rows", list(&zone.rows))];
        if !zone.areas.is_empty() {
            members.push(("areas", list(&zone.areas)));
        }
        self.zones.push(object(&members));
        let attributes = object(&[("focalPoint", point(focal)), ("entrance", text(entrance))]);
        self.zone_attributes.push(format!("{}:{attributes}", text(zone.name)));
    }

    /// Adds attributes of a seat.
    pub(super) fn attributes(&mut self, id: &str, members: &[Member<'_>]) {
        self.seat_attributes.push(format!("{}:{}", text(id), object(members)));
    }

    /// Adds the attributes of a wheelchair place, with the entrance without steps, and of the seats of its companions.
    pub(super) fn wheelchair(&mut self, id: &str, entrance: &str, companions: &[String]) {
        self.attributes(id, &[("accessible", "true".to_owned()), ("entrance", text(entrance))]);
        for companion in companions {
            self.attributes(companion, &[("companionOf", text(id)), ("entrance", text(entrance))]);
        }
    }

    pub(super) fn finish(self) -> Sample {
        let (width, height) = self.size;
        let size = object(&[("width", width.to_string()), ("height", height.to_string())]);
        let plan = object(&[
            ("name", text(&self.name)),
            ("size", size),
            ("categories", list(&self.categories)),
            ("zones", list(&self.zones)),
        ]);
        let attributes = format!(
            "{{\"seats\":{{\n{}\n}},\n\"zones\":{{\n{}\n}}}}\n",
            self.seat_attributes.join(",\n"),
            self.zone_attributes.join(",\n")
        );
        Sample { plan: format!("{plan}\n"), attributes }
    }
}

/// Returns a seat; `more` are members that not all samples have.
pub(super) fn seat(id: &str, number: i32, position: At, category: &str, more: &[Member<'_>]) -> String {
    let mut members = vec![
        ("seat_guid", text(id)),
        ("seat_number", text(&number.to_string())),
        ("position", point(position)),
        ("category", text(category)),
    ];
    members.extend(more.iter().cloned());
    object(&members)
}

/// Returns a row; `more` are members that not all samples have.
pub(super) fn row(number: &str, more: &[Member<'_>], seats: &[String]) -> String {
    let mut members = vec![("row_number", text(number))];
    members.extend(more.iter().cloned());
    members.push(("seats", list(seats)));
    object(&members)
}

/// Returns the JSON of a point, in the plan's unit.
pub(super) fn point(position: At) -> String {
    object(&[("x", decimal(position.x)), ("y", decimal(position.y))])
}

/// Returns the JSON of a text.
pub(super) fn text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Returns the JSON of an object with these members, in this order.
pub(super) fn object(members: &[Member<'_>]) -> String {
    let members: Vec<_> = members.iter().map(|(name, value)| format!("{}:{value}", text(name))).collect();
    format!("{{{}}}", members.join(","))
}

fn list(items: &[String]) -> String {
    format!("[\n{}\n]", items.join(",\n"))
}

fn decimal(tenths: i32) -> String {
    let (sign, amount) = (if tenths < 0 { "-" } else { "" }, tenths.unsigned_abs());
    let (whole, tenth) = (amount / 10, amount % 10);
    if tenth == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{tenth}") }
}
