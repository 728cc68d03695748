//! Limits that control what moves to the archive.

/// Number of records in the journal's own file from which commits use quick-repair mode: some 2 GB.
pub(super) const QUICK_REPAIR_FROM: u64 = 5_000_000;

/// Limits that control what moves to the archive.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    /// Number of latest records that stay in the journal's own file.
    pub(crate) kept: u64,
    /// Number of further records from which archiving starts.
    pub(crate) portion: u64,
    /// Bytes that are archived in one transaction.
    pub(crate) portion_bytes: usize,
    /// Number of records in the journal's own file from which commits use quick-repair mode.
    pub(crate) quick_repair_from: u64,
}

#[cfg(test)]
impl Sizes {
    /// Returns limits that archive everything possible, one row at a time.
    pub(crate) const fn smallest() -> Self {
        Self { kept: 1, portion: 1, portion_bytes: 1, quick_repair_from: u64::MAX }
    }
}

impl Default for Sizes {
    fn default() -> Self {
        Self {
            // About 300 MB, which redb scans in a fraction of a second.
            kept: 1_000_000,
            portion: 100_000,
            portion_bytes: 32 * 1024 * 1024,
            quick_repair_from: QUICK_REPAIR_FROM,
        }
    }
}
