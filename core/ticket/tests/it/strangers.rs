//! Bytes of chance are refused, and break nothing.

use boxoffice_ticket::{
    CODE_LEN, KeyRing, ListFault, PublicKeys, Refusal, RevocationList, Scans, SignedCode, Verifier,
};

use crate::rng::Rng;
use crate::samples::{EVENING, list, ms, ring, ticket};

/// Number of tries of each form.
const TRIES: u32 = 20_000;

#[test]
fn bytes_of_chance_are_refused() {
    let (mut rng, keys) = (Rng::new(3), ring().public());
    for _ in 0..TRIES {
        let len = rng.index(240);
        let mut bytes = rng.bytes(len);
        for format in 1..=5 {
            if let Some(first) = bytes.first_mut() {
                *first = format;
            }
            assert!(SignedCode::from_bytes(&bytes).and_then(|code| keys.verify(&code).cloned()).is_err());
            assert!(RevocationList::open(&bytes, &keys).is_err());
            assert!(KeyRing::decode(&bytes).is_err() && PublicKeys::decode(&bytes).is_err());
            if let Ok(scans) = Scans::decode(&bytes) {
                assert_eq!(scans.encode(), bytes);
            }
        }
    }
}

#[test]
fn texts_of_chance_are_refused() {
    let (mut rng, door) = (Rng::new(4), Verifier::new(ring().public()));
    let alphabet: Vec<char> = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:aé\n\0😀".chars().collect();
    for _ in 0..TRIES {
        let text: String = (0..rng.index(150)).map(|_| alphabet[rng.index(alphabet.len())]).collect();
        assert!(door.check(&text, ms(EVENING)).is_err(), "{text:?}");
    }
}

#[test]
fn what_others_print_on_tickets_is_no_code() {
    let door = Verifier::new(ring().public());
    for text in [
        "https://example.com/t/8f14e45f",
        "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiI3In0.c2lnbmF0dXJl",
        "4006381333931",
        "WIFI:S:foyer;T:WPA;P:curtain;;",
    ] {
        assert!(matches!(door.check(text, ms(EVENING)), Err(Refusal::Malformed | Refusal::FormatUnknown(_))), "{text}");
    }
}

/// A signature says nothing of the other form: each has a message of its own.
#[test]
fn a_signed_list_is_no_code() {
    let (ring, keys) = (ring(), ring().public());
    let code = ring.sign(&ticket(7, 0)).unwrap().to_bytes();
    // Ten tickets take three bytes, so that the list has the length of a code, and its fields those of one.
    let dead: Vec<_> = (0..10).map(|number| (number, 1)).collect();
    let list = ring.sign_list(&list(1, &dead)).unwrap();
    assert_eq!(list.len(), CODE_LEN);
    for (mut bytes, format) in [(code.to_vec(), 2), (list, 1)] {
        bytes[0] = format;
        let as_code = SignedCode::from_bytes(&bytes).and_then(|code| keys.verify(&code).cloned());
        let as_list = RevocationList::open(&bytes, &keys);
        assert!(as_code.is_err() && as_list.is_err());
        assert!(as_code == Err(Refusal::SignatureWrong) || as_list == Err(ListFault::SignatureWrong));
    }
}
