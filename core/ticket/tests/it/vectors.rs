//! `vectors/vectors.json`: codes with the verdicts that every reader must reach, whatever it is written in.
//!
//! `BLESS=1 cargo test -p boxoffice-ticket --test it vectors` writes the file. What is in it was published: add samples,
//! and change none.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use boxoffice_ticket::{CODE_LEN, KeyRing, KeyState, PublicKeys, Refusal, RevocationList, ShowId, Ticket, Verifier};
use serde::Serialize;
use serde_json::Value;

use crate::samples::{
    APRIL, DECEMBER, DOORS, END, EVENING, JANUARY, SHOW, code, list, ms, ring, rotated, season, seed, ticket,
};

#[derive(Serialize)]
struct Vectors {
    about: &'static str,
    show: String,
    /// The published form of the keys.
    ring: String,
    keys: Vec<Key>,
    list: List,
    codes: Vec<Code>,
}

#[derive(Serialize)]
struct Key {
    id: u16,
    state: &'static str,
    not_before: u32,
    not_after: u32,
    public: String,
    /// For writers of codes. Seeds of a real show are secret.
    seed: String,
}

#[derive(Serialize)]
struct List {
    bytes: String,
    number: u32,
    made_at: u32,
    dead: Vec<Dead>,
}

#[derive(Serialize)]
struct Dead {
    number: u32,
    below: u16,
}

#[derive(Serialize)]
struct Code {
    name: &'static str,
    /// Corrected time of the door, in seconds since 1970.
    at: u32,
    text: String,
    /// What the text decodes to; none if it is no base45.
    bytes: Option<String>,
    verdict: &'static str,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn from_hex(value: &Value) -> Vec<u8> {
    let digits = value.as_str().unwrap();
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

/// Returns the text of bytes as a second writer would make it.
fn base45(bytes: &[u8]) -> String {
    let digits: Vec<char> = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".chars().collect();
    let mut text = String::new();
    for pair in bytes.chunks(2) {
        let value = if let [high, low] = pair { usize::from(*high) * 256 + usize::from(*low) } else { pair[0].into() };
        text.extend([digits[value % 45], digits[value / 45 % 45]]);
        text.extend((pair.len() == 2).then(|| digits[value / 2025]));
    }
    text
}

/// The codes that are collected.
struct Codes(Vec<Code>);

impl Codes {
    fn bytes(&mut self, name: &'static str, at: u32, bytes: &[u8], verdict: &'static str) {
        self.0.push(Code { name, at, text: base45(bytes), bytes: Some(hex(bytes)), verdict });
    }

    fn text(&mut self, name: &'static str, text: String, verdict: &'static str) {
        self.0.push(Code { name, at: EVENING, text, bytes: None, verdict });
    }

    fn signed(&mut self, name: &'static str, at: u32, by: &KeyRing, ticket: &Ticket, verdict: &'static str) {
        self.bytes(name, at, &by.sign(ticket).unwrap().to_bytes(), verdict);
    }
}

fn vectors() -> Vectors {
    let dead = [(8, 1), (9, 3), (4_000_000_000, 1)];
    let public = ring().public();
    let keys = public.keys().iter().map(|key| Key {
        id: key.id().number(),
        state: match key.state() {
            KeyState::Retired => "retired",
            KeyState::Current => "current",
            KeyState::Next => "next",
        },
        not_before: key.window().not_before(),
        not_after: key.window().not_after(),
        public: hex(&key.to_bytes()),
        seed: hex(&[u8::try_from(key.id().number()).unwrap(); 32]),
    });
    let mut codes = Codes(Vec::new());
    genuine(&mut codes);
    forged(&mut codes);
    no_codes(&mut codes);
    Vectors {
        about: "Codes of boxoffice tickets, and what a door says of them. Integers in the bytes are big-endian.",
        show: SHOW.to_string(),
        ring: hex(&public.encode()),
        keys: keys.collect(),
        list: List {
            bytes: hex(&ring().sign_list(&list(12, &dead)).unwrap()),
            number: 12,
            made_at: DOORS - 3600,
            dead: dead.map(|(number, below)| Dead { number, below }).into(),
        },
        codes: codes.0,
    }
}

fn genuine(codes: &mut Codes) {
    let (retired, current, next) = (rotated(&[1, 2]), ring(), rotated(&[1, 2, 3, 4]));
    codes.signed("key that signs", EVENING, &current, &ticket(7, 0), "admitted");
    codes.signed("retired key", EVENING, &retired, &ticket(5, 0), "admitted");
    codes.signed("next key", EVENING, &next, &ticket(6, 0).kind(65_535), "admitted");
    codes.signed("key whose time is over", EVENING, &rotated(&[1]), &ticket(4, 0), "code.key_not_valid");
    codes.signed("a second before the doors open", DOORS - 1, &current, &ticket(7, 0), "code.too_early");
    codes.signed("as the doors open", DOORS, &current, &ticket(7, 0), "admitted");
    codes.signed("a second before the end", END - 1, &current, &ticket(7, 0), "admitted");
    codes.signed("at the end", END, &current, &ticket(7, 0), "code.too_late");
    codes.signed("before its transfer", EVENING, &current, &ticket(8, 0), "code.dead");
    codes.signed("after its transfer", EVENING, &current, &ticket(8, 1), "admitted");
    codes.signed("one transfer behind", EVENING, &current, &ticket(9, 2), "code.dead");
    codes.signed("after the last transfer", EVENING, &current, &ticket(9, 3), "admitted");
    codes.signed("dead, with a high number", EVENING, &current, &ticket(4_000_000_000, 0), "code.dead");
    codes.signed("dead and too early", DOORS - 1, &current, &ticket(8, 0), "code.dead");
    codes.signed("highest number and generation", EVENING, &current, &ticket(u32::MAX, u16::MAX), "admitted");
}

/// The order of the group that signatures are made in, lowest byte first.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

fn forged(codes: &mut Codes) {
    let right = ring().sign(&ticket(7, 0)).unwrap().to_bytes();
    let show = ShowId::from_bytes([9; 8]);
    let elsewhere = Ticket::new(show, code(7, 0), ticket(7, 0).window);
    let other = KeyRing::new(show, &seed(3), season());
    codes.signed("another show", EVENING, &other, &elsewhere, "code.show_wrong");
    let (impostor, stranger) = (rotated(&[11, 12, 13]), rotated(&[11, 12, 13, 14, 15]));
    codes.signed("key that is not in the ring", EVENING, &stranger, &ticket(7, 0), "code.key_unknown");
    codes.signed("key of somebody else", EVENING, &impostor, &ticket(7, 0), "code.signature_wrong");
    let with = |at: usize, byte| {
        let mut bytes = right;
        bytes[at] = byte;
        bytes
    };
    codes.bytes("another number", EVENING, &with(14, 6), "code.signature_wrong");
    codes.bytes("another generation", EVENING, &with(16, 1), "code.signature_wrong");
    let mut respelled = right;
    let mut carry = 0;
    for (byte, order) in respelled[59..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    codes.bytes("signature spelled in another way", EVENING, &respelled, "code.signature_wrong");
    codes.bytes("no signature", EVENING, &[&right[..27], &[0; 64]].concat(), "code.signature_wrong");
    codes.bytes("next format", EVENING, &with(0, 2), "code.format_unknown");
    codes.bytes("end before the beginning", EVENING, &with(23, 0), "code.malformed");
    codes.bytes("a byte less", EVENING, &right[..CODE_LEN - 1], "code.malformed");
    codes.bytes("a byte more", EVENING, &[right.as_slice(), &[0]].concat(), "code.malformed");
}

fn no_codes(codes: &mut Codes) {
    let right = ring().sign(&ticket(7, 0)).unwrap().to_text();
    codes.text("lower case", right.to_lowercase(), "code.malformed");
    codes.text("a space behind", format!("{right} "), "code.malformed");
    codes.text("a line end behind", format!("{right}\n"), "code.malformed");
    codes.text("a character that there is not", format!("_{}", &right[1..]), "code.malformed");
    codes.text("three characters beyond two bytes", format!(":::{}", &right[3..]), "code.malformed");
    codes.text("a character less", right[..right.len() - 1].to_owned(), "code.malformed");
    codes.text("an address", "https://example.com/tickets/7".to_owned(), "code.malformed");
    codes.bytes("nothing", EVENING, &[], "code.malformed");
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/vectors.json")
}

fn committed() -> String {
    std::fs::read_to_string(path()).unwrap_or_default()
}

#[test]
fn the_committed_vectors_are_current() {
    let current = serde_json::to_string_pretty(&vectors()).unwrap() + "\n";
    if std::env::var_os("BLESS").is_some_and(|bless| bless == "1") {
        std::fs::write(path(), &current).unwrap();
    }
    let is_current = committed() == current;
    assert!(is_current, "the vectors are not current: BLESS=1 cargo test -p boxoffice-ticket --test it vectors");
}

#[test]
fn doors_reach_the_verdicts_of_the_vectors() {
    let vectors = serde_json::to_value(vectors()).unwrap();
    let mut door = Verifier::new(PublicKeys::decode(&from_hex(&vectors["ring"])).unwrap());
    door.set_list(&from_hex(&vectors["list"]["bytes"])).unwrap();
    let codes = vectors["codes"].as_array().unwrap();
    assert!(codes.len() > 30);
    for vector in codes {
        let at = u32::try_from(vector["at"].as_u64().unwrap()).unwrap();
        let verdict = door.check(vector["text"].as_str().unwrap(), ms(at)).map_or_else(Refusal::code, |_| "admitted");
        assert_eq!(verdict, vector["verdict"], "{}", vector["name"]);
    }
}

#[test]
fn the_list_of_the_vectors_says_what_is_written_beside_it() {
    let vectors = serde_json::to_value(vectors()).unwrap();
    let list = RevocationList::open(&from_hex(&vectors["list"]["bytes"]), &ring().public()).unwrap();
    let dead = list.tickets().map(|id| serde_json::json!({ "number": id.number, "below": id.generation }));
    assert_eq!(dead.collect::<Value>(), vectors["list"]["dead"]);
    assert_eq!(Value::from(list.number()), vectors["list"]["number"]);
}

#[test]
fn the_keys_of_the_vectors_have_their_times() {
    let windows: Vec<_> = vectors().keys.iter().map(|key| (key.not_before, key.not_after)).collect();
    assert_eq!(windows, [(JANUARY, APRIL), (JANUARY, DECEMBER), (JANUARY, DECEMBER), (JANUARY, DECEMBER)]);
}
