//! The facts themselves.

use std::path::PathBuf;
use std::sync::Arc;

use boxoffice::{Code, Error};
use napi::bindgen_prelude::FnArgs;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;

use crate::convert::{natural, number};
use crate::errors::rejection;
use crate::feed::Subscription;
use crate::office::Shared;
use crate::operations::reading;
use crate::values::{JournalRecord, VerifyReport};

type Progress = ThreadsafeFunction<FnArgs<(i64, i64)>, (), FnArgs<(i64, i64)>, napi::Status, false, true>;

/// Has `long` done on a thread of its own.
async fn aside<T: Send + 'static>(long: impl FnOnce() -> Result<T, Error> + Send + 'static) -> napi::Result<T> {
    let done = tokio::task::spawn_blocking(long).await;
    done.unwrap_or_else(|_| Err(Code::Internal.into())).map_err(rejection)
}

/// Tells JavaScript of progress, without waiting for it.
fn telling(progress: Option<Progress>) -> impl FnMut(u64, u64) {
    move |done, total| {
        if let Some(progress) = &progress {
            progress.call((number(done), number(total)).into(), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }
}

/// The facts themselves. Reading takes nothing from the writer.
#[napi]
#[derive(Debug)]
pub struct Journal(pub(crate) Arc<Shared>);

#[napi]
impl Journal {
    /// The number of the last durable record; 0 if there is none.
    #[napi]
    pub async fn head(&self) -> napi::Result<i64> {
        reading(|| self.0.office().journal().head()).map(number).map_err(rejection)
    }

    /// At most `limit` records, and at most 10,000, from number `fromSeq` on. The first record has number 1.
    #[napi]
    pub async fn read(&self, from_seq: i64, limit: i64) -> napi::Result<Vec<JournalRecord>> {
        let read = || self.0.office().journal().read(natural("fromSeq", from_seq)?, natural("limit", limit)?);
        let records = reading(read).map_err(rejection)?;
        Ok(records.iter().map(JournalRecord::from).collect())
    }

    /// Follows the journal from number `fromSeq` on: `for await` gives history first, then what happens.
    #[napi]
    pub fn subscribe(&self, from_seq: i64) -> napi::Result<Subscription> {
        let from_seq = natural("fromSeq", from_seq).map_err(rejection)?;
        Ok(Subscription::new(self.0.office().journal().subscribe(from_seq)))
    }

    /// Replays the whole journal and checks it. `progress` is called with how many of how many records are checked.
    #[napi(ts_args_type = "progress?: (done: number, total: number) => void")]
    pub async fn verify(&self, progress: Option<Progress>) -> napi::Result<VerifyReport> {
        let journal = self.0.office().journal();
        aside(move || journal.verify(&mut telling(progress))).await.map(VerifyReport::from)
    }

    /// Writes a copy of everything durable, as it is at one moment, to a new directory that opens as a box office of its own.
    /// Gives the number of the last record that is in it.
    ///
    /// Rejects with `ValidationError` if the directory exists and is not empty.
    #[napi(ts_args_type = "directory: string, progress?: (done: number, total: number) => void")]
    pub async fn backup(&self, directory: String, progress: Option<Progress>) -> napi::Result<i64> {
        let journal = self.0.office().journal();
        let directory = PathBuf::from(directory);
        aside(move || journal.backup(&directory, &mut telling(progress))).await.map(number)
    }
}
