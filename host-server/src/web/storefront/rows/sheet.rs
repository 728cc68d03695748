//! Tables: CSV, as spreadsheets of any country write it. The first line names the columns.

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

/// The character between the columns, found from the first line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    separator: u8,
    name: &'static str,
}

/// The separators, as notes name them.
const SHAPES: [Shape; 3] = [
    Shape { separator: b',', name: "commas" },
    Shape { separator: b';', name: "semicolons" },
    Shape { separator: b'\t', name: "tabs" },
];

impl Shape {
    /// Returns the shape of a table; `None` if the first line has no column `price`, so that the text is none.
    pub(super) fn of(text: &str) -> Option<Self> {
        let header = |shape: &Self| {
            let names = shape.reader(text).headers().ok()?.clone();
            names.iter().any(|name| fold(name) == "price").then_some(names.len())
        };
        SHAPES
            .into_iter()
            .filter_map(|shape| Some((header(&shape)?, shape)))
            .max_by_key(|(len, _)| *len)
            .map(|(_, it)| it)
    }

    fn reader<'t>(&self, text: &'t str) -> csv::Reader<&'t [u8]> {
        let mut builder = csv::ReaderBuilder::new();
        builder.flexible(true).trim(csv::Trim::All).delimiter(self.separator).from_reader(text.as_bytes())
    }
}

pub(super) fn read(text: &str, title: &str, terms: Terms, shape: &Shape) -> Rows {
    let mut reader = shape.reader(text);
    let names = match reader.headers() {
        Ok(names) => names.clone(),
        Err(error) => return only(Row::wrong(1, "", format!("This is not CSV: {error}"))),
    };
    let columns = match Columns::of(&names) {
        Ok(columns) => columns,
        Err(problem) => return only(Row::wrong(1, "", problem)),
    };
    let mut rows = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, |position| usize::try_from(position.line()).unwrap_or(0));
                match surplus(&record, &names) {
                    Some(problem) => rows.push(Row::wrong(line, record.get(0).unwrap_or_default(), problem)),
                    None => rows.extend(columns.rows(&record, line, title)),
                }
            }
            Err(error) => rows.push(Row::wrong(0, "", format!("This is not CSV: {error}"))),
        }
        if rows.len() > terms.tickets_max {
            break;
        }
    }
    Rows { rows, notes: vec![format!("Columns are separated by {}.", shape.name)] }
}

/// Returns the one problem of a table whose first line names columns but no `price`; `None` if the text is no such table.
pub(super) fn without_price(text: &str) -> Option<Rows> {
    let is_header = |cells: &csv::StringRecord| {
        cells.len() > 1 && !cells.iter().any(has_number) && cells.iter().any(reads_like_a_name)
    };
    let is_table = SHAPES.iter().any(|shape| shape.reader(text).headers().is_ok_and(is_header));
    is_table.then(|| {
        let problem = "There is no column “price”: name it in the first line. The columns may be title, section, row, seat, price, \
                       currency and quantity";
        only(Row::wrong(1, "", problem))
    })
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

fn only(row: Row) -> Rows {
    Rows { rows: vec![row], notes: Vec::new() }
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

    /// Returns the tickets of a row: one, or as many as its quantity says.
    fn rows(&self, record: &csv::StringRecord, line: usize, title: &str) -> Vec<Row> {
        let cell = |column: Option<usize>| column.and_then(|at| record.get(at)).unwrap_or_default();
        let own = cell(self.title);
        let title = if own.is_empty() { title } else { own };
        let (title, seat) = place(title, cell(self.section), cell(self.row), cell(self.seat));
        let ticket = || Row::new(line, [&title, &seat, cell(self.price), cell(self.currency)]);
        let quantity = cell(self.quantity);
        let count = if quantity.is_empty() { Some(1) } else { quantity.parse().ok() };
        match count.filter(|count| (1..=QUANTITY_MAX).contains(count)) {
            Some(1) => vec![ticket()],
            Some(_) if !seat.is_empty() => {
                vec![Row::wrong(line, &title, "A seat is one ticket: remove its quantity")]
            }
            Some(count) => (0..count).map(|_| ticket()).collect(),
            None => vec![Row::wrong(line, &title, format!("Quantity “{quantity}” is no number from 1 to 1,000"))],
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
