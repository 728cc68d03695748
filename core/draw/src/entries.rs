//! Who takes part: one entry an account, in a form that is the same whatever order they came in.

use std::fmt;
use std::num::NonZeroU16;

use crate::bytes::{AccountId, Digest, Salt, ShowId};
use crate::digest::digest;
use crate::proof::Membership;
use crate::tree::{Tree, number};

/// Largest number of entries in a draw.
pub const ENTRIES_MAX: usize = 5_000_000;

/// Name of the root of the entries that a commitment holds.
pub(crate) const ROOT: &str = "root";

/// What an account has entered: it takes part once, with its party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Entry {
    /// The account.
    pub account: AccountId,
    /// Number of people for whom it wants places. It has no influence on the entry's place.
    pub party: NonZeroU16,
}

impl Entry {
    /// Returns the hash under which the entry is published. It says nothing to anybody who doesn't have the salt.
    pub fn digest(&self, show: ShowId, salt: &Salt) -> Digest {
        let party = self.party.get().to_be_bytes();
        digest("entry", &[salt.as_bytes(), show.as_bytes(), self.account.as_bytes(), &party])
    }
}

/// Secret of one draw, from which the salt of each entry follows.
///
/// Once it is erased, nobody can link a published hash with an account, except owners with their own.
#[derive(Clone, Copy)]
pub struct DrawKey([u8; 32]);

impl DrawKey {
    /// Creates the key from 32 random bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the salt of an account's entry. It shows nothing of the key, nor of other salts.
    pub fn salt(&self, show: ShowId, account: AccountId) -> Salt {
        Salt::from_bytes(*digest("salt", &[&self.0, show.as_bytes(), account.as_bytes()]).as_bytes())
    }
}

impl fmt::Debug for DrawKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DrawKey(…)")
    }
}

/// Reason why entries can't be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntriesError {
    /// There is no entry.
    #[error("nobody has entered")]
    Empty,
    /// There are more than [`ENTRIES_MAX`] entries.
    #[error("more than {ENTRIES_MAX} have entered")]
    TooMany,
    /// An account has entered twice.
    #[error("the account {0} has entered twice")]
    Doubled(AccountId),
}

/// An entry with what publishes it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sealed {
    pub(crate) entry: Entry,
    pub(crate) salt: Salt,
    pub(crate) hash: Digest,
}

impl Sealed {
    fn new(show: ShowId, key: &DrawKey, entry: Entry) -> Self {
        let salt = key.salt(show, entry.account);
        Self { entry, salt, hash: entry.digest(show, &salt) }
    }
}

/// All entries of a draw, in the order of their hashes, which tells nothing about who came first.
#[derive(Debug, Clone)]
pub struct Entries {
    show: ShowId,
    sealed: Vec<Sealed>,
    /// Positions in `sealed`, in the order of accounts.
    by_account: Vec<usize>,
    tree: Tree,
}

impl Entries {
    /// Creates the entries of a show's draw. The same entries are equal in any order.
    ///
    /// # Errors
    /// [`EntriesError`] if there is none, if there are too many, or if an account has two, also of different parties.
    pub fn new(show: ShowId, key: &DrawKey, entries: impl IntoIterator<Item = Entry>) -> Result<Self, EntriesError> {
        Self::limited(show, key, entries, ENTRIES_MAX)
    }

    fn limited(
        show: ShowId,
        key: &DrawKey,
        entries: impl IntoIterator<Item = Entry>,
        entries_max: usize,
    ) -> Result<Self, EntriesError> {
        let entries = entries.into_iter().take(entries_max.saturating_add(1));
        let mut sealed: Vec<_> = entries.map(|entry| Sealed::new(show, key, entry)).collect();
        if sealed.is_empty() {
            return Err(EntriesError::Empty);
        }
        if sealed.len() > entries_max {
            return Err(EntriesError::TooMany);
        }
        sealed.sort_unstable_by_key(|sealed| sealed.hash);
        let account = |position: usize| sealed[position].entry.account;
        let mut by_account: Vec<_> = (0..sealed.len()).collect();
        by_account.sort_unstable_by_key(|&position| account(position));
        if let Some(pair) = by_account.windows(2).find(|pair| account(pair[0]) == account(pair[1])) {
            return Err(EntriesError::Doubled(account(pair[0])));
        }
        let tree = Tree::new(sealed.iter().map(|sealed| sealed.hash));
        Ok(Self { show, sealed, by_account, tree })
    }

    /// Returns the show.
    pub fn show(&self) -> ShowId {
        self.show
    }

    /// Returns the number of entries.
    pub fn count(&self) -> u64 {
        number(self.sealed.len())
    }

    /// Returns the hash that stands for all entries and their number.
    pub fn root(&self) -> Digest {
        self.tree.root(ROOT)
    }

    /// Returns the proof for an account's owner that their entry is one of these, or `None` if it has none.
    ///
    /// It can be given out once the commitment is published: before chance is known, an owner sees that they take part.
    pub fn membership(&self, account: AccountId) -> Option<Membership> {
        let position = self.position(account)?;
        let Sealed { entry, salt, hash: _ } = self.sealed[position];
        let path = self.tree.path(position);
        Some(Membership { account, party: entry.party, salt, position: number(position), path })
    }

    /// Returns the position of an account's entry.
    pub(crate) fn position(&self, account: AccountId) -> Option<usize> {
        let found = self.by_account.binary_search_by_key(&account, |&position| self.sealed[position].entry.account);
        found.ok().map(|at| self.by_account[at])
    }

    pub(crate) fn sealed(&self) -> &[Sealed] {
        &self.sealed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{KEY, SHOW, account, entry, seven};

    fn hashes(entries: &Entries) -> Vec<Digest> {
        entries.sealed().iter().map(|sealed| sealed.hash).collect()
    }

    #[test]
    fn the_order_of_arrival_leaves_no_trace() {
        let entries = Entries::new(SHOW, &KEY, seven()).unwrap();
        let mut arrivals = seven();
        for _ in 0..seven().len() {
            arrivals.rotate_left(1);
            let others = Entries::new(SHOW, &KEY, arrivals.clone()).unwrap();
            assert_eq!((others.root(), hashes(&others)), (entries.root(), hashes(&entries)));
        }
        arrivals.reverse();
        assert_eq!(Entries::new(SHOW, &KEY, arrivals).unwrap().root(), entries.root());
        assert!(hashes(&entries).is_sorted());
    }

    #[test]
    fn an_account_enters_once() {
        let refused = |entries: Vec<Entry>| Entries::new(SHOW, &KEY, entries).unwrap_err();
        let doubled = EntriesError::Doubled(account(3));
        assert_eq!(refused([seven(), vec![entry(3, 1)]].concat()), doubled);
        // With another party it has another hash, and is the same account nevertheless.
        assert_eq!(refused([vec![entry(3, 60_000)], seven()].concat()), doubled);
        assert_eq!(refused(vec![]), EntriesError::Empty);
    }

    #[test]
    fn there_is_a_limit() {
        let limited = |entries_max| Entries::limited(SHOW, &KEY, seven(), entries_max).map(|entries| entries.count());
        assert_eq!(limited(7), Ok(7));
        assert_eq!(limited(6), Err(EntriesError::TooMany));
    }

    #[test]
    fn a_hash_depends_on_all_of_the_entry_and_on_the_key() {
        let first = |show, key: &DrawKey, entry: Entry| hashes(&Entries::new(show, key, [entry]).unwrap())[0];
        let hash = first(SHOW, &KEY, entry(1, 2));
        assert_ne!(first(SHOW, &KEY, entry(2, 2)), hash);
        assert_ne!(first(SHOW, &KEY, entry(1, 3)), hash);
        assert_ne!(first(ShowId::from_bytes([9; 16]), &KEY, entry(1, 2)), hash);
        assert_ne!(first(SHOW, &DrawKey::from_bytes([9; 32]), entry(1, 2)), hash);
        assert_ne!(KEY.salt(SHOW, account(1)), KEY.salt(SHOW, account(2)));
        assert_eq!(format!("{KEY:?}"), "DrawKey(…)");
    }

    #[test]
    fn a_stranger_is_no_member() {
        let entries = Entries::new(SHOW, &KEY, seven()).unwrap();
        assert_eq!(entries.membership(account(99)), None);
        for entry in seven() {
            let membership = entries.membership(entry.account).unwrap();
            assert_eq!((membership.account, membership.party), (entry.account, entry.party));
        }
    }
}
