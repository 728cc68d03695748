//! Places in a document.

use std::fmt;

use super::clipped;
use crate::plan::{Place, PlanFault};

/// A place in a document, which becomes a text only if something is wrong there.
#[derive(Debug, Clone, Copy)]
pub(super) enum Path<'p> {
    /// The whole document, with the name that it has in faults. The plan itself has none.
    Root(&'static str),
    /// A property of an object.
    Member(&'p Path<'p>, &'p str),
    /// An item of a list, counted from 0.
    Item(&'p Path<'p>, usize),
    /// An entry of an object whose names are those of somebody else.
    Key(&'p Path<'p>, &'p str),
}

impl Path<'static> {
    /// The plan.
    pub(super) const PLAN: Self = Self::Root("");
    /// The file of attributes beside the plan.
    pub(super) const ATTRIBUTES: Self = Self::Root("attributes");
}

impl Path<'_> {
    /// Returns the place for faults.
    pub(super) fn place(self) -> Place {
        match self {
            Self::Root("") => Place::Whole,
            _ => Place::Path(self.to_string()),
        }
    }

    /// Returns the fault of the value at this place.
    pub(super) fn wrong(self, why: &str) -> PlanFault {
        let why = why.to_owned();
        let (of, name) = match self {
            Self::Root(_) => return PlanFault::Unreadable { place: self.place(), why },
            Self::Member(of, name) | Self::Key(of, name) => (of, clipped(name)),
            Self::Item(Self::Member(of, list), index) => (*of, format!("{list}[{index}]")),
            Self::Item(of, index) => (of, format!("[{index}]")),
        };
        PlanFault::Wrong { place: of.place(), name, why }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root(name) => f.write_str(name),
            Self::Member(of, name) => {
                let dot = if matches!(of, Path::Root("")) { "" } else { "." };
                write!(f, "{of}{dot}{name}")
            }
            Self::Item(of, index) => write!(f, "{of}[{index}]"),
            Self::Key(of, key) => write!(f, "{of}[{:?}]", clipped(key)),
        }
    }
}
