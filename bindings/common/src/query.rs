//! Conversion of list queries from callers in other languages.

use boxoffice::{Error, FieldErrors, LedgerQuery, OrderQuery, TicketQuery};

/// A query for tickets. Values have their published names; empty values count as not given.
#[derive(Debug, Clone, Default)]
pub struct TicketQueryInput {
    /// `onSale`, `available`, `locked`, `sold`, `withdrawn` or `all`.
    pub status: Option<String>,
    /// Id of the seller.
    pub seller: Option<String>,
    /// Words to search for.
    pub q: Option<String>,
    /// Category of the show.
    pub category: Option<String>,
    /// ISO 4217 code of the currency.
    pub currency: Option<String>,
    /// Lowest price, as a decimal number of major units.
    pub min_price: Option<String>,
    /// Highest price, as a decimal number of major units.
    pub max_price: Option<String>,
    /// `newest`, `oldest`, `price`, `-price`, `startsAt` or `-startsAt`.
    pub sort: Option<String>,
    /// Maximum number of tickets on a page: 1 to 100.
    pub limit: Option<i64>,
    /// The `next` of the previous page.
    pub cursor: Option<String>,
}

impl TryFrom<TicketQueryInput> for TicketQuery {
    type Error = Error;

    /// Parses the query.
    ///
    /// # Errors
    /// `validation`, with an entry for each part that is wrong.
    fn try_from(input: TicketQueryInput) -> Result<Self, Error> {
        let mut errors = FieldErrors::default();
        let mut query = Self::new();
        query.sort = errors.parse("sort", input.sort.as_deref()).unwrap_or_default();
        query.status = errors.parse("status", input.status.as_deref()).unwrap_or_default();
        query.seller = errors.parse_as("seller", input.seller.as_deref(), "must be the id of a user");
        query.q = errors.parse("q", input.q.as_deref());
        query.category = errors.parse("category", input.category.as_deref());
        query.currency = errors.parse("currency", input.currency.as_deref());
        query.min_price = errors.parse("minPrice", input.min_price.as_deref());
        query.max_price = errors.parse("maxPrice", input.max_price.as_deref());
        query.limit = limit(&mut errors, input.limit);
        query.cursor = errors.parse("cursor", input.cursor.as_deref());
        query.check(&mut errors);
        errors.into_result(query)
    }
}

/// Parses a query for orders: the published name of a status, a limit of 1 to 100, and the `next` of the previous page.
///
/// # Errors
/// `validation`, with an entry for each part that is wrong.
pub fn order_query(status: Option<&str>, max: Option<i64>, cursor: Option<&str>) -> Result<OrderQuery, Error> {
    let mut errors = FieldErrors::default();
    let mut query = OrderQuery::new();
    query.status = errors.parse("status", status);
    query.limit = limit(&mut errors, max);
    query.cursor = errors.parse("cursor", cursor);
    query.check(&mut errors);
    errors.into_result(query)
}

/// Parses a query for entries of the ledger: a limit of 1 to 100, and the `next` of the previous page.
///
/// # Errors
/// `validation`, with an entry for each part that is wrong.
pub fn ledger_query(max: Option<i64>, cursor: Option<&str>) -> Result<LedgerQuery, Error> {
    let mut errors = FieldErrors::default();
    let mut query = LedgerQuery::new();
    query.limit = limit(&mut errors, max);
    query.cursor = errors.parse("cursor", cursor);
    query.check(&mut errors);
    errors.into_result(query)
}

fn limit(errors: &mut FieldErrors, max: Option<i64>) -> boxoffice::PageLimit {
    errors.parse("limit", max.map(|max| max.to_string()).as_deref()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use boxoffice::{OrderStatus, TicketSort, TicketStatus};

    use super::*;

    fn wrong<T: std::fmt::Debug>(query: Result<T, Error>) -> Vec<String> {
        let errors = query.unwrap_err().serialize_errors();
        errors.into_iter().map(|error| format!("{}: {}", error.field.unwrap_or_default(), error.message)).collect()
    }

    #[test]
    fn nothing_given_is_the_default() {
        assert_eq!(TicketQuery::try_from(TicketQueryInput::default()).unwrap(), TicketQuery::new());
        let empty = TicketQueryInput { status: Some(String::new()), q: Some("  ".into()), ..Default::default() };
        assert_eq!(TicketQuery::try_from(empty).unwrap(), TicketQuery::new());
        assert_eq!(order_query(None, None, Some("")).unwrap(), OrderQuery::new());
        assert_eq!(ledger_query(None, None).unwrap(), LedgerQuery::new());
    }

    #[test]
    fn parts_by_their_names() {
        let input = TicketQueryInput {
            status: Some("sold".into()),
            q: Some(" hamlet ".into()),
            min_price: Some("2".into()),
            sort: Some("-price".into()),
            limit: Some(100),
            ..Default::default()
        };
        let query = TicketQuery::new().status(TicketStatus::Sold).search("hamlet".parse().unwrap()).min_price(2);
        assert_eq!(TicketQuery::try_from(input).unwrap(), query.sort(TicketSort::PriceDesc).limit(100));
        let query = order_query(Some("awaiting_payment"), Some(1), None).unwrap();
        assert_eq!(query, OrderQuery::new().status(OrderStatus::AwaitingPayment).limit(1));
    }

    #[test]
    fn everything_that_is_wrong_is_told() {
        let input = TicketQueryInput {
            seller: Some("me".into()),
            min_price: Some("2".into()),
            max_price: Some("1.99".into()),
            limit: Some(0),
            ..Default::default()
        };
        let expected = [
            "seller: Seller must be the id of a user",
            "limit: Limit must be a whole number from 1 to 100",
            "minPrice: Min price must not be greater than maxPrice",
        ];
        assert_eq!(wrong(TicketQuery::try_from(input)), expected);
        let expected = [
            "status: Status must be one of created, awaiting_payment, complete, cancelled, expired",
            "limit: Limit must be a whole number from 1 to 100",
            "cursor: Cursor is not one that a listing gave",
        ];
        assert_eq!(wrong(order_query(Some("paid"), Some(-1), Some("x"))), expected);
        assert_eq!(wrong(ledger_query(Some(101), Some("x"))), expected[1..]);
    }
}
