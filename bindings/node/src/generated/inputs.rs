// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! Inputs.

use crate::generated::prelude::*;

#[napi(object, object_to_js = false)]
#[derive(Debug, Default)]
pub struct LedgerQuery {
    pub limit: Option<f64>,
    pub cursor: Option<String>,
}

impl LedgerQuery {
    pub(crate) fn given(self) -> Result<boxoffice::LedgerQuery, Error> {
        let Self { limit, cursor } = self;
        let mut errors = FieldErrors::default();
        let mut input = boxoffice::LedgerQuery::default();
        if let Some(it) = errors.parse("limit", limit.map(|it| it.to_string()).as_deref()) {
            input.limit = it;
        }
        input.cursor = errors.parse("cursor", cursor.as_deref());
        input.check(&mut errors);
        errors.into_result(())?;
        Ok(input)
    }
}

#[napi(object, object_to_js = false)]
#[derive(Debug)]
pub struct NewPayout {
    pub amount: String,
    pub currency: Option<String>,
    pub reference: String,
}

impl NewPayout {
    pub(crate) fn given(self) -> Result<boxoffice::NewPayout, Error> {
        let Self { amount, currency, reference } = self;
        let mut input = boxoffice::NewPayout::new(amount, reference);
        input.currency = currency;
        Ok(input)
    }
}

#[napi(object, object_to_js = false)]
#[derive(Debug)]
pub struct NewShow {
    pub name: String,
    pub category: Option<String>,
    pub venue: Option<String>,
    pub starts_at: When,
}

impl NewShow {
    pub(crate) fn given(self) -> Result<boxoffice::NewShow, Error> {
        let Self { name, category, venue, starts_at } = self;
        let mut input = boxoffice::NewShow::new(name, written(starts_at));
        input.category = category;
        input.venue = venue;
        Ok(input)
    }
}

#[napi(object, object_to_js = false)]
#[derive(Debug)]
pub struct NewTicket {
    pub title: String,
    pub price: String,
    pub currency: Option<String>,
    pub show: Option<NewShow>,
    pub seat: Option<String>,
}

impl NewTicket {
    pub(crate) fn given(self) -> Result<boxoffice::NewTicket, Error> {
        let Self { title, price, currency, show, seat } = self;
        let mut input = boxoffice::NewTicket::new(title, price);
        input.currency = currency;
        input.show = show.map(NewShow::given).transpose()?;
        input.seat = seat;
        Ok(input)
    }
}

#[napi(object, object_to_js = false)]
#[derive(Debug, Default)]
pub struct OrderQuery {
    pub status: Option<String>,
    pub limit: Option<f64>,
    pub cursor: Option<String>,
}

impl OrderQuery {
    pub(crate) fn given(self) -> Result<boxoffice::OrderQuery, Error> {
        let Self { status, limit, cursor } = self;
        let mut errors = FieldErrors::default();
        let mut input = boxoffice::OrderQuery::default();
        input.status = errors.parse("status", status.as_deref());
        if let Some(it) = errors.parse("limit", limit.map(|it| it.to_string()).as_deref()) {
            input.limit = it;
        }
        input.cursor = errors.parse("cursor", cursor.as_deref());
        input.check(&mut errors);
        errors.into_result(())?;
        Ok(input)
    }
}

#[napi(object, object_to_js = false)]
#[derive(Debug, Default)]
pub struct TicketQuery {
    pub status: Option<String>,
    pub seller: Option<String>,
    pub q: Option<String>,
    pub category: Option<String>,
    pub currency: Option<String>,
    pub min_price: Option<String>,
    pub max_price: Option<String>,
    pub sort: Option<String>,
    pub limit: Option<f64>,
    pub cursor: Option<String>,
}

impl TicketQuery {
    pub(crate) fn given(self) -> Result<boxoffice::TicketQuery, Error> {
        let Self { status, seller, q, category, currency, min_price, max_price, sort, limit, cursor } = self;
        let mut errors = FieldErrors::default();
        let mut input = boxoffice::TicketQuery::default();
        if let Some(it) = errors.parse("status", status.as_deref()) {
            input.status = it;
        }
        input.seller = errors.parse_as("seller", seller.as_deref(), "must be the id of a user");
        input.q = errors.parse("q", q.as_deref());
        input.category = errors.parse("category", category.as_deref());
        input.currency = errors.parse("currency", currency.as_deref());
        input.min_price = errors.parse("minPrice", min_price.as_deref());
        input.max_price = errors.parse("maxPrice", max_price.as_deref());
        if let Some(it) = errors.parse("sort", sort.as_deref()) {
            input.sort = it;
        }
        if let Some(it) = errors.parse("limit", limit.map(|it| it.to_string()).as_deref()) {
            input.limit = it;
        }
        input.cursor = errors.parse("cursor", cursor.as_deref());
        input.check(&mut errors);
        errors.into_result(())?;
        Ok(input)
    }
}

#[napi(object, object_to_js = false)]
#[derive(Debug)]
pub struct TicketUpdate {
    pub title: String,
    pub price: String,
    pub show: Option<Option<NewShow>>,
    pub seat: Option<Option<String>>,
    pub expected_version: Option<f64>,
}

impl TicketUpdate {
    pub(crate) fn given(self) -> Result<boxoffice::TicketUpdate, Error> {
        let Self { title, price, show, seat, expected_version } = self;
        let mut input = boxoffice::TicketUpdate::new(title, price);
        input.show = changed(show, NewShow::given)?;
        input.seat = Change::given(seat);
        input.expected_version = expected_version.map(|it| natural("expectedVersion", it)).transpose()?;
        Ok(input)
    }
}

#[napi(object, object_to_js = false)]
#[derive(Debug, Default)]
pub struct CommandOptions {
    pub idempotency_key: Option<String>,
}

#[napi(object, object_to_js = false)]
#[derive(Debug)]
pub struct RefundOptions {
    pub return_to_sale: bool,
    pub idempotency_key: Option<String>,
}

#[napi(object, object_to_js = false)]
#[derive(Debug, Default)]
pub struct SignInOptions {
    pub client: Option<String>,
}

#[napi(object, object_to_js = false)]
#[derive(Debug, Default)]
pub struct UserChanges {
    pub email: Option<String>,
    pub password: Option<String>,
}

#[napi(object, object_to_js = false)]
#[derive(Debug, Default)]
pub struct WithdrawOptions {
    pub expected_version: Option<f64>,
    pub idempotency_key: Option<String>,
}
