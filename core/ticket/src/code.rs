//! The code of a ticket: 27 bytes and their signature.
//!
//! ```text
//! at  bytes
//!  0   1  format: 1
//!  1   2  key
//!  3   8  show
//! 11   4  number of the ticket in its show
//! 15   2  generation
//! 17   2  kind of ticket
//! 19   4  not before, in seconds since 1970
//! 23   4  not after
//! 27  64  Ed25519 signature of "boxoffice ticket code\n" and the 27 bytes
//! ```

use alloc::string::String;
use core::fmt;

use crate::base45;
use crate::bytes::Reader;
use crate::error::WindowEmpty;
use crate::keys::{KeyId, SIGNATURE_LEN};
use crate::refusal::Refusal;

/// First byte of a code.
const FORMAT: u8 = 1;

/// Start of the signed message: a signed list can't be read as a code, nor a code as a list.
const DOMAIN: &[u8; 22] = b"boxoffice ticket code\n";

/// Number of signed bytes.
const PAYLOAD_LEN: usize = 27;

/// Number of bytes of a code.
pub const CODE_LEN: usize = PAYLOAD_LEN + SIGNATURE_LEN;

/// Number of characters of a code as text, each of them one that a QR code packs. Up to 154 of these fit into version 6
/// with error correction M.
pub const CODE_TEXT_LEN: usize = CODE_LEN / 2 * 3 + CODE_LEN % 2 * 2;

/// Maximum number of characters that are looked at: more than the largest QR code has.
const TEXT_LEN_MAX: usize = 4_296;

/// Identifies a show in codes, lists and keys: 8 bytes that the box office chooses, such as the last ones of its UUID.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShowId([u8; 8]);

impl ShowId {
    /// Creates an id from its 8 bytes.
    pub const fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }

    /// Returns the 8 bytes of the id.
    pub const fn to_bytes(self) -> [u8; 8] {
        self.0
    }
}

impl fmt::Display for ShowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ShowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ShowId({self})")
    }
}

/// Identity of a code within its show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodeId {
    /// Number of the ticket in its show.
    pub number: u32,
    /// Generation of the ticket: a transfer, resale, refund or reissue raises it, and kills the codes before.
    pub generation: u16,
}

impl fmt::Display for CodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, generation {}", self.number, self.generation)
    }
}

/// A time with a beginning and an end, in whole seconds since 1970, up to February 2106.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    not_before: u32,
    not_after: u32,
}

impl Window {
    /// Creates the time from `not_before` up to, but without, `not_after`, in seconds since 1970.
    ///
    /// # Errors
    /// `window.empty` if it has no second.
    pub const fn new(not_before: u32, not_after: u32) -> Result<Self, WindowEmpty> {
        if not_before < not_after { Ok(Self { not_before, not_after }) } else { Err(WindowEmpty) }
    }

    /// Returns the first second.
    pub const fn not_before(self) -> u32 {
        self.not_before
    }

    /// Returns the second after the last one.
    pub const fn not_after(self) -> u32 {
        self.not_after
    }

    /// Returns `true` if the other time is a part of this one.
    pub const fn covers(self, other: Self) -> bool {
        self.not_before <= other.not_before && other.not_after <= self.not_after
    }

    /// Returns where a moment lies, in milliseconds since 1970. Both ends of the time are moved apart by `slack_ms`.
    pub fn timing(self, at_ms: u64, slack_ms: u32) -> Timing {
        let slack_ms = u64::from(slack_ms);
        if at_ms.saturating_add(slack_ms) < u64::from(self.not_before) * 1000 {
            Timing::TooEarly
        } else if at_ms >= u64::from(self.not_after) * 1000 + slack_ms {
            Timing::TooLate
        } else {
            Timing::Within
        }
    }
}

/// Where a moment lies in relation to a [`Window`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Timing {
    /// Before the first second.
    TooEarly,
    /// Between the ends.
    Within,
    /// After the last second.
    TooLate,
}

/// A ticket as its code names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Ticket {
    /// Show to which it admits.
    pub show: ShowId,
    /// Its number and generation.
    pub id: CodeId,
    /// Kind of ticket, by the show's own numbers: an entrance, a day, an age. 0 if the show has one kind only.
    pub kind: u16,
    /// When it admits.
    pub window: Window,
}

impl Ticket {
    /// Creates a ticket of kind 0.
    pub const fn new(show: ShowId, id: CodeId, window: Window) -> Self {
        Self { show, id, kind: 0, window }
    }

    /// Sets the kind.
    #[must_use]
    pub const fn kind(mut self, kind: u16) -> Self {
        self.kind = kind;
        self
    }
}

/// A code with its signature, checked or not. It can't be compared: see [the crate's documentation](crate#identity).
#[derive(Debug, Clone)]
pub struct SignedCode {
    payload: [u8; PAYLOAD_LEN],
    signature: [u8; SIGNATURE_LEN],
    key: KeyId,
    ticket: Ticket,
}

impl SignedCode {
    /// Signs a ticket by what makes signatures with this key.
    pub(crate) fn sign(key: KeyId, ticket: &Ticket, sign: impl FnOnce(&[u8]) -> [u8; SIGNATURE_LEN]) -> Self {
        let payload = payload(key, ticket);
        Self { payload, signature: sign(&message(&payload)), key, ticket: *ticket }
    }

    /// Reads the text of a code. It is taken as it is: nothing is trimmed, and lower case is not base45.
    ///
    /// # Errors
    /// - `code.malformed` if this is no code.
    /// - `code.format_unknown` if a later version has made it.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        if text.len() > TEXT_LEN_MAX {
            return Err(Refusal::Malformed);
        }
        Self::from_bytes(&base45::decode(text).ok_or(Refusal::Malformed)?)
    }

    /// Reads the bytes of a code.
    ///
    /// # Errors
    /// Those of [`parse`](Self::parse).
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Refusal> {
        match bytes.first() {
            Some(&FORMAT) => read(bytes).ok_or(Refusal::Malformed),
            Some(&format) => Err(Refusal::FormatUnknown(format)),
            None => Err(Refusal::Malformed),
        }
    }

    /// Returns the text for a QR code: [`CODE_TEXT_LEN`] characters.
    pub fn to_text(&self) -> String {
        base45::encode(&self.to_bytes())
    }

    /// Returns the bytes of the code.
    pub fn to_bytes(&self) -> [u8; CODE_LEN] {
        let mut bytes = [0; CODE_LEN];
        bytes[..PAYLOAD_LEN].copy_from_slice(&self.payload);
        bytes[PAYLOAD_LEN..].copy_from_slice(&self.signature);
        bytes
    }

    /// Returns the key that the code names.
    pub const fn key(&self) -> KeyId {
        self.key
    }

    /// Returns what the code says of its ticket. Nothing of it is known to be true before
    /// [`PublicKeys::verify`](crate::PublicKeys::verify).
    pub const fn claims(&self) -> Ticket {
        self.ticket
    }

    /// Returns the signed message.
    pub(crate) fn message(&self) -> [u8; DOMAIN.len() + PAYLOAD_LEN] {
        message(&self.payload)
    }

    /// Returns the signature.
    pub(crate) const fn signature(&self) -> &[u8; SIGNATURE_LEN] {
        &self.signature
    }
}

fn message(payload: &[u8; PAYLOAD_LEN]) -> [u8; DOMAIN.len() + PAYLOAD_LEN] {
    let mut message = [0; DOMAIN.len() + PAYLOAD_LEN];
    message[..DOMAIN.len()].copy_from_slice(DOMAIN);
    message[DOMAIN.len()..].copy_from_slice(payload);
    message
}

fn payload(key: KeyId, ticket: &Ticket) -> [u8; PAYLOAD_LEN] {
    let mut bytes = [FORMAT; PAYLOAD_LEN];
    bytes[1..3].copy_from_slice(&key.number().to_be_bytes());
    bytes[3..11].copy_from_slice(&ticket.show.to_bytes());
    bytes[11..15].copy_from_slice(&ticket.id.number.to_be_bytes());
    bytes[15..17].copy_from_slice(&ticket.id.generation.to_be_bytes());
    bytes[17..19].copy_from_slice(&ticket.kind.to_be_bytes());
    bytes[19..23].copy_from_slice(&ticket.window.not_before.to_be_bytes());
    bytes[23..27].copy_from_slice(&ticket.window.not_after.to_be_bytes());
    bytes
}

/// Reads a code whose format is known. Every value of every field is valid, except a time without a second.
fn read(bytes: &[u8]) -> Option<SignedCode> {
    let mut reader = Reader::new(bytes);
    let payload: [u8; PAYLOAD_LEN] = reader.take()?;
    let signature = reader.take()?;
    if !reader.rest().is_empty() {
        return None;
    }
    let mut reader = Reader::new(&payload[1..]);
    let key = KeyId::from_number(reader.u16()?);
    let show = ShowId::from_bytes(reader.take()?);
    let id = CodeId { number: reader.u32()?, generation: reader.u16()? };
    let kind = reader.u16()?;
    let window = Window::new(reader.u32()?, reader.u32()?).ok()?;
    Some(SignedCode { payload, signature, key, ticket: Ticket { show, id, kind, window } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_its_first_second_and_not_its_end() {
        let window = Window::new(10, 20).unwrap();
        for (at_ms, slack_ms, timing) in [
            (9_999, 0, Timing::TooEarly),
            (10_000, 0, Timing::Within),
            (19_999, 0, Timing::Within),
            (20_000, 0, Timing::TooLate),
            (7_499, 2_500, Timing::TooEarly),
            (7_500, 2_500, Timing::Within),
            (22_499, 2_500, Timing::Within),
            (22_500, 2_500, Timing::TooLate),
            (0, 10_000, Timing::Within),
            (u64::MAX, u32::MAX, Timing::TooLate),
        ] {
            assert_eq!(window.timing(at_ms, slack_ms), timing, "{at_ms} ± {slack_ms}");
        }
        assert_eq!(Window::new(20, 20), Err(WindowEmpty));
        assert_eq!(Window::new(u32::MAX, 0), Err(WindowEmpty));
    }

    #[test]
    fn every_field_comes_back() {
        let window = Window::new(0x0102_0304, u32::MAX).unwrap();
        let id = CodeId { number: 0xa1b2_c3d4, generation: 0xe5f6 };
        let ticket = Ticket::new(ShowId::from_bytes(*b"\0hamlet\xff"), id, window).kind(0x7788);
        let code = SignedCode::sign(KeyId::from_number(0x1234), &ticket, |_| [7; SIGNATURE_LEN]);
        let read = SignedCode::from_bytes(&code.to_bytes()).unwrap();
        assert_eq!((read.key(), read.claims()), (KeyId::from_number(0x1234), ticket));
        assert_eq!(SignedCode::parse(&code.to_text()).unwrap().to_bytes(), code.to_bytes());
    }

    #[test]
    fn a_code_of_another_length_is_none() {
        let window = Window::new(1, 2).unwrap();
        let ticket = Ticket::new(ShowId::from_bytes([1; 8]), CodeId { number: 1, generation: 0 }, window);
        let bytes = SignedCode::sign(KeyId::from_number(1), &ticket, |_| [7; SIGNATURE_LEN]).to_bytes();
        for len in 0..CODE_LEN {
            assert_eq!(SignedCode::from_bytes(&bytes[..len]).unwrap_err(), Refusal::Malformed, "{len}");
        }
        let longer = [bytes.as_slice(), &[0]].concat();
        assert_eq!(SignedCode::from_bytes(&longer).unwrap_err(), Refusal::Malformed);
        let long = "0".repeat(TEXT_LEN_MAX + 1);
        assert_eq!(SignedCode::parse(&long).unwrap_err(), Refusal::Malformed);
    }
}
