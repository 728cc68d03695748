//! What the tests draw.

use std::num::NonZeroU16;

use serde_json::{Value, json};

use crate::bytes::{AccountId, Seed, ShowId};
use crate::commitment::{Commitment, Terms};
use crate::draw::Draw;
use crate::entries::{DrawKey, Entries, Entry};
use crate::quicknet::Round;
use crate::source::{Revealed, Source};

pub(crate) const SHOW: ShowId = ShowId::from_bytes(*b"\x01\x93\x8f\x6e\x8c\x7a\x7b\x2e\x8f\x00show07");
pub(crate) const KEY: DrawKey = DrawKey::from_bytes(*b"the key of a draw, of the tests.");
pub(crate) const SEED: Seed = Seed::from_bytes(*b"the seed of a draw of the tests.");

/// The network's signature of [`round`].
pub(crate) const SIGNATURE: &str =
    "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b";

pub(crate) fn round() -> Round {
    Round::new(657_413).unwrap()
}

pub(crate) fn account(number: u8) -> AccountId {
    let mut bytes = *SHOW.as_bytes();
    bytes[8..].copy_from_slice(&[0x80, 0, 0, 0, 0, 0, 0, number]);
    AccountId::from_bytes(bytes)
}

pub(crate) fn entry(number: u8, party: u16) -> Entry {
    Entry { account: account(number), party: NonZeroU16::new(party).unwrap() }
}

/// Returns seven entries in the order of their accounts. One of seven hashes goes up the tree alone.
pub(crate) fn seven() -> Vec<Entry> {
    (1..=7).zip([1, 2, 4, 1, 3, 2, 1]).map(|(number, party)| entry(number, party)).collect()
}

pub(crate) fn entries() -> Entries {
    Entries::new(SHOW, &KEY, seven()).unwrap()
}

/// Returns terms by which a round decides that comes 103 seconds after entries have closed.
pub(crate) fn by_round() -> Terms {
    let closed_at = round().time() - 103;
    let opened_at = closed_at - 86_400;
    Terms { opened_at, source: Source::Quicknet(round()), named_at: opened_at + 60, closed_at }
}

/// Returns terms by which a seed decides that was named a minute before entries opened.
pub(crate) fn by_seed() -> Terms {
    Terms { source: Source::of_seed(&SEED), named_at: by_round().opened_at - 60, ..by_round() }
}

pub(crate) fn drawn_by_seed() -> Draw {
    let commitment = Commitment::new(&entries(), by_seed()).unwrap();
    Draw::new(entries(), commitment, Revealed::Seed(SEED)).unwrap()
}

#[cfg(feature = "drand")]
pub(crate) fn drawn_by_round() -> Draw {
    let commitment = Commitment::new(&entries(), by_round()).unwrap();
    Draw::new(entries(), commitment, Revealed::Signature(SIGNATURE.parse().unwrap())).unwrap()
}

/// Returns the JSON with one thing changed, removed or added, for every thing in it, and what it is.
pub(crate) fn tampered(json: &Value) -> Vec<(String, Value)> {
    let mut places = Vec::new();
    find_places(json, "", &mut places);
    let mut all = Vec::new();
    for place in places {
        let original = json.pointer(&place).unwrap();
        for change in changes(original).into_iter().filter(|change| change != original) {
            let mut changed = json.clone();
            *changed.pointer_mut(&place).unwrap() = change;
            all.push((format!("at {place}"), changed));
        }
    }
    all
}

fn find_places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                find_places(member, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                find_places(item, &format!("{at}/{index}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn changes(value: &Value) -> Vec<Value> {
    let mut changes = vec![Value::Null];
    match value {
        Value::Number(number) => {
            let number = number.as_u64().unwrap();
            let others = [number.checked_add(1), number.checked_sub(1), number.checked_mul(1 << 32), Some(0)];
            changes.extend(others.into_iter().flatten().map(Value::from));
            changes.extend([json!(-1), json!(number.to_string())]);
        }
        Value::String(text) => {
            let last = text.len() - 1;
            changes.extend([0, last / 2, last].map(|at| json!(other_digit(text, at))));
            changes.extend([json!(text[1..]), json!(format!("{text}0")), json!(text.to_uppercase()), json!(1)]);
        }
        Value::Array(items) => {
            let last = items.last().cloned();
            changes.push(Value::Array([items.clone(), last.into_iter().collect()].concat()));
            changes.push(Value::Array(items[..items.len().saturating_sub(1)].to_vec()));
            let mut turned = items.clone();
            turned.reverse();
            changes.push(Value::Array(turned));
        }
        Value::Object(members) => {
            let mut more = members.clone();
            more.insert("more".to_owned(), json!(1));
            changes.push(Value::Object(more));
            for name in members.keys() {
                let mut fewer = members.clone();
                fewer.remove(name);
                changes.push(Value::Object(fewer));
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
    changes
}

/// Returns the text with another hexadecimal digit at a position; a hyphen becomes a digit too.
fn other_digit(text: &str, at: usize) -> String {
    let digit = if text[at..].starts_with('0') { '1' } else { '0' };
    format!("{}{digit}{}", &text[..at], &text[at + 1..])
}
