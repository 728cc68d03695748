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
    #[schema(
        required,
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$",
        example = "Hamlet, stalls"
    )]
    title: String,
    #[serde(default)]
    #[schema(required, inline)]
    price: DecimalText,
    /// An ISO 4217 code in capitals; `USD` unless the box office has another default.
    #[schema(schema_with = super::currency)]
    currency: Option<String>,
    show: Option<ShowIn>,
    /// 1 to 100 characters.
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$",
        example = "Row C, seat 12"
    )]
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
    #[schema(min_items = 1, max_items = 10_000)]
    pub(crate) tickets: Vec<ListTicket>,
}

/// What people attend.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NewShow)]
pub(crate) struct ShowIn {
    /// 1 to 200 characters.
    #[serde(default)]
    #[schema(
        required,
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$",
        example = "Hamlet"
    )]
    name: String,
    /// 1 to 40 lower-case letters, digits and hyphens.
    #[schema(pattern = "^[a-z0-9-]{1,40}$", example = "theatre")]
    category: Option<String>,
    /// 1 to 200 characters.
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$",
        example = "The Globe"
    )]
    venue: Option<String>,
    /// When it starts; from then on its tickets can't be ordered.
    #[serde(default)]
    #[schema(required, format = DateTime, pattern = "^(19[7-9]|[2-9][0-9]{2})[0-9]-", example = "2030-05-01T19:30:00Z")]
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
    #[schema(
        required,
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$",
        example = "Hamlet, stalls"
    )]
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

/// Which tickets to show, and in which order. What is empty counts as not given, as forms send it.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct TicketQuery {
    /// `onSale` (the default), `available`, `locked`, `sold`, `withdrawn` or `all`.
    #[param(pattern = "^(onSale|available|locked|sold|withdrawn|all)?$")]
    status: Option<String>,
    /// The id of the seller.
    #[param(pattern = "^([0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12})?$")]
    seller: Option<String>,
    /// Words of the title, the show or the venue.
    #[param(max_length = 100, pattern = r"^$|[^\W_]")]
    q: Option<String>,
    /// The category of the show.
    #[param(pattern = "^[a-z0-9-]{0,40}$")]
    category: Option<String>,
    /// The currency of the price.
    #[param(schema_with = super::currency_or_none)]
    currency: Option<String>,
    /// The lowest price, in major units.
    #[param(pattern = r"^([0-9]{1,9}(\.[0-9]{1,4})?)?$")]
    min_price: Option<String>,
    /// The highest price, in major units.
    #[param(pattern = r"^([0-9]{1,9}(\.[0-9]{1,4})?)?$")]
    max_price: Option<String>,
    /// `newest` (the default), `oldest`, `price`, `-price`, `startsAt` or `-startsAt`.
    #[param(pattern = "^(newest|oldest|-?price|-?startsAt)?$")]
    sort: Option<String>,
    /// How many: 1 to 100, 50 if not given.
    #[param(pattern = "^([1-9][0-9]?|100)?$")]
    limit: Option<String>,
    /// Where the page starts: take it from the `Link` of the page before.
    #[param(pattern = "^([0-9a-f]{2})*$")]
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
