//! How an operation is carried out: at once, beside the thread that polls, on a thread of its own, or one part after the other.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use boxoffice::{Code, Error};
use napi::Env;
use napi::bindgen_prelude::{FnArgs, PromiseRaw, ToNapiValue};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};

use crate::convert::{Shown, number};
use crate::errors::rejection;

/// Hears how many of how many are done.
pub(crate) type Progress = ThreadsafeFunction<FnArgs<(i64, i64)>, (), FnArgs<(i64, i64)>, napi::Status, false, true>;

/// A promise of what is known already. To have another thread find it out would cost more than the rest of the call.
pub(crate) fn known<T: ToNapiValue + Send + 'static>(
    env: &Env,
    outcome: Result<T, Error>,
) -> napi::Result<PromiseRaw<'_, T>> {
    match outcome {
        Ok(value) => PromiseRaw::resolve(env, value),
        Err(error) => env.spawn_future(async move { Err(rejection(error)) }),
    }
}

/// Long reads leave the thread that polls to others.
pub(crate) fn reading<T>(read: impl FnOnce() -> T) -> T {
    tokio::task::block_in_place(read)
}

/// Has `long` done on a thread of its own.
pub(crate) async fn aside<T: Send + 'static>(
    long: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> napi::Result<T> {
    let done = tokio::task::spawn_blocking(long).await;
    done.unwrap_or_else(|_| Err(Code::Internal.into())).map_err(rejection)
}

/// Tells JavaScript of progress, without waiting for it.
pub(crate) fn telling(progress: Option<Progress>) -> impl FnMut(u64, u64) {
    move |done, total| {
        if let Some(progress) = &progress {
            progress.call((number(done), number(total)).into(), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }
}

/// What is gone through one after the other, and read when it is asked for.
pub(crate) struct Parts<Js>(Arc<Mutex<Source<Js>>>);

struct Source<Js> {
    parts: Box<dyn Iterator<Item = Result<Js, Error>> + Send>,
    /// How many are given at once at most.
    most: usize,
    /// What comes after the ones that were given last.
    failure: Option<Error>,
}

impl<Js> Parts<Js> {
    /// Gives so many at once at most.
    pub(crate) fn new<T: Shown<Js = Js>>(
        parts: impl Iterator<Item = Result<T, Error>> + Send + 'static,
        most: usize,
    ) -> Self {
        let parts = Box::new(parts.map(|part| part.map(|part| part.shown())));
        Self(Arc::new(Mutex::new(Source { parts, most, failure: None })))
    }

    /// The next ones; `None` at the end.
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
