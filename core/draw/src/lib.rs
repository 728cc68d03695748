//! An on-sale that is a draw and not a race: an order of entries that nobody has chosen, and that everybody can check.
//!
//! It is pure: no clock, no disk, no network. Whoever fetches a round of drand passes its signature.
//!
//! 1. A [`Source`] of chance is named: a future round of drand's network quicknet, or the hash of the organizer's seed.
//! 2. When entries close, [`Entries`] and source are bound to each other by a [`Commitment`], whose hash is recorded
//!    and published. A source that somebody may know by then is refused.
//! 3. Once the chance is known, [`Draw`] orders the entries by it.
//! 4. The [`DrawFile`] is published, and each owner gets the [`Proof`] of their place.
//!
//! ```
//! use std::num::NonZeroU16;
//!
//! use boxoffice_draw::*;
//!
//! // The organizer's secret, of which only the hash is known until entries are closed.
//! let seed = Seed::from_bytes([1; 32]);
//! let source = Source::of_seed(&seed);
//! let terms = Terms { opened_at: 1_798_761_600, source, named_at: 1_798_758_000, closed_at: 1_798_848_000 };
//!
//! let (show, key) = (ShowId::from_bytes([2; 16]), DrawKey::from_bytes([3; 32]));
//! let accounts = [4, 5, 6].map(|number| AccountId::from_bytes([number; 16]));
//! let entries = Entries::new(show, &key, accounts.map(|account| Entry { account, party: NonZeroU16::MIN }))?;
//! let commitment = Commitment::new(&entries, terms)?;
//! let published_before = commitment.digest();
//!
//! let draw = Draw::new(entries, commitment, Revealed::Seed(seed))?;
//! assert_eq!(draw.placed().count(), 3);
//! assert_eq!(draw.file().verify()?.commitment, published_before);
//! let proof = draw.proof(accounts[0]).expect("it has entered");
//! assert!(proof.verify(draw.head())? <= 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Who has to be trusted with what
//!
//! | whoever | can't | can, unless others look |
//! |---|---|---|
//! | keeps the entries | choose or foresee a round; change an entry after closing, since the commitment would be another | enter accounts that it has made up |
//! | has the seed | choose another one once entries have opened | withhold it, and then there is no draw; if it keeps the entries too, try keys of the draw, or accounts that it makes up, until the order pleases it |
//! | reads the file | learn who has entered, or with which party | |
//!
//! So a round is better wherever there is a network, and a seed's owner must not be who keeps the entries. A file by
//! itself proves that it contradicts itself nowhere. That it is the only one is proved by its commitment, which was
//! published before the chance was known.
//!
//! # What is hashed
//!
//! Every hash is BLAKE3 of `boxoffice draw 1 `, a name, a zero byte, and parts of fixed lengths one behind the other.
//! Numbers are big-endian and have 8 bytes, a party 2; ids have 16 and hashes, keys, salts and seeds 32.
//!
//! | name | parts |
//! |---|---|
//! | `salt` | key of the draw, show, account |
//! | `entry` | salt, show, account, party |
//! | `leaf` | an entry |
//! | `node` | left, right |
//! | `root` | number of entries, top of the tree of the entries in the order of their hashes |
//! | `order` | number of entries, top of the tree of the entries in the order of the draw |
//! | `seed` | the seed |
//! | `sealed` | `seed` |
//! | `quicknet` | number of the round |
//! | `commitment` | show, time of opening, `sealed` or `quicknet`, time of naming, time of closing, `root` |
//! | `chance` | `commitment`, the seed or the 48 bytes of the round's signature |
//! | `place` | `chance`, show, `entry`: the smallest is first |

mod bytes;
mod commitment;
mod digest;
mod draw;
mod entries;
mod file;
#[cfg(test)]
mod golden;
mod order;
mod proof;
mod quicknet;
#[cfg(test)]
mod samples;
mod source;
mod tampered;
mod tree;

pub use bytes::{AccountId, BytesParseError, Digest, Salt, Seed, ShowId, Signature};
pub use commitment::{Commitment, CommitmentError, Terms};
pub use draw::{Draw, DrawError, Placed};
pub use entries::{DrawKey, ENTRIES_MAX, Entries, EntriesError, Entry};
pub use file::{DrawFile, Head, Verdict};
pub use proof::{Membership, Proof};
pub use quicknet::{CLOCK_ERROR_MAX, Round, RoundError, TIME_MAX};
pub use source::{RevealError, Revealed, Source};
pub use tampered::Tampered;
