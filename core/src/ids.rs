//! Sources of new ids.

use std::fmt;

use uuid::Uuid;

/// A source of new ids.
pub trait IdSource: fmt::Debug + Send + Sync {
    /// Returns a UUID of version 7 that was never returned before.
    fn next(&self) -> Uuid;
}

/// Source of ids from the machine's clock and random numbers. The ids are monotonic within the process.
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomIds;

impl IdSource for RandomIds {
    #[expect(clippy::disallowed_methods, reason = "this is the one source of random ids")]
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_in_the_order_in_which_they_were_made() {
        let ids: Vec<Uuid> = (0..1000).map(|_| RandomIds.next()).collect();
        assert!(ids.is_sorted());
        assert!(ids.iter().all(|id| id.get_version_num() == 7));
    }
}
