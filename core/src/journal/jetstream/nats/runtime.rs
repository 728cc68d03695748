//! The thread on which everything about the servers runs.

use std::future::Future;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// One thread with a runtime of its own: connections, timers and the protocol. Nothing of it waits for a disk, and heartbeats
/// wait for nothing that an office's own runtime does.
#[derive(Debug)]
pub(crate) struct Runtime {
    handle: Handle,
    stop: Mutex<Option<oneshot::Sender<()>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Runtime {
    /// Starts the thread.
    pub(crate) fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::Builder::new().name("boxoffice-cluster".into()).spawn(move || {
            // It ends by a message, or because nobody can send one any more.
            let _ = runtime.block_on(stopped);
            runtime.shutdown_background();
        })?;
        Ok(Self { handle, stop: Mutex::new(Some(stop)), thread: Mutex::new(Some(thread)) })
    }

    /// Starts work that nobody waits for.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        drop(self.handle.spawn(work));
    }

    /// Waits for work; `None` if the thread ends before it is done. It must not be called on the thread itself.
    pub(crate) fn wait<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Option<T> {
        let (done, result) = flume::bounded(1);
        self.spawn(async move {
            // Nobody else waits for it.
            let _ = done.send(work.await);
        });
        result.recv().ok()
    }

    /// Ends the thread, and what runs on it.
    pub(crate) fn stop(&self) {
        if let Some(stop) = self.stop.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = stop.send(());
        }
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread of the cluster panicked");
        }
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.stop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_done_and_ends_with_the_thread() {
        let runtime = Runtime::start().unwrap();
        assert_eq!(runtime.wait(async { 7 }), Some(7));
        std::thread::scope(|scope| {
            let (started, has_started) = flume::bounded(1);
            let waiting = scope.spawn(|| {
                runtime.wait(async move {
                    let _ = started.send(());
                    std::future::pending::<()>().await;
                })
            });
            has_started.recv().unwrap();
            runtime.stop();
            assert_eq!(waiting.join().unwrap(), None);
        });
        runtime.stop();
    }
}
