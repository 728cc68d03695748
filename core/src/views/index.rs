//! The orders in which entities in memory are listed.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::key::{Key, NO_VALUE};
use super::query::TicketSort;
use crate::domain::{Order, Ticket};
use crate::types::{Timestamp, UserId};

/// What tickets are sorted by, whatever the direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TicketKey {
    /// When the ticket was listed.
    CreatedAt,
    /// Its price, in major units of whatever currency.
    Price,
    /// When its show starts.
    StartsAt,
}

impl TicketKey {
    /// All of them.
    pub(super) const ALL: [Self; 3] = [Self::CreatedAt, Self::Price, Self::StartsAt];

    /// The place of the ticket.
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
    /// What is sorted by, and whether the largest comes first.
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

/// The place of an order among its buyer's.
pub(super) fn order_key(order: &Order) -> Key {
    Key::new(order.created_at.as_millis(), order.id.as_bytes())
}

/// Tickets in every order that they are listed in.
#[derive(Debug, Default)]
pub(super) struct TicketIndex {
    created_at: BTreeSet<Key>,
    price: BTreeSet<Key>,
    starts_at: BTreeSet<Key>,
    /// Each seller's, by the time of listing.
    of_seller: PerUser,
}

impl TicketIndex {
    /// The index of all these tickets, which is quicker than to insert them one by one.
    pub(super) fn of(tickets: &[Arc<Ticket>]) -> Self {
        let sorted = |key: TicketKey| tickets.iter().map(|ticket| key.of(ticket)).collect();
        let mut of_seller = PerUser::default();
        for ticket in tickets {
            of_seller.insert(ticket.seller_id, TicketKey::CreatedAt.of(ticket));
        }
        Self {
            created_at: sorted(TicketKey::CreatedAt),
            price: sorted(TicketKey::Price),
            starts_at: sorted(TicketKey::StartsAt),
            of_seller,
        }
    }

    pub(super) fn insert(&mut self, ticket: &Ticket) {
        for key in TicketKey::ALL {
            self.keys_mut(key).insert(key.of(ticket));
        }
        self.of_seller.insert(ticket.seller_id, TicketKey::CreatedAt.of(ticket));
    }

    pub(super) fn remove(&mut self, ticket: &Ticket) {
        for key in TicketKey::ALL {
            self.keys_mut(key).remove(&key.of(ticket));
        }
        self.of_seller.remove(ticket.seller_id, TicketKey::CreatedAt.of(ticket));
    }

    /// Follows an edit. Seller and time of listing never change.
    pub(super) fn replace(&mut self, old: &Ticket, new: &Ticket) {
        for key in [TicketKey::Price, TicketKey::StartsAt] {
            let (old, new) = (key.of(old), key.of(new));
            if old != new {
                let keys = self.keys_mut(key);
                keys.remove(&old);
                keys.insert(new);
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.created_at.len()
    }

    /// All tickets in this order.
    pub(super) const fn keys(&self, key: TicketKey) -> &BTreeSet<Key> {
        match key {
            TicketKey::CreatedAt => &self.created_at,
            TicketKey::Price => &self.price,
            TicketKey::StartsAt => &self.starts_at,
        }
    }

    /// The seller's tickets in the order of [`TicketKey::CreatedAt`], if there are any.
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

/// Keys of what belongs to a user. Many small sets, because finding a place in one large set costs several cache misses.
#[derive(Debug, Default)]
pub(super) struct PerUser(FxHashMap<UserId, BTreeSet<Key>>);

impl PerUser {
    pub(super) fn insert(&mut self, user: UserId, key: Key) {
        self.0.entry(user).or_default().insert(key);
    }

    pub(super) fn remove(&mut self, user: UserId, key: Key) {
        if let Some(keys) = self.0.get_mut(&user) {
            keys.remove(&key);
            if keys.is_empty() {
                self.0.remove(&user);
            }
        }
    }

    pub(super) fn keys_of(&self, user: UserId) -> Option<&BTreeSet<Key>> {
        self.0.get(&user)
    }
}
