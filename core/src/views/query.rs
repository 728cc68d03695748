//! What can be asked of the listings.

use std::fmt::Display;
use std::str::FromStr;

use super::cursor::Cursor;
use super::search::SearchText;
use crate::domain::order::OrderStatus;
use crate::domain::ticket::TicketStatus;
use crate::error::{Error, Faults};
use crate::types::{Category, Currency, Money, UserId};

/// How many entries a page has unless something else is asked for.
const LIMIT_DEFAULT: usize = 50;

/// The most entries that a page has.
pub(super) const LIMIT_MAX: usize = 100;

/// Which tickets to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TicketQuery {
    /// In which states.
    pub(crate) status: TicketStatusFilter,
    /// Of which seller.
    pub(crate) seller: Option<UserId>,
    /// With which words.
    pub(crate) q: Option<SearchText>,
    /// Of which kind of show.
    pub(crate) category: Option<Category>,
    /// In which currency.
    pub(crate) currency: Option<Currency>,
    /// From which price on, whatever the currency.
    pub(crate) min_price: Option<PriceBound>,
    /// Up to which price, itself included, whatever the currency.
    pub(crate) max_price: Option<PriceBound>,
    /// In which order.
    pub(crate) sort: TicketSort,
    /// How many at once, 1 to 100; more are taken for 100, fewer for 1.
    pub(crate) limit: usize,
    /// Where to go on; from a page of the same sort.
    pub(crate) cursor: Option<Cursor>,
}

impl Default for TicketQuery {
    /// What is on sale, newest first, 50 at once.
    fn default() -> Self {
        Self {
            status: TicketStatusFilter::default(),
            seller: None,
            q: None,
            category: None,
            currency: None,
            min_price: None,
            max_price: None,
            sort: TicketSort::default(),
            limit: LIMIT_DEFAULT,
            cursor: None,
        }
    }
}

/// Which states of tickets to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum TicketStatusFilter {
    /// Available, or locked and so perhaps available again soon.
    #[default]
    OnSale,
    /// In this state only.
    Only(TicketStatus),
    /// Whatever the state.
    All,
}

impl TicketStatusFilter {
    /// Whether tickets of this state are listed.
    pub(super) fn admits(self, status: TicketStatus) -> bool {
        match self {
            Self::OnSale => status.is_live(),
            Self::Only(only) => status == only,
            Self::All => true,
        }
    }
}

impl FromStr for TicketStatusFilter {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "onSale" => Self::OnSale,
            "available" => Self::Only(TicketStatus::Available),
            "locked" => Self::Only(TicketStatus::Locked),
            "sold" => Self::Only(TicketStatus::Sold),
            "withdrawn" => Self::Only(TicketStatus::Withdrawn),
            "all" => Self::All,
            _ => return Err("must be one of onSale, available, locked, sold, withdrawn, all"),
        })
    }
}

/// The order in which tickets are listed. Tickets that are equal in it follow the order of their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum TicketSort {
    /// Last listed first: `newest`.
    #[default]
    Newest,
    /// First listed first: `oldest`.
    Oldest,
    /// Cheapest first, by the number of major units whatever the currency: `price`.
    PriceAsc,
    /// Dearest first: `-price`.
    PriceDesc,
    /// Soonest show first, tickets without one last: `startsAt`.
    StartsAtAsc,
    /// Farthest show first, tickets without one last: `-startsAt`.
    StartsAtDesc,
}

impl TicketSort {
    /// Tells the cursors of the sorts apart.
    pub(super) const fn tag(self) -> u8 {
        match self {
            Self::Newest => 1,
            Self::Oldest => 2,
            Self::PriceAsc => 3,
            Self::PriceDesc => 4,
            Self::StartsAtAsc => 5,
            Self::StartsAtDesc => 6,
        }
    }
}

impl FromStr for TicketSort {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "newest" => Self::Newest,
            "oldest" => Self::Oldest,
            "price" => Self::PriceAsc,
            "-price" => Self::PriceDesc,
            "startsAt" => Self::StartsAtAsc,
            "-startsAt" => Self::StartsAtDesc,
            _ => return Err("must be one of newest, oldest, price, -price, startsAt, -startsAt"),
        })
    }
}

/// A price in major units, without a currency: each ticket's price is compared with it as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PriceBound(pub(super) u64);

impl FromStr for PriceBound {
    type Err = crate::types::MoneyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Money::sort_value_of(text).map(Self)
    }
}

/// Which of a buyer's orders to list, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OrderQuery {
    /// In which state; all of them if none is asked for.
    pub(crate) status: Option<OrderStatus>,
    /// How many at once, 1 to 100; more are taken for 100, fewer for 1.
    pub(crate) limit: usize,
    /// Where to go on.
    pub(crate) cursor: Option<Cursor>,
}

impl OrderQuery {
    /// What a cursor of a list of orders begins with.
    pub(super) const TAG: u8 = 0x20;
}

impl Default for OrderQuery {
    /// All orders, 50 at once.
    fn default() -> Self {
        Self { status: None, limit: LIMIT_DEFAULT, cursor: None }
    }
}

/// Which of an account's entries to list, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LedgerQuery {
    /// How many at once, 1 to 100; more are taken for 100, fewer for 1.
    pub(crate) limit: usize,
    /// Where to go on.
    pub(crate) cursor: Option<Cursor>,
}

impl LedgerQuery {
    /// What a cursor of a list of entries begins with.
    pub(super) const TAG: u8 = 0x30;
}

impl Default for LedgerQuery {
    /// All entries, 50 at once.
    fn default() -> Self {
        Self { limit: LIMIT_DEFAULT, cursor: None }
    }
}

/// Which entries of the ledger to list, newest first, as it comes in a URL. What is empty counts as not given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawLedgerQuery {
    /// 1 to 100, 50 by default.
    pub limit: Option<String>,
    /// A cursor of the page before.
    pub cursor: Option<String>,
}

impl TryFrom<&RawLedgerQuery> for LedgerQuery {
    type Error = Error;

    /// Reads the query.
    ///
    /// # Errors
    /// `validation`, with a fault for each field that is wrong.
    fn try_from(raw: &RawLedgerQuery) -> Result<Self, Error> {
        let mut faults = Faults::default();
        let query = Self {
            limit: limit(&mut faults, raw.limit.as_deref()),
            cursor: parse(&mut faults, "cursor", raw.cursor.as_deref()),
        };
        belongs(&mut faults, query.cursor, Self::TAG);
        if faults.is_empty() { Ok(query) } else { Err(faults.into()) }
    }
}

/// Which tickets to list, as it comes in a URL. What is empty counts as not given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawTicketQuery {
    /// `onSale` (the default), `available`, `locked`, `sold`, `withdrawn` or `all`.
    pub status: Option<String>,
    /// A user's id.
    pub seller: Option<String>,
    /// Words.
    pub q: Option<String>,
    /// A category.
    pub category: Option<String>,
    /// An ISO 4217 code.
    pub currency: Option<String>,
    /// The lowest price, in major units.
    pub min_price: Option<String>,
    /// The highest price, in major units.
    pub max_price: Option<String>,
    /// `newest` (the default), `oldest`, `price`, `-price`, `startsAt` or `-startsAt`.
    pub sort: Option<String>,
    /// 1 to 100, 50 by default.
    pub limit: Option<String>,
    /// A cursor of the page before.
    pub cursor: Option<String>,
}

impl TryFrom<&RawTicketQuery> for TicketQuery {
    type Error = Error;

    /// Reads the query.
    ///
    /// # Errors
    /// `validation`, with a fault for each field that is wrong.
    fn try_from(raw: &RawTicketQuery) -> Result<Self, Error> {
        let mut faults = Faults::default();
        let sort = parse(&mut faults, "sort", raw.sort.as_deref());
        let seller = given(raw.seller.as_deref()).map(str::parse::<UserId>);
        let query = Self {
            status: parse(&mut faults, "status", raw.status.as_deref()).unwrap_or_default(),
            seller: seller.and_then(|seller| faults.check("seller", seller.map_err(|_| "must be the id of a user"))),
            q: parse(&mut faults, "q", raw.q.as_deref()),
            category: parse(&mut faults, "category", raw.category.as_deref()),
            currency: parse(&mut faults, "currency", raw.currency.as_deref()),
            min_price: parse(&mut faults, "minPrice", raw.min_price.as_deref()),
            max_price: parse(&mut faults, "maxPrice", raw.max_price.as_deref()),
            sort: sort.unwrap_or_default(),
            limit: limit(&mut faults, raw.limit.as_deref()),
            cursor: parse(&mut faults, "cursor", raw.cursor.as_deref()),
        };
        if query.min_price.zip(query.max_price).is_some_and(|(min, max)| min > max) {
            faults.add("minPrice", "must not be greater than maxPrice");
        }
        // A cursor can't be held against a sort that is itself at fault.
        if given(raw.sort.as_deref()).is_none() || sort.is_some() {
            belongs(&mut faults, query.cursor, query.sort.tag());
        }
        if faults.is_empty() { Ok(query) } else { Err(faults.into()) }
    }
}

/// Which of one's own orders to list, newest first, as it comes in a URL. What is empty counts as not given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawOrderQuery {
    /// `created`, `awaiting_payment`, `complete`, `cancelled` or `expired`.
    pub status: Option<String>,
    /// 1 to 100, 50 by default.
    pub limit: Option<String>,
    /// A cursor of the page before.
    pub cursor: Option<String>,
}

impl TryFrom<&RawOrderQuery> for OrderQuery {
    type Error = Error;

    /// Reads the query.
    ///
    /// # Errors
    /// `validation`, with a fault for each field that is wrong.
    fn try_from(raw: &RawOrderQuery) -> Result<Self, Error> {
        let mut faults = Faults::default();
        let status = given(raw.status.as_deref()).map(order_status);
        let query = Self {
            status: status.and_then(|status| faults.check("status", status)),
            limit: limit(&mut faults, raw.limit.as_deref()),
            cursor: parse(&mut faults, "cursor", raw.cursor.as_deref()),
        };
        belongs(&mut faults, query.cursor, Self::TAG);
        if faults.is_empty() { Ok(query) } else { Err(faults.into()) }
    }
}

fn order_status(text: &str) -> Result<OrderStatus, &'static str> {
    [
        OrderStatus::Created,
        OrderStatus::AwaitingPayment,
        OrderStatus::Complete,
        OrderStatus::Cancelled,
        OrderStatus::Expired,
    ]
    .into_iter()
    .find(|status| status.as_str() == text)
    .ok_or("must be one of created, awaiting_payment, complete, cancelled, expired")
}

fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

fn parse<T: FromStr<Err: Display>>(faults: &mut Faults, field: &'static str, text: Option<&str>) -> Option<T> {
    given(text).and_then(|text| faults.check(field, text.parse()))
}

fn limit(faults: &mut Faults, text: Option<&str>) -> usize {
    let Some(text) = given(text) else { return LIMIT_DEFAULT };
    let number = text.parse().ok().filter(|number| (1..=LIMIT_MAX).contains(number));
    faults.check("limit", number.ok_or("must be a whole number from 1 to 100")).unwrap_or(LIMIT_DEFAULT)
}

fn belongs(faults: &mut Faults, cursor: Option<Cursor>, tag: u8) {
    if cursor.is_some_and(|cursor| cursor.tag != tag) {
        faults.add("cursor", "belongs to another listing");
    }
}

#[cfg(test)]
mod tests {
    use super::super::key::Key;
    use super::*;

    #[track_caller]
    fn faults_of<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<(String, String)> {
        let faults = result.unwrap_err().serialize_errors();
        faults.into_iter().map(|fault| (fault.field.unwrap().into_owned(), fault.message.into_owned())).collect()
    }

    #[test]
    fn nothing_asked_for_is_the_default() {
        assert_eq!(TicketQuery::try_from(&RawTicketQuery::default()).unwrap(), TicketQuery::default());
        let empty = RawTicketQuery {
            status: Some(String::new()),
            q: Some("  ".into()),
            limit: Some(String::new()),
            ..RawTicketQuery::default()
        };
        assert_eq!(TicketQuery::try_from(&empty).unwrap(), TicketQuery::default());
        assert_eq!(OrderQuery::try_from(&RawOrderQuery::default()).unwrap(), OrderQuery::default());
    }

    #[test]
    fn all_that_can_be_asked_for() {
        let cursor = Cursor { tag: TicketSort::PriceDesc.tag(), key: Key::new(7, &[1; 16]) };
        let raw = RawTicketQuery {
            status: Some("sold".into()),
            seller: Some("01938f6e-8c7a-7b2e-8f00-0123456789ab".into()),
            q: Some(" hamlet globe ".into()),
            category: Some("play".into()),
            currency: Some("EUR".into()),
            min_price: Some("10".into()),
            max_price: Some("19.99".into()),
            sort: Some("-price".into()),
            limit: Some("100".into()),
            cursor: Some(cursor.to_string()),
        };
        let query = TicketQuery::try_from(&raw).unwrap();
        assert_eq!(query.status, TicketStatusFilter::Only(TicketStatus::Sold));
        assert_eq!((query.min_price, query.max_price), (Some(PriceBound(100_000)), Some(PriceBound(199_900))));
        assert_eq!((query.sort, query.limit, query.cursor), (TicketSort::PriceDesc, 100, Some(cursor)));
        assert_eq!(query.q, Some("HAMLET globe".parse().unwrap()));
    }

    #[test]
    fn all_faults_are_told_with_their_names_on_the_wire() {
        let raw = RawTicketQuery {
            status: Some("gone".into()),
            seller: Some("me".into()),
            q: Some("!".into()),
            category: Some("Stand Up".into()),
            currency: Some("dollars".into()),
            min_price: Some("-1".into()),
            max_price: Some("lots".into()),
            sort: Some("title".into()),
            limit: Some("101".into()),
            cursor: Some("x".into()),
        };
        let mut fields: Vec<String> =
            faults_of(TicketQuery::try_from(&raw)).into_iter().map(|(field, _)| field).collect();
        fields.sort();
        let mut expected =
            ["status", "seller", "q", "category", "currency", "minPrice", "maxPrice", "sort", "limit", "cursor"];
        expected.sort_unstable();
        assert_eq!(fields, expected);
    }

    #[test]
    fn prices_the_wrong_way_round() {
        let raw =
            RawTicketQuery { min_price: Some("2".into()), max_price: Some("1.99".into()), ..RawTicketQuery::default() };
        let message = "Min price must not be greater than maxPrice".to_owned();
        assert_eq!(faults_of(TicketQuery::try_from(&raw)), [("minPrice".to_owned(), message)]);
    }

    #[test]
    fn cursor_of_another_listing() {
        let cursor = Cursor { tag: TicketSort::Newest.tag(), key: Key::new(7, &[1; 16]) };
        let cursor = Some(cursor.to_string());
        let raw = RawTicketQuery { sort: Some("price".into()), cursor: cursor.clone(), ..RawTicketQuery::default() };
        let expected = [("cursor".to_owned(), "Cursor belongs to another listing".to_owned())];
        assert_eq!(faults_of(TicketQuery::try_from(&raw)), expected);
        let raw = RawOrderQuery { cursor, ..RawOrderQuery::default() };
        assert_eq!(faults_of(OrderQuery::try_from(&raw)), expected);
    }

    #[test]
    fn orders_by_state() {
        let raw = RawOrderQuery {
            status: Some("awaiting_payment".into()),
            limit: Some("1".into()),
            ..RawOrderQuery::default()
        };
        let query = OrderQuery::try_from(&raw).unwrap();
        assert_eq!((query.status, query.limit), (Some(OrderStatus::AwaitingPayment), 1));
        for bad in ["0", "-1", "1.5", "many", "101"] {
            let raw =
                RawOrderQuery { status: Some("paid".into()), limit: Some(bad.into()), ..RawOrderQuery::default() };
            assert_eq!(faults_of(OrderQuery::try_from(&raw)).len(), 2);
        }
    }
}
