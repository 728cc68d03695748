//! Bytes of chance are refused, and break nothing.

use boxoffice_ticket::{
    KeyRing, ListFault, PublicKey, PublicKeys, Refusal, RevocationList, Scans, SignedCode, Verifier,
};
use ed25519_dalek::{Signature, Signer as _, SigningKey};

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

/// A signature says nothing of another form: what is signed begins with the name of its form.
#[test]
fn a_signature_is_of_one_form() {
    let (ring, keys) = (ring(), ring().public());
    let code = ring.sign(&ticket(7, 0)).unwrap().to_bytes();
    let list = ring.sign_list(&list(1, &[(7, 1)])).unwrap();
    // Key 3 has signed both.
    let key = SigningKey::from_bytes(&[3; 32]);
    let signed = |form: &str, bytes: &[u8]| {
        let payload = &bytes[..bytes.len() - 64];
        let signature: Signature = key.sign(&[form.as_bytes(), payload].concat());
        [payload, &signature.to_bytes()].concat()
    };
    let as_code = |form: &str| {
        SignedCode::from_bytes(&signed(form, &code)).and_then(|code| keys.verify(&code).map(PublicKey::id))
    };
    let as_list = |form: &str| RevocationList::open(&signed(form, &list), &keys);
    let (of_codes, of_lists) = ("boxoffice ticket code\n", "boxoffice ticket list\n");
    assert!(as_code(of_codes).is_ok() && as_list(of_lists).is_ok());
    for form in ["", of_lists] {
        assert_eq!(as_code(form), Err(Refusal::SignatureWrong), "{form:?}");
    }
    for form in ["", of_codes] {
        assert_eq!(as_list(form), Err(ListFault::SignatureWrong), "{form:?}");
    }
}
