//! Records which entities of a state are read, so that a test can check that a decision reads nothing that its command
//! does not name.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use crate::event::StreamKey;

/// Streams that were read. A clone starts empty.
#[derive(Debug, Default)]
pub(super) struct Trace(Mutex<BTreeSet<StreamKey>>);

impl Trace {
    pub(super) fn note(&self, key: StreamKey) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key);
    }

    /// Returns the streams that were read since the previous call.
    pub(super) fn take(&self) -> BTreeSet<StreamKey> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Clone for Trace {
    fn clone(&self) -> Self {
        Self::default()
    }
}
