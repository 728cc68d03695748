//! Content of generated histories: the ends of orders, and names.

use std::sync::Arc;

use crate::domain::ticket::{Listing, Show};
use crate::error::{Code, Error};
use crate::types::{Currency, Money, Timestamp};

/// Deterministic pseudo-random numbers.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns a number below `end`, which must not be 0: `SplitMix64`.
    pub(super) const fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    /// Returns one of several items; there must be at least one.
    pub(super) fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(all.len() as u64)).unwrap_or(0)]
    }
}

/// End of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Paid,
    Refunded,
    Declined,
    Cancelled,
    Expired,
}

impl Fate {
    /// Returns the fate for a number below 100.
    pub(super) const fn of(number: u64) -> Self {
        match number {
            0..58 => Self::Paid,
            58 => Self::Refunded,
            59..61 => Self::Declined,
            61..89 => Self::Cancelled,
            _ => Self::Expired,
        }
    }
}

const NAMES: [&str; 16] = [
    "Hamlet",
    "Tosca",
    "Macbeth",
    "Carmen",
    "Faust",
    "Aida",
    "Othello",
    "Salome",
    "Medea",
    "Giselle",
    "Lulu",
    "Norma",
    "Orfeo",
    "Elektra",
    "Turandot",
    "Rigoletto",
];
const VENUES: [&str; 8] = ["Globe", "Arena", "Scala", "Garnier", "Volksbühne", "Colón", "Bolshoi", "Semperoper"];
const AREAS: [&str; 6] = ["stalls", "balcony", "circle", "gallery", "box", "standing"];
const CATEGORIES: [&str; 3] = ["play", "opera", "ballet"];

/// A word that few tickets have, in a history of any size: one in a hundred shows has one ticket with it.
const RARE: &str = "Quixotic";

/// Generator of listings.
#[derive(Debug, Default)]
pub(super) struct Script {
    lots: u64,
}

impl Script {
    /// Returns the listings of the next show.
    pub(super) fn lot(&mut self, random: &mut Random, len: usize) -> Result<Vec<Listing>, Error> {
        self.lots += 1;
        self.compose(random, len).ok_or_else(|| Error::from(Code::Internal))
    }

    fn compose(&self, random: &mut Random, len: usize) -> Option<Vec<Listing>> {
        let name = random.pick(&NAMES);
        let currency: Currency = if self.lots.is_multiple_of(10) { "EUR".parse().ok()? } else { Currency::USD };
        let title = format!("{name}, evening {}", self.lots).parse().ok()?;
        let (category, venue) = (random.pick(&CATEGORIES).parse().ok()?, random.pick(&VENUES).parse().ok()?);
        // The show is in the year 2200.
        let starts_at = Timestamp::from_millis(7_258_118_400_000 + random.below(31_536_000_000));
        let mut show = Show::new(title, starts_at);
        (show.category, show.venue) = (Some(category), Some(venue));
        let show = Arc::new(show);
        let mut listing = |at: usize| {
            let rare = at == 7 && self.lots % 100 == 1;
            let title = if rare { format!("{RARE} {name}") } else { format!("{name}, {}", AREAS[at * 6 / len]) };
            Some(Listing {
                title: title.parse().ok()?,
                price: Money::from_minor(1_000 + 500 * random.below(40), currency).ok()?,
                show: Some(Arc::clone(&show)),
                seat: Some(format!("Row {}, seat {}", 1 + at / 25, 1 + at % 25).parse().ok()?),
            })
        };
        (0..len).map(&mut listing).collect()
    }
}
