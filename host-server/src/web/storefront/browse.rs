//! What is on: shows with their dates, prices and what is left.

use std::fmt::Write as _;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use boxoffice::{BoxOffice, Currency, PriceBound, SearchText, Timestamp};
use serde::Deserialize;

use crate::catalogue::{Browse, Catalogue, OnSale, PriceRange, Shared, Shows, Sort};
use crate::error::Failure;
use crate::extract::Query;
use crate::web::site::{Chrome, Pager, Price, When, page, show, with_query};

/// How many shows a page has.
const PAGE: usize = 24;

/// How many categories a page offers, beside the one that was chosen.
const CATEGORIES_MAX: usize = 100;

/// What is asked for. What can't be read is told and left out, but for the number of the page: the nearest one is shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
    category: String,
    max: String,
    from: String,
    until: String,
    left: String,
    sort: String,
    page: String,
}

impl Asked {
    /// Returns the order; `None` if it can't be read.
    fn sort(&self) -> Option<Sort> {
        match self.sort.as_str() {
            "" | "date" => Some(Sort::Date),
            "price" => Some(Sort::Price),
            "name" => Some(Sort::Name),
            _ => None,
        }
    }

    fn is_filtered(&self) -> bool {
        [&self.q, &self.category, &self.max, &self.from, &self.until, &self.left]
            .iter()
            .any(|value| !value.trim().is_empty())
    }

    /// The link to a page of the same listing.
    fn link(&self, page: usize) -> String {
        let page = if page > 1 { page.to_string() } else { String::new() };
        let parameters = [
            ("q", self.q.as_str()),
            ("category", &self.category),
            ("max", &self.max),
            ("from", &self.from),
            ("until", &self.until),
            ("left", &self.left),
            ("sort", &self.sort),
            ("page", &page),
        ];
        with_query("/", &parameters)
    }
}

/// A show in the listing.
struct Card {
    key: String,
    name: String,
    venue: Option<String>,
    category: Option<String>,
    when: Option<When>,
    price: String,
    available: usize,
    is_sold_out: bool,
}

impl Card {
    fn of(show: &OnSale) -> Self {
        let summary = show.summary();
        let price = summary.prices.iter().map(price_range).collect::<Vec<_>>().join(" or ");
        let details = show.show();
        Self {
            key: show.key.to_string(),
            name: show.name().to_owned(),
            venue: details.and_then(|show| show.venue.as_ref()).map(ToString::to_string),
            category: details.and_then(|show| show.category.as_ref()).map(ToString::to_string),
            when: show.starts_at().map(When),
            price,
            available: summary.available,
            is_sold_out: show.is_sold_out(),
        }
    }
}

#[derive(Template)]
#[template(path = "storefront/browse.html")]
struct BrowsePage {
    chrome: Chrome,
    asked: Asked,
    /// What is wrong with the words.
    q_error: Option<String>,
    /// What is wrong with the highest price.
    max_error: Option<String>,
    /// What is wrong with the first day.
    from_error: Option<String>,
    /// What is wrong with the last day.
    until_error: Option<String>,
    /// What is wrong with the order.
    sort_error: Option<String>,
    categories: Vec<(String, usize)>,
    shows: Vec<Card>,
    count: usize,
    sold_out: usize,
    pager: Pager,
}

page!(BrowsePage);

pub(super) async fn page(
    State(office): State<BoxOffice>,
    State(catalogue): State<Arc<Catalogue>>,
    chrome: Chrome,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let now = office.now();
    let render = move |shared: &Shared| {
        let (status, page) = find(chrome, asked, now, &shared.shows());
        show(status, &page)
    };
    Ok(catalogue.read(&office, render).await?)
}

/// Finds what is on the page, while the shows are locked.
fn find(chrome: Chrome, asked: Asked, now: Timestamp, shows: &Shows) -> (StatusCode, BrowsePage) {
    let (max, max_error) = max_price(&asked.max, shows);
    let (search, q_error) = words(&asked.q);
    let (from, from_error) = day("From", &asked.from);
    let (until, until_error) = day("Until", &asked.until);
    let sort_error = asked.sort().is_none().then(|| "Sort by must be date, price or name".to_owned());
    let browse = Browse {
        search: search.as_ref(),
        category: asked.category.trim(),
        max_price: max,
        from,
        until: until.map(|until| until.plus(std::time::Duration::from_hours(24))),
        only_left: !asked.left.is_empty(),
        sort: asked.sort().unwrap_or_default(),
    };
    let found = shows.browse(&browse, now);
    let (count, sold_out) = (found.count(), found.sold_out());
    let last = count.div_ceil(PAGE).max(1);
    let at = asked.page.parse().unwrap_or(1).clamp(1, last);
    let cards = found.page((at - 1) * PAGE, PAGE).into_iter().map(Card::of).collect();
    let categories = shows.categories(now, CATEGORIES_MAX, browse.category).into_iter();
    let categories = categories.map(|(name, count)| (name.to_owned(), count)).collect();
    let pager = Pager {
        first: (at > 2).then(|| asked.link(1)),
        previous: (at > 1).then(|| asked.link(at - 1)),
        next: (at < last).then(|| asked.link(at + 1)),
        place: format!("Page {at} of {last}"),
    };
    let errors = [&q_error, &max_error, &from_error, &until_error, &sort_error];
    let is_wrong = errors.into_iter().any(Option::is_some);
    let status = if is_wrong { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let page = BrowsePage {
        chrome,
        asked,
        q_error,
        max_error,
        from_error,
        until_error,
        sort_error,
        categories,
        shows: cards,
        count,
        sold_out,
        pager,
    };
    (status, page)
}

/// Writes a range of prices, such as `$20.00 to $45.00`.
pub(super) fn price_range(range: &PriceRange) -> String {
    let mut text = Price::from(range.low).to_string();
    if range.low != range.high {
        let _ = write!(text, " to {}", Price::from(range.high));
    }
    text
}

/// The words that are searched for, or what is wrong with them.
fn words(text: &str) -> (Option<SearchText>, Option<String>) {
    let text = text.trim();
    if text.is_empty() {
        return (None, None);
    }
    match text.parse() {
        Ok(search) => (Some(search), None),
        Err(reason) => (None, Some(format!("Search {reason}"))),
    }
}

/// The start of a day as date inputs give it, in UTC, or what is wrong with it.
fn day(label: &str, text: &str) -> (Option<Timestamp>, Option<String>) {
    let text = text.trim();
    if text.is_empty() {
        return (None, None);
    }
    let day: Option<Timestamp> = (text.len() == 10).then(|| format!("{text}T00:00:00Z").parse().ok()).flatten();
    let error = day.is_none().then(|| format!("{label} must be a date since 1970, such as 2027-05-01"));
    (day, error)
}

/// The highest price that is asked for, or what is wrong with it.
///
/// It is one number for prices of all currencies, so it has two decimals at most, as on the API without a currency: `1.500` is one
/// and a half where some price has three decimals, and fifteen hundred to most who write it.
fn max_price(text: &str, shows: &Shows) -> (Option<PriceBound>, Option<String>) {
    let text = text.trim();
    if text.is_empty() {
        return (None, None);
    }
    match text.parse::<PriceBound>() {
        Ok(max) if max.fits(Currency::USD).is_ok() => (Some(max), None),
        Ok(max) if shows.has_prices_like(max) => {
            (None, Some("Price up to has 2 decimals at most: it is compared with prices of every currency".to_owned()))
        }
        Ok(_) => (None, Some("Price up to has more decimals than any price on sale".to_owned())),
        Err(reason) => (None, Some(format!("Price up to {reason}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_are_none_are_told() {
        assert_eq!(day("From", " "), (None, None));
        assert_eq!(day("From", "2027-05-01"), (Some("2027-05-01T00:00:00Z".parse().unwrap()), None));
        for wrong in ["tomorrow", "2027-02-30", "2027-5-1", "01.05.2027", "2027-05-01T00:00:00Z", "1969-12-31"] {
            let (day, error) = day("Until", wrong);
            assert!(day.is_none() && error.is_some_and(|error| error.starts_with("Until must be a date")), "{wrong}");
        }
    }

    #[test]
    fn orders_that_are_none_are_told() {
        let sort = |text: &str| Asked { sort: text.to_owned(), ..Asked::default() }.sort();
        assert!(sort("") == Some(Sort::Date) && sort("date") == Some(Sort::Date));
        assert!(sort("price") == Some(Sort::Price) && sort("name") == Some(Sort::Name));
        assert!(sort("-price").is_none() && sort("Name").is_none());
    }

    #[test]
    fn a_highest_price_has_two_decimals_at_most() {
        let max = |text: &str| max_price(text, &Shows::default());
        assert_eq!(max(" 19.99 "), (Some("19.99".parse().unwrap()), None));
        for wrong in ["7.500", "1.0000", "1,500", "many"] {
            let (max, error) = max(wrong);
            assert!(max.is_none() && error.is_some_and(|error| error.starts_with("Price up to ")), "{wrong}");
        }
    }
}
