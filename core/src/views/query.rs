//! The queries that listings answer.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use super::cursor::{Cursor, PageLimit};
use super::search::SearchText;
use crate::domain::order::OrderStatus;
use crate::domain::ticket::TicketStatus;
use crate::error::{Error, FieldErrors};
use crate::types::{Category, Currency, Money, MoneyError, UnknownName, UserId, by_name};

/// Number of decimals that a price without a currency may have.
const USUAL_DECIMALS: u8 = 2;

/// Selects and sorts tickets. By default those on sale, newest first, 50 a page.
///
/// ```
/// use boxoffice::{Currency, PriceBound, TicketQuery, TicketSort, TicketStatusFilter};
///
/// let query = TicketQuery::new()
///     .status(TicketStatusFilter::All)
///     .search("hamlet globe".parse()?)
///     .currency(Currency::USD)
///     .max_price("19.99".parse::<PriceBound>()?)
///     .sort(TicketSort::PriceAsc)
///     .limit(20);
/// assert_eq!(query.limit.get(), 20);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct TicketQuery {
    /// The states that are listed.
    pub status: TicketStatusFilter,
    /// The seller whose tickets are listed; everybody's if there is none.
    pub seller: Option<UserId>,
    /// The words that every listed ticket has.
    pub q: Option<SearchText>,
    /// The category of the show.
    pub category: Option<Category>,
    /// The currency of the price.
    pub currency: Option<Currency>,
    /// The lowest price, in major units whatever the currency.
    pub min_price: Option<PriceBound>,
    /// The highest price, in major units whatever the currency.
    pub max_price: Option<PriceBound>,
    /// The order of the list.
    pub sort: TicketSort,
    /// How many tickets a page has at most.
    pub limit: PageLimit,
    /// The place after which the page starts: `next` of a page of the same sort.
    pub cursor: Option<Cursor>,
}

impl TicketQuery {
    /// Creates the query for the tickets on sale, newest first, 50 a page.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lists the tickets in these states.
    #[must_use]
    pub fn status(mut self, status: impl Into<TicketStatusFilter>) -> Self {
        self.status = status.into();
        self
    }

    /// Lists the tickets of this seller only.
    #[must_use]
    pub fn seller(mut self, seller: UserId) -> Self {
        self.seller = Some(seller);
        self
    }

    /// Lists only tickets that have all of these words in title, seat, show or venue.
    #[must_use]
    pub fn search(mut self, words: SearchText) -> Self {
        self.q = Some(words);
        self
    }

    /// Lists only tickets of shows of this category.
    #[must_use]
    pub fn category(mut self, category: Category) -> Self {
        self.category = Some(category);
        self
    }

    /// Lists only tickets whose price is in this currency.
    #[must_use]
    pub fn currency(mut self, currency: Currency) -> Self {
        self.currency = Some(currency);
        self
    }

    /// Lists only tickets at this price or above, compared as a number of major units whatever the currency.
    #[must_use]
    pub fn min_price(mut self, bound: impl Into<PriceBound>) -> Self {
        self.min_price = Some(bound.into());
        self
    }

    /// Lists only tickets at this price or below, compared as a number of major units whatever the currency.
    #[must_use]
    pub fn max_price(mut self, bound: impl Into<PriceBound>) -> Self {
        self.max_price = Some(bound.into());
        self
    }

    /// Sorts the list.
    #[must_use]
    pub fn sort(mut self, sort: TicketSort) -> Self {
        self.sort = sort;
        self
    }

    /// Sets how many tickets a page has at most: 1 to 100. Smaller numbers count as 1, larger ones as 100.
    #[must_use]
    pub fn limit(mut self, max: usize) -> Self {
        self.limit = PageLimit::new(max);
        self
    }

    /// Starts the page after this place: the `next` of the page before.
    #[must_use]
    pub fn after(mut self, cursor: impl Into<Option<Cursor>>) -> Self {
        self.cursor = cursor.into();
        self
    }

    /// Checks what no field can tell by itself: that prices have no more decimals than the currency, or than two if none is given, that `min_price`
    /// is not above `max_price`, and that the cursor is one of this sort.
    ///
    /// Listings check it themselves; edges that collect errors of their own call it to answer with all of them at once. A cursor
    /// is not held against a sort that `errors` names already.
    pub fn check(&self, errors: &mut FieldErrors) {
        for (field, bound) in [("minPrice", self.min_price), ("maxPrice", self.max_price)] {
            match (bound, self.currency) {
                (Some(bound), Some(currency)) => drop(errors.check(field, bound.fits(currency))),
                // `1.500` is fifteen hundred to half of the world.
                (Some(bound), None) if bound.decimals > USUAL_DECIMALS => {
                    errors.add(field, format_args!("has more than {USUAL_DECIMALS} decimals: name its currency"));
                }
                _ => {}
            }
        }
        if self.min_price.zip(self.max_price).is_some_and(|(min, max)| min > max) {
            errors.add("minPrice", "must not be greater than maxPrice");
        }
        if !errors.has("sort") {
            belongs(self.cursor, self.sort.tag(), errors);
        }
    }
}

/// Selects tickets by their state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TicketStatusFilter {
    /// Available, or locked and so perhaps available again soon: `onSale`.
    #[default]
    OnSale,
    /// In this state only; published as the state itself.
    Only(TicketStatus),
    /// In any state: `all`.
    All,
}

impl TicketStatusFilter {
    /// All filters.
    pub const ALL: &'static [Self] = &[
        Self::OnSale,
        Self::Only(TicketStatus::Available),
        Self::Only(TicketStatus::Locked),
        Self::Only(TicketStatus::Sold),
        Self::Only(TicketStatus::Withdrawn),
        Self::All,
    ];

    /// Returns the published name: `onSale`, `available`, `locked`, `sold`, `withdrawn` or `all`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OnSale => "onSale",
            Self::Only(status) => status.as_str(),
            Self::All => "all",
        }
    }

    /// Returns `true` if tickets of this state are listed.
    pub const fn admits(self, status: TicketStatus) -> bool {
        match self {
            Self::OnSale => status.is_active(),
            Self::Only(only) => only as u8 == status as u8,
            Self::All => true,
        }
    }
}

impl From<TicketStatus> for TicketStatusFilter {
    fn from(status: TicketStatus) -> Self {
        Self::Only(status)
    }
}

/// Sorts tickets. Tickets that are equal in it follow the order of their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum TicketSort {
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
    /// All sorts.
    pub const ALL: &'static [Self] =
        &[Self::Newest, Self::Oldest, Self::PriceAsc, Self::PriceDesc, Self::StartsAtAsc, Self::StartsAtDesc];

    /// Returns the published name: `newest`, `oldest`, `price`, `-price`, `startsAt` or `-startsAt`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
            Self::PriceAsc => "price",
            Self::PriceDesc => "-price",
            Self::StartsAtAsc => "startsAt",
            Self::StartsAtDesc => "-startsAt",
        }
    }

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

macro_rules! named {
    ($($name:ident),*) => {$(
        impl FromStr for $name {
            type Err = UnknownName;

            /// Finds the value of this published name.
            fn from_str(text: &str) -> Result<Self, UnknownName> {
                by_name(Self::ALL, Self::as_str, text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )*};
}

named!(TicketStatusFilter, TicketSort);

/// A price in major units without a currency: each ticket's price is compared with it as a number.
///
/// ```
/// use boxoffice::{Currency, Money, PriceBound};
///
/// let bound: PriceBound = "19.99".parse()?;
/// assert!(PriceBound::from(19) < bound);
/// assert_eq!(PriceBound::from(Money::parse("19.99", Currency::USD)?), bound);
/// # Ok::<(), boxoffice::MoneyError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct PriceBound {
    /// Ten-thousandths of a major unit.
    pub(super) value: u64,
    /// The decimals that the text had, zeros too.
    decimals: u8,
}

impl PriceBound {
    const fn new(value: u64) -> Self {
        Self { value, decimals: 0 }
    }

    /// Checks that a price in this currency can be written so.
    ///
    /// # Errors
    /// [`MoneyError::TooManyDecimals`] if there are more decimals than the currency has, zeros too.
    pub fn fits(self, currency: Currency) -> Result<(), MoneyError> {
        let max = currency.exponent();
        if self.decimals > max { Err(MoneyError::TooManyDecimals(max)) } else { Ok(()) }
    }
}

impl PartialEq for PriceBound {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Eq for PriceBound {}

impl PartialOrd for PriceBound {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PriceBound {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value.cmp(&other.value)
    }
}

impl Hash for PriceBound {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

impl FromStr for PriceBound {
    type Err = MoneyError;

    /// Reads a decimal number of major units, such as `19.99`, with at most four decimals.
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        Money::sort_value_of(text).map(|(value, decimals)| Self { value, decimals })
    }
}

impl From<u32> for PriceBound {
    /// Takes whole major units.
    fn from(major: u32) -> Self {
        Self::new(u64::from(major) * Money::SORT_VALUE_OF_ONE)
    }
}

impl From<Money> for PriceBound {
    /// Takes the amount and leaves its currency.
    fn from(amount: Money) -> Self {
        Self::new(amount.sort_value())
    }
}

/// Selects a buyer's orders, newest first. By default all of them, 50 a page.
///
/// ```
/// use boxoffice::{OrderQuery, OrderStatus};
///
/// let query = OrderQuery::new().status(OrderStatus::Complete).limit(20);
/// assert_eq!(query.limit.get(), 20);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct OrderQuery {
    /// The state that is listed; all of them if there is none.
    pub status: Option<OrderStatus>,
    /// How many orders a page has at most.
    pub limit: PageLimit,
    /// The place after which the page starts: `next` of the page before.
    pub cursor: Option<Cursor>,
}

impl OrderQuery {
    /// The tag of the cursors of lists of orders.
    pub(super) const TAG: u8 = 0x20;

    /// Creates the query for all orders, 50 a page.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lists the orders in this state only.
    #[must_use]
    pub fn status(mut self, status: OrderStatus) -> Self {
        self.status = Some(status);
        self
    }

    /// Sets how many orders a page has at most: 1 to 100. Smaller numbers count as 1, larger ones as 100.
    #[must_use]
    pub fn limit(mut self, max: usize) -> Self {
        self.limit = PageLimit::new(max);
        self
    }

    /// Starts the page after this place: the `next` of the page before.
    #[must_use]
    pub fn after(mut self, cursor: impl Into<Option<Cursor>>) -> Self {
        self.cursor = cursor.into();
        self
    }

    /// Checks that the cursor is one of a list of orders; see [`TicketQuery::check`].
    pub fn check(&self, errors: &mut FieldErrors) {
        belongs(self.cursor, Self::TAG, errors);
    }
}

/// Selects the entries of an account, newest first. By default 50 a page.
///
/// ```
/// use boxoffice::LedgerQuery;
///
/// let query = LedgerQuery::new().limit(100);
/// assert_eq!(query.limit.get(), 100);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct LedgerQuery {
    /// How many entries a page has at most.
    pub limit: PageLimit,
    /// The place after which the page starts: `next` of the page before.
    pub cursor: Option<Cursor>,
}

impl LedgerQuery {
    /// The tag of the cursors of lists of entries.
    pub(super) const TAG: u8 = 0x30;

    /// Creates the query for all entries, 50 a page.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how many entries a page has at most: 1 to 100. Smaller numbers count as 1, larger ones as 100.
    #[must_use]
    pub fn limit(mut self, max: usize) -> Self {
        self.limit = PageLimit::new(max);
        self
    }

    /// Starts the page after this place: the `next` of the page before.
    #[must_use]
    pub fn after(mut self, cursor: impl Into<Option<Cursor>>) -> Self {
        self.cursor = cursor.into();
        self
    }

    /// Checks that the cursor is one of a list of entries; see [`TicketQuery::check`].
    pub fn check(&self, errors: &mut FieldErrors) {
        belongs(self.cursor, Self::TAG, errors);
    }
}

/// Refuses with `validation` unless the checks of a query find nothing.
pub(crate) fn checked(check: impl FnOnce(&mut FieldErrors)) -> Result<(), Error> {
    let mut errors = FieldErrors::default();
    check(&mut errors);
    errors.into_result(())
}

fn belongs(cursor: Option<Cursor>, tag: u8, errors: &mut FieldErrors) {
    if cursor.is_some_and(|cursor| cursor.tag != tag) {
        errors.add("cursor", "belongs to another listing");
    }
}

#[cfg(test)]
mod tests {
    use super::super::key::Key;
    use super::*;

    #[track_caller]
    fn faults_of(check: impl FnOnce(&mut FieldErrors)) -> Vec<(String, String)> {
        let errors = checked(check).unwrap_err().serialize_errors();
        errors.into_iter().map(|error| (error.field.unwrap().into_owned(), error.message.into_owned())).collect()
    }

    #[test]
    fn names_and_back() {
        for filter in TicketStatusFilter::ALL {
            assert_eq!(filter.to_string().parse(), Ok(*filter));
        }
        for sort in TicketSort::ALL {
            assert_eq!(sort.to_string().parse(), Ok(*sort));
        }
        for status in OrderStatus::ALL {
            assert_eq!(status.to_string().parse(), Ok(*status));
        }
        let unknown = |error: UnknownName| error.to_string();
        assert_eq!(
            "gone".parse::<TicketStatusFilter>().map_err(unknown),
            Err("must be one of onSale, available, locked, sold, withdrawn, all".to_owned())
        );
        assert_eq!(
            "title".parse::<TicketSort>().map_err(unknown),
            Err("must be one of newest, oldest, price, -price, startsAt, -startsAt".to_owned())
        );
        assert_eq!(
            "paid".parse::<OrderStatus>().map_err(unknown),
            Err("must be one of created, awaiting_payment, complete, cancelled, expired".to_owned())
        );
    }

    #[test]
    fn filters_admit_what_they_name() {
        for status in TicketStatus::ALL {
            assert!(TicketStatusFilter::All.admits(*status));
            assert_eq!(TicketStatusFilter::OnSale.admits(*status), status.is_active());
            let others = TicketStatus::ALL.iter().filter(|other| TicketStatusFilter::from(**other).admits(*status));
            assert_eq!(others.collect::<Vec<_>>(), [status]);
        }
    }

    #[test]
    fn prices_are_numbers_of_major_units() {
        assert_eq!("10".parse(), Ok(PriceBound::from(10)));
        assert_eq!("19.99".parse(), Ok(PriceBound::new(199_900)));
        assert_eq!(PriceBound::from(Money::parse("2000", "JPY".parse().unwrap()).unwrap()), PriceBound::from(2000));
        assert!("-1".parse::<PriceBound>().is_err());
        assert!("lots".parse::<PriceBound>().is_err());
    }

    #[test]
    fn prices_have_the_decimals_of_the_currency_that_is_asked_for() {
        let query = |code: &str, max: &str| {
            TicketQuery::new().currency(code.parse().unwrap()).max_price(max.parse::<PriceBound>().unwrap())
        };
        let message = "Max price has more than 2 decimals, which this currency does not have".to_owned();
        assert_eq!(faults_of(|errors| query("EUR", "1.500").check(errors)), [("maxPrice".to_owned(), message)]);
        checked(|errors| query("KWD", "1.500").check(errors)).unwrap();
        assert!("1.50000".parse::<PriceBound>().is_err(), "no currency has five decimals");
    }

    #[test]
    fn prices_the_wrong_way_round() {
        let query = TicketQuery::new().min_price(2).max_price("1.99".parse::<PriceBound>().unwrap());
        let message = "Min price must not be greater than maxPrice".to_owned();
        assert_eq!(faults_of(|errors| query.check(errors)), [("minPrice".to_owned(), message)]);
        let equal = TicketQuery::new().min_price(2).max_price(2);
        checked(|errors| equal.check(errors)).unwrap();
    }

    #[test]
    fn cursor_of_another_listing() {
        let cursor = Cursor { tag: TicketSort::Newest.tag(), key: Key::new(7, &[1; 16]) };
        let expected = [("cursor".to_owned(), "Cursor belongs to another listing".to_owned())];
        let query = TicketQuery::new().after(cursor);
        checked(|errors| query.check(errors)).unwrap();
        assert_eq!(faults_of(|errors| query.sort(TicketSort::PriceAsc).check(errors)), expected);
        assert_eq!(faults_of(|errors| OrderQuery::new().after(cursor).check(errors)), expected);
        assert_eq!(faults_of(|errors| LedgerQuery::new().after(cursor).check(errors)), expected);
    }

    #[test]
    fn cursors_are_not_held_against_a_sort_that_is_wrong() {
        let cursor = Cursor { tag: TicketSort::PriceAsc.tag(), key: Key::new(7, &[1; 16]) };
        let faults = faults_of(|errors| {
            errors.add("sort", "is wrong");
            TicketQuery::new().after(cursor).check(errors);
        });
        assert_eq!(faults, [("sort".to_owned(), "Sort is wrong".to_owned())]);
    }
}
