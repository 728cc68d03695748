//! The list of dead codes: of each ticket in it, the lowest generation that still admits.
//!
//! ```text
//! at  bytes
//!  0   1  format: 2
//!  1   2  key
//!  3   8  show
//! 11   4  number of the list
//! 15   4  when it was made, in seconds since 1970
//! 19   4  number of tickets in it
//! 23   1  parameter of the gaps, 0 to 31
//! 24      tickets, in bits, see `rice.rs`; the last byte is filled up with zeros
//!     64  Ed25519 signature of "boxoffice ticket list\n" and all bytes before
//! ```
//!
//! Of 100,000 tickets with 2,000 in the list these are some 2.2 kB. It is exact: no ticket is dead by chance.

mod rice;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::num::NonZeroU16;

use crate::bytes::Reader;
use crate::code::{CodeId, ShowId, Timing};
use crate::error::ListFault;
use crate::keys::{KeyId, PublicKeys, SIGNATURE_LEN};

/// First byte of a list.
const FORMAT: u8 = 2;

/// Start of the signed message.
const DOMAIN: &[u8; 22] = b"boxoffice ticket list\n";

/// Maximum number of bytes of a list, so that no reader needs much memory.
pub const LIST_LEN_MAX: usize = 262_144;

/// The tickets of a show some of whose codes are dead.
///
/// A dead code never comes back, so a later list has all that an earlier one has, and each list has a number of its own.
///
/// ```
/// use boxoffice_ticket::{CodeId, RevocationList, ShowId};
///
/// let mut list = RevocationList::new(ShowId::from_bytes(*b"hamlet 1"), 1, 1_809_190_800);
/// // Ticket 8 was transferred, which has raised its generation to 1.
/// list.kill_below(CodeId { number: 8, generation: 1 });
/// assert!(list.is_dead(CodeId { number: 8, generation: 0 }));
/// assert!(!list.is_dead(CodeId { number: 8, generation: 1 }));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationList {
    show: ShowId,
    number: u32,
    made_at: u32,
    /// Lowest generation that admits, by the ticket's number.
    tickets: BTreeMap<u32, NonZeroU16>,
}

impl RevocationList {
    /// Creates the list of a show with this number, made at a time in seconds since 1970. Nothing is in it.
    ///
    /// Number the first list 1: in scans, 0 says that a device had none.
    pub const fn new(show: ShowId, number: u32, made_at: u32) -> Self {
        Self { show, number, made_at, tickets: BTreeMap::new() }
    }

    /// Kills all codes of a ticket before this generation. A generation of 0 kills none.
    pub fn kill_below(&mut self, id: CodeId) {
        if let Some(generation) = NonZeroU16::new(id.generation) {
            let lowest = self.tickets.entry(id.number).or_insert(generation);
            *lowest = generation.max(*lowest);
        }
    }

    /// Returns `true` if the code with this identity is dead.
    pub fn is_dead(&self, id: CodeId) -> bool {
        self.tickets.get(&id.number).is_some_and(|lowest| id.generation < lowest.get())
    }

    /// Returns the tickets in the list, each with the lowest generation that admits, in the order of their numbers.
    pub fn tickets(&self) -> impl Iterator<Item = CodeId> {
        self.tickets.iter().map(|(number, lowest)| CodeId { number: *number, generation: lowest.get() })
    }

    /// Returns the number of tickets in the list.
    pub fn len(&self) -> usize {
        self.tickets.len()
    }

    /// Returns `true` if the list has no ticket.
    pub fn is_empty(&self) -> bool {
        self.tickets.is_empty()
    }

    /// Returns the show whose tickets are listed.
    pub const fn show(&self) -> ShowId {
        self.show
    }

    /// Returns the number of the list. A later list has a higher one.
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// Returns when the list was made, in seconds since 1970.
    pub const fn made_at(&self) -> u32 {
        self.made_at
    }

    /// Reads a list, and checks that one of the keys has signed it at a time when it was valid.
    ///
    /// # Errors
    /// - `list.malformed` if the bytes are no list, or not the bytes that writing the same list gives.
    /// - `list.format_unknown` if a later version has made it.
    /// - `list.show_wrong`, `list.key_unknown` or `list.signature_wrong` if it does not come from the holder of the keys.
    /// - `list.key_not_valid` if the key was not valid when the list was made.
    pub fn open(bytes: &[u8], keys: &PublicKeys) -> Result<Self, ListFault> {
        match bytes.first() {
            Some(&FORMAT) => {}
            Some(&format) => return Err(ListFault::FormatUnknown(format)),
            None => return Err(ListFault::Malformed),
        }
        if bytes.len() > LIST_LEN_MAX {
            return Err(ListFault::Malformed);
        }
        let (signed, signature) = bytes.split_last_chunk::<SIGNATURE_LEN>().ok_or(ListFault::Malformed)?;
        let head = Head::read(signed).ok_or(ListFault::Malformed)?;
        if head.show != keys.show() {
            return Err(ListFault::ShowWrong(head.show));
        }
        let key = keys.get(head.key).ok_or(ListFault::KeyUnknown(head.key))?;
        if !key.has_signed(&[DOMAIN.as_slice(), signed].concat(), signature) {
            return Err(ListFault::SignatureWrong);
        }
        if key.window().timing(u64::from(head.made_at) * 1000, 0) != Timing::Within {
            return Err(ListFault::KeyNotValid(head.key));
        }
        let tickets = rice::decode(head.count, head.parameter, head.bits).ok_or(ListFault::Malformed)?;
        Ok(Self { show: head.show, number: head.number, made_at: head.made_at, tickets })
    }

    /// Returns the bytes of the list, signed by what makes signatures with this key.
    pub(crate) fn encode(&self, key: KeyId, sign: impl FnOnce(&[u8]) -> [u8; SIGNATURE_LEN]) -> Vec<u8> {
        let (parameter, bits) = rice::encode(&self.tickets);
        let mut message = Vec::from(DOMAIN);
        message.push(FORMAT);
        message.extend(key.number().to_be_bytes());
        message.extend(self.show.to_bytes());
        message.extend(self.number.to_be_bytes());
        message.extend(self.made_at.to_be_bytes());
        message.extend(u32::try_from(self.tickets.len()).unwrap_or(u32::MAX).to_be_bytes());
        message.push(parameter);
        message.extend(bits);
        let signature = sign(&message);
        message.drain(..DOMAIN.len());
        message.extend(signature);
        message
    }
}

/// What stands before the tickets.
struct Head<'b> {
    key: KeyId,
    show: ShowId,
    number: u32,
    made_at: u32,
    count: u32,
    parameter: u8,
    bits: &'b [u8],
}

impl<'b> Head<'b> {
    fn read(signed: &'b [u8]) -> Option<Self> {
        let mut reader = Reader::new(signed.get(1..)?);
        Some(Self {
            key: KeyId::from_number(reader.u16()?),
            show: ShowId::from_bytes(reader.take()?),
            number: reader.u32()?,
            made_at: reader.u32()?,
            count: reader.u32()?,
            parameter: reader.u8()?,
            bits: reader.rest(),
        })
    }
}
