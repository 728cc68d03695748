//! Which show a ticket is of. Tickets whose show, venue and time are the same to a reader are of one show; a ticket without a show
//! goes by its title.

use std::fmt;
use std::str::FromStr;

use boxoffice::{Ticket, Timestamp};

/// The key of a show, used in links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ShowKey(pub(super) u128);

impl ShowKey {
    /// Returns the key of a ticket's show.
    pub(crate) fn of(ticket: &Ticket) -> Self {
        match ticket.show.as_deref() {
            Some(show) => {
                let venue = show.venue.as_ref().map(boxoffice::Venue::look).unwrap_or_default();
                Self::named(&show.name.look(), &venue, show.starts_at)
            }
            None => Self::titled(&ticket.title.look()),
        }
    }

    /// The key that links had when names were compared letter by letter.
    pub(super) fn former(ticket: &Ticket) -> Self {
        match ticket.show.as_deref() {
            Some(show) => {
                let venue = show.venue.as_ref().map_or("", boxoffice::Venue::as_str);
                Self::named(show.name.as_str(), venue, show.starts_at)
            }
            None => Self::titled(ticket.title.as_str()),
        }
    }

    fn named(name: &str, venue: &str, starts_at: Timestamp) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(name.as_bytes()).update(b"\0").update(venue.as_bytes()).update(b"\0");
        hasher.update(&starts_at.as_millis().to_be_bytes());
        Self::from_hash(&hasher)
    }

    fn titled(title: &str) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"\0").update(title.as_bytes());
        Self::from_hash(&hasher)
    }

    fn from_hash(hasher: &blake3::Hasher) -> Self {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        Self(u128::from_be_bytes(bytes))
    }
}

impl fmt::Display for ShowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl FromStr for ShowKey {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let is_key = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_key.then(|| u128::from_str_radix(text, 16).ok().map(Self)).flatten().ok_or(())
    }
}
