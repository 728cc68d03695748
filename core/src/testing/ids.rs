//! Ids that are equal in every run.

use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

use crate::ids::IdSource;

/// Source of ids that are equal in every run with one seed, and that sort in the order of their creation.
#[derive(Debug)]
pub struct SeededIds {
    seed: u64,
    next: AtomicU64,
}

impl SeededIds {
    /// Creates a source of ids from this seed.
    pub const fn new(seed: u64) -> Self {
        Self { seed, next: AtomicU64::new(1) }
    }
}

impl IdSource for SeededIds {
    fn next(&self) -> Uuid {
        let count = self.next.fetch_add(1, Ordering::Relaxed);
        let mut input = [0; 16];
        input[..8].copy_from_slice(&self.seed.to_be_bytes());
        input[8..].copy_from_slice(&count.to_be_bytes());
        let mut random = [0; 10];
        random.copy_from_slice(&blake3::hash(&input).as_bytes()[..10]);
        uuid::Builder::from_unix_timestamp_millis(count, &random).into_uuid()
    }
}
