//! Tickets on the wire.

use boxoffice::{NewShow, NewTicket, RawTicketQuery, Ticket, TicketUpdate};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Amount, DecimalText};

/// A ticket to be listed. What is missing is read as empty, so that the answer names every fault at once.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewTicket)]
pub(crate) struct ListTicket {
    /// 1 to 200 characters.
    #[serde(default)]
    #[schema(required, example = "Hamlet, stalls")]
    title: String,
    #[serde(default)]
    #[schema(required, inline)]
    price: DecimalText,
    /// An ISO 4217 code in capitals; `USD` unless the box office has another default.
    #[schema(example = "USD")]
    currency: Option<String>,
    show: Option<ShowIn>,
    /// 1 to 100 characters.
    #[schema(example = "Row C, seat 12")]
    seat: Option<String>,
}

impl From<ListTicket> for NewTicket {
    fn from(body: ListTicket) -> Self {
        Self {
            title: body.title,
            price: body.price.0,
            currency: body.currency,
            show: body.show.map(NewShow::from),
            seat: body.seat,
        }
    }
}

/// Tickets to be listed, all or nothing.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewTickets)]
pub(crate) struct ListTickets {
    /// 1 to 10,000 tickets.
    pub(crate) tickets: Vec<ListTicket>,
}

/// What people attend.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NewShow)]
pub(crate) struct ShowIn {
    /// 1 to 200 characters.
    #[serde(default)]
    #[schema(required, example = "Hamlet")]
    name: String,
    /// 1 to 40 lower-case letters, digits and hyphens.
    #[schema(example = "theatre")]
    category: Option<String>,
    /// 1 to 200 characters.
    #[schema(example = "The Globe")]
    venue: Option<String>,
    /// When it starts; from then on its tickets can't be ordered.
    #[serde(default)]
    #[schema(required, format = DateTime, example = "2030-05-01T19:30:00Z")]
    starts_at: String,
}

impl From<ShowIn> for NewShow {
    fn from(body: ShowIn) -> Self {
        Self { name: body.name, category: body.category, venue: body.venue, starts_at: body.starts_at }
    }
}

/// What a ticket is to be.
#[derive(Deserialize, ToSchema)]
#[schema(as = TicketEdit)]
pub(crate) struct TicketEdit {
    /// 1 to 200 characters.
    #[serde(default)]
    #[schema(required, example = "Hamlet, stalls")]
    title: String,
    #[serde(default)]
    #[schema(required, inline)]
    price: DecimalText,
    /// The show; a ticket without one belongs to none.
    show: Option<ShowIn>,
}

impl TicketEdit {
    pub(crate) fn expecting(self, expected_version: Option<u64>) -> TicketUpdate {
        let show = self.show.map(NewShow::from);
        TicketUpdate { title: self.title, price: self.price.0, show, expected_version }
    }
}

/// Which tickets to show, and in which order.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct TicketQuery {
    /// `available`, `locked`, `sold` or `withdrawn`.
    status: Option<String>,
    /// The id of the seller.
    seller: Option<String>,
    /// Words of the title, the show or the venue.
    q: Option<String>,
    /// The category of the show.
    category: Option<String>,
    /// The currency of the price.
    currency: Option<String>,
    /// The lowest price, in major units.
    min_price: Option<String>,
    /// The highest price, in major units.
    max_price: Option<String>,
    /// The order of the list.
    sort: Option<String>,
    /// How many: 1 to 100, 50 if not given.
    limit: Option<String>,
    /// Where the page starts: take it from the `Link` of the page before.
    cursor: Option<String>,
}

impl From<TicketQuery> for RawTicketQuery {
    fn from(query: TicketQuery) -> Self {
        Self {
            status: query.status,
            seller: query.seller,
            q: query.q,
            category: query.category,
            currency: query.currency,
            min_price: query.min_price,
            max_price: query.max_price,
            sort: query.sort,
            limit: query.limit,
            cursor: query.cursor,
        }
    }
}

/// A ticket.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Ticket)]
pub(crate) struct TicketOut<'a> {
    #[schema(format = Uuid)]
    id: String,
    #[schema(format = Uuid)]
    seller_id: String,
    title: &'a str,
    #[schema(inline)]
    price: Amount,
    /// An ISO 4217 code.
    currency: &'static str,
    #[schema(required)]
    show: Option<ShowOut<'a>>,
    #[schema(required)]
    seat: Option<&'a str>,
    /// `available`, `locked`, `sold` or `withdrawn`.
    status: &'static str,
    /// Counts the changes; also the `ETag`.
    version: u64,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl<'a> From<&'a Ticket> for TicketOut<'a> {
    fn from(ticket: &'a Ticket) -> Self {
        Self {
            id: ticket.id.to_string(),
            seller_id: ticket.seller_id.to_string(),
            title: ticket.title.as_str(),
            price: Amount(ticket.price),
            currency: ticket.price.currency().code(),
            show: ticket.show.as_deref().map(ShowOut::from),
            seat: ticket.seat.as_ref().map(boxoffice::SeatLabel::as_str),
            status: ticket.status.as_str(),
            version: ticket.version,
            created_at: ticket.created_at.to_string(),
            updated_at: ticket.updated_at.to_string(),
        }
    }
}

/// What people attend.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Show)]
pub(crate) struct ShowOut<'a> {
    name: &'a str,
    #[schema(required)]
    category: Option<&'a str>,
    #[schema(required)]
    venue: Option<&'a str>,
    #[schema(format = DateTime)]
    starts_at: String,
}

impl<'a> From<&'a boxoffice::Show> for ShowOut<'a> {
    fn from(show: &'a boxoffice::Show) -> Self {
        Self {
            name: show.name.as_str(),
            category: show.category.as_ref().map(boxoffice::Category::as_str),
            venue: show.venue.as_ref().map(boxoffice::Venue::as_str),
            starts_at: show.starts_at.to_string(),
        }
    }
}
