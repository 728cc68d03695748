//! The page that lists shows, with their dates, prices and number of available tickets.

use std::fmt::Write as _;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use boxoffice::{BoxOffice, Currency, PriceBound, SearchText, Timestamp};
use serde::Deserialize;

use crate::catalogue::{Browse, Catalogue, OnSale, PriceRange, Shows, Sort};
use crate::error::Failure;
use crate::web::site::{Chrome, Pager, Price, When, page, show};

/// Maximum number of shows on a page.
const PAGE: usize = 24;

/// The parameters of the query. Invalid values are ignored, because links and forms of this site produce them.
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
    fn sort(&self) -> Sort {
        match self.sort.as_str() {
            "price" => Sort::Price,
            "name" => Sort::Name,
            _ => Sort::Date,
        }
    }

    fn is_filtered(&self) -> bool {
        [&self.q, &self.category, &self.max, &self.from, &self.until, &self.left]
            .iter()
            .any(|value| !value.trim().is_empty())
    }

    /// Returns the link to a page of this listing.
    fn link(&self, page: usize) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let fields = [
            ("q", &self.q),
            ("category", &self.category),
            ("max", &self.max),
            ("from", &self.from),
            ("until", &self.until),
            ("left", &self.left),
            ("sort", &self.sort),
        ];
        for (name, value) in fields {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        if page > 1 {
            query.append_pair("page", &page.to_string());
        }
        let query = query.finish();
        if query.is_empty() { "/".to_owned() } else { format!("/?{query}") }
    }
}

/// Parses the value of a date input as the start of the day, in UTC.
fn day(text: &str) -> Option<Timestamp> {
    (text.len() == 10).then(|| format!("{text}T00:00:00Z").parse().ok()).flatten()
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
        let range = |range: &PriceRange| {
            let mut text = Price::from(range.low).to_string();
            if range.low != range.high {
                // Writing to a text never fails.
                let _ = write!(text, " to {}", Price::from(range.high));
            }
            text
        };
        let price = summary.prices.iter().map(range).collect::<Vec<_>>().join(" or ");
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
    let catalogue = catalogue.open(&office).await?;
    let now = office.now();
    let (cards, categories, count, sold_out, at, q_error, max_error) = {
        let shows = catalogue.shows();
        let (max, max_error) = max_price(&asked.max, &shows);
        let (search, q_error) = words(&asked.q);
        let until = day(&asked.until).map(|until| until.plus(std::time::Duration::from_hours(24)));
        let found = shows.browse(
            &Browse {
                search: search.as_ref(),
                category: asked.category.trim(),
                max_price: max,
                from: day(&asked.from),
                until,
                only_left: !asked.left.is_empty(),
                sort: asked.sort(),
            },
            now,
        );
        let pages = found.len().div_ceil(PAGE).max(1);
        let at = asked.page.parse().unwrap_or(1).clamp(1, pages);
        let cards: Vec<Card> = found.iter().skip((at - 1) * PAGE).take(PAGE).map(|show| Card::of(show)).collect();
        let categories = shows.categories(now).into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
        (cards, categories, found.len(), found.iter().filter(|show| show.is_sold_out()).count(), at, q_error, max_error)
    };
    let last = count.div_ceil(PAGE).max(1);
    let pager = Pager {
        first: (at > 2).then(|| asked.link(1)),
        previous: (at > 1).then(|| asked.link(at - 1)),
        next: (at < last).then(|| asked.link(at + 1)),
        place: format!("Page {at} of {last}"),
    };
    let status = if q_error.is_some() || max_error.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let page = BrowsePage { chrome, asked, q_error, max_error, categories, shows: cards, count, sold_out, pager };
    Ok(show(status, &page))
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

/// The highest price that is asked for, or what is wrong with it: `1.500` is a price only where some price has three decimals.
fn max_price(text: &str, shows: &Shows) -> (Option<PriceBound>, Option<String>) {
    let text = text.trim();
    if text.is_empty() {
        return (None, None);
    }
    match text.parse::<PriceBound>() {
        Ok(max) if max.fits(Currency::USD).is_ok() || shows.has_prices_like(max) => (Some(max), None),
        Ok(_) => (None, Some("Price up to has more decimals than any price on sale".to_owned())),
        Err(reason) => (None, Some(format!("Price up to {reason}"))),
    }
}
