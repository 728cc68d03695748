//! What the worker has to end before a box office may be closed.

use std::sync::OnceLock;

use tokio::sync::watch;

use super::Work;

/// The calls that are in progress, and the payments that are about to be one or to be told.
#[derive(Debug, Default)]
pub(super) struct Calls {
    count: watch::Sender<usize>,
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
    pub(super) fn begin(&self) -> Busy {
        self.count.send_modify(|count| *count += 1);
        Busy(self.count.clone())
    }

    /// Waits until there is nothing. Of what is sent meanwhile it knows only on the worker's own runtime.
    pub(super) async fn end(&self) {
        let is_taken = || self.todo.get().is_none_or(flume::Receiver::is_empty);
        let mut count = self.count.subscribe();
        loop {
            // Fails only if the sender is dropped, and this is one.
            let _ = count.wait_for(|count| *count == 0).await;
            if is_taken() && *count.borrow() == 0 {
                return;
            }
            tokio::task::yield_now().await;
        }
    }
}

/// Something that has to end first.
#[derive(Debug)]
pub(super) struct Busy(watch::Sender<usize>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}
