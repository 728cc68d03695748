//! The columns of a table, and what has to be in them.

use ::csv::StringRecord;

use super::lines::Lines;
use crate::import::clipped;
use crate::plan::{Place, PlanBuilder, PlanFault, TEXT_CHARS_MAX};

/// A column that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Section,
    Row,
    Seat,
    Category,
    Id,
    X,
    Y,
    Accessible,
    CompanionOf,
    RestrictedView,
    Entrance,
}

impl Column {
    const ALL: [Self; 11] = [
        Self::Section,
        Self::Row,
        Self::Seat,
        Self::Category,
        Self::Id,
        Self::X,
        Self::Y,
        Self::Accessible,
        Self::CompanionOf,
        Self::RestrictedView,
        Self::Entrance,
    ];

    const REQUIRED: [Self; 4] = [Self::Section, Self::Row, Self::Seat, Self::Category];

    const fn name(self) -> &'static str {
        match self {
            Self::Section => "section",
            Self::Row => "row",
            Self::Seat => "seat",
            Self::Category => "category",
            Self::Id => "id",
            Self::X => "x",
            Self::Y => "y",
            Self::Accessible => "accessible",
            Self::CompanionOf => "companion_of",
            Self::RestrictedView => "restricted_view",
            Self::Entrance => "entrance",
        }
    }

    /// Returns the fault of a line without a value for this column.
    pub(super) fn missing(self, line: u64) -> PlanFault {
        PlanFault::Missing { place: Place::Line(line), name: self.name().to_owned() }
    }

    /// Returns the fault of a line with a wrong value for this column.
    pub(super) fn wrong(self, line: u64, why: &str) -> PlanFault {
        PlanFault::Wrong { place: Place::Line(line), name: self.name().to_owned(), why: why.to_owned() }
    }
}

/// The columns of a table.
#[derive(Debug)]
pub(super) struct Columns {
    /// In the order of the table; `None` is one without a name, which has to be empty.
    names: Vec<Option<Column>>,
    /// Where each column is. A search in `names` would take long in a header that was made for that.
    places: [Option<usize>; Column::ALL.len()],
}

impl Columns {
    /// Reads the header. `None` if something is wrong with it, of which the builder knows then.
    pub(super) fn read(lines: &mut Lines<'_>, builder: &mut PlanBuilder) -> Result<Option<Self>, PlanFault> {
        let Some((line, cells)) = lines.next_line()? else {
            return Err(PlanFault::Empty { place: Place::Whole, what: "the table" });
        };
        let (mut names, mut places, mut is_right) = (Vec::new(), [None; Column::ALL.len()], true);
        for (at, name) in cells.iter().map(str::trim).enumerate() {
            let known = Column::ALL.into_iter().find(|column| column.name().eq_ignore_ascii_case(name));
            let (place, first) = (Place::Line(line), Place::Line(line));
            match known {
                Some(column) if places[column as usize].is_some() => {
                    builder.fault(PlanFault::DoubledName { place, what: "the column", name: clipped(name), first });
                    is_right = false;
                }
                Some(column) => places[column as usize] = Some(at),
                None if name.is_empty() => {}
                None => {
                    builder.fault(PlanFault::UnknownName { place, name: clipped(name) });
                    is_right = false;
                }
            }
            names.push(known);
        }
        let is_missing = |column: &Column| places[*column as usize].is_none();
        let mut needed = Column::REQUIRED.to_vec();
        if is_missing(&Column::X) != is_missing(&Column::Y) {
            needed.extend([Column::X, Column::Y]);
        }
        for column in needed.into_iter().filter(is_missing) {
            builder.fault(column.missing(line));
            is_right = false;
        }
        Ok(is_right.then_some(Self { names, places }))
    }

    /// Returns the cell of a column; it is empty if there is none.
    pub(super) fn cell<'c>(&self, cells: &'c StringRecord, column: Column) -> &'c str {
        self.places[column as usize].and_then(|at| cells.get(at)).unwrap_or_default().trim()
    }

    /// Returns `true` if the line is one of a seat. What is wrong with it otherwise goes to the builder.
    pub(super) fn check(&self, line: u64, cells: &StringRecord, builder: &mut PlanBuilder) -> bool {
        let mut is_right = true;
        for (at, cell) in cells.iter().map(str::trim).enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let fault = match self.names.get(at).copied().flatten() {
                None => PlanFault::Wrong {
                    place: Place::Line(line),
                    name: format!("cell {}", at + 1),
                    why: "has no name in the header".to_owned(),
                },
                Some(column) if cell.contains(['\n', '\r']) => {
                    column.wrong(line, "goes over several lines; a quote may be missing")
                }
                Some(_) => continue,
            };
            builder.fault(fault);
            is_right = false;
        }
        for column in Column::REQUIRED.into_iter().filter(|column| self.cell(cells, *column).is_empty()) {
            builder.fault(column.missing(line));
            is_right = false;
        }
        // The builder does not know the lines of categories.
        let (category, place, what) = (self.cell(cells, Column::Category), Place::Line(line), "the category");
        let (chars, chars_max) = (category.chars().count(), TEXT_CHARS_MAX);
        if chars > chars_max {
            builder.fault(PlanFault::TooLong { place, what, chars, chars_max });
            is_right = false;
        } else if is_right && category.chars().any(char::is_control) {
            builder.fault(PlanFault::ControlCharacters { place, what });
            is_right = false;
        }
        is_right
    }
}
