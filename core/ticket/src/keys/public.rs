//! What doors hold: public keys.
//!
//! ```text
//! at  bytes
//!  0   1  format: 5
//!  1   8  show
//!  9   1  number of keys
//! then, of each key:
//!      2  its number
//!      1  state: 0 retired, 1 current, 2 next
//!      4  not before, in seconds since 1970
//!      4  not after
//!     32  public key
//! ```

use alloc::vec::Vec;
use core::fmt;

use ed25519_dalek::{Signature, VerifyingKey};

use super::{KEYS_MAX, KeyId, KeyState, SIGNATURE_LEN, is_ring};
use crate::bytes::Reader;
use crate::code::{ShowId, SignedCode, Window};
use crate::error::KeyFault;
use crate::refusal::Refusal;

/// First byte of a ring of public keys.
const FORMAT: u8 = 5;

/// The public part of a key, with what a door has to know of it.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    id: KeyId,
    state: KeyState,
    window: Window,
    key: VerifyingKey,
}

impl PublicKey {
    pub(super) const fn new(id: KeyId, state: KeyState, window: Window, key: VerifyingKey) -> Self {
        Self { id, state, window, key }
    }

    /// Returns the number that codes name.
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// Returns the part that the key plays in its ring.
    pub const fn state(&self) -> KeyState {
        self.state
    }

    /// Returns the time in which codes of this key admit.
    pub const fn window(&self) -> Window {
        self.window
    }

    /// Returns the 32 bytes of the public key, as RFC 8032 has them.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    /// Returns `true` if the holder of the private key has signed the message.
    pub(crate) fn has_signed(&self, message: &[u8], signature: &[u8; SIGNATURE_LEN]) -> bool {
        self.key.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey")
            .field("id", &self.id)
            .field("state", &self.state)
            .field("window", &self.window)
            .finish_non_exhaustive()
    }
}

/// The public keys of a show: retired ones, the current one and mostly the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKeys {
    show: ShowId,
    keys: Vec<PublicKey>,
}

impl PublicKeys {
    /// Creates a ring whose keys are known to be in order.
    pub(super) const fn new(show: ShowId, keys: Vec<PublicKey>) -> Self {
        Self { show, keys }
    }

    /// Reads the keys that a box office has published by [`encode`](Self::encode).
    ///
    /// # Errors
    /// - `key.malformed` if the bytes are no ring, or a key in it is none that a seed gives.
    /// - `key.format_unknown` if a later version has made it.
    pub fn decode(bytes: &[u8]) -> Result<Self, KeyFault> {
        match bytes.first() {
            Some(&FORMAT) => read(&bytes[1..]).ok_or(KeyFault::Malformed),
            Some(&format) => Err(KeyFault::FormatUnknown(format)),
            None => Err(KeyFault::Malformed),
        }
    }

    /// Returns the published form.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::from([FORMAT]);
        bytes.extend(self.show.to_bytes());
        bytes.extend(u8::try_from(self.keys.len()));
        for key in &self.keys {
            bytes.extend(key.id.number().to_be_bytes());
            bytes.push(key.state.number());
            bytes.extend(key.window.not_before().to_be_bytes());
            bytes.extend(key.window.not_after().to_be_bytes());
            bytes.extend(key.to_bytes());
        }
        bytes
    }

    /// Returns the show whose codes the keys sign.
    pub const fn show(&self) -> ShowId {
        self.show
    }

    /// Returns the keys, in the order of their numbers.
    pub fn keys(&self) -> &[PublicKey] {
        &self.keys
    }

    /// Returns the key with this number.
    pub fn get(&self, id: KeyId) -> Option<&PublicKey> {
        self.keys.iter().find(|key| key.id == id)
    }

    /// Checks that one of the keys has signed a code, and returns the key. Times and dead tickets are not looked at: that
    /// is the work of a [`Verifier`](crate::Verifier).
    ///
    /// # Errors
    /// - `code.show_wrong` if the code names another show.
    /// - `code.key_unknown` if it names a key that is not here.
    /// - `code.signature_wrong` if the key has not signed it.
    pub fn verify(&self, code: &SignedCode) -> Result<&PublicKey, Refusal> {
        let show = code.claims().show;
        if show != self.show {
            return Err(Refusal::ShowWrong(show));
        }
        let key = self.get(code.key()).ok_or(Refusal::KeyUnknown(code.key()))?;
        if key.has_signed(&code.message(), code.signature()) { Ok(key) } else { Err(Refusal::SignatureWrong) }
    }
}

fn read(bytes: &[u8]) -> Option<PublicKeys> {
    let mut reader = Reader::new(bytes);
    let show = ShowId::from_bytes(reader.take()?);
    let count = usize::from(reader.u8()?);
    if count > KEYS_MAX {
        return None;
    }
    let mut keys = Vec::with_capacity(count);
    for _ in 0..count {
        let id = KeyId::from_number(reader.u16()?);
        let state = KeyState::from_number(reader.u8()?)?;
        let window = Window::new(reader.u32()?, reader.u32()?).ok()?;
        keys.push(PublicKey::new(id, state, window, made_from_seed(&reader.take()?)?));
    }
    let doubled = keys.iter().enumerate().any(|(at, key)| keys[..at].iter().any(|known| known.key == key.key));
    let is_ring = !doubled && reader.rest().is_empty() && is_ring(keys.iter().map(|key| (key.id, key.state)));
    is_ring.then_some(PublicKeys { show, keys })
}

/// Reads a public key. Refuses those that no seed gives: points of small order, for which anybody can sign, and all
/// others that are no multiple of the base point. Among those are all points that have a second spelling.
fn made_from_seed(bytes: &[u8; 32]) -> Option<VerifyingKey> {
    let key = VerifyingKey::from_bytes(bytes).ok()?;
    (!key.is_weak() && key.to_edwards().is_torsion_free()).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a number of one byte, as a key spells it.
    fn small(number: u8) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[0] = number;
        bytes
    }

    /// Returns the field's prime and as much, up to 18: another spelling of the number.
    fn respelled(number: u8) -> [u8; 32] {
        let mut bytes = [0xff; 32];
        (bytes[0], bytes[31]) = (0xed + number, 0x7f);
        bytes
    }

    #[test]
    fn keys_that_no_seed_gives_are_refused() {
        // The points of order 1 and 2, for which anybody can sign.
        let mut order_two = respelled(0);
        order_two[0] -= 1;
        assert_eq!((made_from_seed(&small(1)), made_from_seed(&order_two)), (None, None));
        // There is no point with y = 2. That with y = 26 is a multiple of the base point, that with y = 3 is none.
        assert!(made_from_seed(&small(26)).is_some());
        assert_eq!((made_from_seed(&small(2)), made_from_seed(&small(3))), (None, None));
        for number in 0..19 {
            assert_eq!(made_from_seed(&respelled(number)), None, "{number}");
        }
        let key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]).verifying_key();
        assert_eq!(made_from_seed(&key.to_bytes()), Some(key));
        let weak = VerifyingKey::from_bytes(&order_two).unwrap();
        let mixed = (key.to_edwards() + weak.to_edwards()).compress().to_bytes();
        assert_eq!(made_from_seed(&mixed), None);
    }
}
