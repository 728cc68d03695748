//! Plans that look like real ones, for tests, benchmarks and demonstrations.
//!
//! They are computed from whole numbers alone, so that their texts are the same on every machine, byte for byte.

mod hall;
mod page;
mod stadium;
mod theatre;

pub use self::hall::{hall_with_tables, small_hall};
pub use self::stadium::stadium;
pub use self::theatre::theatre;

use crate::import;
use crate::plan::{Plan, PlanError};

/// A plan in pretix's format, and the file of attributes that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The plan, as pretix writes it.
    pub plan: String,
    /// What pretix's format has no room for: see [`import::pretix()`].
    pub attributes: String,
}

impl Sample {
    /// Imports the plan with its attributes.
    ///
    /// # Errors
    ///
    /// Fails with what is wrong with the texts. Nothing is wrong with those of this module.
    pub fn import(&self) -> Result<Plan, PlanError> {
        import::pretix(self.plan.as_bytes(), Some(self.attributes.as_bytes()))
    }
}
