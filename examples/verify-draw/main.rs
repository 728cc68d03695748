//! Verifies a published draw without boxoffice. README.md says what is checked.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::collections::BTreeSet;
use std::{env, fs};

use blst::BLST_ERROR::BLST_SUCCESS;
use blst::min_sig::{PublicKey, Signature};
use data_encoding::HEXLOWER;
use serde_json::Value;
use sha2::{Digest, Sha256};

const KEY: &[u8] = b"83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451\
                     0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a";

fn digest(name: &str, parts: &[&[u8]]) -> Vec<u8> {
    blake3::hash(&[format!("boxoffice draw 1 {name}\0").as_bytes(), &parts.concat()].concat()).as_bytes().to_vec()
}

fn top(list: &[Vec<u8>]) -> Vec<u8> {
    let (left, right) = list.split_at(list.len().next_power_of_two() / 2);
    if list.len() < 2 { digest("leaf", &[&list.concat()]) } else { digest("node", &[&top(left), &top(right)]) }
}

fn has_signed(round: u64, signature: &[u8]) -> Option<bool> {
    let (key, message) = (HEXLOWER.decode(KEY).ok()?, Sha256::digest(round.to_be_bytes()));
    let (key, point) = (PublicKey::key_validate(&key).ok()?, Signature::uncompress(signature).ok()?);
    Some(point.verify(true, &message, b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_", &[], &key, true) == BLST_SUCCESS)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let beside = || concat!(env!("CARGO_MANIFEST_DIR"), "/verify-draw/draw.json").to_owned();
    let file: Value = serde_json::from_slice(&fs::read(env::args().nth(1).unwrap_or_else(beside))?)?;
    let (head, terms, source) = (&file["head"], &file["head"]["commitment"], &file["head"]["commitment"]["source"]);
    let hex = |value: &Value| HEXLOWER.decode(value.as_str().unwrap_or_default().as_bytes());
    let order = file["order"].as_array().ok_or("no order")?.iter().map(hex).collect::<Result<Vec<_>, _>>()?;
    let sorted: Vec<_> = order.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect();
    let fields = ["openedAt", "namedAt", "closedAt", "count"].map(|name| terms[name].as_u64().map(u64::to_be_bytes));
    let [Some(opened), Some(named), Some(closed), Some(count)] = fields else { return Err("refused: format".into()) };
    let show = terms["show"].as_str().filter(|show| show.split('-').map(str::len).eq([8, 4, 4, 4, 12]));
    let show = HEXLOWER.decode(show.ok_or("refused: format")?.replace('-', "").as_bytes())?;
    let (root, seed, round) = (hex(&terms["root"])?, hex(&source["seed"])?, source["quicknet"].as_u64());
    let revealed = hex(&head["revealed"][if round.is_some() { "signature" } else { "seed" }])?;
    let sealed = round.map_or(digest("sealed", &[&seed]), |round| digest("quicknet", &[&round.to_be_bytes()]));
    let in_time = round.map_or(named <= opened, |round| closed < (1_692_803_334 + 3 * round).to_be_bytes());
    let genuine = round.map_or(seed == digest("seed", &[&revealed]), |it| has_signed(it, &revealed) == Some(true));
    let commitment = digest("commitment", &[&show, &opened, &sealed, &named, &closed, &root]);
    let chance = digest("chance", &[&commitment, &revealed]);
    assert!(file["format"] == 1 && terms["count"] == sorted.len() && order.len() == sorted.len(), "refused: format");
    assert!(count != [0; 8] && digest("root", &[&count, &top(&sorted)]) == root, "refused: entries");
    assert!(opened.max(named) <= closed && in_time && genuine && chance == hex(&head["chance"])?, "refused: chance");
    assert!(order.iter().map(|entry| digest("place", &[&chance, &show, entry])).is_sorted(), "refused: places");
    assert!(digest("order", &[&count, &top(&order)]) == hex(&head["orderRoot"])?, "refused: order");
    println!("{} places follow from commitment {} and {source}", order.len(), HEXLOWER.encode(&commitment));
    Ok(())
}
