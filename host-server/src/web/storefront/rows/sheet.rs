//! Tables: CSV, as spreadsheets of any country write it. The first line names the columns.

use super::records::{Record, Records};
use super::{Row, Rows, Terms};

/// The columns that there are, and where each stands in a table.
#[derive(Debug, Default)]
struct Columns {
    title: Option<usize>,
    section: Option<usize>,
    row: Option<usize>,
    seat: Option<usize>,
    price: Option<usize>,
    currency: Option<usize>,
    quantity: Option<usize>,
}

/// The names of the columns.
const NAMES: [&str; 7] = ["title", "section", "row", "seat", "price", "currency", "quantity"];

/// Names that columns have in other tables and other languages, by which a header is known for one.
const FOREIGN_NAMES: &str = "aantal amount anzahl asiento bereich block cantidad category cost devise event fila menge moneda name \
     place platz posto precio preis prezzo prijs prix qty quantità quantité rang rangée reihe rij sección settore show siège sitz \
     sitzplatz stoel tickets titel titolo titre título valuta veranstaltung währung zone";

/// Maximum number of tickets of one row.
const QUANTITY_MAX: usize = 1_000;

/// The character between the columns.
#[derive(Debug, Clone, Copy)]
struct Shape {
    separator: u8,
    name: &'static str,
}

/// The separators, as notes name them.
const SHAPES: [Shape; 3] = [
    Shape { separator: b',', name: "commas" },
    Shape { separator: b';', name: "semicolons" },
    Shape { separator: b'\t', name: "tabs" },
];

/// The problem of a table without a column `price`.
const WITHOUT_PRICE: &str = "There is no column “price”: name it in the first line. The columns may be title, section, row, seat, price, \
                             currency and quantity";

/// A table, whose header has a column `price`.
#[derive(Debug)]
pub(super) struct Table<'t> {
    text: &'t str,
    shape: Shape,
}

impl<'t> Table<'t> {
    /// Finds the table in a text, or what keeps it from being one; `None` if the text is none at all.
    pub(super) fn of(text: &'t str) -> Option<Result<Self, String>> {
        if let Some((separator, rest)) = named_separator(text) {
            let Some(shape) = SHAPES.into_iter().find(|shape| separator.as_bytes() == [shape.separator]) else {
                let advice = "use commas, semicolons or tabs";
                return Some(Err(format!("Columns can't be separated by “{separator}”: {advice}")));
            };
            let has_price = header(rest, shape).is_some_and(|names| names.iter().any(is_price));
            return Some(if has_price { Ok(Self { text: rest, shape }) } else { Err(WITHOUT_PRICE.to_owned()) });
        }
        let headers = SHAPES.into_iter().filter_map(|shape| Some((header(text, shape)?, shape)));
        let headers: Vec<_> = headers.collect();
        let tables = headers.iter().filter(|(names, _)| names.iter().any(is_price));
        if let Some((_, shape)) = tables.max_by_key(|(names, _)| names.len()) {
            return Some(Ok(Self { text, shape: *shape }));
        }
        headers.iter().any(|(names, _)| names_columns(names)).then(|| Err(WITHOUT_PRICE.to_owned()))
    }

    pub(super) fn read(&self, title: &str, terms: Terms) -> Rows {
        let mut records = Records::new(self.text, self.shape.separator);
        let (header, columns) = match Columns::of_header(records.next()) {
            Ok(known) => known,
            Err((line, problem)) => return Rows { rows: vec![Row::wrong(line, "", problem)], notes: Vec::new() },
        };
        let mut rows = Vec::new();
        for record in records {
            match record {
                Ok(record) => rows.extend(columns.rows_of(&record, &header, title)),
                Err(error) => rows.push(Row::wrong(0, "", format!("This is not CSV: {error}"))),
            }
            if rows.len() > terms.tickets_max {
                break;
            }
        }
        Rows { rows, notes: vec![format!("Columns are separated by {}.", self.shape.name)] }
    }

    /// Returns how many rows [`Table::read`] finds at most, or `max` if they are more.
    pub(super) fn count(&self, max: usize) -> usize {
        let mut records = Records::new(self.text, self.shape.separator);
        let Ok((_, columns)) = Columns::of_header(records.next()) else { return 1 };
        let mut count = 0;
        for record in records {
            count += record.map_or(1, |record| columns.count_of(&record.cells).unwrap_or(1));
            if count >= max {
                return max;
            }
        }
        count
    }
}

/// Returns the separator that the first line names, as Excel writes it, and the text from the end of that line on: `sep=;`.
fn named_separator(text: &str) -> Option<(&str, &str)> {
    let (line, rest) = text.split_at(text.find(['\r', '\n']).unwrap_or(text.len()));
    let line = line.trim_matches([' ', '"']);
    let named = line.get(..4).is_some_and(|name| name.eq_ignore_ascii_case("sep="));
    Some((line.get(4..).filter(|_| named)?, rest))
}

/// Returns the cells of the first line.
fn header(text: &str, shape: Shape) -> Option<csv::StringRecord> {
    Records::new(text, shape.separator).next()?.ok().map(|record| record.cells)
}

fn is_price(name: &str) -> bool {
    fold(name) == "price"
}

/// Checks whether these cells read like names of columns.
fn names_columns(cells: &csv::StringRecord) -> bool {
    cells.len() > 1 && !cells.iter().any(has_number) && cells.iter().any(reads_like_a_name)
}

/// Checks whether a cell has a number in it, such as `45,00`, `1-20` or `Row 7`, as the first line of seat patterns may have.
fn has_number(cell: &str) -> bool {
    let is_number = |word: &str| {
        word.contains(|letter: char| letter.is_ascii_digit())
            && word.chars().all(|letter| letter.is_ascii_digit() || ".,'-".contains(letter))
    };
    cell.split_whitespace().any(is_number)
}

/// Checks whether a cell has a word that names a column, here or elsewhere.
fn reads_like_a_name(cell: &str) -> bool {
    let cell = fold(cell);
    let mut words = cell.split(|letter: char| !letter.is_alphanumeric());
    words.any(|word| NAMES.contains(&word) || FOREIGN_NAMES.split_whitespace().any(|name| name == word))
}

fn fold(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Returns the problem of a row that has not as many cells as there are columns. Empty cells at its end don't count.
fn surplus(record: &csv::StringRecord, names: &csv::StringRecord) -> Option<String> {
    let surplus = record.iter().enumerate().skip(names.len()).find(|(_, cell)| !cell.is_empty());
    if let Some((at, cell)) = surplus {
        let count = names.len();
        return Some(format!(
            "Cell {} (“{cell}”) is one more than the {count} columns: write a text with a separator in it in quotes",
            at + 1
        ));
    }
    let missing = names.get(record.len())?;
    Some(format!("There is no cell for the column “{missing}”: leave it empty, but write its separator"))
}

impl Columns {
    /// Returns the header of a table and its columns, or its line and what is wrong with it.
    fn of_header(header: Option<Result<Record, csv::Error>>) -> Result<(csv::StringRecord, Self), (usize, String)> {
        let header = header.ok_or_else(|| (1, WITHOUT_PRICE.to_owned()))?;
        let Record { line, cells, problem } = header.map_err(|error| (1, format!("This is not CSV: {error}")))?;
        let columns = problem.map_or_else(|| Self::of(&cells), Err).map_err(|problem| (line, problem))?;
        Ok((cells, columns))
    }

    fn of(names: &csv::StringRecord) -> Result<Self, String> {
        let mut columns = Self::default();
        for (at, name) in names.iter().enumerate() {
            let place = match fold(name).as_str() {
                "title" => &mut columns.title,
                "section" => &mut columns.section,
                "row" => &mut columns.row,
                "seat" => &mut columns.seat,
                "price" => &mut columns.price,
                "currency" => &mut columns.currency,
                "quantity" => &mut columns.quantity,
                "" => return Err(format!("Column {} has no name: name it, or remove it", at + 1)),
                _ => {
                    return Err(format!(
                        "Column {} (“{name}”) is not known: use title, section, row, seat, price, currency and quantity, and \
                         remove the others",
                        at + 1
                    ));
                }
            };
            if place.replace(at).is_some() {
                return Err(format!("There are two columns “{name}”: remove one"));
            }
        }
        Ok(columns)
    }

    /// Returns the tickets of a record, or what is wrong with it.
    fn rows_of(&self, record: &Record, header: &csv::StringRecord, title: &str) -> Vec<Row> {
        match record.problem.clone().or_else(|| surplus(&record.cells, header)) {
            Some(problem) => vec![Row::wrong(record.line, record.cells.get(0).unwrap_or_default(), problem)],
            None => self.rows(&record.cells, record.line, title),
        }
    }

    /// Returns the number of tickets that a row says it is; `None` if that is no number of tickets.
    fn count_of(&self, record: &csv::StringRecord) -> Option<usize> {
        let quantity = self.quantity.and_then(|at| record.get(at)).unwrap_or_default();
        let count = if quantity.is_empty() { Some(1) } else { quantity.parse().ok() };
        count.filter(|count| (1..=QUANTITY_MAX).contains(count))
    }

    /// Returns the tickets of a row: one, or as many as its quantity says.
    fn rows(&self, record: &csv::StringRecord, line: usize, title: &str) -> Vec<Row> {
        let cell = |column: Option<usize>| column.and_then(|at| record.get(at)).unwrap_or_default();
        let own = cell(self.title);
        let title = if own.is_empty() { title } else { own };
        let (title, seat) = place(title, cell(self.section), cell(self.row), cell(self.seat));
        let ticket = || Row::new(line, [&title, &seat, cell(self.price), cell(self.currency)]);
        match self.count_of(record) {
            Some(1) => vec![ticket()],
            Some(_) if !seat.is_empty() => {
                vec![Row::wrong(line, &title, "A seat is one ticket: remove its quantity")]
            }
            Some(count) => (0..count).map(|_| ticket()).collect(),
            None => {
                let quantity = cell(self.quantity);
                vec![Row::wrong(line, &title, format!("Quantity “{quantity}” is no number from 1 to 1,000"))]
            }
        }
    }
}

/// Returns the title and the seat of a ticket: a seat by itself as it is written, and with section and row as
/// `Stalls, row A, seat 12`.
///
/// Without a seat, section and row go to the title, as `Hamlet, Stalls, row A`: a seat is one ticket, and a section has many
/// standing places.
fn place(title: &str, section: &str, row: &str, seat: &str) -> (String, String) {
    let joined = |parts: [&str; 3]| parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    let row_after = |word: &str| if row.is_empty() { String::new() } else { format!("{word} {row}") };
    if seat.is_empty() {
        // Without a title there is none to add to, and it is asked for.
        let title = if title.is_empty() { String::new() } else { joined([title, section, &row_after("row")]) };
        return (title, String::new());
    }
    if section.is_empty() && row.is_empty() {
        return (title.to_owned(), seat.to_owned());
    }
    let row = row_after(if section.is_empty() { "Row" } else { "row" });
    (title.to_owned(), joined([section, &row, &format!("seat {seat}")]))
}
