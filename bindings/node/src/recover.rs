//! Recovery of the records of a directory that no longer opens.

use std::ops::ControlFlow;

use boxoffice::{BoxOffice, Code};
use napi::bindgen_prelude::Promise;
use napi::threadsafe_function::ThreadsafeFunction;
use napi_derive::napi;
use tokio::runtime::Handle;

use crate::convert::Shown;
use crate::errors::rejection;
use crate::generated::Recovery;
use crate::values::JournalRecord;

/// A function of JavaScript whose promise resolves to `true` to continue. The package ensures that it never rejects.
type Visit = ThreadsafeFunction<JournalRecord, Promise<bool>, JournalRecord, napi::Status, false, true>;

/// Calls `visit` with each record of the journal in a directory, up to the first damage.
#[napi(ts_args_type = "directory: string, visit: (record: JournalRecord) => Promise<boolean>")]
pub async fn recover(directory: String, visit: Visit) -> napi::Result<Recovery> {
    let recovered = tokio::task::spawn_blocking(move || {
        let runtime = Handle::current();
        BoxOffice::recover(directory, &mut |record| {
            let seen = async { visit.call_async_catch(JournalRecord::from(&record)).await?.await };
            // The call fails once the thread of JavaScript is gone.
            if runtime.block_on(seen).unwrap_or(false) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })
    });
    let recovered = recovered.await.unwrap_or_else(|_| Err(Code::Internal.into()));
    recovered.map(|recover| recover.shown()).map_err(rejection)
}
