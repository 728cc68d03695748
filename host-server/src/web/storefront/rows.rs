//! Parses many tickets from a text of seat patterns or CSV rows. The core's types validate each row before any ticket
//! is listed.

use std::collections::HashMap;

use boxoffice::{BoxOffice, Currency, Money, NewTicket, SeatLabel, Title};

use super::ticket::ShowEntered;

/// Limits and defaults of the box office for listings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    /// Maximum number of tickets in one listing.
    pub(super) tickets_max: usize,
    /// Currency of prices without one.
    pub(super) currency: Currency,
}

impl Terms {
    pub(super) fn of(office: &BoxOffice) -> Self {
        Self { tickets_max: office.limits().listing_tickets_max, currency: office.default_currency() }
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
    fn new(terms: Terms, line: usize, [title, seat, price, currency]: [&str; 4]) -> Self {
        let text = |text: &str| text.trim().to_owned();
        let currency = text(currency).to_uppercase();
        let mut row = Self { line, title: text(title), seat: text(seat), price: text(price), currency, problem: None };
        row.problem = row.fault(terms);
        row
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

    fn fault(&self, terms: Terms) -> Option<String> {
        let currency = if self.currency.is_empty() { Ok(terms.currency) } else { self.currency.parse::<Currency>() };
        let title = self.title.parse::<Title>().err().map(|reason| format!("Title {reason}"));
        let seat = (!self.seat.is_empty()).then(|| self.seat.parse::<SeatLabel>().err()).flatten();
        let price = match currency {
            Ok(currency) => Money::parse(&self.price, currency).err().map(|reason| format!("Price {reason}")),
            Err(reason) => Some(format!("Currency {reason}")),
        };
        title.or_else(|| seat.map(|reason| format!("Seat {reason}"))).or(price)
    }

    pub(super) fn ticket(&self, show: &ShowEntered) -> NewTicket {
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let mut ticket = NewTicket::new(&self.title, &self.price);
        ticket.currency = some(&self.currency);
        ticket.show = show.show();
        ticket.seat = some(&self.seat);
        ticket
    }
}

/// Parses the rows of a text: as CSV if its first line names a column `price`, as seat patterns otherwise.
pub(super) fn read(text: &str, title: &str, terms: Terms) -> Vec<Row> {
    let first = text.trim_start_matches('\u{feff}').trim_start().lines().next().unwrap_or_default().to_lowercase();
    let mut rows = if first.split(',').any(|column| column.trim().trim_matches('"') == "price") {
        from_csv(text.trim_start_matches('\u{feff}'), title, terms)
    } else {
        from_patterns(text, title, terms)
    };
    let max = terms.tickets_max;
    if rows.len() > max {
        rows.truncate(max);
        rows.push(Row::wrong(0, "", format!("There are more than {max} rows; list the rest with a second form")));
    }
    rows
}

/// Marks the rows whose seat an earlier one has. All rows are for one show.
pub(super) fn mark_doubles(rows: &mut [Row]) {
    let mut lines = HashMap::new();
    for row in rows.iter_mut().filter(|row| row.problem.is_none()) {
        let Ok(seat) = row.seat.parse::<SeatLabel>() else { continue };
        if let Some(line) = lines.get(&seat.look()) {
            row.problem = Some(format!("Seat is that of line {line} too"));
        } else {
            lines.insert(seat.look(), row.line);
        }
    }
}

/// The columns that there are.
const COLUMNS: [&str; 4] = ["title", "seat", "price", "currency"];

/// What is wrong with the first line of a CSV text: whatever is not understood would be lost.
fn header_fault(columns: &[String]) -> Option<String> {
    let list = "the columns are title, seat, price and currency";
    let unknown = columns.iter().find(|column| !COLUMNS.contains(&column.as_str()));
    let double = || columns.iter().enumerate().find(|(at, column)| columns[..*at].contains(column));
    match (unknown, double()) {
        (Some(unknown), _) if unknown.is_empty() => Some(format!("A column has no name; {list}")),
        (Some(unknown), _) => Some(format!("There is no column “{unknown}”; {list}")),
        (None, Some((_, double))) => Some(format!("The column “{double}” is there twice")),
        (None, None) => None,
    }
}

/// What is wrong with how many cells a row has.
fn width_fault(cells: usize, columns: usize) -> Option<String> {
    let noun = if cells == 1 { "cell" } else { "cells" };
    (cells != columns).then(|| {
        format!(
            "The row has {cells} {noun} for {columns} columns; what has a comma in it needs quotes, and a price a point"
        )
    })
}

fn from_csv(text: &str, title: &str, terms: Terms) -> Vec<Row> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let columns: Vec<String> = match reader.headers() {
        Ok(names) => names.iter().map(str::to_lowercase).collect(),
        Err(error) => return vec![Row::wrong(1, "", format!("This is not CSV: {error}"))],
    };
    if let Some(problem) = header_fault(&columns) {
        return vec![Row::wrong(1, "", problem)];
    }
    let at = |name: &str| columns.iter().position(|column| column == name);
    let (titles, seats, prices, currencies) = (at("title"), at("seat"), at("price"), at("currency"));
    let mut rows = Vec::new();
    for record in reader.records().take(terms.tickets_max + 1) {
        match record {
            Ok(record) => {
                let cell = |column: Option<usize>| column.and_then(|at| record.get(at)).unwrap_or_default();
                let line = record.position().map_or(0, |position| usize::try_from(position.line()).unwrap_or(0));
                if let Some(problem) = width_fault(record.len(), columns.len()) {
                    rows.push(Row::wrong(line, &record.iter().collect::<Vec<_>>().join(", "), problem));
                    continue;
                }
                let own = cell(titles);
                let title = if own.is_empty() { title } else { own };
                rows.push(Row::new(terms, line, [title, cell(seats), cell(prices), cell(currencies)]));
            }
            Err(error) => rows.push(Row::wrong(0, "", format!("This is not CSV: {error}"))),
        }
    }
    rows
}

/// Parses lines such as `A 1-20 45.00`: row, seats and price.
fn from_patterns(text: &str, title: &str, terms: Terms) -> Vec<Row> {
    let mut rows = Vec::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match pattern(line) {
            Ok((row, first, last, price)) => rows.extend((first..=last).map(|seat| {
                let seat = format!("Row {row}, seat {seat}");
                Row::new(terms, at + 1, [&format!("{title}, row {row}"), &seat, price, ""])
            })),
            Err(problem) => rows.push(Row::wrong(at + 1, line.trim(), problem)),
        }
        if rows.len() > terms.tickets_max {
            break;
        }
    }
    rows
}

fn pattern(line: &str) -> Result<(&str, u32, u32, &str), &'static str> {
    const SHAPE: &str = "Write a row, its seats and their price, such as: A 1-20 45.00";
    let parts: Vec<&str> = line.split_whitespace().collect();
    let [row, seats, price] = parts.as_slice() else { return Err(SHAPE) };
    let (first, last) = seats.split_once('-').unwrap_or((seats, seats));
    let (Ok(first), Ok(last)) = (first.parse::<u32>(), last.parse::<u32>()) else { return Err(SHAPE) };
    if first == 0 || last < first {
        return Err("Seats are counted upwards from 1");
    }
    if last - first >= 1000 {
        return Err("A row has 1,000 seats at most");
    }
    Ok((row, first, last, price))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERMS: Terms = Terms { tickets_max: 10_000, currency: Currency::USD };

    fn check(text: &str, expected: &[(usize, &str, &str, Option<&str>)]) {
        let rows = read(text, "Hamlet", TERMS);
        let found: Vec<_> =
            rows.iter().map(|row| (row.line, row.seat.as_str(), row.price.as_str(), row.problem.as_deref())).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn patterns_become_seats() {
        check(
            "A 1-2 45\n\nB 7 9.50",
            &[(1, "Row A, seat 1", "45", None), (1, "Row A, seat 2", "45", None), (3, "Row B, seat 7", "9.50", None)],
        );
    }

    #[test]
    fn each_wrong_line_is_told_by_itself() {
        let shape = Some("Write a row, its seats and their price, such as: A 1-20 45.00");
        check(
            "A 1-1 45\nnonsense\nB 5-1 45\nC 1-5000 1",
            &[
                (1, "Row A, seat 1", "45", None),
                (2, "", "", shape),
                (3, "", "", Some("Seats are counted upwards from 1")),
                (4, "", "", Some("A row has 1,000 seats at most")),
            ],
        );
        let rows = read("A 1 0\nA 2 x", "Hamlet", TERMS);
        assert!(rows.iter().all(|row| row.problem.as_deref().is_some_and(|problem| problem.starts_with("Price "))));
    }

    #[test]
    fn csv_is_told_by_its_header() {
        check(
            "Seat,Price,Currency\n\"Row A, seat 1\",45.00,EUR\n,12,\n",
            &[(2, "Row A, seat 1", "45.00", None), (3, "", "12", None)],
        );
        let rows = read("title,price,currency\n,12,XXQ\n\"a\u{7}\",1,\n", "Hamlet", TERMS);
        assert!(rows[0].problem.as_deref().is_some_and(|problem| problem.starts_with("Currency ")), "{rows:?}");
        assert!(rows[1].problem.as_deref().is_some_and(|problem| problem.starts_with("Title ")), "{rows:?}");
    }

    #[test]
    fn what_a_row_of_csv_says_is_all_taken_or_refused() {
        let problem = |text: &str| read(text, "Hamlet", TERMS).remove(0).problem.unwrap_or_default();
        assert!(problem("seat,price\nA1,1,500.00\n").starts_with("The row has 3 cells for 2 columns"));
        assert!(problem("seat,price\nA1\n").starts_with("The row has 1 cell for 2 columns"));
        assert!(problem("level,seat,price\nstalls,A1,45\n").starts_with("There is no column “level”"));
        assert!(problem("seat,price,\nA1,45,\n").starts_with("A column has no name"));
        assert_eq!(problem("price,Price\n45,46\n"), "The column “price” is there twice");
        assert!(problem("seat,price\nA1,\"1,500.00\"\n").starts_with("Price must be a decimal number"));
        assert!(problem("seat,price,currency\nA1,1.500,EUR\n").starts_with("Price has more than 2 decimals"));
        assert!(problem("A 1 1.500").starts_with("Price has more than 2 decimals"));
        assert!(problem("title,price\nBj\u{fffd}rk,45\n").starts_with("Title has a character that could not be read"));
        assert!(problem("title,price\nHamlet\u{202e},45\n").starts_with("Title must not have marks"));
    }

    #[test]
    fn a_seat_comes_once() {
        let mut rows = read("A 1-2 45\nA 2-3 45\na 3 45\n", "Hamlet", TERMS);
        mark_doubles(&mut rows);
        let problems: Vec<_> = rows.iter().map(|row| row.problem.as_deref()).collect();
        let (first, second) = (Some("Seat is that of line 1 too"), Some("Seat is that of line 2 too"));
        assert_eq!(problems, [None, None, first, None, second]);
        let mut standing = read("price\n45\n45\n", "Hamlet", TERMS);
        mark_doubles(&mut standing);
        assert!(standing.iter().all(|row| row.problem.is_none()), "{standing:?}");
    }

    #[test]
    fn there_is_an_end() {
        let text = "A 1-999 1\n".repeat(20);
        let rows = read(&text, "Hamlet", TERMS);
        assert_eq!(rows.len(), TERMS.tickets_max + 1);
        assert!(rows[TERMS.tickets_max].problem.is_some());
    }

    #[test]
    fn prices_without_a_currency_are_in_the_box_offices_own() {
        let terms = Terms { currency: "JPY".parse().unwrap(), ..TERMS };
        let problem = |text| read(text, "Hamlet", terms).remove(0).problem;
        assert_eq!(problem("A 1 2000"), None);
        assert!(problem("A 1 45.50").is_some_and(|problem| problem.starts_with("Price ")));
    }
}
