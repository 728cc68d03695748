//! Requests and responses about orders.

use boxoffice::{CancelReason, Error, FieldErrors, Order, OrderedTicket, TicketId};
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder, OneOfBuilder, Schema, Type};
use utoipa::openapi::{KnownFormat, RefOr, SchemaFormat};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::{Amount, ChargeOut, DecimalText};

/// The tickets to order: exactly one of the two fields.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PlaceOrder {
    ticket_id: Option<String>,
    ticket_ids: Option<Vec<String>>,
    total: Option<DecimalText>,
    prices: Option<Vec<DecimalText>>,
}

impl PartialSchema for PlaceOrder {
    fn schema() -> RefOr<Schema> {
        let id = || {
            let format = SchemaFormat::KnownFormat(KnownFormat::Uuid);
            ObjectBuilder::new().schema_type(Type::String).format(Some(format))
        };
        let one = || Schema::Object(id().description(Some("One ticket.")).build());
        let many = || {
            let ids = ArrayBuilder::new().items(id()).min_items(Some(1)).max_items(Some(10)).unique_items(true);
            Schema::Array(ids.description(Some("1 to 10 tickets of one currency: all or none are locked.")).build())
        };
        let nothing = || ObjectBuilder::new().schema_type(Type::Null);
        let order = |name: &str, what: Schema, other: &str| {
            let order = ObjectBuilder::new().schema_type(Type::Object).property(name, what).required(name);
            order.property(other, nothing()).additional_properties(Some(AdditionalProperties::FreeForm(false)))
        };
        let at_total =
            |order: ObjectBuilder| order.property("total", DecimalText::schema()).property("prices", nothing());
        let at_prices = |order: ObjectBuilder, most: usize| {
            let prices = ArrayBuilder::new().items(DecimalText::schema()).min_items(Some(1)).max_items(Some(most));
            let prices = prices.description(Some("The price of each ticket, in the order of the ids."));
            order.property("prices", Schema::Array(prices.build())).required("prices").property("total", nothing())
        };
        let either = OneOfBuilder::new()
            .item(at_total(order("ticketId", one(), "ticketIds")))
            .item(at_prices(order("ticketId", one(), "ticketIds"), 1))
            .item(at_total(order("ticketIds", many(), "ticketId")))
            .item(at_prices(order("ticketIds", many(), "ticketId"), 10));
        RefOr::T(Schema::OneOf(either.description(Some("What to order: exactly one of the two.")).build()))
    }
}

impl ToSchema for PlaceOrder {
    fn name() -> std::borrow::Cow<'static, str> {
        "NewOrder".into()
    }
}

impl PlaceOrder {
    /// Returns the total that the buyer has agreed to, if the request names one.
    pub(crate) fn total(&self) -> Option<&str> {
        self.total.as_ref().map(|total| total.0.as_str())
    }

    /// Returns the price of each ticket that the buyer has agreed to, if the request names them.
    ///
    /// # Errors
    /// `validation`, if it names a total too.
    pub(crate) fn prices(&self) -> Result<Option<Vec<String>>, Error> {
        if self.prices.is_some() && self.total.is_some() {
            return Err(Error::invalid("prices", "can't be given together with total"));
        }
        Ok(self.prices.as_ref().map(|prices| prices.iter().map(|price| price.0.clone()).collect()))
    }

    pub(crate) fn ticket_ids(&self) -> Result<Vec<TicketId>, Error> {
        match (&self.ticket_id, &self.ticket_ids) {
            (Some(id), None) => Ok(vec![parse(id, || "ticketId".to_owned())?]),
            (None, Some(ids)) => {
                ids.iter().enumerate().map(|(at, id)| parse(id, || format!("ticketIds[{at}]"))).collect()
            }
            (None, None) => Err(Error::invalid("ticketId", "is required")),
            (Some(_), Some(_)) => Err(Error::invalid("ticketId", "can't be given together with ticketIds")),
        }
    }
}

fn parse(id: &str, field: impl FnOnce() -> String) -> Result<TicketId, Error> {
    id.parse().map_err(|_| Error::invalid(field(), "must be an id"))
}

/// The orders of the buyer to show. Empty values count as not given.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OrderQuery {
    /// `created`, `awaiting_payment`, `complete`, `cancelled` or `expired`.
    #[param(pattern = "^(created|awaiting_payment|complete|cancelled|expired)?$")]
    status: Option<String>,
    /// Maximum number of orders: 1 to 100, by default 50.
    #[param(pattern = "^([1-9][0-9]?|100)?$")]
    limit: Option<String>,
    /// Cursor of the page, from the `Link` of the previous page.
    #[param(pattern = "^([0-9a-f]{2})*$")]
    cursor: Option<String>,
}

impl TryFrom<OrderQuery> for boxoffice::OrderQuery {
    type Error = Error;

    /// Parses the query.
    ///
    /// # Errors
    /// `validation`, with an entry for each invalid parameter.
    fn try_from(given: OrderQuery) -> Result<Self, Error> {
        let mut errors = FieldErrors::default();
        let mut query = Self::new();
        query.status = errors.parse("status", given.status.as_deref());
        query.limit = errors.parse("limit", given.limit.as_deref()).unwrap_or_default();
        query.cursor = errors.parse("cursor", given.cursor.as_deref());
        query.check(&mut errors);
        errors.into_result(query)
    }
}

/// A refund: of all remaining money, unless an amount is given.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = Refund)]
pub(crate) struct Refund {
    /// `true` if the tickets go back on sale; by default `false`.
    #[serde(default)]
    pub(crate) return_to_sale: bool,
    /// Part of the money to refund, in the order's currency; the tickets stay sold.
    #[serde(default)]
    #[schema(inline)]
    amount: Option<DecimalText>,
}

impl Refund {
    /// Returns the amount of a partial refund.
    ///
    /// # Errors
    /// `validation`, if the tickets of a partial refund are to go back on sale.
    pub(crate) fn amount(&self) -> Result<Option<&str>, Error> {
        match &self.amount {
            Some(_) if self.return_to_sale => {
                Err(Error::invalid("returnToSale", "goes with a refund of all that is left, not with an amount"))
            }
            amount => Ok(amount.as_ref().map(|amount| amount.0.as_str())),
        }
    }
}

/// An order.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Order)]
pub(crate) struct OrderOut<'a> {
    #[schema(format = Uuid)]
    id: String,
    #[schema(format = Uuid)]
    buyer_id: String,
    /// `created`, `awaiting_payment`, `complete`, `cancelled` or `expired`.
    status: &'static str,
    /// Reason of the cancellation, if the order is cancelled: `buyer` or `payment_failed`.
    #[schema(required, value_type = Option<String>)]
    cancel_reason: Option<CancelReason>,
    #[schema(inline)]
    total: Amount,
    /// An ISO 4217 code.
    currency: &'static str,
    /// Time at which the hold ends, unless a payment is in progress.
    #[schema(format = DateTime)]
    expires_at: String,
    tickets: Vec<OrderedTicketOut<'a>>,
    #[schema(required)]
    charge: Option<ChargeOut<'a>>,
    version: u64,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl<'a> From<&'a Order> for OrderOut<'a> {
    fn from(order: &'a Order) -> Self {
        Self {
            id: order.id.to_string(),
            buyer_id: order.buyer_id.to_string(),
            status: order.status.as_str(),
            cancel_reason: order.cancel_reason,
            total: Amount(order.total),
            currency: order.total.currency().code(),
            expires_at: order.expires_at.to_string(),
            tickets: order.tickets.iter().map(OrderedTicketOut::from).collect(),
            charge: order.charge.as_ref().map(ChargeOut::from),
            version: order.version,
            created_at: order.created_at.to_string(),
            updated_at: order.updated_at.to_string(),
        }
    }
}

/// A ticket of an order, as it was when it was locked.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OrderedTicket)]
pub(crate) struct OrderedTicketOut<'a> {
    #[schema(format = Uuid)]
    id: String,
    #[schema(format = Uuid)]
    seller_id: String,
    title: &'a str,
    #[schema(inline)]
    price: Amount,
}

impl<'a> From<&'a OrderedTicket> for OrderedTicketOut<'a> {
    fn from(ticket: &'a OrderedTicket) -> Self {
        Self {
            id: ticket.id.to_string(),
            seller_id: ticket.seller_id.to_string(),
            title: ticket.title.as_str(),
            price: Amount(ticket.price),
        }
    }
}

#[cfg(test)]
mod tests {
    use boxoffice::OrderStatus;

    use super::*;

    fn read(query: &str) -> Result<boxoffice::OrderQuery, Error> {
        let uri = format!("/api/orders?{query}").parse().unwrap();
        axum::extract::Query::<OrderQuery>::try_from_uri(&uri).unwrap().0.try_into()
    }

    #[test]
    fn orders_by_state() {
        assert_eq!(read("status=").unwrap(), boxoffice::OrderQuery::new());
        let expected = boxoffice::OrderQuery::new().status(OrderStatus::AwaitingPayment).limit(1);
        assert_eq!(read("status=awaiting_payment&limit=1").unwrap(), expected);
        for bad in ["0", "-1", "1.5", "many", "101"] {
            assert_eq!(read(&format!("status=paid&limit={bad}")).unwrap_err().serialize_errors().len(), 2, "{bad}");
        }
    }

    #[test]
    fn cursor_of_another_listing() {
        let error = read(&format!("cursor=01{}", "00".repeat(24))).unwrap_err();
        assert_eq!(error.serialize_errors()[0].message, "Cursor belongs to another listing");
    }
}
