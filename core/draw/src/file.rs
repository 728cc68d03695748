//! The file that is published with a draw. Anybody can verify it, and it names nobody.

use serde::{Deserialize, Serialize};

use crate::bytes::Digest;
use crate::commitment::Commitment;
use crate::entries::ROOT;
use crate::order::{ORDER, number_of, out_of_order};
use crate::source::Revealed;
use crate::tampered::Tampered;
use crate::tree::{Tree, number};

/// Number of the format of files and proofs.
pub(crate) const FORMAT: u32 = 1;

/// What a file says of the draw as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Head {
    /// What was recorded when entries closed.
    pub commitment: Commitment,
    /// What the source turned out to be.
    pub revealed: Revealed,
    /// The chance that follows from both.
    pub chance: Digest,
    /// Hash of the entries in their order and of their number.
    pub order_root: Digest,
}

impl Head {
    /// Checks that the terms allow the draw, that the source turned out to be this, and that the chance follows.
    ///
    /// # Errors
    /// [`Tampered`], with what is wrong.
    pub fn check(&self) -> Result<(), Tampered> {
        self.commitment.check()?;
        if self.commitment.chance(&self.revealed)? == self.chance { Ok(()) } else { Err(Tampered::Chance) }
    }
}

/// The published file of a draw: 67 bytes an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DrawFile {
    /// Number of the format.
    pub format: u32,
    /// What it says of the draw as a whole.
    pub head: Head,
    /// Hashes of the entries, by place.
    pub order: Vec<Digest>,
}

/// What a verified file proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Hash of the commitment. Whoever wants to know that nobody tried several draws compares it with the one that
    /// was published before the chance was known.
    pub commitment: Digest,
    /// The chance that ordered the entries.
    pub chance: Digest,
    /// Number of entries.
    pub count: u64,
}

impl DrawFile {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Tampered::Text`] if the text is no file, also if it has fields that there are not.
    pub fn read(text: &[u8]) -> Result<Self, Tampered> {
        serde_json::from_slice(text).map_err(|error| Tampered::Text(error.to_string()))
    }

    /// Checks every field of the file.
    ///
    /// # Errors
    /// [`Tampered`], with the first that contradicts the others.
    pub fn verify(&self) -> Result<Verdict, Tampered> {
        if self.format != FORMAT {
            return Err(Tampered::Format(self.format));
        }
        self.head.check()?;
        let Head { commitment, revealed: _, chance, order_root } = &self.head;
        if number(self.order.len()) != commitment.count {
            return Err(Tampered::Count);
        }
        let mut sorted = self.order.clone();
        sorted.sort_unstable();
        if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(Tampered::Doubled);
        }
        if Tree::new(sorted).root(ROOT) != commitment.root {
            return Err(Tampered::Entries);
        }
        if let Some(place) = out_of_order(&self.order, |entry| number_of(chance, commitment.show, entry)) {
            return Err(Tampered::Order(number(place)));
        }
        if Tree::new(self.order.iter().copied()).root(ORDER) != *order_root {
            return Err(Tampered::OrderRoot);
        }
        Ok(Verdict { commitment: commitment.digest(), chance: *chance, count: commitment.count })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commitment::CommitmentError;
    use crate::draw::Draw;
    use crate::entries::Entries;
    use crate::samples::{KEY, SEED, SHOW, by_seed, drawn_by_seed, entry, tampered};

    fn verdict(text: &str) -> Result<Verdict, Tampered> {
        DrawFile::read(text.as_bytes()).and_then(|file| file.verify())
    }

    fn check_every_field(draw: &Draw) {
        let file = serde_json::to_value(draw.file()).unwrap();
        let commitment = draw.head().commitment;
        let proved = Verdict { commitment: commitment.digest(), chance: draw.head().chance, count: commitment.count };
        assert_eq!(verdict(&file.to_string()), Ok(proved));
        let changes = tampered(&file);
        for field in ["/format", "/head/commitment/namedAt", "/head/commitment/count", "/head/orderRoot", "/order/0"] {
            assert!(changes.iter().any(|(what, _)| what.ends_with(field)), "{field} was left alone");
        }
        for (what, changed) in changes {
            assert!(verdict(&changed.to_string()).is_err(), "{what}: {changed}");
        }
    }

    #[test]
    fn every_field_that_is_tampered_with_is_refused() {
        check_every_field(&drawn_by_seed());
    }

    #[cfg(feature = "drand")]
    #[test]
    fn every_field_of_a_draw_by_a_round_too() {
        check_every_field(&crate::samples::drawn_by_round());
    }

    #[test]
    fn every_field_of_a_draw_of_one_entry_too() {
        let entries = Entries::new(SHOW, &KEY, [entry(1, 2)]).unwrap();
        let commitment = Commitment::new(&entries, by_seed()).unwrap();
        check_every_field(&Draw::new(entries, commitment, Revealed::Seed(SEED)).unwrap());
    }

    #[test]
    fn what_is_not_a_file_is_not_read() {
        let text = serde_json::to_string(&drawn_by_seed().file()).unwrap();
        let doubled = text.replacen("{\"format\":1", "{\"format\":1,\"format\":1", 1);
        for bad in ["", "null", "[]", "{}", &text[1..], &format!("{text}x"), &doubled] {
            assert!(matches!(DrawFile::read(bad.as_bytes()), Err(Tampered::Text(_))), "{bad}");
        }
    }

    #[test]
    fn reasons_are_told_apart() {
        let file = drawn_by_seed().file();
        let refused = |change: fn(&mut DrawFile)| {
            let mut changed = file.clone();
            change(&mut changed);
            changed.verify().unwrap_err()
        };
        assert_eq!(refused(|file| file.format = 2), Tampered::Format(2));
        assert_eq!(refused(|file| file.order.swap(1, 2)), Tampered::Order(3));
        assert_eq!(refused(|file| file.order[1] = file.order[0]), Tampered::Doubled);
        assert_eq!(refused(|file| file.order[1] = file.head.chance), Tampered::Entries);
        assert_eq!(refused(|file| file.order.truncate(6)), Tampered::Count);
        assert_eq!(refused(|file| file.head.order_root = file.head.chance), Tampered::OrderRoot);
        assert_eq!(refused(|file| file.head.chance = file.head.order_root), Tampered::Chance);
        assert_eq!(refused(|file| file.head.commitment.show = crate::ShowId::from_bytes([9; 16])), Tampered::Chance);
        let empty = refused(|file| {
            file.head.commitment.count = 0;
            file.order.clear();
        });
        assert_eq!(empty, Tampered::Commitment(CommitmentError::Count));
    }
}
