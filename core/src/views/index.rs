//! Indexes of the entities in memory, in the orders in which they are listed.

use std::collections::BTreeSet;
use std::hash::Hash;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::key::{Key, NO_VALUE};
use super::query::TicketSort;
use super::text_index::TextIndex;
use crate::domain::payment::Charge;
use crate::domain::{Order, Ticket};
use crate::types::{Timestamp, UserId};

/// Sort key of tickets, independent of the direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TicketKey {
    /// Time of listing.
    CreatedAt,
    /// Price in major units, whatever the currency.
    Price,
    /// Start of the show.
    StartsAt,
}

impl TicketKey {
    /// All sort keys.
    pub(super) const ALL: [Self; 3] = [Self::CreatedAt, Self::Price, Self::StartsAt];

    /// Returns the position of the ticket.
    pub(super) fn of(self, ticket: &Ticket) -> Key {
        let value = match self {
            Self::CreatedAt => ticket.created_at.as_millis(),
            Self::Price => ticket.price.sort_value(),
            Self::StartsAt => ticket.starts_at().map_or(NO_VALUE, Timestamp::as_millis),
        };
        Key::new(value, ticket.id.as_bytes())
    }
}

impl TicketSort {
    /// Returns the sort key, and `true` if the order is descending.
    pub(super) const fn key(self) -> (TicketKey, bool) {
        match self {
            Self::Newest => (TicketKey::CreatedAt, true),
            Self::Oldest => (TicketKey::CreatedAt, false),
            Self::PriceAsc => (TicketKey::Price, false),
            Self::PriceDesc => (TicketKey::Price, true),
            Self::StartsAtAsc => (TicketKey::StartsAt, false),
            Self::StartsAtDesc => (TicketKey::StartsAt, true),
        }
    }
}

/// Returns the position of an order among its buyer's orders.
pub(super) fn order_key(order: &Order) -> Key {
    Key::new(order.created_at.as_millis(), order.id.as_bytes())
}

/// Returns the order's charge, unless it pays for another order.
pub(super) fn own_charge(order: &Order) -> Option<&Charge> {
    order.charge.as_ref().filter(|charge| charge.transferred_to.is_none())
}

/// Index of tickets in every order of listing.
#[derive(Debug, Default)]
pub(super) struct TicketIndex {
    created_at: BTreeSet<Key>,
    price: BTreeSet<Key>,
    starts_at: BTreeSet<Key>,
    /// Tickets of each seller, by time of listing.
    of_seller: PerUser,
    texts: TextIndex,
}

impl TicketIndex {
    /// Builds the index of all these tickets, which is faster than inserting them one by one.
    pub(super) fn of(tickets: &[Arc<Ticket>]) -> Self {
        let sorted = |key: TicketKey| tickets.iter().map(|ticket| key.of(ticket)).collect();
        Self {
            created_at: sorted(TicketKey::CreatedAt),
            price: sorted(TicketKey::Price),
            starts_at: sorted(TicketKey::StartsAt),
            of_seller: tickets.iter().map(|ticket| (ticket.seller_id, TicketKey::CreatedAt.of(ticket))).collect(),
            texts: TextIndex::of(tickets),
        }
    }

    pub(super) fn insert(&mut self, ticket: &Ticket) {
        for key in TicketKey::ALL {
            self.keys_mut(key).insert(key.of(ticket));
        }
        self.of_seller.insert(ticket.seller_id, TicketKey::CreatedAt.of(ticket));
        self.texts.insert(ticket);
    }

    pub(super) fn remove(&mut self, ticket: &Ticket) {
        for key in TicketKey::ALL {
            self.keys_mut(key).remove(&key.of(ticket));
        }
        self.of_seller.remove(ticket.seller_id, TicketKey::CreatedAt.of(ticket));
        self.texts.remove(ticket);
    }

    /// Updates the index after an edit. Seller and time of listing never change.
    pub(super) fn replace(&mut self, old: &Ticket, new: &Ticket) {
        for key in [TicketKey::Price, TicketKey::StartsAt] {
            let (old, new) = (key.of(old), key.of(new));
            if old != new {
                let keys = self.keys_mut(key);
                keys.remove(&old);
                keys.insert(new);
            }
        }
        self.texts.replace(old, new);
    }

    pub(super) const fn texts(&self) -> &TextIndex {
        &self.texts
    }

    pub(super) fn len(&self) -> usize {
        self.created_at.len()
    }

    /// Returns all tickets in the order of `key`.
    pub(super) const fn keys(&self, key: TicketKey) -> &BTreeSet<Key> {
        match key {
            TicketKey::CreatedAt => &self.created_at,
            TicketKey::Price => &self.price,
            TicketKey::StartsAt => &self.starts_at,
        }
    }

    /// Returns the seller's tickets in the order of [`TicketKey::CreatedAt`], if there are any.
    pub(super) fn keys_of(&self, seller: UserId) -> Option<&BTreeSet<Key>> {
        self.of_seller.keys_of(seller)
    }

    const fn keys_mut(&mut self, key: TicketKey) -> &mut BTreeSet<Key> {
        match key {
            TicketKey::CreatedAt => &mut self.created_at,
            TicketKey::Price => &mut self.price,
            TicketKey::StartsAt => &mut self.starts_at,
        }
    }
}

/// Keys of the entities of an owner, such as a user or a text. Many small sets are used because a lookup in one large
/// set costs several cache misses.
#[derive(Debug)]
pub(super) struct PerOwner<O>(FxHashMap<O, BTreeSet<Key>>);

/// Keys of the entities of a user.
pub(super) type PerUser = PerOwner<UserId>;

impl<O> Default for PerOwner<O> {
    fn default() -> Self {
        Self(FxHashMap::default())
    }
}

impl<O: Copy + Ord + Hash> FromIterator<(O, Key)> for PerOwner<O> {
    /// Sorts all keys at once, which is faster than inserting them one by one.
    fn from_iter<I: IntoIterator<Item = (O, Key)>>(keys: I) -> Self {
        let mut keys: Vec<_> = keys.into_iter().collect();
        keys.sort_unstable();
        let of_one = keys.chunk_by(|a, b| a.0 == b.0).filter_map(|keys| Some((keys.first()?.0, keys)));
        Self(of_one.map(|(owner, keys)| (owner, keys.iter().map(|(_, key)| *key).collect())).collect())
    }
}

impl<O: Copy + Ord + Hash> PerOwner<O> {
    /// Inserts a key; returns `true` if it is the owner's first.
    pub(super) fn insert(&mut self, owner: O, key: Key) -> bool {
        let keys = self.0.entry(owner).or_default();
        keys.insert(key) && keys.len() == 1
    }

    /// Removes a key; returns `true` if it was the owner's last.
    pub(super) fn remove(&mut self, owner: O, key: Key) -> bool {
        let Some(keys) = self.0.get_mut(&owner) else { return false };
        keys.remove(&key);
        let is_empty = keys.is_empty();
        if is_empty {
            self.0.remove(&owner);
        }
        is_empty
    }

    pub(super) fn keys_of(&self, owner: O) -> Option<&BTreeSet<Key>> {
        self.0.get(&owner)
    }
}
