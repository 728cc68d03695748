//! The size of codes, and every damage to one.

use boxoffice_ticket::{CODE_LEN, CODE_TEXT_LEN, PublicKey, Refusal, ShowId, SignFault, SignedCode, Ticket, Verifier};

use crate::samples::{DECEMBER, DOORS, END, EVENING, JANUARY, SHOW, code, ms, ring, rotated, ticket, window};

/// Characters of a QR code of version 6 with error correction M, by ISO 18004, in the mode that packs two of them.
const VERSION_6_M: usize = 154;

#[test]
fn a_code_fits_into_a_small_qr_code() {
    assert_eq!((CODE_LEN, CODE_TEXT_LEN), (91, 137));
    let (ring, packed) = (ring(), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:");
    for number in [0, 1, 99_999, u32::MAX] {
        let text = ring.sign(&ticket(number, 0)).unwrap().to_text();
        assert_eq!(text.len(), CODE_TEXT_LEN);
        assert!(text.len() <= VERSION_6_M && text.chars().all(|character| packed.contains(character)), "{text}");
    }
}

#[test]
fn every_flipped_bit_is_refused() {
    let (ring, door) = (ring(), Verifier::new(ring().public()));
    let code = ring.sign(&ticket(7, 0)).unwrap();
    assert_eq!(door.check(&code.to_text(), ms(EVENING)), Ok(ticket(7, 0)));
    for bit in 0..CODE_LEN * 8 {
        let mut bytes = code.to_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let verified = SignedCode::from_bytes(&bytes).and_then(|code| door.keys().verify(&code).map(PublicKey::id));
        let refusal = verified.unwrap_err();
        match bit / 8 {
            0 => assert!(matches!(refusal, Refusal::FormatUnknown(_)), "{bit}: {refusal}"),
            1 | 2 => assert!(matches!(refusal, Refusal::KeyUnknown(_) | Refusal::SignatureWrong), "{bit}: {refusal}"),
            3..=10 => assert!(matches!(refusal, Refusal::ShowWrong(_)), "{bit}: {refusal}"),
            // A changed time may end before it begins.
            19..=26 => assert!(matches!(refusal, Refusal::Malformed | Refusal::SignatureWrong), "{bit}: {refusal}"),
            _ => assert_eq!(refusal, Refusal::SignatureWrong, "{bit}"),
        }
    }
}

#[test]
fn every_flipped_bit_of_the_text_is_refused() {
    let (ring, door) = (ring(), Verifier::new(ring().public()));
    let text = ring.sign(&ticket(7, 0)).unwrap().to_text();
    for bit in 0..CODE_TEXT_LEN * 8 {
        let mut bytes = text.clone().into_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        // A scanner gives text: bytes that are none never come.
        if let Ok(damaged) = String::from_utf8(bytes) {
            assert!(door.check(&damaged, ms(EVENING)).is_err(), "bit {bit}: {damaged}");
        }
    }
}

#[test]
fn text_is_taken_as_it_is() {
    let (ring, door) = (ring(), Verifier::new(ring().public()));
    let text = ring.sign(&ticket(7, 0)).unwrap().to_text();
    for other in [
        text.to_lowercase(),
        format!("{text}\n"),
        format!(" {text}"),
        format!("{text} "),
        format!("{text}{text}"),
        text[..CODE_TEXT_LEN - 2].to_owned(),
        String::new(),
    ] {
        assert_eq!(door.check(&other, ms(EVENING)), Err(Refusal::Malformed), "{other:?}");
    }
}

#[test]
fn the_same_ticket_has_one_code_for_each_key() {
    let (ring, rotated) = (ring(), rotated(&[1, 2]));
    let codes = [&ring, &ring, &rotated].map(|ring| ring.sign(&ticket(7, 1)).unwrap().to_bytes());
    assert_eq!(codes[0], codes[1]);
    assert_ne!(codes[0], codes[2]);
}

#[test]
fn nothing_is_signed_that_doors_would_refuse() {
    let ring = rotated(&[1]);
    let of = |not_before, not_after| Ticket::new(SHOW, code(7, 0), window(not_before, not_after));
    assert!(ring.sign(&of(JANUARY, DECEMBER)).is_ok());
    for (not_before, not_after) in [(JANUARY - 1, END), (DOORS, DECEMBER + 1), (DECEMBER, DECEMBER + 1)] {
        let error = ring.sign(&of(not_before, not_after)).unwrap_err();
        assert!(matches!(error, SignFault::BeyondKey(_)), "{error}");
    }
    let elsewhere = Ticket::new(ShowId::from_bytes([9; 8]), code(7, 0), window(DOORS, END));
    assert_eq!(ring.sign(&elsewhere).unwrap_err(), SignFault::ShowWrong(SHOW));
}
