use boxoffice::Error;
use boxoffice_bindings::TicketQueryInput;
use napi_derive::napi;

use crate::convert::{When, natural, written};

/// What every command takes.
#[napi(object, object_to_js = false)]
#[derive(Debug, Default)]
pub struct CommandOptions {
    /// Names the command: coming again under the same key, it gets its first answer.
    pub idempotency_key: Option<String>,
}

/// What a sign-in takes.
#[napi(object, object_to_js = false)]
#[derive(Debug, Default)]
pub struct SignInOptions {
    /// The IP address that the attempt comes from.
    pub client: Option<String>,
}

/// What a user changes about themselves.
#[napi(object, object_to_js = false)]
#[derive(Debug)]
pub struct UserChanges {
    /// The new email.
    pub email: Option<String>,
    /// The new password: 8 to 128 characters.
    pub password: Option<String>,
}

/// What a withdrawal takes.
#[napi(object, object_to_js = false)]
#[derive(Debug, Default)]
pub struct WithdrawOptions {
    /// The version that the ticket must have.
    pub expected_version: Option<i64>,
    /// Names the command: coming again under the same key, it gets its first answer.
    pub idempotency_key: Option<String>,
}

/// What a refund takes.
#[napi(object, object_to_js = false)]
#[derive(Debug)]
pub struct RefundOptions {
    /// Whether the tickets go back on sale.
    pub return_to_sale: bool,
    /// Names the command: coming again under the same key, it gets its first answer.
    pub idempotency_key: Option<String>,
}

/// What people attend, as a seller describes it.
#[napi(object, object_to_js = false)]
#[derive(Debug)]
pub struct NewShow {
    /// What it is called.
    pub name: String,
    /// What kind of show, such as `concert`.
    pub category: Option<String>,
    /// Where it is.
    pub venue: Option<String>,
    /// When it starts: RFC 3339 or a `Date`.
    #[napi(ts_type = "string | Date")]
    pub starts_at: When,
}

impl From<NewShow> for boxoffice::NewShow {
    fn from(show: NewShow) -> Self {
        let mut new = Self::new(show.name, written(show.starts_at));
        new.category = show.category;
        new.venue = show.venue;
        new
    }
}

/// A ticket as its seller lists it. What is wrong is told by the command that takes it.
#[napi(object, object_to_js = false)]
#[derive(Debug)]
pub struct NewTicket {
    /// What it is called: 1 to 200 characters.
    pub title: String,
    /// In major units, as a decimal text such as `"19.99"`: numbers of JavaScript are not exact.
    pub price: String,
    /// The ISO 4217 code; without it the box office's default currency.
    pub currency: Option<String>,
    /// What it lets its holder attend.
    pub show: Option<NewShow>,
    /// Where one sits.
    pub seat: Option<String>,
}

impl From<NewTicket> for boxoffice::NewTicket {
    fn from(ticket: NewTicket) -> Self {
        let mut new = Self::new(ticket.title, ticket.price);
        new.currency = ticket.currency;
        new.show = ticket.show.map(Into::into);
        new.seat = ticket.seat;
        new
    }
}

/// What a ticket is to become.
#[napi(object, object_to_js = false)]
#[derive(Debug)]
pub struct TicketUpdate {
    /// The new title.
    pub title: String,
    /// The new price, as a decimal text such as `"19.99"`.
    pub price: String,
    /// The new show; without it the show stays as it is.
    pub show: Option<NewShow>,
    /// The version that the ticket must have.
    pub expected_version: Option<i64>,
}

impl TicketUpdate {
    pub(crate) fn checked(self) -> Result<boxoffice::TicketUpdate, Error> {
        let version = self.expected_version.map(|version| natural("expectedVersion", version)).transpose()?;
        let mut update = boxoffice::TicketUpdate::new(self.title, self.price);
        update.show = self.show.map(Into::into);
        update.expected_version = version;
        Ok(update)
    }
}

/// Which tickets, and in what order.
#[napi(object, object_to_js = false)]
#[derive(Debug, Default)]
pub struct TicketQuery {
    /// `onSale`, `available`, `locked`, `sold`, `withdrawn` or `all`.
    pub status: Option<String>,
    /// The seller's id.
    pub seller: Option<String>,
    /// Words of the title, the show or the venue.
    pub q: Option<String>,
    /// The category of the show.
    pub category: Option<String>,
    /// The ISO 4217 code of the price.
    pub currency: Option<String>,
    /// The lowest price, as a decimal text.
    pub min_price: Option<String>,
    /// The highest price, as a decimal text.
    pub max_price: Option<String>,
    /// `newest`, `oldest`, `price`, `-price`, `startsAt` or `-startsAt`.
    pub sort: Option<String>,
    /// How many at most: 1 to 100.
    pub limit: Option<i64>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
}

impl TicketQuery {
    pub(crate) fn checked(self) -> Result<boxoffice::TicketQuery, Error> {
        let Self { status, seller, q, category, currency, min_price, max_price, sort, limit, cursor } = self;
        TicketQueryInput { status, seller, q, category, currency, min_price, max_price, sort, limit, cursor }.try_into()
    }
}

/// Which orders.
#[napi(object, object_to_js = false)]
#[derive(Debug, Default)]
pub struct OrderQuery {
    /// `created`, `awaiting_payment`, `complete`, `cancelled` or `expired`.
    pub status: Option<String>,
    /// How many at most: 1 to 100.
    pub limit: Option<i64>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
}

impl OrderQuery {
    pub(crate) fn checked(self) -> Result<boxoffice::OrderQuery, Error> {
        boxoffice_bindings::order_query(self.status.as_deref(), self.limit, self.cursor.as_deref())
    }
}
