//! Ways to run an operation: as a long read, on a separate thread, or in batches.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use boxoffice::{Code, Error};
use napi::bindgen_prelude::FnArgs;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};

use crate::convert::{Shown, number};
use crate::errors::rejection;

/// Progress callback; its arguments are the completed count and the total.
pub(crate) type Progress = ThreadsafeFunction<FnArgs<(i64, i64)>, (), FnArgs<(i64, i64)>, napi::Status, false, true>;

/// Runs a long read without blocking other tasks on the polling thread.
pub(crate) fn reading<T>(read: impl FnOnce() -> T) -> T {
    tokio::task::block_in_place(read)
}

/// Runs `long` on a separate thread.
pub(crate) async fn aside<T: Send + 'static>(
    long: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(long).await.unwrap_or_else(|_| Err(Code::Internal.into()))
}

/// Returns a function that reports progress to JavaScript without waiting for it.
pub(crate) fn telling(progress: Option<Progress>) -> impl FnMut(u64, u64) {
    move |done, total| {
        if let Some(progress) = &progress {
            progress.call((number(done), number(total)).into(), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }
}

/// A list that is read lazily, in batches.
pub(crate) struct Parts<Js>(Arc<Mutex<Source<Js>>>);

struct Source<Js> {
    parts: Box<dyn Iterator<Item = Result<Js, Error>> + Send>,
    /// Maximum number of entries in a batch.
    most: usize,
    /// Error that follows the entries of the last batch.
    failure: Option<Error>,
}

impl<Js> Parts<Js> {
    /// Creates a list with at most `most` entries in a batch.
    pub(crate) fn new<T: Shown<Js = Js>>(
        parts: impl Iterator<Item = Result<T, Error>> + Send + 'static,
        most: usize,
    ) -> Self {
        let parts = Box::new(parts.map(|part| part.map(|part| part.shown())));
        Self(Arc::new(Mutex::new(Source { parts, most, failure: None })))
    }

    /// Returns the next batch; `None` at the end.
    pub(crate) fn next_batch(&self) -> napi::Result<Option<Vec<Js>>> {
        reading(|| self.0.lock().unwrap_or_else(PoisonError::into_inner).next_batch()).map_err(rejection)
    }
}

impl<Js> Source<Js> {
    fn next_batch(&mut self) -> Result<Option<Vec<Js>>, Error> {
        if let Some(error) = self.failure.take() {
            return Err(error);
        }
        let mut batch = Vec::new();
        for part in self.parts.by_ref().take(self.most) {
            match part {
                Ok(part) => batch.push(part),
                Err(error) if batch.is_empty() => return Err(error),
                Err(error) => {
                    self.failure = Some(error);
                    break;
                }
            }
        }
        Ok((!batch.is_empty()).then_some(batch))
    }
}

impl<Js> fmt::Debug for Parts<Js> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Parts(…)")
    }
}
