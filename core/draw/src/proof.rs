//! An owner's proofs: that their entry takes part, and which place it has. Neither shows another entry.

use std::num::NonZeroU16;

use serde::{Deserialize, Serialize};

use crate::bytes::{AccountId, Digest, Salt};
use crate::commitment::Commitment;
use crate::entries::{Entry, ROOT};
use crate::file::{FORMAT, Head};
use crate::order::ORDER;
use crate::tampered::Tampered;
use crate::tree::climb;

/// Proof for an owner that their entry is one of those to which a commitment binds the draw.
///
/// It has the owner's personal data and is for nobody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Membership {
    /// The account.
    pub account: AccountId,
    /// Number of people for whom it wants places.
    pub party: NonZeroU16,
    /// What hides the entry from others.
    pub salt: Salt,
    /// Position of the entry, from 0, in the order of all hashes.
    pub position: u64,
    /// Hashes beside the way from the entry up to the root.
    pub path: Vec<Digest>,
}

impl Membership {
    /// Checks that the entry is one of those to which the commitment binds the draw, and returns its published hash.
    ///
    /// # Errors
    /// [`Tampered::Membership`] if it is not.
    pub fn verify(&self, commitment: &Commitment) -> Result<Digest, Tampered> {
        let entry = Entry { account: self.account, party: self.party };
        let hash = entry.digest(commitment.show, &self.salt);
        let root = climb(ROOT, &hash, self.position, commitment.count, &self.path);
        if root == Some(commitment.root) { Ok(hash) } else { Err(Tampered::Membership) }
    }
}

/// Proof for an owner of their place, to be checked with the head of the published file.
///
/// It proves that the published order has the entry at this place. That the order is the one of the chance is proved by
/// the whole file, which anybody can verify for all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Proof {
    /// Number of the format.
    pub format: u32,
    /// Proof that the entry was committed to.
    pub membership: Membership,
    /// The place, from 1.
    pub place: u64,
    /// Hashes beside the way from the place up to the root of the order.
    pub path: Vec<Digest>,
}

impl Proof {
    /// Reads a proof.
    ///
    /// # Errors
    /// [`Tampered::Text`] if the text is no proof, also if it has fields that there are not.
    pub fn read(text: &[u8]) -> Result<Self, Tampered> {
        serde_json::from_slice(text).map_err(|error| Tampered::Text(error.to_string()))
    }

    /// Checks the proof, and the head by itself, and returns the place.
    ///
    /// # Errors
    /// [`Tampered`] if the head contradicts itself, or if the entry or its place is another.
    pub fn verify(&self, head: &Head) -> Result<u64, Tampered> {
        if self.format != FORMAT {
            return Err(Tampered::Format(self.format));
        }
        head.check()?;
        let hash = self.membership.verify(&head.commitment)?;
        let position = self.place.checked_sub(1).ok_or(Tampered::Place)?;
        let root = climb(ORDER, &hash, position, head.commitment.count, &self.path);
        if root == Some(head.order_root) { Ok(self.place) } else { Err(Tampered::Place) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{account, by_seed, drawn_by_seed, entries, tampered};

    #[test]
    fn an_owner_sees_before_the_draw_that_they_take_part() {
        let entries = entries();
        let commitment = Commitment::new(&entries, by_seed()).unwrap();
        let membership = entries.membership(account(3)).unwrap();
        assert_eq!(membership.verify(&commitment), Ok(entries.sealed()[entries.position(account(3)).unwrap()].hash));
        let without = Commitment { root: Digest::from_bytes([9; 32]), ..commitment };
        assert_eq!(membership.verify(&without), Err(Tampered::Membership));
        let other_show = Commitment { show: crate::ShowId::from_bytes([9; 16]), ..commitment };
        assert_eq!(membership.verify(&other_show), Err(Tampered::Membership));
    }

    #[test]
    fn text_and_back() {
        let draw = drawn_by_seed();
        for placed in draw.placed() {
            let proof = draw.proof(placed.entry.account).unwrap();
            let text = serde_json::to_string(&proof).unwrap();
            assert_eq!(Proof::read(text.as_bytes()), Ok(proof));
        }
    }

    #[test]
    fn every_field_that_is_tampered_with_is_refused() {
        let draw = drawn_by_seed();
        for placed in draw.placed() {
            let proof = draw.proof(placed.entry.account).unwrap();
            let changes = tampered(&serde_json::to_value(&proof).unwrap());
            assert!(changes.len() > 50, "only {} changes", changes.len());
            for (what, changed) in changes {
                let place = Proof::read(changed.to_string().as_bytes()).and_then(|proof| proof.verify(draw.head()));
                assert!(place.is_err(), "place {}: {what}: {changed}", placed.place);
            }
        }
    }

    #[test]
    fn a_head_that_is_tampered_with_proves_nothing() {
        let draw = drawn_by_seed();
        let proof = draw.proof(account(3)).unwrap();
        let head = serde_json::to_value(draw.head()).unwrap();
        for (what, changed) in tampered(&head) {
            let head = serde_json::from_value::<Head>(changed).ok();
            assert!(head.is_none_or(|head| proof.verify(&head).is_err()), "{what}");
        }
    }

    #[test]
    fn a_neighbours_proof_proves_nothing() {
        let draw = drawn_by_seed();
        let [one, other] = [1, 2].map(|number| draw.proof(account(number)).unwrap());
        let stolen = Proof { membership: one.membership, ..other };
        assert_eq!(stolen.verify(draw.head()), Err(Tampered::Place));
        let nowhere = Proof { place: 0, ..stolen };
        assert_eq!(nowhere.verify(draw.head()), Err(Tampered::Place));
    }
}
