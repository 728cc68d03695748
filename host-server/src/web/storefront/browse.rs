//! What is on: shows with their dates, prices and what is left.

use std::fmt::Write as _;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use boxoffice::{BoxOffice, Currency, PriceBound, SearchText, Timestamp};
use serde::Deserialize;

use crate::catalogue::{Browse, Catalogue, OnSale, PriceRange, Shows, Sort};
use crate::error::Failure;
use crate::extract::Query;
use crate::web::site::{Chrome, Pager, Price, When, page, show};

/// How many shows a page has.
const PAGE: usize = 24;

/// What is asked for; whatever can't be read is left out, since it comes from links and forms of ours.
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

    /// The link to a page of the same listing.
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

/// The start of a day as date inputs give it, in UTC.
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
    Ok(catalogue.render(&office, move |shared| render(chrome, asked, now, &shared.shows())).await?)
}

fn render(chrome: Chrome, asked: Asked, now: Timestamp, shows: &Shows) -> Response {
    let (max, max_error) = max_price(&asked.max, shows);
    let (search, q_error) = words(&asked.q);
    let until = day(&asked.until).map(|until| until.plus(std::time::Duration::from_hours(24)));
    let browse = Browse {
        search: search.as_ref(),
        category: asked.category.trim(),
        max_price: max,
        from: day(&asked.from),
        until,
        only_left: !asked.left.is_empty(),
        sort: asked.sort(),
    };
    let found = shows.browse(&browse, now);
    let (count, sold_out) = (found.count(), found.sold_out());
    let last = count.div_ceil(PAGE).max(1);
    let at = asked.page.parse().unwrap_or(1).clamp(1, last);
    let cards = found.page((at - 1) * PAGE, PAGE).into_iter().map(Card::of).collect();
    let categories = shows.categories(now).into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
    let pager = Pager {
        first: (at > 2).then(|| asked.link(1)),
        previous: (at > 1).then(|| asked.link(at - 1)),
        next: (at < last).then(|| asked.link(at + 1)),
        place: format!("Page {at} of {last}"),
    };
    let status = if q_error.is_some() || max_error.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    show(status, &BrowsePage { chrome, asked, q_error, max_error, categories, shows: cards, count, sold_out, pager })
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
