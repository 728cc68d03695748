//! Parses many tickets from a text of seat patterns or CSV rows. It finds what the text itself has wrong, by line; whether what it says
//! can be listed is the core's to judge.

mod patterns;
mod sheet;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use boxoffice::{BoxOffice, NewShow, NewTicket, SeatLabel};

/// What a listing is read by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    /// Maximum number of tickets in one listing.
    pub(super) tickets_max: usize,
    /// `true` if all tickets are for one show, so that a seat is one place whatever its ticket is called.
    pub(super) is_one_show: bool,
}

impl Terms {
    pub(super) fn of(office: &BoxOffice, show: Option<&NewShow>) -> Self {
        Self { tickets_max: office.limits().listing_tickets_max, is_one_show: show.is_some() }
    }
}

/// A parsed row, with its problem.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Number of the line in the text.
    pub(super) line: usize,
    pub(super) title: String,
    pub(super) seat: String,
    pub(super) price: String,
    pub(super) currency: String,
    pub(super) problem: Option<String>,
}

impl Row {
    /// Creates a row that nobody has judged yet.
    fn new(line: usize, [title, seat, price, currency]: [&str; 4]) -> Self {
        let text = |text: &str| text.trim().to_owned();
        let currency = text(currency).to_uppercase();
        Self { line, title: text(title), seat: text(seat), price: text(price), currency, problem: None }
    }

    fn wrong(line: usize, text: &str, problem: impl Into<String>) -> Self {
        let problem = Some(problem.into());
        Self {
            line,
            title: text.to_owned(),
            seat: String::new(),
            price: String::new(),
            currency: String::new(),
            problem,
        }
    }

    /// Returns the problem of a row with text that was lost when its file was read in the wrong encoding.
    fn unreadable(&self) -> Option<String> {
        let cells = [("title", &self.title), ("seat", &self.seat), ("price", &self.price)];
        let (name, byte) = cells.into_iter().find_map(|(name, cell)| Some((name, cell.find('\u{fffd}')?)))?;
        Some(format!("The {name} has a letter that could not be read, at byte {}: save the file as UTF-8", byte + 1))
    }

    pub(super) fn ticket(&self, show: Option<&NewShow>) -> NewTicket {
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let mut ticket = NewTicket::new(&self.title, &self.price);
        ticket.currency = some(&self.currency);
        ticket.show = show.cloned();
        ticket.seat = some(&self.seat);
        ticket
    }
}

/// The rows of a text, and how they were read.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
    /// Sentences about what the text left open, such as what separates its columns.
    pub(super) notes: Vec<String>,
}

/// Parses the rows of a text: as a table if its first line names a column `price`, as seat patterns otherwise. A table without that
/// column is one problem.
///
/// What the text leaves open is decided by the whole of it, and noted. What could be read in two ways is a problem of its
/// row.
pub(super) fn read(text: &str, title: &str, terms: Terms) -> Rows {
    let text = text.trim_start_matches('\u{feff}');
    let mut read = match sheet::Shape::of(text) {
        Some(shape) => sheet::read(text, title, terms, &shape),
        None => sheet::without_price(text).unwrap_or_else(|| patterns::read(text, title, terms)),
    };
    let max = terms.tickets_max;
    if read.rows.len() > max {
        read.rows.truncate(max);
        read.rows.push(Row::wrong(0, "", format!("There are more than {max} rows; list the rest with a second form")));
    }
    decimal_commas(&mut read);
    for row in read.rows.iter_mut().filter(|row| row.problem.is_none()) {
        row.problem = row.unreadable();
    }
    find_doubles(&mut read.rows, terms);
    read
}

/// Replaces decimal commas by points if every price that has either has a comma, and notes it.
///
/// Otherwise the comma stays, and its price is refused: nobody knows what `1,500` means among prices with points.
fn decimal_commas(read: &mut Rows) {
    let is_whole = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let has_comma =
        |row: &Row| row.price.split_once(',').is_some_and(|(left, right)| is_whole(left) && is_whole(right));
    let rows = || read.rows.iter().filter(|row| row.problem.is_none());
    if rows().any(has_comma) && rows().all(|row| has_comma(row) || is_whole(&row.price)) {
        read.rows.iter_mut().for_each(|row| row.price = row.price.replace(',', "."));
        read.notes.push("Prices have a decimal comma.".to_owned());
    }
}

/// Refuses the second of two rows for one seat, and the second of two rows that say the same.
fn find_doubles(rows: &mut [Row], terms: Terms) {
    let fold = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let place = |text: &str| {
        if text.is_empty() { Some(String::new()) } else { text.parse().ok().map(|seat: SeatLabel| seat.look()) }
    };
    let mut lines: HashMap<[String; 4], usize> = HashMap::new();
    for row in rows.iter_mut().filter(|row| row.problem.is_none()) {
        // What can't be a seat is the core's to refuse.
        let Some(seat) = place(&row.seat) else { continue };
        let title = fold(&row.title);
        let key = match (seat.is_empty(), terms.is_one_show) {
            (true, _) => [title, seat, row.price.clone(), row.currency.clone()],
            (false, true) => [String::new(), seat, String::new(), String::new()],
            (false, false) => [title, seat, String::new(), String::new()],
        };
        let first = *lines.entry(key).or_insert(row.line);
        if first == row.line {
            continue;
        }
        row.problem = Some(if row.seat.is_empty() {
            format!(
                "Line {first} says the same: for more tickets without a seat, write one row with a column “quantity”"
            )
        } else {
            format!("Line {first} has the same seat: list each seat once")
        });
    }
}
