//! What is recorded and published when entries close, while nobody knows the chance yet.

use serde::{Deserialize, Serialize};

use crate::bytes::{Digest, ShowId};
use crate::digest::digest;
use crate::entries::{ENTRIES_MAX, Entries};
use crate::quicknet::TIME_MAX;
use crate::source::{RevealError, Revealed, Source};
use crate::tree::number;

/// When a draw's entries opened and closed, and its source of chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Time from which accounts could enter, in seconds since 1970.
    pub opened_at: u64,
    /// The source of chance.
    pub source: Source,
    /// Time at which the source was named, in seconds since 1970.
    pub named_at: u64,
    /// Time at which entries closed and the commitment was recorded, in seconds since 1970.
    pub closed_at: u64,
}

/// The entries and the source of chance of a draw, bound to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Commitment {
    /// The show.
    pub show: ShowId,
    /// Time from which accounts could enter, in seconds since 1970.
    pub opened_at: u64,
    /// The source of chance.
    pub source: Source,
    /// Time at which the source was named, in seconds since 1970.
    pub named_at: u64,
    /// Time at which entries closed and the commitment was recorded, in seconds since 1970.
    pub closed_at: u64,
    /// Number of entries.
    pub count: u64,
    /// Hash of all entries and their number.
    pub root: Digest,
}

/// Reason why a draw may not be made on these terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CommitmentError {
    /// The source was named, or entries opened, after they closed.
    #[error("entries can't open, nor the source be named, after entries have closed")]
    OutOfOrder,
    /// Somebody may know the chance already.
    #[error("the source of chance is known already")]
    SourceKnown,
    /// The organizer named the seed when entries had opened: it could follow from them.
    #[error("a seed must be named before entries open")]
    SeedTooLate,
    /// A time is after the year 9999.
    #[error("a time must be before the end of the year 9999")]
    TooLate,
    /// No entries, or more than [`ENTRIES_MAX`].
    #[error("a draw has 1 to {ENTRIES_MAX} entries")]
    Count,
}

impl Commitment {
    /// Creates the commitment to entries and terms.
    ///
    /// # Errors
    /// [`CommitmentError`] if times are out of order, or if the source is known when entries close.
    pub fn new(entries: &Entries, terms: Terms) -> Result<Self, CommitmentError> {
        let Terms { opened_at, source, named_at, closed_at } = terms;
        let (show, count, root) = (entries.show(), entries.count(), entries.root());
        let commitment = Self { show, opened_at, source, named_at, closed_at, count, root };
        commitment.check()?;
        Ok(commitment)
    }

    /// Returns the hash of all fields: what is published before chance is known, and compared with afterwards. The
    /// count is hashed as a part of the root, so that a wrong one shows when entries are verified.
    pub fn digest(&self) -> Digest {
        let [opened_at, named_at, closed_at] = [self.opened_at, self.named_at, self.closed_at].map(u64::to_be_bytes);
        let source = self.source.digest();
        // The root has the count in it.
        let parts: [&[u8]; 6] =
            [self.show.as_bytes(), &opened_at, source.as_bytes(), &named_at, &closed_at, self.root.as_bytes()];
        digest("commitment", &parts)
    }

    /// Returns the chance that orders the entries. It follows from the commitment and from what the source turned out
    /// to be, so that two draws by one round have nothing in common.
    ///
    /// # Errors
    /// [`RevealError`] if the source has something else than what was revealed.
    pub fn chance(&self, revealed: &Revealed) -> Result<Digest, RevealError> {
        self.source.check(revealed)?;
        Ok(self.chance_of(revealed))
    }

    /// Returns the chance that would follow if this were what the source turned out to be.
    pub(crate) fn chance_of(&self, revealed: &Revealed) -> Digest {
        digest("chance", &[self.digest().as_bytes(), revealed.as_bytes()])
    }

    pub(crate) fn check(&self) -> Result<(), CommitmentError> {
        if self.count == 0 || self.count > number(ENTRIES_MAX) {
            return Err(CommitmentError::Count);
        }
        if self.closed_at > TIME_MAX {
            return Err(CommitmentError::TooLate);
        }
        if self.opened_at > self.closed_at || self.named_at > self.closed_at {
            return Err(CommitmentError::OutOfOrder);
        }
        match self.source {
            Source::Quicknet(round) if round.is_known_at(self.closed_at) => Err(CommitmentError::SourceKnown),
            Source::Seed(_) if self.named_at > self.opened_at => Err(CommitmentError::SeedTooLate),
            Source::Quicknet(_) | Source::Seed(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Seed;
    use crate::quicknet::Round;
    use crate::samples::{KEY, SEED, SHOW, by_round, by_seed, entries, entry, round};

    fn check(terms: Terms) -> Result<(), CommitmentError> {
        Commitment::new(&entries(), terms).map(drop)
    }

    #[test]
    fn a_source_that_is_known_is_refused() {
        let time = round().time();
        assert_eq!(check(Terms { closed_at: time - 31, ..by_round() }), Ok(()));
        for closed_at in [time - 30, time - 1, time, time + 1, TIME_MAX] {
            assert_eq!(check(Terms { closed_at, ..by_round() }), Err(CommitmentError::SourceKnown), "{closed_at}");
        }
        let late = Source::Quicknet(Round::new(1).unwrap());
        assert_eq!(check(Terms { source: late, ..by_round() }), Err(CommitmentError::SourceKnown));
    }

    #[test]
    fn a_seed_is_named_before_anybody_enters() {
        let Terms { opened_at, .. } = by_seed();
        assert_eq!(check(Terms { named_at: opened_at, ..by_seed() }), Ok(()));
        assert_eq!(check(Terms { named_at: opened_at + 1, ..by_seed() }), Err(CommitmentError::SeedTooLate));
        // A round that nobody can choose may be named while entries come.
        assert_eq!(check(Terms { named_at: by_round().closed_at, ..by_round() }), Ok(()));
    }

    #[test]
    fn times_are_in_order() {
        for terms in [by_round(), by_seed()] {
            let late = terms.closed_at + 1;
            assert_eq!(check(Terms { opened_at: late, ..terms }), Err(CommitmentError::OutOfOrder));
            assert_eq!(check(Terms { named_at: late, ..terms }), Err(CommitmentError::OutOfOrder));
            assert_eq!(check(Terms { closed_at: TIME_MAX + 1, ..terms }), Err(CommitmentError::TooLate));
        }
        let empty = Commitment { count: 0, ..Commitment::new(&entries(), by_seed()).unwrap() };
        assert_eq!(empty.check(), Err(CommitmentError::Count));
        assert_eq!(Commitment { count: u64::MAX, ..empty }.check(), Err(CommitmentError::Count));
    }

    #[test]
    fn the_digest_depends_on_every_field() {
        let commitment = Commitment::new(&entries(), by_seed()).unwrap();
        let others = [
            Commitment { show: ShowId::from_bytes([9; 16]), ..commitment },
            Commitment { opened_at: commitment.opened_at + 1, ..commitment },
            Commitment { source: Source::of_seed(&Seed::from_bytes([9; 32])), ..commitment },
            Commitment { source: Source::Quicknet(round()), ..commitment },
            Commitment { named_at: commitment.named_at + 1, ..commitment },
            Commitment { closed_at: commitment.closed_at + 1, ..commitment },
            Commitment { root: Entries::new(SHOW, &KEY, [entry(1, 1)]).unwrap().root(), ..commitment },
        ];
        let mut digests: Vec<_> = others.iter().chain([&commitment]).map(Commitment::digest).collect();
        digests.sort_unstable();
        digests.dedup();
        assert_eq!(digests.len(), others.len() + 1);
    }

    #[test]
    fn chance_is_of_one_draw() {
        let seed = Revealed::Seed(SEED);
        let commitment = Commitment::new(&entries(), by_seed()).unwrap();
        let other = Commitment { closed_at: commitment.closed_at + 1, ..commitment };
        assert_eq!(commitment.chance(&seed), commitment.chance(&seed));
        assert_ne!(commitment.chance(&seed), other.chance(&seed));
    }
}
