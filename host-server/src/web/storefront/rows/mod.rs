//! Parses many tickets from a text of seat patterns or CSV rows. It finds what the text itself has wrong, by line; whether what it says
//! can be listed is the core's to judge.

mod patterns;
mod records;
mod sheet;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use boxoffice::{BoxOffice, NewShow, NewTicket, SeatLabel, Title};

use self::sheet::Table;

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
    let mut read = match Table::of(text) {
        Some(Ok(table)) => table.read(title, terms),
        Some(Err(problem)) => Rows { rows: vec![Row::wrong(1, "", problem)], notes: Vec::new() },
        None => patterns::read(text, title, terms),
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

/// Returns how many rows [`read`] looks at. It costs as much as the text is long, and not as much as there are rows.
pub(super) fn count(text: &str, terms: Terms) -> usize {
    let text = text.trim_start_matches('\u{feff}');
    match Table::of(text) {
        Some(Ok(table)) => table.count(terms.tickets_max),
        Some(Err(_)) => 1,
        None => patterns::count(text, terms.tickets_max),
    }
}

/// Replaces decimal commas by points if every price that has either has a comma, and notes it.
///
/// Otherwise the comma stays, and its price is refused: nobody knows what `1,500` means among prices with points, nor where every
/// comma may be one between thousands.
fn decimal_commas(read: &mut Rows) {
    let rows = || read.rows.iter().filter(|row| row.problem.is_none());
    if !rows().any(has_comma) || !rows().all(|row| has_comma(row) || is_whole(&row.price)) {
        return;
    }
    if rows().filter(|row| has_comma(row)).all(may_have_thousands) {
        for row in read.rows.iter_mut().filter(|row| row.problem.is_none() && has_comma(row)) {
            let (whole, point) = (row.price.replace(',', ""), row.price.replace(',', "."));
            row.problem = Some(format!("Price “{}” has two readings: write {whole} or {point}", row.price));
        }
        return;
    }
    read.rows.iter_mut().for_each(|row| row.price = row.price.replace(',', "."));
    read.notes.push("Prices have a decimal comma.".to_owned());
}

fn is_whole(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn has_comma(row: &Row) -> bool {
    row.price.split_once(',').is_some_and(|(left, right)| is_whole(left) && is_whole(right))
}

/// Checks whether the comma of a price may separate its thousands, as in `1,500`, which `0,500` and `45,50` can't be.
fn may_have_thousands(row: &Row) -> bool {
    let is_split = |(left, right): (&str, &str)| left.len() <= 3 && !left.starts_with('0') && right.len() == 3;
    row.price.split_once(',').is_some_and(is_split)
}

/// Refuses the second of two rows for one seat, and the second of two rows that say the same. Names that look alike are one.
fn find_doubles(rows: &mut [Row], terms: Terms) {
    let place = |text: &str| {
        if text.is_empty() { Some(String::new()) } else { text.parse().ok().map(|seat: SeatLabel| seat.look()) }
    };
    let mut titles = Titles::default();
    let mut lines: HashMap<[String; 4], usize> = HashMap::new();
    for row in rows.iter_mut().filter(|row| row.problem.is_none()) {
        let names_place = terms.is_one_show && !row.seat.is_empty();
        let title = if names_place { Some(String::new()) } else { titles.look(&row.title) };
        // What can't be a title or a seat is the core's to refuse.
        let Some((title, seat)) = title.zip(place(&row.seat)) else { continue };
        let of_price = |text: &String| if row.seat.is_empty() { text.clone() } else { String::new() };
        let key = [title, seat, of_price(&row.price), of_price(&row.currency)];
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

/// How titles look. Thousands of rows in a row have one, which is looked at once.
#[derive(Debug, Default)]
struct Titles {
    last: Option<(String, Option<String>)>,
}

impl Titles {
    /// Returns the look of a title; `None` if the text is none.
    fn look(&mut self, text: &str) -> Option<String> {
        if self.last.as_ref().is_none_or(|(last, _)| last != text) {
            let look = text.parse().ok().map(|title: Title| title.look());
            self.last = Some((text.to_owned(), look));
        }
        self.last.as_ref().and_then(|(_, look)| look.clone())
    }
}
