//! Many tickets from text: seats by a pattern, or rows of CSV. Each row is judged by itself, by the core's own types, before any is
//! listed.

use boxoffice::{Currency, Money, NewTicket, SeatLabel, Title};

use super::listings::ShowEntered;

/// How many tickets one form can list; what the core takes in one command.
const ROWS_MAX: usize = 10_000;

/// A row as it was read, with what is wrong with it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// The line of the text.
    pub(super) line: usize,
    pub(super) title: String,
    pub(super) seat: String,
    pub(super) price: String,
    pub(super) currency: String,
    pub(super) problem: Option<String>,
}

impl Row {
    fn new(line: usize, title: &str, seat: &str, price: &str, currency: &str) -> Self {
        let text = |text: &str| text.trim().to_owned();
        let currency = text(currency).to_uppercase();
        let mut row = Self { line, title: text(title), seat: text(seat), price: text(price), currency, problem: None };
        row.problem = row.fault();
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

    fn fault(&self) -> Option<String> {
        let currency = if self.currency.is_empty() { Ok(Currency::USD) } else { self.currency.parse::<Currency>() };
        let title = self.title.parse::<Title>().err().map(|reason| format!("Title {reason}"));
        let seat = (!self.seat.is_empty()).then(|| self.seat.parse::<SeatLabel>().err()).flatten();
        let price = match currency {
            // The box office's own currency may have fewer decimals; then the core says so.
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

/// The rows of a text: of CSV if its first line names columns, of seat patterns otherwise.
pub(super) fn read(text: &str, title: &str) -> Vec<Row> {
    let first = text.trim_start_matches('\u{feff}').trim_start().lines().next().unwrap_or_default().to_lowercase();
    let mut rows = if first.split(',').any(|column| column.trim().trim_matches('"') == "price") {
        from_csv(text.trim_start_matches('\u{feff}'), title)
    } else {
        from_patterns(text, title)
    };
    if rows.len() > ROWS_MAX {
        rows.truncate(ROWS_MAX);
        rows.push(Row::wrong(0, "", format!("There are more than {ROWS_MAX} rows; list the rest with a second form")));
    }
    rows
}

fn from_csv(text: &str, title: &str) -> Vec<Row> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let columns: Vec<String> = match reader.headers() {
        Ok(names) => names.iter().map(str::to_lowercase).collect(),
        Err(error) => return vec![Row::wrong(1, "", format!("This is not CSV: {error}"))],
    };
    let at = |name: &str| columns.iter().position(|column| column == name);
    let (titles, seats, prices, currencies) = (at("title"), at("seat"), at("price"), at("currency"));
    let mut rows = Vec::new();
    for record in reader.records().take(ROWS_MAX + 1) {
        match record {
            Ok(record) => {
                let cell = |column: Option<usize>| column.and_then(|at| record.get(at)).unwrap_or_default();
                let line = record.position().map_or(0, |position| usize::try_from(position.line()).unwrap_or(0));
                let own = cell(titles);
                let title = if own.is_empty() { title } else { own };
                rows.push(Row::new(line, title, cell(seats), cell(prices), cell(currencies)));
            }
            Err(error) => rows.push(Row::wrong(0, "", format!("This is not CSV: {error}"))),
        }
    }
    rows
}

/// Lines such as `A 1-20 45.00`: a row, its seats, their price.
fn from_patterns(text: &str, title: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match pattern(line) {
            Ok((row, first, last, price)) => rows.extend((first..=last).map(|seat| {
                let seat = format!("Row {row}, seat {seat}");
                Row::new(at + 1, &format!("{title}, row {row}"), &seat, price, "")
            })),
            Err(problem) => rows.push(Row::wrong(at + 1, line.trim(), problem)),
        }
        if rows.len() > ROWS_MAX {
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

    fn check(text: &str, expected: &[(usize, &str, &str, Option<&str>)]) {
        let rows = read(text, "Hamlet");
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
        let rows = read("A 1 0\nA 2 x", "Hamlet");
        assert!(rows.iter().all(|row| row.problem.as_deref().is_some_and(|problem| problem.starts_with("Price "))));
    }

    #[test]
    fn csv_is_told_by_its_header() {
        check(
            "Seat,Price,Currency\n\"Row A, seat 1\",45.00,EUR\n,12,\n",
            &[(2, "Row A, seat 1", "45.00", None), (3, "", "12", None)],
        );
        let rows = read("title,price,currency\n,12,XXQ\n\"a\u{7}\",1,\n", "Hamlet");
        assert!(rows[0].problem.as_deref().is_some_and(|problem| problem.starts_with("Currency ")), "{rows:?}");
        assert!(rows[1].problem.as_deref().is_some_and(|problem| problem.starts_with("Title ")), "{rows:?}");
    }

    #[test]
    fn there_is_an_end() {
        let text = "A 1-999 1\n".repeat(20);
        let rows = read(&text, "Hamlet");
        assert_eq!(rows.len(), ROWS_MAX + 1);
        assert!(rows[ROWS_MAX].problem.is_some());
    }
}
