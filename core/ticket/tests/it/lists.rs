//! Lists of dead tickets: their size, and every damage to one.

use boxoffice_ticket::{KeyRing, LIST_LEN_MAX, ListFault, RevocationList, ShowId, SignFault};

use crate::rng::Rng;
use crate::samples::{APRIL, DOORS, JANUARY, SHOW, code, list, ring, rotated, season, seed};

#[test]
fn two_thousand_of_a_hundred_thousand_are_small_and_exact() {
    let (signer, keys) = (ring(), ring().public());
    let mut rng = Rng::new(1);
    let mut numbers: Vec<u32> = (0..100_000).collect();
    rng.shuffle(&mut numbers);
    let mut generations = vec![0_u16; numbers.len()];
    for number in &numbers[..2_000] {
        // Most have changed hands once, some a few times.
        let more = u16::from(rng.below(10) == 0) + u16::from(rng.below(20) == 0);
        generations[usize::try_from(*number).unwrap()] = 1 + more;
    }
    let dead: Vec<_> = (0..).zip(&generations).filter(|(_, lowest)| **lowest > 0).map(|(at, it)| (at, *it)).collect();
    let bytes = signer.sign_list(&list(12, &dead)).unwrap();
    assert!(bytes.len() <= 3_000, "{} bytes", bytes.len());
    assert!(bytes.len() <= 2_300, "{} bytes, which the documentation says are some 2,200", bytes.len());

    let read = RevocationList::open(&bytes, &keys).unwrap();
    assert_eq!((read.len(), read.number(), read.show()), (2_000, 12, SHOW));
    for (number, lowest) in (0..).zip(&generations) {
        for generation in 0..4 {
            assert_eq!(read.is_dead(code(number, generation)), generation < *lowest, "{number} {generation}");
        }
    }
    assert_eq!(signer.sign_list(&read).unwrap(), bytes);
}

#[test]
fn lists_of_any_shape_come_back() {
    let (signer, keys, mut rng) = (ring(), ring().public(), Rng::new(2));
    for round in 0..200 {
        let spread = [2, 300, 100_000, u32::MAX][rng.index(4)];
        let start = rng.below(spread);
        let dead: Vec<_> = (0..rng.below(60))
            .map(|_| {
                let generation = if rng.below(8) == 0 { u16::MAX } else { u16::try_from(rng.below(4)).unwrap() };
                (start.saturating_add(rng.below(spread)), generation)
            })
            .collect();
        let list = list(round, &dead);
        assert_eq!(RevocationList::open(&signer.sign_list(&list).unwrap(), &keys), Ok(list), "{dead:?}");
    }
}

#[test]
fn all_tickets_of_a_stadium_fit() {
    let dead: Vec<_> = (0..100_000).map(|number| (number, 1)).collect();
    let bytes = ring().sign_list(&list(1, &dead)).unwrap();
    assert!(bytes.len() < 26_000, "{}", bytes.len());
    assert_eq!(RevocationList::open(&bytes, &ring().public()).unwrap().len(), 100_000);
}

#[test]
fn a_list_that_doors_would_refuse_is_not_signed() {
    // Each of these takes 48 bits.
    let dead: Vec<_> = (0..70_000).map(|number| (number * 60_000, u16::MAX)).collect();
    assert_eq!(ring().sign_list(&list(1, &dead)), Err(SignFault::ListTooLong));
    let elsewhere = RevocationList::new(ShowId::from_bytes([9; 8]), 1, DOORS);
    assert_eq!(ring().sign_list(&elsewhere), Err(SignFault::ShowWrong(SHOW)));
    let before = RevocationList::new(SHOW, 1, JANUARY - 1);
    assert!(matches!(ring().sign_list(&before), Err(SignFault::BeyondKey(_))));
}

#[test]
fn every_flipped_bit_of_a_list_is_refused() {
    let keys = ring().public();
    let bytes = ring().sign_list(&list(12, &[(8, 1), (9, 3), (4_000_000_000, 1)])).unwrap();
    assert!(RevocationList::open(&bytes, &keys).is_ok());
    for bit in 0..bytes.len() * 8 {
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert!(RevocationList::open(&damaged, &keys).is_err(), "bit {bit}");
    }
    for len in 0..bytes.len() {
        assert!(RevocationList::open(&bytes[..len], &keys).is_err(), "{len}");
    }
    assert!(RevocationList::open(&[bytes.as_slice(), &[0]].concat(), &keys).is_err());
    assert_eq!(RevocationList::open(&vec![2; LIST_LEN_MAX + 1], &keys), Err(ListFault::Malformed));
}

#[test]
fn a_list_of_somebody_else_is_refused() {
    let keys = ring().public();
    let sign = |ring: &KeyRing| ring.sign_list(&list(1, &[(7, 1)])).unwrap();
    assert_eq!(RevocationList::open(&sign(&rotated(&[11, 12, 13])), &keys), Err(ListFault::SignatureWrong));
    let unknown = RevocationList::open(&sign(&rotated(&[11, 12, 13, 14, 15])), &keys).unwrap_err();
    assert_eq!(unknown.code(), "list.key_unknown");
    // Key 1 was cut short in April, before this list was made.
    let over = RevocationList::open(&sign(&rotated(&[1])), &keys).unwrap_err();
    assert_eq!(over.code(), "list.key_not_valid");
    let mut early = RevocationList::new(SHOW, 1, APRIL - 1);
    early.kill_below(code(7, 1));
    assert_eq!(RevocationList::open(&rotated(&[1]).sign_list(&early).unwrap(), &keys), Ok(early));

    let show = ShowId::from_bytes([9; 8]);
    let elsewhere = KeyRing::new(show, &seed(3), season()).sign_list(&RevocationList::new(show, 1, DOORS)).unwrap();
    assert_eq!(RevocationList::open(&elsewhere, &keys), Err(ListFault::ShowWrong(show)));
}

#[test]
fn the_highest_generation_counts() {
    let list = list(1, &[(7, 2), (7, 1), (8, 0), (7, 3), (7, 2)]);
    assert_eq!(list.tickets().collect::<Vec<_>>(), [code(7, 3)]);
    assert!(list.is_dead(code(7, 2)) && !list.is_dead(code(7, 3)) && !list.is_dead(code(8, 0)));
    assert!(RevocationList::new(SHOW, 1, DOORS).is_empty());
}
