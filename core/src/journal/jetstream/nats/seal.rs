//! Sealing of what hosts send each other beside the stream, so that the servers and their other users read and forge none of
//! it.
//!
//! The head is the number of the form, and the time. A sealed text is bound to its purpose and to the time at which it was made,
//! so that one that is sent again later, or to another subject, is refused.

use super::super::sealing::{SEALING_BYTES_MAX, SealingError, SealingKeys};
use crate::types::Timestamp;

/// Context of the tags by which keys are found.
const TAG_CONTEXT: &str = "boxoffice 2026-11-30 tag of a cluster key";

const FORMAT: u8 = 1;
const TIME_BYTES: usize = 8;

/// Maximum bytes that sealing adds.
pub(crate) const SEAL_BYTES_MAX: usize = 1 + TIME_BYTES + SEALING_BYTES_MAX;

/// Maximum age of a sealed text, in milliseconds. Hosts whose clocks differ by more than a few seconds are alarmed
/// anyway.
const AGE_MAX: u64 = 60_000;

/// What a sealed text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// What all hosts hear: signs of life, questions and votes.
    Say,
    /// Commands for the writer, and their answers.
    Command,
    /// Keys of personal data.
    Keys,
    /// Parts of a copy for a new host.
    Copy,
    /// Questions to the card processor, and what belongs to them.
    Pay,
}

impl Purpose {
    /// Returns the name, which is part of subjects.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Say => "say",
            Self::Command => "cmd",
            Self::Keys => "keys",
            Self::Copy => "copy",
            Self::Pay => "pay",
        }
    }
}

/// Reason why a sealed text can't be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SealError {
    /// It can't be opened, whenever it was sealed.
    #[error(transparent)]
    Unopened(#[from] SealingError),
    /// It was sealed too long ago, or by a clock that is ahead.
    #[error("it was sealed at another time")]
    Stale,
}

/// Seals and opens.
#[derive(Debug)]
pub(crate) struct Sealer(SealingKeys);

impl Sealer {
    /// Creates a sealer from keys that are derived from the cluster's secrets. Of more than eight the first count.
    pub(crate) fn new(keys: &[[u8; 32]]) -> Self {
        Self(SealingKeys::new(TAG_CONTEXT, keys))
    }

    /// Seals a text.
    pub(crate) fn seal(&self, purpose: Purpose, now: Timestamp, text: &[u8]) -> Result<Vec<u8>, SealingError> {
        let time = now.as_millis().to_le_bytes();
        let head = [[FORMAT].as_slice(), &time].concat();
        self.0.seal(&head, &bound(purpose, time), text)
    }

    /// Opens a sealed text.
    pub(crate) fn open(&self, purpose: Purpose, now: Timestamp, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let rest = sealed.strip_prefix(&[FORMAT]).ok_or(SealingError::Format)?;
        let (time, rest) = rest.split_first_chunk::<TIME_BYTES>().ok_or(SealingError::Format)?;
        let text = self.0.open(&bound(purpose, *time), rest)?.text;
        let age = u64::from_le_bytes(*time).abs_diff(now.as_millis());
        if age > AGE_MAX { Err(SealError::Stale) } else { Ok(text) }
    }
}

/// Returns what the ciphertext is bound to.
fn bound(purpose: Purpose, time: [u8; TIME_BYTES]) -> Vec<u8> {
    [purpose.as_str().as_bytes(), &time].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
    const KEY: [u8; 32] = [1; 32];

    #[test]
    fn a_sealed_text_is_opened_for_its_purpose_alone() {
        let keys = Sealer::new(&[KEY]);
        for text in [b"".as_slice(), b"a command"] {
            let sealed = keys.seal(Purpose::Command, NOW, text).unwrap();
            assert!(sealed.len() <= text.len() + SEAL_BYTES_MAX);
            assert_eq!(keys.open(Purpose::Command, NOW, &sealed).unwrap(), text);
            for other in [Purpose::Say, Purpose::Keys, Purpose::Copy, Purpose::Pay] {
                assert_eq!(keys.open(other, NOW, &sealed), Err(SealError::Unopened(SealingError::Foreign)));
            }
        }
    }

    #[test]
    fn what_is_altered_or_cut_is_refused() {
        let keys = Sealer::new(&[KEY]);
        let sealed = keys.seal(Purpose::Keys, NOW, b"key").unwrap();
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert!(keys.open(Purpose::Keys, NOW, &altered).is_err(), "{at}");
            assert!(keys.open(Purpose::Keys, NOW, &sealed[..at]).is_err(), "{at}");
        }
        assert!(!sealed.windows(3).any(|part| part == b"key"));
    }

    #[test]
    fn what_is_old_or_from_the_future_is_refused() {
        let keys = Sealer::new(&[KEY]);
        let sealed = keys.seal(Purpose::Say, NOW, b"here").unwrap();
        let at = |ms: u64| keys.open(Purpose::Say, Timestamp::from_millis(ms), &sealed);
        assert!(at(NOW.as_millis() + AGE_MAX).is_ok() && at(NOW.as_millis() - AGE_MAX).is_ok());
        assert_eq!(at(NOW.as_millis() + AGE_MAX + 1), Err(SealError::Stale));
        assert_eq!(at(NOW.as_millis() - AGE_MAX - 1), Err(SealError::Stale));
    }
}
