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
    pub fn head(&self, env: Env, slot: u32) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move { this.0.office().journal().head() });
    }

    #[napi]
    pub fn read(&self, env: Env, slot: u32, from_seq: f64, limit: f64) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            reading(|| {
                let from_seq = natural("fromSeq", from_seq)?;
                let limit = natural("limit", limit)?;
                this.0.office().journal().read(from_seq, limit)
            })
        });
    }

    #[napi]
    pub fn read_after(&self, env: Env, slot: u32, cursor: String, limit: f64) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            reading(|| {
                let cursor = parsed("cursor", &cursor)?;
                let limit = natural("limit", limit)?;
                this.0.office().journal().read_after(cursor, limit)
            })
        });
    }

    #[napi]
    pub fn history(&self, env: Env, slot: u32) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move { this.0.office().journal().history() });
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
    pub fn verify(&self, env: Env, slot: u32, progress: Option<Progress>) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            aside(move || this.0.office().journal().verify(&mut telling(progress))).await
        });
    }

    #[napi]
    pub fn backup(&self, env: Env, slot: u32, directory: String, progress: Option<Progress>) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            aside(move || {
                let directory = PathBuf::from(directory);
                this.0.office().journal().backup(&directory, &mut telling(progress))
            })
            .await
        });
    }

    #[napi]
    pub fn erase_in_backup(&self, env: Env, slot: u32, directory: String) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            let directory = PathBuf::from(directory);
            this.0.office().journal().erase_in_backup(&directory)
        });
    }
}
