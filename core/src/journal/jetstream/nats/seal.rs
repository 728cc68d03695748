//! Sealing of what hosts send each other beside the stream, so that the servers and their other users read and forge none of
//! it.
//!
//! ```text
//!   format │ time │ nonce │ number of keys │ per key: tag, content key wrapped under it │ ciphertext under the content key
//! ```
//!
//! A sealed text is bound to its purpose and to the time at which it was made, so that one that is sent again later, or to
//! another subject, is refused. It is sealed for all secrets that a host knows, so that hosts understand each other while
//! secrets are rotated one host after the other.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use crate::types::Timestamp;

const FORMAT: u8 = 1;
const TAG_BYTES: usize = 4;
const NONCE_BYTES: usize = 24;
const TIME_BYTES: usize = 8;
const KEY_BYTES: usize = 32;
/// Bytes that authenticate a ciphertext.
const PROOF_BYTES: usize = 16;
const WRAPPED_BYTES: usize = KEY_BYTES + PROOF_BYTES;

/// Maximum number of secrets in use at a time.
const KEYS_MAX: usize = 8;

/// Maximum bytes that sealing adds.
pub(crate) const SEAL_BYTES_MAX: usize =
    1 + TIME_BYTES + NONCE_BYTES + 1 + KEYS_MAX * (TAG_BYTES + WRAPPED_BYTES) + PROOF_BYTES;

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
    /// It has a form that this version does not know.
    #[error("it has an unknown form")]
    Format,
    /// It was sealed under another secret, for another purpose, or altered.
    #[error("it was sealed under another secret, or altered")]
    Foreign,
    /// It was sealed too long ago, or by a clock that is ahead.
    #[error("it was sealed at another time")]
    Stale,
    /// There is no randomness.
    #[error("there is no randomness")]
    Random,
}

struct Key {
    tag: [u8; TAG_BYTES],
    cipher: XChaCha20Poly1305,
}

impl Key {
    fn new(bytes: &[u8; 32]) -> Self {
        let mut tag = [0; TAG_BYTES];
        tag.copy_from_slice(&blake3::derive_key("boxoffice 2026-11-30 tag of a cluster key", bytes)[..TAG_BYTES]);
        Self { tag, cipher: XChaCha20Poly1305::new(bytes.into()) }
    }
}

/// Seals and opens.
pub(crate) struct Sealer {
    keys: Vec<Key>,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealer").field("keys", &self.keys.len()).finish()
    }
}

impl Sealer {
    /// Creates a sealer from keys that are derived from the cluster's secrets. Of more than eight the first count.
    pub(crate) fn new(keys: &[[u8; KEY_BYTES]]) -> Self {
        Self { keys: keys.iter().take(KEYS_MAX).map(Key::new).collect() }
    }

    /// Seals a text.
    pub(crate) fn seal(&self, purpose: Purpose, now: Timestamp, text: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut random = [0; NONCE_BYTES + KEY_BYTES];
        getrandom::fill(&mut random).map_err(|_| SealError::Random)?;
        let (nonce, content_key) = random.split_first_chunk::<NONCE_BYTES>().ok_or(SealError::Random)?;
        let content_key: &[u8; KEY_BYTES] = content_key.try_into().map_err(|_| SealError::Random)?;
        let time = now.as_millis().to_le_bytes();
        let count = u8::try_from(self.keys.len()).map_err(|_| SealError::Foreign)?;
        let bound = bound(purpose, time);
        let encrypt = |cipher: &XChaCha20Poly1305, msg: &[u8]| {
            cipher.encrypt(&XNonce::from(*nonce), Payload { msg, aad: &bound }).map_err(|_| SealError::Foreign)
        };
        let mut sealed = Vec::with_capacity(text.len() + SEAL_BYTES_MAX);
        sealed.push(FORMAT);
        sealed.extend(time);
        sealed.extend(nonce);
        sealed.push(count);
        for key in &self.keys {
            sealed.extend(key.tag);
            sealed.extend(encrypt(&key.cipher, content_key)?);
        }
        sealed.extend(encrypt(&XChaCha20Poly1305::new(content_key.into()), text)?);
        Ok(sealed)
    }

    /// Opens a sealed text.
    pub(crate) fn open(&self, purpose: Purpose, now: Timestamp, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (format, rest) = sealed.split_first().ok_or(SealError::Format)?;
        if *format != FORMAT {
            return Err(SealError::Format);
        }
        let (time, rest) = rest.split_first_chunk::<TIME_BYTES>().ok_or(SealError::Format)?;
        let (nonce, rest) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(SealError::Format)?;
        let (count, rest) = rest.split_first().ok_or(SealError::Format)?;
        let wraps_len = usize::from(*count) * (TAG_BYTES + WRAPPED_BYTES);
        let (wraps, ciphertext) = rest.split_at_checked(wraps_len).ok_or(SealError::Format)?;
        let mut wraps = wraps.chunks_exact(TAG_BYTES + WRAPPED_BYTES).map(|wrap| wrap.split_at(TAG_BYTES));
        let known =
            wraps.find_map(|(tag, wrapped)| self.keys.iter().find(|key| key.tag == tag).map(|key| (key, wrapped)));
        let (key, wrapped) = known.ok_or(SealError::Foreign)?;
        let bound = bound(purpose, *time);
        let decrypt = |cipher: &XChaCha20Poly1305, msg: &[u8]| {
            cipher.decrypt(&XNonce::from(*nonce), Payload { msg, aad: &bound }).map_err(|_| SealError::Foreign)
        };
        let content_key: [u8; KEY_BYTES] = decrypt(&key.cipher, wrapped)?.try_into().map_err(|_| SealError::Foreign)?;
        let text = decrypt(&XChaCha20Poly1305::new((&content_key).into()), ciphertext)?;
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
    const OLD: [u8; 32] = [1; 32];
    const NEW: [u8; 32] = [2; 32];

    #[test]
    fn a_sealed_text_is_opened_for_its_purpose_alone() {
        let keys = Sealer::new(&[OLD]);
        for text in [b"".as_slice(), b"a command"] {
            let sealed = keys.seal(Purpose::Command, NOW, text).unwrap();
            assert!(sealed.len() <= text.len() + SEAL_BYTES_MAX);
            assert_eq!(keys.open(Purpose::Command, NOW, &sealed).unwrap(), text);
            for other in [Purpose::Say, Purpose::Keys, Purpose::Copy, Purpose::Pay] {
                assert_eq!(keys.open(other, NOW, &sealed), Err(SealError::Foreign));
            }
        }
    }

    #[test]
    fn what_is_altered_or_cut_is_refused() {
        let keys = Sealer::new(&[OLD]);
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
        let keys = Sealer::new(&[OLD]);
        let sealed = keys.seal(Purpose::Say, NOW, b"here").unwrap();
        let at = |ms: u64| keys.open(Purpose::Say, Timestamp::from_millis(ms), &sealed);
        assert!(at(NOW.as_millis() + AGE_MAX).is_ok() && at(NOW.as_millis() - AGE_MAX).is_ok());
        assert_eq!(at(NOW.as_millis() + AGE_MAX + 1), Err(SealError::Stale));
        assert_eq!(at(NOW.as_millis() - AGE_MAX - 1), Err(SealError::Stale));
    }

    #[test]
    fn hosts_understand_each_other_through_a_rotation() {
        let before = Sealer::new(&[OLD]);
        let during = Sealer::new(&[NEW, OLD]);
        let after = Sealer::new(&[NEW]);
        let understands = |from: &Sealer, to: &Sealer| {
            to.open(Purpose::Say, NOW, &from.seal(Purpose::Say, NOW, b"here").unwrap()).is_ok()
        };
        for (one, other) in [(&before, &during), (&during, &during), (&during, &after)] {
            assert!(understands(one, other) && understands(other, one));
        }
        assert!(!understands(&before, &after) && !understands(&after, &before));
    }

    #[test]
    fn without_a_secret_nothing_is_understood() {
        let (none, other) = (Sealer::new(&[]), Sealer::new(&[OLD]));
        let sealed = none.seal(Purpose::Say, NOW, b"here").unwrap();
        assert_eq!(other.open(Purpose::Say, NOW, &sealed), Err(SealError::Foreign));
        assert_eq!(none.open(Purpose::Say, NOW, &sealed), Err(SealError::Foreign));
    }
}
