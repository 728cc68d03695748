//! Seats by a pattern: `A 1-20 45.00`, or with a section `Stalls A 1-20 45.00`.

use super::{Row, Rows, Terms};

/// Maximum number of seats of one line.
const SEATS_MAX: u32 = 1_000;

const SHAPE: &str = "Write a row, its seats and their price, such as: A 1-20 45.00";

pub(super) fn read(text: &str, title: &str, terms: Terms) -> Rows {
    let mut rows = Vec::new();
    for (at, line) in lines(text) {
        match Pattern::of(line) {
            Ok(pattern) => rows.extend((pattern.first..=pattern.last).map(|seat| pattern.row(at, title, seat))),
            Err(problem) => rows.push(Row::wrong(at, line.trim(), problem)),
        }
        if rows.len() > terms.tickets_max {
            break;
        }
    }
    Rows { rows, notes: Vec::new() }
}

/// Returns how many rows [`read`] finds, or `max` if they are more.
pub(super) fn count(text: &str, max: usize) -> usize {
    let mut count = 0;
    for (_, line) in lines(text) {
        count += Pattern::of(line).map_or(1, |pattern| (pattern.last - pattern.first) as usize + 1);
        if count >= max {
            return max;
        }
    }
    count
}

/// Iterates over the lines with something in them, each with its number.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty())
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
        let (section, row, seats, price) = match *words(line).as_slice() {
            [row, seats, price] => (None, row, seats, price),
            [section, row, seats, price] => {
                refuse_two_readings(row, seats, price)?;
                (Some(section), row, seats, price)
            }
            [_, _, _, thousands, rest] if is_split(thousands, rest) => return Err(without_blanks(thousands, rest)),
            _ => return Err(SHAPE.to_owned()),
        };
        let mut parts = price.split_whitespace();
        if let (Some(thousands), Some(rest)) = (parts.next(), parts.next()) {
            let rest: String = std::iter::once(rest).chain(parts).collect();
            return Err(without_blanks(thousands, &rest));
        }
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
        // Without a title there is none to add to, and it is asked for.
        let titled = |more: String| if title.is_empty() { String::new() } else { format!("{title}, {more}") };
        let (title, seat) = match self.section {
            Some(section) => (titled(section.to_owned()), format!("{section}, {row}")),
            None => (titled(format!("row {}", self.row)), row),
        };
        Row::new(line, [&title, &seat, self.price, ""])
    }
}

/// Splits a line at its blanks, but for those that hold the digits of a number together.
fn words(line: &str) -> Vec<&str> {
    let (mut words, mut from) = (Vec::new(), 0);
    for (at, blank) in line.char_indices().filter(|(_, letter)| letter.is_whitespace()) {
        if !is_within_number(line, at, blank) {
            words.extend(line.get(from..at));
            from = at + blank.len_utf8();
        }
    }
    words.extend(line.get(from..));
    words.retain(|word| !word.is_empty());
    words
}

/// Checks whether a blank is none of the keyboard's, such as one that does not break a line, and stands between two digits: there it
/// separates thousands.
fn is_within_number(line: &str, at: usize, blank: char) -> bool {
    let is_digit = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_digit());
    let (before, after) = line.split_at(at);
    !blank.is_ascii() && is_digit(before.chars().next_back()) && is_digit(after.chars().nth(1))
}

/// Refuses four words that may be row, seats, and a price with a blank in it, such as `A 1-20 1 500`.
fn refuse_two_readings(row: &str, seats: &str, price: &str) -> Result<(), String> {
    let is_split = is_split(seats, price);
    let is_range = row.split_once('-').is_some_and(|(first, last)| is_number(first) && is_number(last));
    match (is_range, is_split) {
        (true, true) => Err(without_blanks(seats, price)),
        (true, false) => Err(SHAPE.to_owned()),
        (false, true) if is_number(row) => Err(format!(
            "This has two readings: write a price of {seats}{price} without blanks, or the one seat as {seats}-{seats}"
        )),
        (false, _) => Ok(()),
    }
}

fn without_blanks(thousands: &str, rest: &str) -> String {
    format!("Write the price without blanks: {thousands}{rest}")
}

/// Checks whether two words may be one price, with a blank after its thousands.
fn is_split(thousands: &str, rest: &str) -> bool {
    let whole = rest.split(['.', ',']).next().unwrap_or_default();
    thousands.len() <= 3 && is_number(thousands) && !thousands.starts_with('0') && whole.len() == 3 && is_number(whole)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
