//! What a box office holds: private keys.
//!
//! ```text
//! at  bytes
//!  0   1  format: 4
//!  1   8  show
//!  9   2  number of the key that was announced last
//! 11   1  number of keys
//! then, of each key:
//!      2  its number
//!      1  state: 0 retired, 1 current, 2 next
//!      4  not before, in seconds since 1970
//!      4  not after
//!     32  seed
//! ```

use alloc::vec::Vec;
use core::{fmt, iter, mem};

use ed25519_dalek::{Signature, Signer as _, SigningKey};
use zeroize::Zeroizing;

use super::{KEYS_MAX, KeyId, KeyState, PublicKey, PublicKeys, SEED_LEN, SIGNATURE_LEN, Seed, is_ring};
use crate::bytes::Reader;
use crate::code::{ShowId, Timing, Window};
use crate::error::KeyFault;

/// First byte of a ring of private keys.
const FORMAT: u8 = 4;

/// Number of bytes before the keys, and of each key.
const HEAD_LEN: usize = 12;
const KEY_LEN: usize = 11 + SEED_LEN;

/// A private key.
#[derive(Clone)]
pub(crate) struct PrivateKey {
    pub(crate) id: KeyId,
    pub(crate) window: Window,
    key: SigningKey,
}

impl PrivateKey {
    fn new(id: KeyId, seed: &Seed, window: Window) -> Self {
        Self { id, window, key: SigningKey::from_bytes(seed.as_bytes()) }
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; SIGNATURE_LEN] {
        let signature: Signature = self.key.sign(message);
        signature.to_bytes()
    }
}

/// The private keys of a show. Only seeds come in, so that every key is one that was made here.
///
/// ```
/// use boxoffice_ticket::{KeyRing, KeyState, Seed, ShowId, Window};
///
/// let season = Window::new(1_798_761_600, 1_827_619_200)?;
/// let mut ring = KeyRing::new(ShowId::from_bytes(*b"hamlet 1"), &Seed::new([7; 32])?, season);
/// ring.announce(&Seed::new([8; 32])?, season)?;
/// // Once the doors have the next key, it may sign.
/// ring.rotate()?;
/// let states: Vec<_> = ring.public().keys().iter().map(|key| key.state()).collect();
/// assert_eq!(states, [KeyState::Retired, KeyState::Current]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct KeyRing {
    show: ShowId,
    /// Id of the key that was announced last, which may be gone.
    last: KeyId,
    /// In the order of their ids, all of which are before that of the current key.
    retired: Vec<PrivateKey>,
    current: PrivateKey,
    next: Option<PrivateKey>,
}

impl KeyRing {
    /// Creates a ring with one key, which signs, and whose codes admit in this time only.
    pub fn new(show: ShowId, seed: &Seed, window: Window) -> Self {
        let current = PrivateKey::new(KeyId(1), seed, window);
        Self { show, last: current.id, retired: Vec::new(), current, next: None }
    }

    /// Adds the next key and returns its id. It doesn't sign yet: publish the keys first.
    ///
    /// # Errors
    /// - `key.next_exists` if there is one.
    /// - `key.too_many` if the ring has [`KEYS_MAX`] keys.
    /// - `key.numbers_used` after 65,535 keys.
    /// - `key.seed_doubled` if a key of the ring has this seed.
    pub fn announce(&mut self, seed: &Seed, window: Window) -> Result<KeyId, KeyFault> {
        if self.next.is_some() {
            return Err(KeyFault::NextExists);
        }
        if self.retired.len() + 2 > KEYS_MAX {
            return Err(KeyFault::TooMany);
        }
        let next = PrivateKey::new(self.last.next().ok_or(KeyFault::NumbersUsed)?, seed, window);
        if self.keys().any(|(_, known)| known.key.verifying_key() == next.key.verifying_key()) {
            return Err(KeyFault::SeedDoubled);
        }
        self.last = next.id;
        self.next = Some(next);
        Ok(self.last)
    }

    /// Lets the next key sign from now on, and returns its id. Codes of the key before admit until its time ends.
    ///
    /// # Errors
    /// `key.next_missing` if none is announced.
    pub fn rotate(&mut self) -> Result<KeyId, KeyFault> {
        let next = self.next.take().ok_or(KeyFault::NextMissing)?;
        self.retired.push(mem::replace(&mut self.current, next));
        Ok(self.current.id)
    }

    /// Removes a key that somebody else may know. Doors refuse all of its codes once they have the keys without it.
    ///
    /// # Errors
    /// - `key.current` if it signs: announce another one and rotate before.
    /// - `key.unknown` if the ring has no such key.
    pub fn withdraw(&mut self, id: KeyId) -> Result<(), KeyFault> {
        if id == self.current.id {
            return Err(KeyFault::Current(id));
        }
        if self.next.take_if(|next| next.id == id).is_some() {
            return Ok(());
        }
        let at = self.retired.iter().position(|key| key.id == id).ok_or(KeyFault::Unknown(id))?;
        self.retired.remove(at);
        Ok(())
    }

    /// Removes the retired keys whose time is over, and returns their number.
    pub fn forget(&mut self, at_ms: u64) -> usize {
        let before = self.retired.len();
        self.retired.retain(|key| key.window.timing(at_ms, 0) != Timing::TooLate);
        before - self.retired.len()
    }

    /// Returns the show whose codes the keys sign.
    pub const fn show(&self) -> ShowId {
        self.show
    }

    /// Returns the public keys, for doors.
    pub fn public(&self) -> PublicKeys {
        let public =
            |(state, key): (KeyState, &PrivateKey)| PublicKey::new(key.id, state, key.window, key.key.verifying_key());
        PublicKeys::new(self.show, self.keys().map(public).collect())
    }

    /// Returns the stored form, with the seeds as they are: encrypt it before it goes anywhere.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let count = self.keys().count();
        // All at once: a vector that grows leaves its old bytes behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(HEAD_LEN + count * KEY_LEN));
        bytes.push(FORMAT);
        bytes.extend(self.show.to_bytes());
        bytes.extend(self.last.number().to_be_bytes());
        bytes.extend(u8::try_from(count));
        for (state, key) in self.keys() {
            bytes.extend(key.id.number().to_be_bytes());
            bytes.push(state.number());
            bytes.extend(key.window.not_before().to_be_bytes());
            bytes.extend(key.window.not_after().to_be_bytes());
            bytes.extend(key.key.as_bytes());
        }
        bytes
    }

    /// Reads the form that [`encode`](Self::encode) returns.
    ///
    /// # Errors
    /// - `key.malformed` if the bytes are no ring.
    /// - `key.format_unknown` if a later version has made it.
    pub fn decode(bytes: &[u8]) -> Result<Self, KeyFault> {
        match bytes.first() {
            Some(&FORMAT) => read(&bytes[1..]).ok_or(KeyFault::Malformed),
            Some(&format) => Err(KeyFault::FormatUnknown(format)),
            None => Err(KeyFault::Malformed),
        }
    }

    /// Returns the key that signs.
    pub(crate) const fn current(&self) -> &PrivateKey {
        &self.current
    }

    /// Returns all keys, in the order of their ids.
    fn keys(&self) -> impl Iterator<Item = (KeyState, &PrivateKey)> {
        let retired = self.retired.iter().map(|key| (KeyState::Retired, key));
        let next = self.next.iter().map(|key| (KeyState::Next, key));
        retired.chain(iter::once((KeyState::Current, &self.current))).chain(next)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing").field("public", &self.public()).finish_non_exhaustive()
    }
}

fn read(bytes: &[u8]) -> Option<KeyRing> {
    let mut reader = Reader::new(bytes);
    let show = ShowId::from_bytes(reader.take()?);
    let last = KeyId(reader.u16()?);
    let count = usize::from(reader.u8()?);
    if count > KEYS_MAX {
        return None;
    }
    let (mut keys, mut states) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for _ in 0..count {
        let id = KeyId(reader.u16()?);
        let state = KeyState::from_number(reader.u8()?)?;
        let window = Window::new(reader.u32()?, reader.u32()?).ok()?;
        let seed = Seed::new(reader.take()?).ok()?;
        let key = PrivateKey::new(id, &seed, window);
        if id > last || keys.iter().any(|known: &PrivateKey| known.key.verifying_key() == key.key.verifying_key()) {
            return None;
        }
        states.push((id, state));
        keys.push(key);
    }
    if !reader.rest().is_empty() || !is_ring(states.iter().copied()) {
        return None;
    }
    let next = if states.last()?.1 == KeyState::Next { keys.pop() } else { None };
    let current = keys.pop()?;
    Some(KeyRing { show, last, retired: keys, current, next })
}
