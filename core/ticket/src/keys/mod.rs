//! Keys of a show: one signs, the next is known before it does, and those before it are believed until their time ends.
//!
//! ```text
//! announce ─→ next ──rotate──→ current ──rotate──→ retired ──forget──→ gone, its time is over
//!              └────────────────withdraw──────────────┴───────────────→ gone at once: its codes admit nobody
//! ```
//!
//! Doors get the next key with the others, so that a rotation breaks no door that is offline. A door takes keys from
//! its box office only, over a connection that is secure: a ring of public keys proves nothing by itself.

mod public;
mod ring;

use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

use crate::error::KeyFault;

pub use public::{PublicKey, PublicKeys};
pub use ring::KeyRing;

/// Maximum number of keys of a ring.
pub const KEYS_MAX: usize = 16;

/// Number of bytes of a seed.
const SEED_LEN: usize = 32;

/// Number of bytes of a signature.
pub(crate) const SIGNATURE_LEN: usize = 64;

/// Number of a key in its ring. It is part of every code, and no other key of the ring ever gets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(u16);

impl KeyId {
    /// Creates the id with this number.
    pub const fn from_number(number: u16) -> Self {
        Self(number)
    }

    /// Returns the number. The first key of a ring has number 1.
    pub const fn number(self) -> u16 {
        self.0
    }

    /// Returns the id of the key after this one.
    fn next(self) -> Option<Self> {
        self.0.checked_add(1).map(Self)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Part that a key plays in its ring, in the order of the keys' numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyState {
    /// The key has signed, and signs no more. Its codes admit until its time ends.
    Retired,
    /// The key signs.
    Current,
    /// The key will sign after the next rotation.
    Next,
}

impl KeyState {
    const ALL: [Self; 3] = [Self::Retired, Self::Current, Self::Next];

    /// Returns the stored number.
    const fn number(self) -> u8 {
        match self {
            Self::Retired => 0,
            Self::Current => 1,
            Self::Next => 2,
        }
    }

    fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.number() == number)
    }
}

/// Secret from which a key is made: 32 bytes from the system's source of randomness. It is wiped when it is dropped.
#[derive(Clone)]
pub struct Seed(Zeroizing<[u8; SEED_LEN]>);

impl Seed {
    /// Creates a seed from its bytes.
    ///
    /// # Errors
    /// `key.seed_zero` if all of them are 0, which is what a source of randomness that failed leaves.
    pub fn new(bytes: [u8; SEED_LEN]) -> Result<Self, KeyFault> {
        if bytes == [0; SEED_LEN] { Err(KeyFault::SeedZero) } else { Ok(Self(Zeroizing::new(bytes))) }
    }

    fn as_bytes(&self) -> &[u8; SEED_LEN] {
        &self.0
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(secret)")
    }
}

/// Returns `true` if a ring may have these keys: their numbers ascend from 1, one of them signs, and at most one is next.
fn is_ring(keys: impl Iterator<Item = (KeyId, KeyState)>) -> bool {
    let keys: Vec<_> = keys.collect();
    let count = |state: KeyState| keys.iter().filter(|key| key.1 == state).count();
    keys.is_sorted_by(|before, after| before.0 < after.0 && before.1 <= after.1)
        && keys.first().is_some_and(|first| first.0 > KeyId(0))
        && keys.len() <= KEYS_MAX
        && count(KeyState::Current) == 1
        && count(KeyState::Next) <= 1
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;

    #[test]
    fn a_ring_has_one_key_that_signs() {
        use KeyState::{Current, Next, Retired};
        let check = |keys: &[(u16, KeyState)]| is_ring(keys.iter().map(|(id, state)| (KeyId(*id), *state)));
        for keys in
            [[(1, Current)].as_slice(), &[(3, Retired), (4, Retired), (9, Current)], &[(1, Current), (u16::MAX, Next)]]
        {
            assert!(check(keys), "{keys:?}");
        }
        for keys in [
            [].as_slice(),
            &[(0, Current)],
            &[(1, Next)],
            &[(1, Retired), (2, Next)],
            &[(1, Current), (2, Current)],
            &[(1, Current), (2, Next), (3, Next)],
            &[(1, Current), (1, Next)],
            &[(2, Current), (1, Next)],
            &[(1, Current), (2, Retired)],
        ] {
            assert!(!check(keys), "{keys:?}");
        }
        let many: Vec<_> = (1..17).map(|id| (id, Retired)).chain([(17, Current)]).collect();
        assert!(check(&many[1..]) && !check(&many));
    }

    #[test]
    fn a_seed_is_not_shown() {
        assert_eq!(format!("{:?}", Seed::new([9; 32]).unwrap()), "Seed(secret)");
        assert_eq!(Seed::new([0; 32]).unwrap_err(), KeyFault::SeedZero);
    }
}
