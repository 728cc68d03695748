//! The life of keys, and their stored forms.

use boxoffice_ticket::{KEYS_MAX, KeyFault, KeyId, KeyRing, KeyState, PublicKeys};

use crate::samples::{APRIL, DECEMBER, EVENING, JANUARY, SHOW, ms, ring, rotated, season, seed, ticket, window};

fn states(keys: &PublicKeys) -> Vec<(u16, KeyState)> {
    keys.keys().iter().map(|key| (key.id().number(), key.state())).collect()
}

fn signer(ring: &KeyRing) -> u16 {
    ring.sign(&ticket(7, 0)).unwrap().key().number()
}

#[test]
fn keys_take_turns() {
    use KeyState::{Current, Next, Retired};
    let mut ring = KeyRing::new(SHOW, &seed(1), season());
    assert_eq!((states(&ring.public()), signer(&ring)), (vec![(1, Current)], 1));
    assert_eq!(ring.rotate(), Err(KeyFault::NextMissing));
    assert_eq!(ring.announce(&seed(2), season()), Ok(KeyId::from_number(2)));
    assert_eq!((states(&ring.public()), signer(&ring)), (vec![(1, Current), (2, Next)], 1));
    assert_eq!(ring.announce(&seed(3), season()), Err(KeyFault::NextExists));
    assert_eq!(ring.rotate(), Ok(KeyId::from_number(2)));
    assert_eq!((states(&ring.public()), signer(&ring)), (vec![(1, Retired), (2, Current)], 2));
}

#[test]
fn no_two_keys_have_one_seed() {
    let mut ring = rotated(&[1, 2]);
    for byte in [1, 2] {
        assert_eq!(ring.announce(&seed(byte), season()), Err(KeyFault::SeedDoubled));
    }
    assert_eq!(ring.announce(&seed(3), season()).map(KeyId::number), Ok(3));
}

#[test]
fn the_number_of_a_key_is_never_given_again() {
    let mut ring = rotated(&[1, 2]);
    let third = ring.announce(&seed(3), season()).unwrap();
    ring.withdraw(third).unwrap();
    assert_eq!(ring.withdraw(third), Err(KeyFault::Unknown(third)));
    // Also not after a restart.
    let mut ring = KeyRing::decode(&ring.encode()).unwrap();
    assert_eq!(ring.announce(&seed(4), season()).map(KeyId::number), Ok(4));
}

#[test]
fn numbers_of_keys_run_out() {
    let mut stored = rotated(&[1]).encode().to_vec();
    let mut announced_after = |last: u16| {
        stored[9..11].copy_from_slice(&last.to_be_bytes());
        KeyRing::decode(&stored).unwrap().announce(&seed(2), season()).map(KeyId::number)
    };
    assert_eq!(announced_after(u16::MAX - 1), Ok(u16::MAX));
    assert_eq!(announced_after(u16::MAX), Err(KeyFault::NumbersUsed));
}

#[test]
fn the_key_that_signs_stays() {
    let mut ring = rotated(&[1, 2]);
    let current = ring.public().keys()[1].id();
    assert_eq!(ring.withdraw(current), Err(KeyFault::Current(current)));
    ring.withdraw(KeyId::from_number(1)).unwrap();
    assert_eq!(states(&ring.public()), [(2, KeyState::Current)]);
}

#[test]
fn a_ring_is_full_until_old_keys_are_forgotten() {
    let mut ring = KeyRing::new(SHOW, &seed(1), window(JANUARY, DECEMBER));
    for byte in 2..=u8::try_from(KEYS_MAX).unwrap() {
        ring.announce(&seed(byte), window(JANUARY, if byte < 9 { APRIL } else { DECEMBER })).unwrap();
        ring.rotate().unwrap();
    }
    assert_eq!(ring.announce(&seed(99), season()), Err(KeyFault::TooMany));
    assert_eq!(ring.forget(ms(APRIL) - 1), 0);
    assert_eq!(ring.forget(ms(EVENING)), 7);
    assert_eq!(ring.announce(&seed(99), season()).map(KeyId::number), Ok(17));
    // The current key and the next one stay, whatever time it is.
    assert_eq!(ring.forget(u64::MAX), KEYS_MAX - 8);
    assert_eq!(states(&ring.public()), [(16, KeyState::Current), (17, KeyState::Next)]);
}

#[test]
fn rings_come_back() {
    let ring = ring();
    let stored = ring.encode();
    let again = KeyRing::decode(&stored).unwrap();
    assert_eq!((again.public(), again.encode()), (ring.public(), stored));
    assert_eq!(signer(&again), 3);
    let published = ring.public().encode();
    assert_eq!(PublicKeys::decode(&published), Ok(ring.public()));
    assert_eq!(published.len(), 10 + 4 * 43);
}

#[test]
fn a_ring_shows_no_seed() {
    let text = format!("{:?}", ring());
    assert!(text.contains("KeyRing") && !text.contains("[3, 3, 3") && !text.contains("0303"), "{text}");
    let published = ring().public().encode();
    assert!(!published.windows(32).any(|bytes| bytes == [3; 32]));
}

#[test]
fn rings_that_nobody_wrote_are_refused() {
    let (stored, published) = (ring().encode().to_vec(), ring().public().encode());
    for bytes in [&stored, &published] {
        for len in 0..bytes.len() {
            let (private, public) = (KeyRing::decode(&bytes[..len]), PublicKeys::decode(&bytes[..len]));
            assert!(private.is_err() && public.is_err(), "{len}");
        }
        let longer = [bytes.as_slice(), &[0]].concat();
        assert!(KeyRing::decode(&longer).is_err() && PublicKeys::decode(&longer).is_err());
    }
    // One form is not the other.
    assert_eq!(KeyRing::decode(&published).unwrap_err(), KeyFault::FormatUnknown(5));
    assert_eq!(PublicKeys::decode(&stored).unwrap_err(), KeyFault::FormatUnknown(4));
    let with = |at: usize, byte| {
        let mut bytes = stored.clone();
        bytes[at] = byte;
        KeyRing::decode(&bytes).map(drop)
    };
    // The last number is behind that of a key; a key is nothing; two keys have one number; two keys sign.
    for (at, byte) in [(10, 3), (12 + 2, 7), (12 + 43 + 1, 1), (12 + 43 + 2, 1)] {
        assert_eq!(with(at, byte), Err(KeyFault::Malformed), "{at}");
    }
    let mut doubled = stored.clone();
    doubled.copy_within(12 + 11..12 + 43, 12 + 43 + 11);
    assert_eq!(KeyRing::decode(&doubled).map(drop), Err(KeyFault::Malformed));
}
