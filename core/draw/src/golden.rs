//! Files and proofs that were published once are verified by every later version, and draws come out as they did then.
//!
//! `BLESS=1 cargo test -p boxoffice-draw golden` writes a file that is missing. What is there is never changed.

#![cfg(feature = "drand")]

use std::path::Path;
use std::{env, fs};

use serde_json::{Value, json};

use crate::draw::Draw;
use crate::file::{DrawFile, Head};
use crate::order::{ORDER, number_of, ordered};
use crate::proof::Proof;
use crate::samples::{SHOW, drawn_by_round, drawn_by_seed, entries, seven};
use crate::source::{RevealError, Revealed};
use crate::tampered::Tampered;
use crate::tree::Tree;

const VECTORS: &str = "vectors/draw.json";

/// Files that the verifiers of the example read.
const BY_ROUND: &str = "../../examples/verify-draw/draw.json";
const BY_SEED: &str = "../../examples/verify-draw/seed.json";
const FORGED: &str = "../../examples/verify-draw/forged.json";

/// The network's signature of round 123.
const OF_ANOTHER_ROUND: &str =
    "b75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482e26cd02df835d3546d23c4b13e0dfc92";

/// Reads a file. `BLESS=1` writes it from `today` if it does not exist.
fn fixture(path: &str, today: &Value) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if !path.exists() && env::var_os("BLESS").is_some_and(|bless| bless == "1") {
        fs::write(&path, format!("{today:#}\n")).unwrap();
    }
    fs::read_to_string(&path).unwrap_or_else(|err| panic!("{}: {err}; BLESS=1 writes it", path.display()))
}

fn check(path: &str, today: &Value) {
    let stored: Value = serde_json::from_str(&fixture(path, today)).unwrap();
    assert_eq!(stored, *today, "{path}");
}

/// Returns everything that follows from one draw.
fn all_of(draw: &Draw) -> Value {
    let proofs: Vec<_> = seven().iter().map(|entry| draw.proof(entry.account)).collect();
    json!({ "commitment": draw.head().commitment.digest(), "file": draw.file(), "proofs": proofs })
}

fn vectors() -> Value {
    json!({ "quicknet": all_of(&drawn_by_round()), "seed": all_of(&drawn_by_seed()) })
}

/// Returns a file in which all fits, except that the signature is of another round.
fn forged() -> DrawFile {
    let commitment = drawn_by_round().head().commitment;
    let revealed = Revealed::Signature(OF_ANOTHER_ROUND.parse().unwrap());
    let chance = commitment.chance_of(&revealed);
    let hashes: Vec<_> = entries().sealed().iter().map(|sealed| sealed.hash).collect();
    let drawn = ordered(&hashes, |entry| number_of(&chance, SHOW, entry));
    let order: Vec<_> = drawn.into_iter().map(|position| hashes[position]).collect();
    let order_root = Tree::new(order.iter().copied()).root(ORDER);
    DrawFile { format: crate::file::FORMAT, head: Head { commitment, revealed, chance, order_root }, order }
}

#[test]
fn draws_are_the_published_ones() {
    check(VECTORS, &vectors());
    check(BY_ROUND, &json!(drawn_by_round().file()));
    check(BY_SEED, &json!(drawn_by_seed().file()));
    check(FORGED, &json!(forged()));
}

#[test]
fn published_files_and_proofs_are_verified() {
    let published: Value = serde_json::from_str(&fixture(VECTORS, &vectors())).unwrap();
    for (source, others) in [("quicknet", "seed"), ("seed", "quicknet")] {
        let file = DrawFile::read(published[source]["file"].to_string().as_bytes()).unwrap();
        let other = DrawFile::read(published[others]["file"].to_string().as_bytes()).unwrap();
        let commitment = file.verify().unwrap().commitment;
        assert_eq!(published[source]["commitment"], commitment.to_string());
        for proof in published[source]["proofs"].as_array().unwrap() {
            let proof = Proof::read(proof.to_string().as_bytes()).unwrap();
            assert_eq!(proof.verify(&file.head), Ok(proof.place));
            assert!(proof.verify(&other.head).is_err());
        }
    }
}

#[test]
fn a_signature_of_another_round_is_refused_where_all_else_fits() {
    let file = DrawFile::read(fixture(FORGED, &json!(forged())).as_bytes()).unwrap();
    assert_eq!(file.verify(), Err(Tampered::Revealed(RevealError::NotOfRound)));
}
