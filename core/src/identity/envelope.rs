//! Envelopes of what lies in the journal and only the hosts of a cluster may read.
//!
//! ```text
//!   format │ nonce │ number of keys │ per key: tag, content key wrapped under it │ ciphertext under the content key
//! ```
//!
//! A text is bound to what it is about, so that it can't be moved to another place. It is sealed for all secrets that a host
//! knows: hosts understand each other while secrets are rotated one host after the other. Whoever finds one that is not sealed
//! for the current secret seals it anew, so that an old secret can be forgotten.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use super::KeyRing;

/// Context of the keys of envelopes.
const KEY_CONTEXT: &str = "boxoffice 2026-12-01 envelopes in the journal";

/// Context of the tags by which keys are found.
const TAG_CONTEXT: &str = "boxoffice 2026-12-01 tag of an envelope key";

const FORMAT: u8 = 1;
const TAG_BYTES: usize = 4;
const NONCE_BYTES: usize = 24;
const KEY_BYTES: usize = 32;
/// Bytes that authenticate a ciphertext.
const PROOF_BYTES: usize = 16;
const WRAPPED_BYTES: usize = KEY_BYTES + PROOF_BYTES;

/// Maximum number of secrets in use at a time.
const KEYS_MAX: usize = 8;

/// Reason why a text can't be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EnvelopeError {
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
    fn new(bytes: &[u8; KEY_BYTES]) -> Self {
        let mut tag = [0; TAG_BYTES];
        tag.copy_from_slice(&blake3::derive_key(TAG_CONTEXT, bytes)[..TAG_BYTES]);
        Self { tag, cipher: XChaCha20Poly1305::new(bytes.into()) }
    }
}

/// Seals and opens texts.
pub(crate) struct Envelopes {
    /// Keys from the secrets, that from the current one first.
    keys: Vec<Key>,
}

impl fmt::Debug for Envelopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Envelopes").field("keys", &self.keys.len()).finish()
    }
}

impl Envelopes {
    /// Creates envelopes for the secrets of a cluster. Of more than eight the first count.
    pub(crate) fn new(keys: &KeyRing) -> Self {
        Self { keys: keys.derived(KEY_CONTEXT).iter().take(KEYS_MAX).map(Key::new).collect() }
    }

    /// Seals a text, as text.
    pub(crate) fn seal(&self, about: &[u8; 16], text: &[u8]) -> Result<String, EnvelopeError> {
        let mut random = [0; NONCE_BYTES + KEY_BYTES];
        getrandom::fill(&mut random).map_err(|_| EnvelopeError::Random)?;
        let (nonce, content_key) = random.split_first_chunk::<NONCE_BYTES>().ok_or(EnvelopeError::Random)?;
        let content_key: &[u8; KEY_BYTES] = content_key.try_into().map_err(|_| EnvelopeError::Random)?;
        let count = u8::try_from(self.keys.len()).map_err(|_| EnvelopeError::Foreign)?;
        let encrypt = |cipher: &XChaCha20Poly1305, msg: &[u8]| {
            cipher.encrypt(&XNonce::from(*nonce), Payload { msg, aad: about }).map_err(|_| EnvelopeError::Foreign)
        };
        let mut sealed = vec![FORMAT];
        sealed.extend(nonce);
        sealed.push(count);
        for key in &self.keys {
            sealed.extend(key.tag);
            sealed.extend(encrypt(&key.cipher, content_key)?);
        }
        sealed.extend(encrypt(&XChaCha20Poly1305::new(content_key.into()), text)?);
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Opens a sealed text.
    pub(crate) fn open(&self, about: &[u8; 16], sealed: &str) -> Result<Unsealed, EnvelopeError> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| EnvelopeError::Format)?;
        let (format, rest) = sealed.split_first().ok_or(EnvelopeError::Format)?;
        if *format != FORMAT {
            return Err(EnvelopeError::Format);
        }
        let (nonce, rest) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(EnvelopeError::Format)?;
        let (count, rest) = rest.split_first().ok_or(EnvelopeError::Format)?;
        let wraps_len = usize::from(*count) * (TAG_BYTES + WRAPPED_BYTES);
        let (wraps, ciphertext) = rest.split_at_checked(wraps_len).ok_or(EnvelopeError::Format)?;
        let wraps: Vec<_> =
            wraps.chunks_exact(TAG_BYTES + WRAPPED_BYTES).map(|wrap| wrap.split_at(TAG_BYTES)).collect();
        let wrapped_for = |key: &Key| wraps.iter().find(|(tag, _)| *tag == key.tag).map(|(_, wrapped)| *wrapped);
        let known = self.keys.iter().find_map(|key| wrapped_for(key).map(|wrapped| (key, wrapped)));
        let (key, wrapped) = known.ok_or(EnvelopeError::Foreign)?;
        let decrypt = |cipher: &XChaCha20Poly1305, msg: &[u8]| {
            cipher.decrypt(&XNonce::from(*nonce), Payload { msg, aad: about }).map_err(|_| EnvelopeError::Foreign)
        };
        let content_key: [u8; KEY_BYTES] =
            decrypt(&key.cipher, wrapped)?.try_into().map_err(|_| EnvelopeError::Foreign)?;
        let text = decrypt(&XChaCha20Poly1305::new((&content_key).into()), ciphertext)?;
        Ok(Unsealed { text, is_current: self.keys.first().is_some_and(|current| current.tag == key.tag) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &[u8] = b"the old secret, at least 32 bytes long";
    const NEW: &[u8] = b"the new secret, at least 32 bytes long";
    const ABOUT: [u8; 16] = [7; 16];

    fn of(current: &[u8], previous: &[&[u8]]) -> Envelopes {
        let keys = KeyRing::new(current).unwrap();
        Envelopes::new(&previous.iter().fold(keys, |keys, secret| keys.with_previous(secret).unwrap()))
    }

    fn text(opened: Result<Unsealed, EnvelopeError>) -> (Vec<u8>, bool) {
        let Unsealed { text, is_current } = opened.unwrap();
        (text, is_current)
    }

    #[test]
    fn a_text_is_opened_about_its_own_thing_alone() {
        let envelopes = of(OLD, &[]);
        for content in [b"".as_slice(), b"whsec_secret"] {
            let sealed = envelopes.seal(&ABOUT, content).unwrap();
            assert!(!sealed.contains("whsec"), "{sealed}");
            assert_eq!(text(envelopes.open(&ABOUT, &sealed)), (content.to_vec(), true));
            assert_eq!(envelopes.open(&[8; 16], &sealed).unwrap_err(), EnvelopeError::Foreign);
            assert_ne!(envelopes.seal(&ABOUT, content).unwrap(), sealed, "no two are alike");
        }
        assert!(!format!("{:?}", envelopes.open(&ABOUT, &envelopes.seal(&ABOUT, b"secret").unwrap())).contains("115"));
    }

    #[test]
    fn hosts_understand_each_other_through_a_rotation() {
        let (before, during, after) = (of(OLD, &[]), of(NEW, &[OLD]), of(NEW, &[]));
        let opened = |from: &Envelopes, by: &Envelopes| {
            by.open(&ABOUT, &from.seal(&ABOUT, b"x").unwrap()).map(|opened| opened.is_current)
        };
        assert_eq!((opened(&before, &during), opened(&during, &before)), (Ok(false), Ok(true)));
        assert_eq!((opened(&during, &during), opened(&during, &after)), (Ok(true), Ok(true)));
        assert_eq!(opened(&after, &during), Ok(true));
        assert_eq!(opened(&before, &after), Err(EnvelopeError::Foreign));
    }

    #[test]
    fn what_is_altered_or_cut_is_refused() {
        let envelopes = of(OLD, &[]);
        let sealed = envelopes.seal(&ABOUT, b"secret").unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(&sealed).unwrap();
        for at in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[at] ^= 1;
            assert!(envelopes.open(&ABOUT, &URL_SAFE_NO_PAD.encode(altered)).is_err(), "{at}");
            assert!(envelopes.open(&ABOUT, &URL_SAFE_NO_PAD.encode(&bytes[..at])).is_err(), "{at}");
        }
        for other in ["", "no base64!", "AA"] {
            assert_eq!(envelopes.open(&ABOUT, other).unwrap_err(), EnvelopeError::Format, "{other:?}");
        }
    }
}
