//! What is wrong with a plan, and where.

use std::fmt;

/// Largest number of faults that a [`PlanError`] keeps. All are counted.
const FAULTS_MAX: usize = 100;

/// A place in what a plan was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The plan as a whole.
    Whole,
    /// A place in a document, such as `zones[2].rows[0].seats[5]`.
    Path(String),
    /// A line of a table, counted from 1.
    Line(u64),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("plan"),
            Self::Path(path) => f.write_str(path),
            Self::Line(line) => write!(f, "line {line}"),
        }
    }
}

/// One thing that is wrong with a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanFault {
    /// What was given can't be read: no JSON, no table, no UTF-8, too large.
    #[error("{place}: {why}")]
    Unreadable {
        /// Where reading stopped.
        place: Place,
        /// What the reader says.
        why: String,
    },
    /// A property or column that this format does not have.
    #[error("{place}: {name:?} is not known here")]
    UnknownName {
        /// Where it is.
        place: Place,
        /// Its name.
        name: String,
    },
    /// A property or column that has to be there.
    #[error("{place}: {name:?} is missing")]
    Missing {
        /// Where it should be.
        place: Place,
        /// Its name.
        name: String,
    },
    /// A value of a wrong type or form.
    #[error("{place}: {name:?} {why}")]
    Wrong {
        /// Where it is.
        place: Place,
        /// Name of the property or column.
        name: String,
        /// What is wrong with it, such as "is no number".
        why: String,
    },
    /// Something is empty: a name, a row, the whole plan.
    #[error("{place}: {what} is empty")]
    Empty {
        /// Where it is.
        place: Place,
        /// What it is.
        what: &'static str,
    },
    /// A text is too long.
    #[error("{place}: {what} has {chars} characters, at most {chars_max}")]
    TooLong {
        /// Where it is.
        place: Place,
        /// What it is.
        what: &'static str,
        /// Its length, in characters.
        chars: usize,
        /// The limit, in characters.
        chars_max: usize,
    },
    /// A text has control characters in it, such as a line break.
    #[error("{place}: {what} has control characters")]
    ControlCharacters {
        /// Where it is.
        place: Place,
        /// What it is.
        what: &'static str,
    },
    /// There are more of something than a plan may have.
    #[error("{place}: more than {max} {what}")]
    TooMany {
        /// Where the first that is too many lies.
        place: Place,
        /// What there are too many of.
        what: &'static str,
        /// The limit.
        max: usize,
    },
    /// A position or size lies beyond what a plan can hold.
    #[error("{place}: {what} is beyond the limit of {max}")]
    OutOfRange {
        /// Where it is.
        place: Place,
        /// What it is.
        what: &'static str,
        /// The limit, in the unit of the value.
        max: u32,
    },
    /// The id of a seat is too short or too long.
    #[error("{place}: the id {id:?} has {chars} characters; ids have 2 to 64")]
    IdLength {
        /// The seat.
        place: Place,
        /// The beginning of the id.
        id: String,
        /// Its length, in characters.
        chars: usize,
    },
    /// Two seats have the same id.
    #[error("{place}: the id {id:?} is that of {first} already")]
    DoubledId {
        /// The later seat.
        place: Place,
        /// The id.
        id: String,
        /// The earlier seat.
        first: Place,
    },
    /// Two seats have the same zone, row and label, so that people can't tell them apart.
    #[error("{place}: zone {zone:?}, row {row:?}, seat {seat:?} is {first} already")]
    DoubledSeat {
        /// The later seat.
        place: Place,
        /// Name of the zone.
        zone: String,
        /// Label of the row.
        row: String,
        /// Label of the seat.
        seat: String,
        /// The earlier seat.
        first: Place,
    },
    /// Two categories, columns or the like have the same name.
    #[error("{place}: {what} {name:?} is there already: {first}")]
    DoubledName {
        /// The later one.
        place: Place,
        /// What it is.
        what: &'static str,
        /// Its name.
        name: String,
        /// The earlier one.
        first: Place,
    },
    /// A seat has a category that the plan does not have.
    #[error("{place}: there is no category {name:?}")]
    UnknownCategory {
        /// The seat.
        place: Place,
        /// Name of the category.
        name: String,
    },
    /// A seat is named that the plan does not have.
    #[error("{place}: there is no seat {id:?}")]
    UnknownSeat {
        /// Where it is named.
        place: Place,
        /// The id.
        id: String,
    },
    /// A zone is named that the plan does not have.
    #[error("{place}: there is no zone {name:?}")]
    UnknownZone {
        /// Where it is named.
        place: Place,
        /// The name.
        name: String,
    },
    /// A seat is the companion of one that is no accessible place, or of itself.
    #[error("{place}: {id:?}, whose companion this is, is no other accessible place")]
    NotAccessible {
        /// The companion.
        place: Place,
        /// Id of the other seat.
        id: String,
    },
    /// A row comes back after another one began.
    #[error("{place}: row {row:?} was left already; it began at {first}")]
    RowAgain {
        /// Where it comes back.
        place: Place,
        /// Label of the row.
        row: String,
        /// Where it began.
        first: Place,
    },
    /// A row without a zone, or a seat without a row.
    #[error("{place}: {what} comes before there is one to put it in")]
    OutOfOrder {
        /// Where it is.
        place: Place,
        /// What it is.
        what: &'static str,
    },
}

impl PlanFault {
    /// Returns where the fault is: a path such as `zones[2].rows[0].seats[5]`, `line 12`, or `plan`.
    pub fn path(&self) -> String {
        self.place().to_string()
    }

    /// Returns where the fault is.
    pub fn place(&self) -> &Place {
        match self {
            Self::Unreadable { place, .. }
            | Self::UnknownName { place, .. }
            | Self::Missing { place, .. }
            | Self::Wrong { place, .. }
            | Self::Empty { place, .. }
            | Self::TooLong { place, .. }
            | Self::ControlCharacters { place, .. }
            | Self::TooMany { place, .. }
            | Self::OutOfRange { place, .. }
            | Self::IdLength { place, .. }
            | Self::DoubledId { place, .. }
            | Self::DoubledSeat { place, .. }
            | Self::DoubledName { place, .. }
            | Self::UnknownCategory { place, .. }
            | Self::UnknownSeat { place, .. }
            | Self::UnknownZone { place, .. }
            | Self::NotAccessible { place, .. }
            | Self::RowAgain { place, .. }
            | Self::OutOfOrder { place, .. } => place,
        }
    }
}

/// All that is wrong with a plan. It keeps the first hundred faults and counts all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanError {
    faults: Vec<PlanFault>,
    count: usize,
}

impl PlanError {
    /// Returns the first faults, at least one and at most 100, in the order in which they were found.
    pub fn faults(&self) -> &[PlanFault] {
        &self.faults
    }

    /// Returns the number of all faults.
    pub fn count(&self) -> usize {
        self.count
    }
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.faults.iter().take(3).enumerate() {
            write!(f, "{}{fault}", if at == 0 { "" } else { "; " })?;
        }
        match self.count.saturating_sub(3) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

impl std::error::Error for PlanError {}

impl From<PlanFault> for PlanError {
    fn from(fault: PlanFault) -> Self {
        Self { faults: vec![fault], count: 1 }
    }
}

/// Faults that are being collected.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    kept: Vec<PlanFault>,
    count: usize,
}

impl Faults {
    pub(crate) fn push(&mut self, fault: PlanFault) {
        self.count += 1;
        if self.kept.len() < FAULTS_MAX {
            self.kept.push(fault);
        }
    }

    /// Returns what was collected; `None` if nothing was.
    pub(crate) fn into_error(self) -> Option<PlanError> {
        (self.count > 0).then_some(PlanError { faults: self.kept, count: self.count })
    }
}
