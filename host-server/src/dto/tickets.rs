//! Requests and responses about tickets.

use boxoffice::{Change, Error, FieldErrors, NewShow, NewTicket, Ticket, TicketUpdate};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::{Amount, DecimalText};

/// A ticket to be listed. Missing fields count as empty, so that the answer contains all errors at once.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewTicket)]
pub(crate) struct ListTicket {
    /// 1 to 200 characters.
    #[serde(default)]
    #[schema(
        required,
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd]*[^\s\u00ad\u034f\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd][^\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd]*$",
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
        pattern = r"^[^\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd]*[^\s\u00ad\u034f\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd][^\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd]*$",
        example = "Row C, seat 12"
    )]
    seat: Option<String>,
}

impl From<ListTicket> for NewTicket {
    fn from(body: ListTicket) -> Self {
        let mut ticket = Self::new(body.title, body.price.0);
        ticket.currency = body.currency;
        ticket.show = body.show.map(NewShow::from);
        ticket.seat = body.seat;
        ticket
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

/// A show, and the time to which its unsold tickets move.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Reschedule {
    /// The show as it is now. Its category does not matter.
    pub(crate) show: ShowIn,
    /// The new start.
    #[serde(default)]
    #[schema(required, format = DateTime, pattern = "^(19[7-9]|[2-9][0-9]{2})[0-9]-", example = "2030-05-02T19:30:00Z")]
    pub(crate) starts_at: String,
}

/// A show: a concert, match, play or other event that people attend.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewShow)]
pub(crate) struct ShowIn {
    /// 1 to 200 characters.
    #[serde(default)]
    #[schema(
        required,
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd]*[^\s\u00ad\u034f\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd][^\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd]*$",
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
        pattern = r"^[^\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd]*[^\s\u00ad\u034f\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd][^\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd]*$",
        example = "The Globe"
    )]
    venue: Option<String>,
    /// Start of the show; from then on its tickets can't be ordered.
    #[serde(default)]
    #[schema(required, format = DateTime, pattern = "^(19[7-9]|[2-9][0-9]{2})[0-9]-", example = "2030-05-01T19:30:00Z")]
    starts_at: String,
}

impl From<ShowIn> for NewShow {
    fn from(body: ShowIn) -> Self {
        let mut show = Self::new(body.name, body.starts_at);
        show.category = body.category;
        show.venue = body.venue;
        show
    }
}

/// The new content of a ticket. What else a ticket's answer has may come back with it, and is not read.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = TicketEdit)]
pub(crate) struct TicketEdit {
    /// 1 to 200 characters.
    #[serde(default)]
    #[schema(
        required,
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd]*[^\s\u00ad\u034f\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd][^\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd]*$",
        example = "Hamlet, stalls"
    )]
    title: String,
    #[serde(default)]
    #[schema(required, inline)]
    price: DecimalText,
    /// The show: left as it is if it is not given, taken away if it is `null`.
    #[serde(default, deserialize_with = "change")]
    #[schema(value_type = Option<ShowIn>)]
    show: Change<ShowIn>,
    /// The seat, 1 to 100 characters: left as it is if it is not given, taken away if it is `null`.
    #[serde(default, deserialize_with = "change")]
    #[schema(
        value_type = Option<String>,
        min_length = 1,
        max_length = 100,
        pattern = r"^[^\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd]*[^\s\u00ad\u034f\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd][^\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd]*$",
        example = "Row C, seat 12"
    )]
    seat: Change<String>,
    /// The ticket's own currency, if it is given: a ticket keeps it.
    #[schema(schema_with = super::currency)]
    currency: Option<String>,
    #[serde(default, rename = "id")]
    #[schema(inline)]
    _id: Unread,
    #[serde(default, rename = "sellerId")]
    #[schema(inline)]
    _seller_id: Unread,
    #[serde(default, rename = "status")]
    #[schema(inline)]
    _status: Unread,
    #[serde(default, rename = "version")]
    #[schema(inline)]
    _version: Unread,
    #[serde(default, rename = "createdAt")]
    #[schema(inline)]
    _created_at: Unread,
    #[serde(default, rename = "updatedAt")]
    #[schema(inline)]
    _updated_at: Unread,
}

/// A part of an answer that comes back, such as a ticket's id, whatever it is.
#[derive(Default)]
struct Unread;

impl<'de> Deserialize<'de> for Unread {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

impl ToSchema for Unread {}

impl PartialSchema for Unread {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(SchemaType::AnyValue).description(Some("It is not read.")).into()
    }
}

/// Reads what is given, `null` as taking away.
fn change<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Change<T>, D::Error> {
    Option::deserialize(deserializer).map(|given| Change::given(Some(given)))
}

impl TicketEdit {
    /// Refuses another currency than the ticket's.
    ///
    /// # Errors
    /// `validation`.
    pub(crate) fn check_currency(&self, ticket: &Ticket) -> Result<(), Error> {
        let own = ticket.price.currency().code();
        match &self.currency {
            Some(given) if given != own => {
                Err(Error::invalid("currency", format!("must be {own}: a ticket keeps its currency")))
            }
            Some(_) | None => Ok(()),
        }
    }

    pub(crate) fn names_currency(&self) -> bool {
        self.currency.is_some()
    }

    pub(crate) fn expecting(self, expected_version: Option<u64>) -> TicketUpdate {
        let mut update = TicketUpdate::new(self.title, self.price.0);
        update.show = self.show.map(NewShow::from);
        update.seat = self.seat;
        update.expected_version = expected_version;
        update
    }
}

/// The tickets to show, and their order. Empty values count as not given.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct TicketQuery {
    /// `onSale` (the default), `available`, `locked`, `sold`, `withdrawn` or `all`.
    #[param(pattern = "^(onSale|available|locked|sold|withdrawn|all)?$")]
    status: Option<String>,
    /// Id of the seller.
    #[param(pattern = "^([0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12})?$")]
    seller: Option<String>,
    /// Words of the title, the seat, or the show's name, venue or category, in any case and with or without accents.
    #[param(max_length = 100, pattern = r"^$|[^\W_]")]
    q: Option<String>,
    /// Category of the show.
    #[param(pattern = "^[a-z0-9-]{0,40}$")]
    category: Option<String>,
    /// Currency of the price.
    #[param(schema_with = super::currency_or_none)]
    currency: Option<String>,
    /// Minimum price, in major units.
    #[param(pattern = r"^([0-9]{1,9}(\.[0-9]{1,4})?)?$")]
    min_price: Option<String>,
    /// Maximum price, in major units.
    #[param(pattern = r"^([0-9]{1,9}(\.[0-9]{1,4})?)?$")]
    max_price: Option<String>,
    /// `newest` (the default), `oldest`, `price`, `-price`, `startsAt` or `-startsAt`.
    #[param(pattern = "^(newest|oldest|-?price|-?startsAt)?$")]
    sort: Option<String>,
    /// Maximum number of tickets: 1 to 100, by default 50.
    #[param(pattern = "^([1-9][0-9]?|100)?$")]
    limit: Option<String>,
    /// Cursor of the page, from the `Link` of the previous page.
    #[param(pattern = "^([0-9a-f]{2})*$")]
    cursor: Option<String>,
}

impl TryFrom<TicketQuery> for boxoffice::TicketQuery {
    type Error = Error;

    /// Parses the query.
    ///
    /// # Errors
    /// `validation`, with an entry for each invalid parameter.
    fn try_from(given: TicketQuery) -> Result<Self, Error> {
        let mut errors = FieldErrors::default();
        let mut query = Self::new();
        query.sort = errors.parse("sort", given.sort.as_deref()).unwrap_or_default();
        query.status = errors.parse("status", given.status.as_deref()).unwrap_or_default();
        query.seller = errors.parse_as("seller", given.seller.as_deref(), "must be the id of a user");
        query.q = errors.parse("q", given.q.as_deref());
        query.category = errors.parse("category", given.category.as_deref());
        query.currency = errors.parse("currency", given.currency.as_deref());
        query.min_price = errors.parse("minPrice", given.min_price.as_deref());
        query.max_price = errors.parse("maxPrice", given.max_price.as_deref());
        query.limit = errors.parse("limit", given.limit.as_deref()).unwrap_or_default();
        query.cursor = errors.parse("cursor", given.cursor.as_deref());
        query.check(&mut errors);
        errors.into_result(query)
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
    /// Version, which counts the changes; also the `ETag`.
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

/// A show: a concert, match, play or other event that people attend.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<boxoffice::TicketQuery, Error> {
        let uri = format!("/api/tickets?{query}").parse().unwrap();
        axum::extract::Query::<TicketQuery>::try_from_uri(&uri).unwrap().0.try_into()
    }

    fn wrong(query: &str) -> Vec<(String, String)> {
        let errors = read(query).unwrap_err().serialize_errors();
        errors.into_iter().map(|error| (error.field.unwrap().into_owned(), error.message.into_owned())).collect()
    }

    #[test]
    fn nothing_asked_for_is_the_default() {
        assert_eq!(read("").unwrap(), boxoffice::TicketQuery::new());
        assert_eq!(read("status=&q=++&limit=").unwrap(), boxoffice::TicketQuery::new());
    }

    #[test]
    fn all_that_can_be_asked_for() {
        let seller = "01938f6e-8c7a-7b2e-8f00-0123456789ab";
        // A cursor of the listing by descending price, at any position.
        let cursor = format!("04{}", "00".repeat(24));
        let query = format!(
            "status=sold&seller={seller}&q=+hamlet+globe+&category=play&currency=EUR&minPrice=10&maxPrice=19.99&sort=-price\
             &limit=100&cursor={cursor}"
        );
        let expected = boxoffice::TicketQuery::new()
            .status(boxoffice::TicketStatus::Sold)
            .seller(seller.parse().unwrap())
            .search("HAMLET globe".parse().unwrap())
            .category("play".parse().unwrap())
            .currency("EUR".parse().unwrap())
            .min_price(10)
            .max_price("19.99".parse::<boxoffice::PriceBound>().unwrap())
            .sort(boxoffice::TicketSort::PriceDesc)
            .limit(100)
            .after(cursor.parse::<boxoffice::Cursor>().unwrap());
        assert_eq!(read(&query).unwrap(), expected);
    }

    #[test]
    fn all_faults_are_told_with_their_names_on_the_wire() {
        let faults = wrong(
            "status=gone&seller=me&q=!&category=Stand+Up&currency=dollars&minPrice=-1&maxPrice=lots&sort=title&limit=101&cursor=x",
        );
        let faults: Vec<_> = faults.iter().map(|(field, message)| (field.as_str(), message.as_str())).collect();
        let expected = [
            ("sort", "Sort must be one of newest, oldest, price, -price, startsAt, -startsAt"),
            ("status", "Status must be one of onSale, available, locked, sold, withdrawn, all"),
            ("seller", "Seller must be the id of a user"),
            ("q", "Q must have a letter or a digit"),
            ("category", "Category must be lower-case letters, digits and hyphens, such as concert"),
            ("currency", "Currency must be an ISO 4217 currency code such as USD"),
            ("minPrice", "Min price must be a decimal number such as 19.99"),
            ("maxPrice", "Max price must be a decimal number such as 19.99"),
            ("limit", "Limit must be a whole number from 1 to 100"),
            ("cursor", "Cursor is not one that a listing gave"),
        ];
        assert_eq!(faults, expected);
    }

    #[test]
    fn prices_the_wrong_way_round() {
        let message = "Min price must not be greater than maxPrice".to_owned();
        assert_eq!(wrong("minPrice=2&maxPrice=1.99"), [("minPrice".to_owned(), message)]);
    }

    #[test]
    fn cursor_of_another_listing() {
        let cursor = format!("01{}", "00".repeat(24));
        let expected = ("cursor".to_owned(), "Cursor belongs to another listing".to_owned());
        assert_eq!(wrong(&format!("sort=price&cursor={cursor}")), [expected]);
        assert_eq!(wrong(&format!("sort=title&cursor={cursor}")).len(), 1, "it is not held against a sort at fault");
    }
}
