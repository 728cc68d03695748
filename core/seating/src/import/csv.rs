//! Tables of seats.

mod columns;
mod layout;
mod lines;

use std::collections::{BTreeMap, BTreeSet};

use ::csv::StringRecord;

use self::columns::{Column, Columns};
use self::lines::Lines;
use super::{BYTE_ORDER_MARK, BYTES_MAX, clipped, colors, fill, tenths, walk};
use crate::plan::{
    CATEGORIES_MAX, NewRow, NewSeat, NewZone, Place, Plan, PlanBuilder, PlanError, PlanFault, Point, SEATS_MAX,
};

/// Name of the plans that are made from tables, which have none.
const NAME: &str = "Seat plan";

/// Imports a table of seats: a header, and a line for each seat. The plan is called "Seat plan".
///
/// | column | holds |
/// |---|---|
/// | `section`, `row`, `seat`, `category` | required: names of zone, row and category, and the number of the seat |
/// | `id` | 2 to 64 characters, unique; without it `section-row-seat` |
/// | `x`, `y` | both or none, for all seats or for none: the position, such as `12.5`; `y` grows downwards |
/// | `accessible`, `restricted_view` | `yes`, `true`, `1` or `x`; `no`, `false`, `0` or nothing |
/// | `companion_of` | the id of the wheelchair place whose companion sits there |
/// | `entrance` | how to get there |
///
/// Names of columns are read without regard to case and in any order; unknown ones are refused. Cells are separated by
/// commas, semicolons or tabs, whichever the header has most of, and quoted by RFC 4180. The text is UTF-8, with or
/// without a byte order mark; lines end with LF, CRLF or CR. Empty lines are skipped, and so are spaces around cells.
///
/// All is in the order of the file: sections, the rows of each, and their seats, so that seat 10 follows seat 9 if its
/// line does. A section may come back with other rows, a row may not. The category that comes first is the best one.
/// Seats without positions are drawn as rows in front of each other. Where positions tell that people can't walk along
/// a row in the order of the file, as where odd numbers are on the left and even ones on the right, the seats of this
/// row are put in the order along it.
///
/// # Errors
///
/// All faults of the table, of which the first hundred are named, each with its line. If the header is wrong, nothing
/// else is read. A file of more than 32 MiB is not read.
///
/// ```
/// let table = b"Section;Row;Seat;Category;Accessible\r\nFloor;A;1;Front;\r\nFloor;A;2;Front;yes\r\n";
///
/// let plan = boxoffice_seating::import::csv(table)?;
/// assert_eq!(plan.seats_len(), 2);
/// assert!(plan.seat(plan.find("Floor-A-2").unwrap()).accessible);
///
/// let error = boxoffice_seating::import::csv(b"section,row,seat,category,price\n").unwrap_err();
/// assert_eq!(error.to_string(), "line 1: \"price\" is not known here");
/// # Ok::<(), boxoffice_seating::PlanError>(())
/// ```
pub fn csv(bytes: &[u8]) -> Result<Plan, PlanError> {
    if bytes.len() > BYTES_MAX {
        let why = format!("has {} bytes, at most {BYTES_MAX}", bytes.len());
        return Err(PlanFault::Unreadable { place: Place::Whole, why }.into());
    }
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let text = str::from_utf8(bytes).map_err(|error| {
        let place = Place::Line(lines::number_at(bytes, error.valid_up_to()));
        PlanFault::Unreadable { place, why: "is not UTF-8; save the table as CSV in UTF-8".to_owned() }
    })?;
    let mut builder = PlanBuilder::new(NAME);
    let mut lines = Lines::new(text);
    let Some(columns) = Columns::read(&mut lines, &mut builder)? else {
        fill(&mut builder, "");
        return builder.build();
    };
    let (mut table, mut is_right) = (Table::default(), true);
    while let Some((line, cells)) = lines.next_line()? {
        if columns.check(line, &cells, &mut builder) {
            table.add(&columns, line, cells, &mut builder);
        } else {
            is_right = false;
        }
        // One more than there may be tells that there are too many.
        if table.seats.len() > SEATS_MAX {
            break;
        }
    }
    if table.seats.is_empty() && !is_right {
        fill(&mut builder, "");
        return builder.build();
    }
    table.build(&columns, builder)
}

/// What was read of a table.
#[derive(Debug, Default)]
struct Table {
    seats: Vec<SeatLine>,
    sections: Vec<Section>,
    section_by_name: BTreeMap<String, usize>,
    categories: BTreeSet<String>,
    /// Section and row of the line before.
    current: Option<(usize, usize)>,
}

#[derive(Debug)]
struct SeatLine {
    line: u64,
    cells: StringRecord,
    /// `None` for the whole table if it has no positions.
    position: Option<Point>,
}

#[derive(Debug)]
struct Section {
    name: String,
    line: u64,
    rows: Vec<RowLines>,
    row_by_name: BTreeMap<String, usize>,
}

#[derive(Debug)]
struct RowLines {
    name: String,
    line: u64,
    /// Indices of its seats.
    seats: Vec<usize>,
}

impl Table {
    /// Adds a line.
    fn add(&mut self, columns: &Columns, line: u64, cells: StringRecord, builder: &mut PlanBuilder) {
        let cell = |column| columns.cell(&cells, column);
        let place = self.place(line, cell(Column::Section), cell(Column::Row), builder);
        let category = cell(Column::Category);
        if !self.categories.contains(category) {
            let index = self.categories.len();
            if index < CATEGORIES_MAX {
                builder.category(category, colors::of_category(index));
            } else if index == CATEGORIES_MAX {
                let (place, what) = (Place::Line(line), "categories");
                builder.fault(PlanFault::TooMany { place, what, max: CATEGORIES_MAX });
            }
            self.categories.insert(category.to_owned());
        }
        let position = position(columns, line, &cells, builder);
        self.sections[place.0].rows[place.1].seats.push(self.seats.len());
        self.seats.push(SeatLine { line, cells, position });
    }

    /// Returns section and row of a line, which may be new. A row that was left before is a fault, which is told once
    /// each time that it comes back.
    fn place(&mut self, line: u64, section: &str, row: &str, builder: &mut PlanBuilder) -> (usize, usize) {
        let at = self.section_by_name.get(section).copied().unwrap_or_else(|| {
            self.section_by_name.insert(section.to_owned(), self.sections.len());
            let (name, rows, row_by_name) = (section.to_owned(), Vec::new(), BTreeMap::new());
            self.sections.push(Section { name, line, rows, row_by_name });
            self.sections.len() - 1
        });
        let section = &mut self.sections[at];
        let place = (at, section.row_by_name.get(row).copied().unwrap_or(section.rows.len()));
        if place.1 == section.rows.len() {
            section.row_by_name.insert(row.to_owned(), place.1);
            section.rows.push(RowLines { name: row.to_owned(), line, seats: Vec::new() });
        } else if self.current != Some(place) {
            let first = Place::Line(section.rows[place.1].line);
            builder.fault(PlanFault::RowAgain { place: Place::Line(line), row: clipped(row), first });
        }
        self.current = Some(place);
        place
    }

    /// Builds the plan from what was read.
    fn build(mut self, columns: &Columns, mut builder: PlanBuilder) -> Result<Plan, PlanError> {
        if self.seats.iter().all(|seat| seat.position.is_none()) {
            layout::lay_out(&mut self, &mut builder);
        } else {
            for seat in self.seats.iter().filter(|seat| seat.position.is_none()) {
                builder.fault(Column::X.missing(seat.line));
            }
            self.walk();
        }
        for section in &self.sections {
            builder.zone(NewZone { name: &section.name, line: Some(section.line), ..NewZone::default() });
            for row in &section.rows {
                builder.row(NewRow { label: &row.name, line: Some(row.line) });
                for at in &row.seats {
                    add_seat(columns, &self.seats[*at], &mut builder);
                }
            }
        }
        builder.build()
    }

    /// Puts the seats of each row in the order in which people walk along it.
    fn walk(&mut self) {
        for section in &mut self.sections {
            for row in &mut section.rows {
                let position = |seat: &usize| self.seats[*seat].position.unwrap_or_default();
                let positions: Vec<_> = row.seats.iter().map(position).collect();
                row.seats = walk::order(&positions).into_iter().map(|at| row.seats[at]).collect();
            }
        }
    }
}

/// Adds a seat to the plan.
fn add_seat(columns: &Columns, seat: &SeatLine, builder: &mut PlanBuilder) {
    let cell = |column| columns.cell(&seat.cells, column);
    let some_cell = |column| Some(cell(column)).filter(|text| !text.is_empty());
    let label = cell(Column::Seat);
    let id = match cell(Column::Id) {
        "" => format!("{}-{}-{label}", cell(Column::Section), cell(Column::Row)),
        id => id.to_owned(),
    };
    let accessible = is_yes(Column::Accessible, seat.line, cell(Column::Accessible), builder);
    let restricted_view = is_yes(Column::RestrictedView, seat.line, cell(Column::RestrictedView), builder);
    builder.seat(NewSeat {
        id: &id,
        label,
        category: cell(Column::Category),
        position: seat.position.unwrap_or_default(),
        accessible,
        restricted_view,
        companion_of: some_cell(Column::CompanionOf),
        entrance: some_cell(Column::Entrance),
        line: Some(seat.line),
        ..NewSeat::default()
    });
}

/// Returns the position of a seat; `None` if the line has none. A faulty one is some position, too.
fn position(columns: &Columns, line: u64, cells: &StringRecord, builder: &mut PlanBuilder) -> Option<Point> {
    let given = [Column::X, Column::Y].map(|column| (column, columns.cell(cells, column)));
    if given.iter().all(|(_, cell)| cell.is_empty()) {
        return None;
    }
    let [x, y] = given.map(|(column, cell)| {
        let number = decimal(cell);
        if cell.is_empty() {
            builder.fault(column.missing(line));
        } else if number.is_none() {
            builder.fault(column.wrong(line, "is no number such as 12 or 12.5"));
        }
        number.map_or(0, tenths)
    });
    Some(Point { x, y })
}

/// Reads digits with a sign and a point at most. "1,500" could be one and a half or fifteen hundred, and is no number.
fn decimal(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    text.parse().ok()
}

/// Reads a yes or no; nothing is a no.
fn is_yes(column: Column, line: u64, text: &str, builder: &mut PlanBuilder) -> bool {
    let is_one_of = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    let is_yes = is_one_of(&["yes", "y", "true", "1", "x"]);
    if !is_yes && !is_one_of(&["", "no", "n", "false", "0"]) {
        builder.fault(column.wrong(line, "is neither yes nor no"));
    }
    is_yes
}
