//! Assignment of tickets to shows. Tickets with the same show name, venue and time belong to one show. A ticket without
//! a show is assigned by its title.

use std::fmt;
use std::str::FromStr;

use boxoffice::Ticket;

/// The key of a show, used in links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ShowKey(pub(super) u128);

impl ShowKey {
    /// Returns the key of a ticket's show.
    pub(crate) fn of(ticket: &Ticket) -> Self {
        let mut hasher = blake3::Hasher::new();
        match ticket.show.as_deref() {
            Some(show) => {
                let venue = show.venue.as_ref().map_or("", boxoffice::Venue::as_str);
                hasher.update(show.name.as_str().as_bytes()).update(b"\0").update(venue.as_bytes()).update(b"\0");
                hasher.update(&show.starts_at.as_millis().to_be_bytes());
            }
            None => {
                hasher.update(b"\0").update(ticket.title.as_str().as_bytes());
            }
        }
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
