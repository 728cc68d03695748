//! Notes what of a state is looked at, so that a test can say that a decision reads nothing that its command does not name.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use crate::event::StreamKey;

/// The streams that were looked at. A clone begins anew.
#[derive(Debug, Default)]
pub(super) struct Trace(Mutex<BTreeSet<StreamKey>>);

impl Trace {
    pub(super) fn note(&self, key: StreamKey) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key);
    }

    /// What was looked at since this was asked last.
    pub(super) fn take(&self) -> BTreeSet<StreamKey> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Clone for Trace {
    fn clone(&self) -> Self {
        Self::default()
    }
}
