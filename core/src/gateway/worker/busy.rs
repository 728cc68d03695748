//! What the worker has to end before a box office may be closed.

use std::sync::OnceLock;

use super::Work;
use crate::in_progress::{Counted, InProgress};

/// The calls that are in progress, and the payments that are about to be one or to be told.
#[derive(Debug, Default)]
pub(super) struct Calls {
    in_progress: InProgress,
    /// What the engine has sent, and no task has taken yet.
    todo: OnceLock<flume::Receiver<Work>>,
}

impl Calls {
    /// Takes the engine's work into account from now on.
    pub(super) fn expect(&self, todo: flume::Receiver<Work>) {
        // A worker runs once.
        let _ = self.todo.set(todo);
    }

    /// Counts something until the value is dropped.
    pub(super) fn begin(&self) -> Counted {
        self.in_progress.begin()
    }

    /// Waits until there is nothing. Of what is sent meanwhile it knows only on the worker's own runtime.
    pub(super) async fn end(&self) {
        let is_taken = || self.todo.get().is_none_or(flume::Receiver::is_empty);
        loop {
            self.in_progress.end().await;
            if is_taken() && self.in_progress.is_empty() {
                return;
            }
            tokio::task::yield_now().await;
        }
    }
}
