//! Sealing for whoever knows the secrets of a cluster: of what lies in its journal, and of what its hosts send each other.
//!
//! ```text
//!   head │ nonce │ number of keys │ per key: tag, content key wrapped under it │ ciphertext under the content key
//! ```
//!
//! A text is bound to what its user says, so that it can't be moved to another place. It is sealed for all secrets that a host
//! knows, so that hosts understand each other while secrets are rotated one host after the other. The head is the user's own:
//! it begins with the number of the form.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

const TAG_BYTES: usize = 4;
const NONCE_BYTES: usize = 24;
const KEY_BYTES: usize = 32;
/// Bytes that authenticate a ciphertext.
const PROOF_BYTES: usize = 16;
const WRAPPED_BYTES: usize = KEY_BYTES + PROOF_BYTES;

/// Maximum number of secrets in use at a time.
const KEYS_MAX: usize = 8;

/// Maximum bytes that sealing adds, beside the head.
pub(crate) const SEALING_BYTES_MAX: usize = NONCE_BYTES + 1 + KEYS_MAX * (TAG_BYTES + WRAPPED_BYTES) + PROOF_BYTES;

/// Reason why a text can't be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SealingError {
    /// It has a form that this version does not know.
    #[error("it has an unknown form")]
    Format,
    /// It was sealed under another secret, about something else, or altered.
    #[error("it was sealed under another secret, or altered")]
    Foreign,
    /// There is no randomness.
    #[error("there is no randomness")]
    Random,
}

/// A text that was opened.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Unsealed {
    /// The text.
    pub(crate) text: Vec<u8>,
    /// `true` if it is sealed for the current secret; otherwise it should be sealed anew.
    pub(crate) is_current: bool,
}

impl fmt::Debug for Unsealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unsealed").field("is_current", &self.is_current).finish_non_exhaustive()
    }
}

struct Key {
    tag: [u8; TAG_BYTES],
    cipher: XChaCha20Poly1305,
}

impl Key {
    fn new(tag_context: &str, bytes: &[u8; KEY_BYTES]) -> Self {
        let mut tag = [0; TAG_BYTES];
        tag.copy_from_slice(&blake3::derive_key(tag_context, bytes)[..TAG_BYTES]);
        Self { tag, cipher: XChaCha20Poly1305::new(bytes.into()) }
    }
}

/// Keys that seal and open, that from the current secret first.
pub(crate) struct SealingKeys(Vec<Key>);

impl fmt::Debug for SealingKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SealingKeys").field(&self.0.len()).finish()
    }
}

impl SealingKeys {
    /// Creates them from keys that are derived from the cluster's secrets, of which the first eight count. `tag_context` is that
    /// of the tags by which keys are found.
    pub(crate) fn new(tag_context: &str, keys: &[[u8; KEY_BYTES]]) -> Self {
        Self(keys.iter().take(KEYS_MAX).map(|key| Key::new(tag_context, key)).collect())
    }

    /// Seals a text that is bound to something. Returns it with this head.
    pub(crate) fn seal(&self, head: &[u8], bound: &[u8], text: &[u8]) -> Result<Vec<u8>, SealingError> {
        let mut random = [0; NONCE_BYTES + KEY_BYTES];
        getrandom::fill(&mut random).map_err(|_| SealingError::Random)?;
        let (nonce, content_key) = random.split_first_chunk::<NONCE_BYTES>().ok_or(SealingError::Random)?;
        let content_key: &[u8; KEY_BYTES] = content_key.try_into().map_err(|_| SealingError::Random)?;
        let count = u8::try_from(self.0.len()).map_err(|_| SealingError::Foreign)?;
        let encrypt = |cipher: &XChaCha20Poly1305, msg: &[u8]| {
            cipher.encrypt(&XNonce::from(*nonce), Payload { msg, aad: bound }).map_err(|_| SealingError::Foreign)
        };
        let mut sealed = Vec::with_capacity(head.len() + SEALING_BYTES_MAX + text.len());
        sealed.extend_from_slice(head);
        sealed.extend(nonce);
        sealed.push(count);
        for key in &self.0 {
            sealed.extend(key.tag);
            sealed.extend(encrypt(&key.cipher, content_key)?);
        }
        sealed.extend(encrypt(&XChaCha20Poly1305::new(content_key.into()), text)?);
        Ok(sealed)
    }

    /// Opens what follows the head of a sealed text that is bound to something.
    pub(crate) fn open(&self, bound: &[u8], sealed: &[u8]) -> Result<Unsealed, SealingError> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(SealingError::Format)?;
        let (count, rest) = rest.split_first().ok_or(SealingError::Format)?;
        let wraps_len = usize::from(*count) * (TAG_BYTES + WRAPPED_BYTES);
        let (wraps, ciphertext) = rest.split_at_checked(wraps_len).ok_or(SealingError::Format)?;
        let wraps: Vec<_> =
            wraps.chunks_exact(TAG_BYTES + WRAPPED_BYTES).map(|wrap| wrap.split_at(TAG_BYTES)).collect();
        let wrapped_for = |key: &Key| wraps.iter().find(|(tag, _)| *tag == key.tag).map(|(_, wrapped)| *wrapped);
        let known = self.0.iter().find_map(|key| wrapped_for(key).map(|wrapped| (key, wrapped)));
        let (key, wrapped) = known.ok_or(SealingError::Foreign)?;
        let decrypt = |cipher: &XChaCha20Poly1305, msg: &[u8]| {
            cipher.decrypt(&XNonce::from(*nonce), Payload { msg, aad: bound }).map_err(|_| SealingError::Foreign)
        };
        let content_key: [u8; KEY_BYTES] =
            decrypt(&key.cipher, wrapped)?.try_into().map_err(|_| SealingError::Foreign)?;
        let text = decrypt(&XChaCha20Poly1305::new((&content_key).into()), ciphertext)?;
        Ok(Unsealed { text, is_current: self.0.first().is_some_and(|current| current.tag == key.tag) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: [u8; 2] = [1, 2];
    const OLD: [u8; KEY_BYTES] = [1; KEY_BYTES];
    const NEW: [u8; KEY_BYTES] = [2; KEY_BYTES];
    const FOREIGN: Result<bool, SealingError> = Err(SealingError::Foreign);

    fn of(keys: &[[u8; KEY_BYTES]]) -> SealingKeys {
        SealingKeys::new("boxoffice tag of a key in a test", keys)
    }

    fn opened(from: &SealingKeys, by: &SealingKeys) -> Result<bool, SealingError> {
        let sealed = from.seal(&HEAD, b"here", b"secret").unwrap();
        by.open(b"here", &sealed[HEAD.len()..]).map(|opened| opened.is_current)
    }

    #[test]
    fn a_text_is_opened_where_it_was_sealed_alone() {
        let keys = of(&[OLD]);
        for text in [b"".as_slice(), b"secret"] {
            let sealed = keys.seal(&HEAD, b"here", text).unwrap();
            let rest = sealed.strip_prefix(&HEAD).unwrap();
            assert!(rest.len() <= text.len() + SEALING_BYTES_MAX);
            assert!(!rest.windows(6).any(|part| part == b"secret"));
            assert_eq!(keys.open(b"here", rest), Ok(Unsealed { text: text.to_vec(), is_current: true }));
            assert_eq!(keys.open(b"there", rest), Err(SealingError::Foreign));
            assert_ne!(keys.seal(&HEAD, b"here", text).unwrap(), sealed, "no two are alike");
        }
    }

    #[test]
    fn hosts_understand_each_other_through_a_rotation() {
        let (before, during, after) = (of(&[OLD]), of(&[NEW, OLD]), of(&[NEW]));
        assert_eq!((opened(&before, &during), opened(&during, &before)), (Ok(false), Ok(true)));
        assert_eq!((opened(&during, &during), opened(&during, &of(&[OLD, NEW]))), (Ok(true), Ok(true)));
        assert_eq!((opened(&during, &after), opened(&after, &during)), (Ok(true), Ok(true)));
        assert_eq!((opened(&before, &after), opened(&after, &before)), (FOREIGN, FOREIGN));
    }

    #[test]
    fn what_is_altered_or_cut_is_refused() {
        let keys = of(&[OLD]);
        let sealed = keys.seal(&[], b"here", b"secret").unwrap();
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert!(keys.open(b"here", &altered).is_err(), "{at}");
            assert!(keys.open(b"here", &sealed[..at]).is_err(), "{at}");
        }
    }

    #[test]
    fn without_a_secret_nothing_is_understood() {
        let (none, other) = (of(&[]), of(&[OLD]));
        for (from, by) in [(&none, &other), (&none, &none), (&other, &none)] {
            assert_eq!(opened(from, by), FOREIGN);
        }
    }

    #[test]
    fn what_was_opened_is_not_shown() {
        let opened = Unsealed { text: b"secret".to_vec(), is_current: true };
        assert_eq!(format!("{opened:?}"), "Unsealed { is_current: true, .. }");
    }
}
