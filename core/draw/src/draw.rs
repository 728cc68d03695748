//! A draw that has been made: who has which place, what is published, and each owner's proof.

use crate::bytes::AccountId;
use crate::commitment::{Commitment, CommitmentError};
use crate::entries::{Entries, Entry};
use crate::file::{DrawFile, FORMAT, Head};
use crate::order::{ORDER, number_of, ordered};
use crate::proof::Proof;
use crate::source::{RevealError, Revealed};
use crate::tree::{Tree, number};

/// Reason why a draw can't be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DrawError {
    /// The commitment is to other entries.
    #[error("the commitment is to other entries")]
    OtherEntries,
    /// The commitment could not have been made.
    #[error(transparent)]
    Commitment(#[from] CommitmentError),
    /// What was revealed is not what the source has.
    #[error(transparent)]
    Revealed(#[from] RevealError),
}

/// An entry with its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// The place, from 1.
    pub place: u64,
    /// Number of people in the parties of all places before.
    pub people_before: u64,
    /// The entry.
    pub entry: Entry,
}

/// A draw that has been made.
#[derive(Debug, Clone)]
pub struct Draw {
    entries: Entries,
    head: Head,
    /// Positions of the entries, by place.
    order: Vec<usize>,
    /// The opposite: places from 0, by the positions of the entries.
    places: Vec<usize>,
    tree: Tree,
}

impl Draw {
    /// Makes the draw. The same entries, commitment and chance give the same draw on every machine.
    ///
    /// # Errors
    /// [`DrawError`] if the commitment is to other entries, or if what was revealed is not what its source has.
    pub fn new(entries: Entries, commitment: Commitment, revealed: Revealed) -> Result<Self, DrawError> {
        commitment.check()?;
        let (show, count, root) = (entries.show(), entries.count(), entries.root());
        if (commitment.show, commitment.count, commitment.root) != (show, count, root) {
            return Err(DrawError::OtherEntries);
        }
        let chance = commitment.chance(&revealed)?;
        let hashes: Vec<_> = entries.sealed().iter().map(|sealed| sealed.hash).collect();
        let order = ordered(&hashes, |entry| number_of(&chance, show, entry));
        let mut places = vec![0; order.len()];
        for (place, &position) in order.iter().enumerate() {
            places[position] = place;
        }
        let tree = Tree::new(order.iter().map(|&position| hashes[position]));
        let head = Head { commitment, revealed, chance, order_root: tree.root(ORDER) };
        Ok(Self { entries, head, order, places, tree })
    }

    /// Returns all entries by their places, from the first.
    pub fn placed(&self) -> impl Iterator<Item = Placed> {
        let mut people = 0;
        self.order.iter().zip(1..).map(move |(&position, place)| {
            let entry = self.entries.sealed()[position].entry;
            let people_before = people;
            people += u64::from(entry.party.get());
            Placed { place, people_before, entry }
        })
    }

    /// Returns what the file says of the draw as a whole.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Returns the file to be published. It names nobody.
    pub fn file(&self) -> DrawFile {
        let order = self.order.iter().map(|&position| self.entries.sealed()[position].hash).collect();
        DrawFile { format: FORMAT, head: self.head.clone(), order }
    }

    /// Returns the proof of an account's place for its owner, or `None` if it has not entered. It shows no other entry.
    pub fn proof(&self, account: AccountId) -> Option<Proof> {
        let membership = self.entries.membership(account)?;
        let place = self.places[self.entries.position(account)?];
        Some(Proof { format: FORMAT, membership, place: number(place) + 1, path: self.tree.path(place) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Seed;
    use crate::samples::{KEY, SEED, SHOW, account, by_seed, drawn_by_seed, entries, seven};

    #[test]
    fn everybody_has_one_place() {
        let draw = drawn_by_seed();
        let placed: Vec<_> = draw.placed().collect();
        assert!(placed.iter().map(|placed| placed.place).eq(1..=7));
        let mut found: Vec<_> = placed.iter().map(|placed| placed.entry).collect();
        found.sort_unstable_by_key(|entry| entry.account);
        assert_eq!(found, seven());
        for pair in placed.windows(2) {
            let people = u64::from(pair[0].entry.party.get());
            assert_eq!(pair[1].people_before, pair[0].people_before + people);
        }
        assert_eq!(placed[0].people_before, 0);
    }

    #[test]
    fn the_file_is_the_same_whatever_order_entries_came_in() {
        let text = |arrivals: Vec<Entry>| {
            let entries = Entries::new(SHOW, &KEY, arrivals).unwrap();
            let commitment = Commitment::new(&entries, by_seed()).unwrap();
            let draw = Draw::new(entries, commitment, Revealed::Seed(SEED)).unwrap();
            serde_json::to_string(&draw.file()).unwrap()
        };
        let mut arrivals = seven();
        let first = text(arrivals.clone());
        for _ in 0..seven().len() {
            arrivals.rotate_left(1);
            assert_eq!(text(arrivals.clone()), first);
            arrivals.swap(0, 3);
            assert_eq!(text(arrivals.clone()), first);
        }
    }

    #[test]
    fn the_file_names_nobody() {
        let draw = drawn_by_seed();
        let text = serde_json::to_string(&draw.file()).unwrap();
        for entry in seven() {
            let membership = draw.proof(entry.account).unwrap().membership;
            assert!(!text.contains(&entry.account.to_string()) && !text.contains(&membership.salt.to_string()));
            assert!(text.contains(&entry.digest(SHOW, &membership.salt).to_string()));
        }
    }

    #[test]
    fn a_commitment_to_other_entries_is_refused() {
        let commitment = Commitment::new(&entries(), by_seed()).unwrap();
        let made = |entries, commitment, revealed| Draw::new(entries, commitment, revealed).map(drop);
        let revealed = Revealed::Seed(SEED);
        assert_eq!(made(entries(), commitment, revealed), Ok(()));
        let fewer = Entries::new(SHOW, &KEY, seven().into_iter().skip(1)).unwrap();
        assert_eq!(made(fewer, commitment, revealed), Err(DrawError::OtherEntries));
        let other_show = Entries::new(crate::ShowId::from_bytes([9; 16]), &KEY, seven()).unwrap();
        assert_eq!(made(other_show, commitment, revealed), Err(DrawError::OtherEntries));
        let wrong = Revealed::Seed(Seed::from_bytes([9; 32]));
        assert_eq!(made(entries(), commitment, wrong), Err(DrawError::Revealed(RevealError::NotTheSeed)));
        let backdated = Commitment { named_at: commitment.opened_at + 1, ..commitment };
        let refused = Err(DrawError::Commitment(CommitmentError::SeedTooLate));
        assert_eq!(made(entries(), backdated, revealed), refused);
    }

    #[test]
    fn every_owner_can_prove_their_place() {
        let draw = drawn_by_seed();
        for placed in draw.placed() {
            let proof = draw.proof(placed.entry.account).unwrap();
            assert_eq!(proof.verify(draw.head()), Ok(placed.place));
        }
        assert_eq!(draw.proof(account(99)), None);
    }
}
