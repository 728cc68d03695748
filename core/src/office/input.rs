//! Input of callers as plain text, and its validation. All hosts validate here and nowhere else.

use std::sync::Arc;

use serde::Serialize;

use crate::domain::ticket::{Listing, Show, UpdateTicket};
use crate::error::FieldErrors;
use crate::types::{Change, Currency, Money, TicketId, Title};

/// A ticket as its seller lists it.
///
/// ```
/// use boxoffice::{NewShow, NewTicket};
///
/// let ticket = NewTicket::new("Hamlet, stalls", "19.99")
///     .currency("EUR")
///     .seat("Row 3, seat 12")
///     .show(NewShow::new("Hamlet", "2027-05-01T19:30:00Z").category("play").venue("Old Vic"));
/// # assert_eq!(ticket.price, "19.99");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NewTicket {
    /// Title: 1 to 200 characters.
    pub title: String,
    /// Price: a decimal number in major units, such as `19.99`, with at most as many decimals as the currency has.
    pub price: String,
    /// ISO 4217 code of the currency, such as `EUR`; the box office's default currency if there is none.
    pub currency: Option<String>,
    /// Show that the ticket is for.
    pub show: Option<NewShow>,
    /// Seat: 1 to 100 characters.
    pub seat: Option<String>,
}

impl NewTicket {
    /// Creates a ticket in the default currency, without show and seat.
    pub fn new(title: impl Into<String>, price: impl Into<String>) -> Self {
        Self { title: title.into(), price: price.into(), currency: None, show: None, seat: None }
    }

    /// Sets the currency.
    #[must_use]
    pub fn currency(mut self, code: impl Into<String>) -> Self {
        self.currency = Some(code.into());
        self
    }

    /// Sets the show.
    #[must_use]
    pub fn show(mut self, show: NewShow) -> Self {
        self.show = Some(show);
        self
    }

    /// Sets the seat.
    #[must_use]
    pub fn seat(mut self, seat: impl Into<String>) -> Self {
        self.seat = Some(seat.into());
        self
    }

    /// Checks all fields, and adds errors under the fields' names after `prefix`.
    pub(super) fn check(&self, default: Currency, prefix: &str, faults: &mut FieldErrors) -> Option<Listing> {
        let title = faults.check(format!("{prefix}title"), self.title.parse::<Title>());
        let currency = match &self.currency {
            None => Some(default),
            Some(code) => faults.check(format!("{prefix}currency"), code.parse()),
        };
        let price = currency.and_then(|currency| check_price(&self.price, currency, prefix, faults));
        let show = self.show.as_ref().map(|show| show.check(prefix, faults));
        let seat = self.seat.as_ref().map(|seat| faults.check(format!("{prefix}seat"), seat.parse()));
        Some(Listing { title: title?, price: price?, show: some_or_none(show)?, seat: some_or_none(seat)? })
    }
}

/// A show as a seller describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NewShow {
    /// Name: 1 to 200 characters.
    pub name: String,
    /// Category: 1 to 40 lower-case letters, digits and hyphens, such as `concert`.
    pub category: Option<String>,
    /// Venue: 1 to 200 characters.
    pub venue: Option<String>,
    /// Time at which the show starts, in RFC 3339.
    pub starts_at: String,
}

impl NewShow {
    /// Creates a show without category and venue.
    pub fn new(name: impl Into<String>, starts_at: impl Into<String>) -> Self {
        Self { name: name.into(), category: None, venue: None, starts_at: starts_at.into() }
    }

    /// Sets the category.
    #[must_use]
    pub fn category(mut self, category: impl Into<String>) -> Self {
        self.category = Some(category.into());
        self
    }

    /// Sets the venue.
    #[must_use]
    pub fn venue(mut self, venue: impl Into<String>) -> Self {
        self.venue = Some(venue.into());
        self
    }

    pub(super) fn check(&self, prefix: &str, faults: &mut FieldErrors) -> Option<Arc<Show>> {
        let name = faults.check(format!("{prefix}show.name"), self.name.parse());
        let category =
            self.category.as_ref().map(|category| faults.check(format!("{prefix}show.category"), category.parse()));
        let venue = self.venue.as_ref().map(|venue| faults.check(format!("{prefix}show.venue"), venue.parse()));
        let starts_at = faults.check(format!("{prefix}show.startsAt"), self.starts_at.parse());
        Some(Arc::new(Show {
            name: name?,
            category: some_or_none(category)?,
            venue: some_or_none(venue)?,
            starts_at: starts_at?,
        }))
    }
}

/// The new title and price of a ticket, and what becomes of its show and seat.
///
/// ```
/// use boxoffice::{NewShow, TicketUpdate};
///
/// let update = TicketUpdate::new("Hamlet, stalls", "17.50")
///     .show(NewShow::new("Hamlet", "2027-05-02T19:30:00Z"))
///     .seat("Row 3, seat 12")
///     .expected_version(1);
/// # assert_eq!(update.expected_version, Some(1));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TicketUpdate {
    /// Title: 1 to 200 characters.
    pub title: String,
    /// Price: a decimal number in major units of the ticket's currency.
    pub price: String,
    /// The new show: left as it is unless it is set or cleared.
    pub show: Change<NewShow>,
    /// The new seat, 1 to 100 characters: left as it is unless it is set or cleared.
    #[serde(skip_serializing_if = "Change::is_keep")]
    pub seat: Change<String>,
    /// Version that the ticket must have; `None` accepts any version.
    pub expected_version: Option<u64>,
}

impl TicketUpdate {
    /// Creates an update to this title and price that leaves show and seat, whatever the ticket's version.
    pub fn new(title: impl Into<String>, price: impl Into<String>) -> Self {
        let (show, seat) = (Change::Keep, Change::Keep);
        Self { title: title.into(), price: price.into(), show, seat, expected_version: None }
    }

    /// Sets the new show.
    #[must_use]
    pub fn show(mut self, show: NewShow) -> Self {
        self.show = Change::Set(show);
        self
    }

    /// Takes the show away.
    #[must_use]
    pub fn without_show(mut self) -> Self {
        self.show = Change::Clear;
        self
    }

    /// Sets the new seat.
    #[must_use]
    pub fn seat(mut self, seat: impl Into<String>) -> Self {
        self.seat = Change::Set(seat.into());
        self
    }

    /// Takes the seat away.
    #[must_use]
    pub fn without_seat(mut self) -> Self {
        self.seat = Change::Clear;
        self
    }

    /// Sets the version that the ticket must have; otherwise the update is refused.
    #[must_use]
    pub fn expected_version(mut self, version: u64) -> Self {
        self.expected_version = Some(version);
        self
    }

    /// Checks everything, and makes the command to change the ticket of this id, whose price is in this currency.
    pub(super) fn check(&self, id: TicketId, currency: Currency) -> Result<UpdateTicket, FieldErrors> {
        let mut faults = FieldErrors::default();
        let title = faults.check("title", self.title.parse::<Title>());
        let price = check_price(&self.price, currency, "", &mut faults);
        let show = change(self.show.as_ref().map(|show| show.check("", &mut faults)));
        let seat = change(self.seat.as_ref().map(|seat| faults.check("seat", seat.parse())));
        match (title, price, show, seat) {
            (Some(title), Some(price), Some(show), Some(seat)) => {
                Ok(UpdateTicket { ticket_id: id, title, price, show, seat, expected_version: self.expected_version })
            }
            _ => Err(faults),
        }
    }
}

/// Returns the change, unless it sets something to what was wrong.
fn change<T>(checked: Change<Option<T>>) -> Option<Change<T>> {
    match checked {
        Change::Keep => Some(Change::Keep),
        Change::Clear => Some(Change::Clear),
        Change::Set(value) => value.map(Change::Set),
    }
}

fn check_price(text: &str, currency: Currency, prefix: &str, faults: &mut FieldErrors) -> Option<Money> {
    faults.check(format!("{prefix}price"), Money::parse(text, currency))
}

/// Returns `Some(None)` if nothing was given, `Some` of the value if it is valid, and `None` if it is invalid.
#[expect(clippy::option_option, reason = "given or not, right or wrong: two questions")]
fn some_or_none<T>(given: Option<Option<T>>) -> Option<Option<T>> {
    match given {
        None => Some(None),
        Some(checked) => checked.map(Some),
    }
}
