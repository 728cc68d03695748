// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! The operations of `journal`.

use crate::generated::prelude::*;

/// Native part of the package's `Journal`.
#[napi]
#[derive(Debug)]
pub struct Journal(pub(crate) Arc<Shared>);

#[napi]
impl Journal {
    #[napi]
    pub async fn head(&self) -> napi::Result<i64> {
        let call = || self.0.office().journal().head();
        call().map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub async fn read(&self, from_seq: f64, limit: f64) -> napi::Result<Vec<JournalRecord>> {
        let call = || {
            let from_seq = natural("fromSeq", from_seq)?;
            let limit = natural("limit", limit)?;
            self.0.office().journal().read(from_seq, limit)
        };
        reading(call).map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub async fn read_after(&self, cursor: String, limit: f64) -> napi::Result<Vec<JournalRecord>> {
        let call = || {
            let cursor = parsed("cursor", &cursor)?;
            let limit = natural("limit", limit)?;
            self.0.office().journal().read_after(cursor, limit)
        };
        reading(call).map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub async fn history(&self) -> napi::Result<JournalHistory> {
        let call = || self.0.office().journal().history();
        call().map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub fn iter(&self, from_seq: f64) -> napi::Result<JournalRecordParts> {
        let call = || {
            let from_seq = natural("fromSeq", from_seq)?;
            Ok(Parts::new(self.0.office().blocking().journal().iter(from_seq), 256))
        };
        call().map(JournalRecordParts).map_err(rejection)
    }

    #[napi]
    pub fn subscribe(&self, from_seq: f64) -> napi::Result<Subscription> {
        let call = || {
            let from_seq = natural("fromSeq", from_seq)?;
            Ok(Subscription::new(self.0.office().journal().subscribe(from_seq)))
        };
        call().map_err(rejection)
    }

    #[napi]
    pub fn subscribe_after(&self, cursor: String) -> napi::Result<Subscription> {
        let call = || {
            let cursor = parsed("cursor", &cursor)?;
            Ok(Subscription::new(self.0.office().journal().subscribe_after(cursor)?))
        };
        call().map_err(rejection)
    }

    #[napi]
    pub async fn verify(&self, progress: Option<Progress>) -> napi::Result<VerifyReport> {
        let journal = self.0.office().journal();
        aside(move || journal.verify(&mut telling(progress))).await.map(|it| it.shown())
    }

    #[napi]
    pub async fn backup(&self, directory: String, progress: Option<Progress>) -> napi::Result<i64> {
        let journal = self.0.office().journal();
        aside(move || {
            let directory = PathBuf::from(directory);
            journal.backup(&directory, &mut telling(progress))
        })
        .await
        .map(|it| it.shown())
    }

    #[napi]
    pub async fn erase_in_backup(&self, directory: String) -> napi::Result<i64> {
        let call = || {
            let directory = PathBuf::from(directory);
            self.0.office().journal().erase_in_backup(&directory)
        };
        call().map(|it| it.shown()).map_err(rejection)
    }
}
