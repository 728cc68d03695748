//! The same ticket in the codes of others: how many characters they print, and what they say without a network.
//!
//! Signatures have the right number of bytes, and no more is needed of them here.

use std::fmt::Write as _;

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine as _};
use boxoffice_examples::measure::thousands;
use boxoffice_ticket::{CODE_LEN, CODE_TEXT_LEN};

use super::{DEAD, DOORS, END, Failure};

/// Characters that a QR code of each version takes with error correction M, by ISO 18004: of the 45 that it packs, and of
/// any others.
const PACKED: [usize; 15] = [20, 38, 61, 90, 122, 154, 178, 221, 262, 311, 366, 419, 483, 528, 600];
const UNPACKED: [usize; 15] = [14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412];

/// Both kinds of signature have as many bytes: Ed25519, and ECDSA with P-256.
const SIGNATURE: [u8; 64] = [0xa5; 64];

/// A kind of code.
struct Format {
    name: &'static str,
    bytes: usize,
    characters: usize,
    is_packed: bool,
    /// What a door reads from it.
    says: &'static str,
    /// What names a dead one.
    revoked: String,
}

impl Format {
    /// Returns the smallest version of a QR code that takes it.
    fn version(&self) -> Result<usize, Failure> {
        let capacities = if self.is_packed { PACKED } else { UNPACKED };
        let at = capacities.iter().position(|capacity| *capacity >= self.characters);
        Ok(at.ok_or_else(|| format!("{} is larger than version 15", self.name))? + 1)
    }
}

/// Returns the table of all formats.
pub(crate) fn table(list_len: usize) -> Result<String, Failure> {
    let mut text = String::from(
        "| code | bytes | characters | version | says offline | is dead by |\n|---|--:|--:|--:|---|---|\n",
    );
    for format in [ours(list_len)?, pretix()?, jwt(), cose()] {
        let (name, bytes, characters) = (format.name, format.bytes, format.characters);
        let version = format.version()?;
        writeln!(text, "| {name} | {bytes} | {characters} | {version} | {} | {} |", format.says, format.revoked)?;
    }
    Ok(text)
}

fn ours(list_len: usize) -> Result<Format, Failure> {
    Ok(Format {
        name: "boxoffice",
        bytes: CODE_LEN,
        characters: CODE_TEXT_LEN,
        is_packed: true,
        says: "show, number, generation, kind, time",
        revoked: format!("number and generation: {} bytes", thousands(f64::from(u32::try_from(list_len)?))),
    })
}

/// The scheme `pretix_sig1`: a protobuf message and its Ed25519 signature, each with its length, in base64, reversed.
fn pretix() -> Result<Format, Failure> {
    let mut message = vec![0x0a, 9];
    message.extend(b"k3v9q2m8x");
    // Item, variation, date, and the times.
    for (tag, value) in [(0x10, 481_516), (0x18, 234_201), (0x20, 108_421), (0x28, DOORS), (0x30, END)] {
        message.push(tag);
        message.extend(varint(value));
    }
    let mut bytes = vec![1];
    bytes.extend(u16::try_from(message.len())?.to_be_bytes());
    bytes.extend(u16::try_from(SIGNATURE.len())?.to_be_bytes());
    bytes.extend(message);
    bytes.extend(SIGNATURE);
    let text: String = BASE64_STANDARD.encode(&bytes).chars().rev().collect();
    let list_len = thousands(f64::from(u32::try_from(text.len() * DEAD)?));
    Ok(Format {
        name: "`pretix_sig1`",
        bytes: bytes.len(),
        characters: text.len(),
        is_packed: false,
        says: "item, variation, date, time, a seed",
        revoked: format!("the whole text: {list_len} bytes"),
    })
}

fn varint(mut value: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    bytes.push(value.to_le_bytes()[0]);
    bytes
}

/// A JSON web token (RFC 7519) that says what our code says.
fn jwt() -> Format {
    let header = r#"{"alg":"EdDSA","kid":"2027-1","typ":"JWT"}"#;
    let claims = format!(r#"{{"sub":"7","show":"0190a6b2c3d4e5f6","gen":0,"kind":1,"nbf":{DOORS},"exp":{END}}}"#);
    let parts = [header.as_bytes(), claims.as_bytes(), &SIGNATURE];
    let text = parts.map(|part| BASE64_URL_SAFE_NO_PAD.encode(part)).join(".");
    Format {
        name: "JWT, EdDSA",
        bytes: parts.iter().map(|part| part.len()).sum(),
        characters: text.len(),
        is_packed: false,
        says: "whatever its claims name",
        revoked: "no form of its own".to_owned(),
    }
}

/// A signed CBOR message (RFC 9052) in the form of the EU's digital certificates. What those compress is left as it is:
/// signatures don't shrink, and the rest is short.
fn cose() -> Format {
    let ticket = map(&[
        (text("g"), head(0, 0)),
        (text("k"), head(0, 1)),
        (text("n"), head(0, 7)),
        (text("s"), bytes(&[0x90; 8])),
        (text("f"), head(0, DOORS.into())),
    ]);
    // Issuer, expiry, time of issue, and the certificate in claim -260.
    let claims = map(&[
        (head(0, 1), text("boxoffice")),
        (head(0, 4), head(0, END.into())),
        (head(0, 6), head(0, (DOORS - 86_400).into())),
        (head(1, 259), map(&[(head(0, 1), ticket)])),
    ]);
    // ES256, and the first 8 bytes of the certificate's hash.
    let protected = map(&[(head(0, 1), head(1, 6)), (head(0, 4), bytes(&[0x3c; 8]))]);
    let message = [head(6, 18), head(4, 4), bytes(&protected), map(&[]), bytes(&claims), bytes(&SIGNATURE)].concat();
    Format {
        name: "COSE as in the EU's certificates",
        bytes: message.len(),
        characters: "HC1:".len() + message.len() / 2 * 3 + message.len() % 2 * 2,
        is_packed: true,
        says: "whatever its claims name",
        revoked: "hashes of certificates".to_owned(),
    }
}

/// Returns the head of a CBOR item: its type and its value or length.
fn head(kind: u8, value: u64) -> Vec<u8> {
    let bytes = value.to_be_bytes();
    let (info, from) = match value {
        0..24 => (bytes[7], 8),
        24..0x100 => (24, 7),
        0x100..0x1_0000 => (25, 6),
        0x1_0000..0x1_0000_0000 => (26, 4),
        0x1_0000_0000.. => (27, 0),
    };
    let mut item = vec![(kind << 5) | info];
    item.extend(&bytes[from..]);
    item
}

fn bytes(of: &[u8]) -> Vec<u8> {
    [sized(2, of.len()), of.to_vec()].concat()
}

fn text(of: &str) -> Vec<u8> {
    [sized(3, of.len()), of.as_bytes().to_vec()].concat()
}

fn map(of: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let entries = of.iter().flat_map(|(key, value)| [key.clone(), value.clone()]);
    [sized(5, of.len())].into_iter().chain(entries).flatten().collect()
}

fn sized(kind: u8, len: usize) -> Vec<u8> {
    head(kind, u64::try_from(len).unwrap_or(u64::MAX))
}
