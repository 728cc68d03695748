//! The last failure, for whoever asks how the box office is.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use crate::clock::Clock;
use crate::types::Timestamp;

/// Maximum number of characters of a message that is kept.
const MESSAGE_LEN_MAX: usize = 1000;

/// A failure of the storage or of the card processor.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LastError {
    /// When it happened, by the box office's clock.
    pub at: Timestamp,
    /// What failed, and the whole chain of causes: up to 1,000 characters.
    pub message: String,
}

/// Keeps the last failure.
#[derive(Debug)]
pub(crate) struct Failures {
    clock: Arc<dyn Clock>,
    last: Mutex<Option<LastError>>,
}

impl Failures {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self { clock, last: Mutex::default() })
    }

    /// Keeps a failure in place of the one before.
    pub(crate) fn note(&self, what: &str, error: &dyn Error) {
        let text = format!("{what}: {}", chain(error));
        let message = text.chars().take(MESSAGE_LEN_MAX).collect();
        let failure = LastError { at: self.clock.now(), message };
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
    }

    pub(crate) fn last(&self) -> Option<LastError> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Formats an error with its causes. A cause that says what the error before it has said is left out.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let cause = error.to_string();
        if !text.ends_with(&cause) {
            text = format!("{text}: {cause}");
        }
        source = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::testing::ManualClock;

    #[test]
    fn the_last_failure_has_its_time_and_all_causes() {
        let failures = Failures::new(Arc::new(ManualClock::at(Timestamp::from_millis(5))));
        assert_eq!(failures.last(), None);
        let disk = std::io::Error::other("the disk is full");
        let journal = crate::Error::from(Code::JournalUnavailable)
            .with_source(crate::journal::JournalError::Storage(Box::new(disk)));
        failures.note("a batch was not appended", &journal);
        let last = failures.last().unwrap();
        assert_eq!(last.at, Timestamp::from_millis(5));
        assert!(last.message.starts_with("a batch was not appended: journal.unavailable: "), "{}", last.message);
        assert_eq!(last.message.matches("the disk is full").count(), 1, "{}", last.message);
        failures.note("then", &std::io::Error::other("x".repeat(2000)));
        assert_eq!(failures.last().unwrap().message.chars().count(), MESSAGE_LEN_MAX);
    }
}
