//! Which tickets are for which seat of which show, so that no seat is sold twice.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use super::{Show, Ticket, TicketStatus};
use crate::domain::State;
use crate::domain::payment::ChargeStatus;
use crate::types::{SeatLabel, TicketId, Timestamp};

/// A seat of a show, whatever ticket it is sold by. Seats, shows and venues whose names look alike are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SeatKey {
    /// When the show starts.
    pub(crate) starts_at: Timestamp,
    /// Hash of the rest: the show's name and venue, and the seat.
    place: [u8; 16],
}

/// Seats that a command wants.
pub(crate) type SeatKeys = SmallVec<[SeatKey; 1]>;

impl SeatKey {
    /// Length of [`SeatKey::to_bytes`].
    pub(crate) const LEN: usize = 24;

    /// Encodes the key; the seats of earlier shows sort first.
    pub(crate) fn to_bytes(self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        bytes[..8].copy_from_slice(&self.starts_at.as_millis().to_be_bytes());
        bytes[8..].copy_from_slice(&self.place);
        bytes
    }
}

/// Finds the tickets of one show, however its name and its venue are written, as the keys of seats do.
#[derive(Debug, Clone)]
pub(crate) struct OneShow<'s> {
    show: &'s Show,
    hash: [u8; 16],
    /// The last show of another spelling, and whether it is this one: thousands of tickets in a row share theirs.
    last: Option<(Arc<Show>, bool)>,
}

impl<'s> OneShow<'s> {
    pub(crate) fn new(show: &'s Show) -> Self {
        Self { show, hash: hash_show(show), last: None }
    }

    /// Returns `true` if the ticket is for this show. Its category tells no shows apart.
    pub(crate) fn has(&mut self, ticket: &Ticket) -> bool {
        let Some(own) = ticket.show.as_ref() else { return false };
        if own.starts_at != self.show.starts_at {
            return false;
        }
        if (&own.name, &own.venue) == (&self.show.name, &self.show.venue) {
            return true;
        }
        let known = self.last.as_ref().filter(|(last, _)| Arc::ptr_eq(last, own) || last == own);
        if let Some((_, is_this)) = known {
            return *is_this;
        }
        let is_this = hash_show(own) == self.hash;
        self.last = Some((Arc::clone(own), is_this));
        is_this
    }
}

/// Makes the keys of seats. Thousands of tickets in a row are for one show, whose name is looked at once.
#[derive(Debug, Clone, Default)]
pub(crate) struct SeatKeyMaker {
    last: Option<(Arc<Show>, [u8; 16])>,
}

impl SeatKeyMaker {
    /// Returns the key of a seat; `None` without a show or a seat, which leave open what place it is.
    pub(crate) fn key(&mut self, show: Option<&Arc<Show>>, seat: Option<&SeatLabel>) -> Option<SeatKey> {
        let (show, seat) = show.zip(seat)?;
        let known = self.last.as_ref().filter(|(last, _)| Arc::ptr_eq(last, show) || last == show);
        let of_show = known.map_or_else(|| hash_show(show), |(_, hash)| *hash);
        if known.is_none() {
            self.last = Some((Arc::clone(show), of_show));
        }
        let mut hasher = blake3::Hasher::new();
        hasher.update(&of_show).update(seat.look().as_bytes());
        Some(SeatKey { starts_at: show.starts_at, place: short(&hasher) })
    }

    fn of(&mut self, ticket: &Ticket) -> Option<SeatKey> {
        self.key(ticket.show.as_ref(), ticket.seat.as_ref())
    }
}

fn hash_show(show: &Show) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    let venue = show.venue.as_ref().map(crate::types::Venue::look).unwrap_or_default();
    hasher.update(show.name.look().as_bytes()).update(b"\0").update(venue.as_bytes()).update(b"\0");
    short(&hasher)
}

fn short(hasher: &blake3::Hasher) -> [u8; 16] {
    let mut short = [0; 16];
    short.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    short
}

/// Returns the key of a ticket's seat, if it has a show and a seat.
pub(crate) fn seat_of(ticket: &Ticket) -> Option<SeatKey> {
    SeatKeyMaker::default().of(ticket)
}

/// Tickets by their seat. Journals of the time before this was decided may have several for one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seats {
    holders: FxHashMap<SeatKey, Holders>,
    keys: SeatKeyMaker,
}

/// The tickets for one seat: one, but for shows of former times whose every ticket says "Standing".
#[derive(Debug, Clone)]
enum Holders {
    One(TicketId),
    Many(FxHashSet<TicketId>),
}

impl Seats {
    /// Adds the ticket under its seat, unless it was withdrawn.
    pub(crate) fn insert(&mut self, ticket: &Ticket) {
        if ticket.status == TicketStatus::Withdrawn {
            return;
        }
        let Some(key) = self.keys.of(ticket) else { return };
        match self.holders.entry(key).or_insert(Holders::One(ticket.id)) {
            Holders::Many(many) => drop(many.insert(ticket.id)),
            Holders::One(one) if *one == ticket.id => {}
            one @ Holders::One(_) => {
                let both = one.iter().chain([ticket.id]).collect();
                *one = Holders::Many(both);
            }
        }
    }

    /// Removes the ticket from its seat.
    pub(crate) fn remove(&mut self, ticket: &Ticket) {
        let Some(key) = self.keys.of(ticket) else { return };
        let is_last = match self.holders.get_mut(&key) {
            Some(Holders::Many(many)) => {
                many.remove(&ticket.id);
                many.is_empty()
            }
            Some(Holders::One(one)) => *one == ticket.id,
            None => false,
        };
        if is_last {
            self.holders.remove(&key);
        }
    }

    /// Follows a change of the ticket.
    pub(crate) fn replace(&mut self, old: &Ticket, new: &Ticket) {
        if old.show != new.show || old.seat != new.seat || new.status == TicketStatus::Withdrawn {
            self.remove(old);
            self.insert(new);
        }
    }

    /// Returns the tickets for this seat, whatever their status.
    pub(crate) fn holders(&self, seat: SeatKey) -> impl Iterator<Item = TicketId> {
        self.holders.get(&seat).into_iter().flat_map(Holders::iter)
    }
}

impl Holders {
    fn iter(&self) -> impl Iterator<Item = TicketId> {
        let (one, many) = match self {
            Self::One(one) => (Some(*one), None),
            Self::Many(many) => (None, Some(many)),
        };
        one.into_iter().chain(many.into_iter().flatten().copied())
    }
}

/// Says that the seat can't be listed: another ticket for it is on sale, locked or sold, and its show is still to come. A ticket
/// that was withdrawn, or whose buyer has all of their money back, leaves the seat to others.
pub(super) fn is_taken(state: &State, seat: SeatKey, now: Timestamp) -> bool {
    seat.starts_at > now && state.seat_holders(seat).any(|id| keeps_seat(state, id))
}

fn keeps_seat(state: &State, id: TicketId) -> bool {
    let Some(ticket) = state.ticket(id) else { return true };
    match ticket.status {
        TicketStatus::Available | TicketStatus::Locked => true,
        TicketStatus::Withdrawn => false,
        TicketStatus::Sold => {
            let order = ticket.holder.and_then(|order| state.order(order));
            let charge = order.and_then(|order| order.charge.as_ref());
            charge.is_none_or(|charge| charge.status != ChargeStatus::Refunded)
        }
    }
}
