//! Checks codes of tickets offline: by the public keys of a show, its list of dead tickets, and the code itself.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::path::Path;

use boxoffice_ticket::{PublicKeys, Refusal, Verifier};
use serde_json::Value;

type Failure = Box<dyn std::error::Error>;

const VECTORS: &str = "../core/ticket/vectors/vectors.json";

fn main() -> Result<(), Failure> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(VECTORS);
    let vectors: Value = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    let mut door = Verifier::new(PublicKeys::decode(&bytes(&vectors["ring"])?)?);
    door.set_list(&bytes(&vectors["list"]["bytes"])?)?;
    let list = door.list().ok_or("the door has no list")?;
    let ids: Vec<_> = door.keys().keys().iter().map(|key| key.id().to_string()).collect();
    println!("Show {}: keys {}, list {} with {} dead tickets.", list.show(), ids.join(" "), list.number(), list.len());

    let (mut codes, mut expected) = (0, 0);
    for code in vectors["codes"].as_array().ok_or("there are no codes")? {
        let text = code["text"].as_str().ok_or("a code without a text")?;
        let at_ms = code["at"].as_u64().ok_or("a code without a time")? * 1000;
        let verdict = door.check(text, at_ms).map_or_else(Refusal::code, |_| "admitted");
        println!("{verdict:<22}{}", code["name"].as_str().unwrap_or_default());
        codes += 1;
        expected += u32::from(code["verdict"] == verdict);
    }
    println!("{codes} codes, {expected} as expected.");
    if codes == expected { Ok(()) } else { Err("a verdict is not the expected one".into()) }
}

fn bytes(hex: &Value) -> Result<Vec<u8>, Failure> {
    let digits = hex.as_str().ok_or("there are no bytes")?;
    let byte = |at: usize| -> Result<u8, Failure> {
        let digits = digits.get(at..at + 2).ok_or("half a byte")?;
        Ok(u8::from_str_radix(digits, 16)?)
    };
    (0..digits.len()).step_by(2).map(byte).collect()
}
