//! Tickets that admit: signed codes, the list of dead ones, and the merge of scans.
//!
//! A box office signs codes by a [`KeyRing`]. A door checks them by a [`Verifier`] that holds public keys and the last
//! [`RevocationList`], without a network. What doors have seen is merged by [`Scans`], in any order and any number of
//! times, and [`Admissions`] tells whom it has admitted, and who came in twice.
//!
//! The crate has no clock, no randomness and no IO: times and seeds come from its caller. It builds for
//! `wasm32-unknown-unknown`, and without the feature `std` for any target that can allocate.
//!
//! ```
//! use boxoffice_ticket::{CodeId, KeyRing, Refusal, Seed, ShowId, Ticket, Verifier, Window};
//!
//! // The box office: a key for the show. Its seed comes from the system's source of randomness.
//! let season = Window::new(1_798_761_600, 1_827_619_200)?;
//! let show = ShowId::from_bytes(*b"hamlet 1");
//! let ring = KeyRing::new(show, &Seed::new([7; 32])?, season);
//!
//! // The code of ticket 12, which admits on one evening.
//! let evening = Window::new(1_809_194_400, 1_809_216_000)?;
//! let ticket = Ticket::new(show, CodeId { number: 12, generation: 0 }, evening);
//! let text = ring.sign(&ticket)?.to_text();
//! assert_eq!(text.len(), boxoffice_ticket::CODE_TEXT_LEN);
//!
//! // The door: public keys, and the time of its own clock in milliseconds.
//! let door = Verifier::new(ring.public());
//! assert_eq!(door.check(&text, 1_809_199_800_000), Ok(ticket));
//! assert_eq!(door.check(&text, 1_809_194_399_999), Err(Refusal::TooEarly(ticket)));
//! assert_eq!(door.check("no code", 1_809_199_800_000), Err(Refusal::Malformed));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Identity
//!
//! A code is told from others by its [`CodeId`], the ticket's number and generation, and by nothing else. Its bytes and
//! its signature are no identity, because some verifiers accept several signatures of one message. That is why
//! [`SignedCode`] can be neither compared nor hashed.
//!
//! # Published forms
//!
//! All integers are big-endian. The first byte is the format, and each form has numbers of its own: 1 is a code, 2 a
//! list, 3 scans, 4 a ring of private keys, 5 one of public keys. `vectors/vectors.json` has samples of the published
//! ones with the verdicts that every reader must reach.

#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod base45;
mod bytes;
mod code;
mod error;
mod keys;
mod refusal;
mod revocation;
mod scans;
mod sign;
mod verify;

pub use code::{CODE_LEN, CODE_TEXT_LEN, CodeId, ShowId, SignedCode, Ticket, Timing, Window};
pub use error::{KeyFault, ListFault, ScanFault, SignFault, WindowEmpty};
pub use keys::{KEYS_MAX, KeyId, KeyRing, KeyState, PublicKey, PublicKeys, Seed};
pub use refusal::{Refusal, RefusalKind};
pub use revocation::{LIST_LEN_MAX, RevocationList};
pub use scans::{
    Admissions, DeviceId, DoubleAdmission, GateCounts, SCANS_MAX, Scan, ScanAct, ScanId, Scans, TicketUse,
};
pub use verify::{DoorClock, Verifier};
