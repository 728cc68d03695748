//! Seats by a pattern: `A 1-20 45.00`, or with a section `Stalls A 1-20 45.00`.

use super::{Row, Rows, Terms};

/// Maximum number of seats of one line.
const SEATS_MAX: u32 = 1_000;

pub(super) fn read(text: &str, title: &str, terms: Terms) -> Rows {
    let mut rows = Vec::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match Pattern::of(line) {
            Ok(pattern) => rows.extend((pattern.first..=pattern.last).map(|seat| pattern.row(at + 1, title, seat))),
            Err(problem) => rows.push(Row::wrong(at + 1, line.trim(), problem)),
        }
        if rows.len() > terms.tickets_max {
            break;
        }
    }
    Rows { rows, notes: Vec::new() }
}

/// A line of seats beside each other.
struct Pattern<'a> {
    section: Option<&'a str>,
    row: &'a str,
    first: u32,
    last: u32,
    price: &'a str,
}

impl<'a> Pattern<'a> {
    fn of(line: &'a str) -> Result<Self, String> {
        const SHAPE: &str = "Write a row, its seats and their price, such as: A 1-20 45.00";
        let parts: Vec<&str> = line.split_whitespace().collect();
        let (section, row, seats, price) = match *parts.as_slice() {
            [row, seats, price] => (None, row, seats, price),
            [section, row, seats, price] => (Some(section), row, seats, price),
            _ => return Err(SHAPE.to_owned()),
        };
        let (first, last) = seats.split_once('-').unwrap_or((seats, seats));
        let (Ok(first), Ok(last)) = (first.parse::<u32>(), last.parse::<u32>()) else { return Err(SHAPE.to_owned()) };
        if first == 0 || last < first {
            return Err("Seats are counted upwards from 1".to_owned());
        }
        if last - first >= SEATS_MAX {
            return Err("A row has 1,000 seats at most".to_owned());
        }
        Ok(Self { section, row, first, last, price })
    }

    fn row(&self, line: usize, title: &str, seat: u32) -> Row {
        let row = format!("Row {}, seat {seat}", self.row);
        let (title, seat) = match self.section {
            Some(section) => (format!("{title}, {section}"), format!("{section}, {row}")),
            None => (format!("{title}, row {}", self.row), row),
        };
        Row::new(line, [&title, &seat, self.price, ""])
    }
}
