//! What is in progress, and has to end before a box office may be closed.

use tokio::sync::watch;

/// Counts what is in progress.
#[derive(Debug, Default)]
pub(crate) struct InProgress(watch::Sender<usize>);

/// Something that has to end first. It ends when the value is dropped.
#[derive(Debug)]
pub(crate) struct Counted(watch::Sender<usize>);

impl InProgress {
    /// Counts something until the value is dropped.
    pub(crate) fn begin(&self) -> Counted {
        self.0.send_modify(|count| *count += 1);
        Counted(self.0.clone())
    }

    /// Returns `true` if there is nothing.
    pub(crate) fn is_empty(&self) -> bool {
        *self.0.borrow() == 0
    }

    /// Returns a future that waits until there is nothing. It keeps nothing alive.
    pub(crate) fn end(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut count = self.0.subscribe();
        async move {
            // Fails only if the counter is gone, and with it whatever it has counted.
            let _ = count.wait_for(|count| *count == 0).await;
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    #[test]
    fn the_end_is_awaited_of_everything_that_was_begun() {
        let in_progress = InProgress::default();
        let (first, second) = (in_progress.begin(), in_progress.begin());
        let mut end = pin!(in_progress.end());
        let mut poll = || end.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        drop(first);
        assert_eq!((poll(), in_progress.is_empty()), (Poll::Pending, false));
        drop(second);
        assert_eq!((poll(), in_progress.is_empty()), (Poll::Ready(()), true));
        // Whoever waits keeps nothing alive.
        let end = in_progress.end();
        drop(in_progress);
        pollster::block_on(end);
    }
}
