//! What is on: shows with their dates, prices and what is left.

use std::fmt::Write as _;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use boxoffice::{BoxOffice, Timestamp};
use serde::Deserialize;

use crate::catalogue::{Browse, Catalogue, OnSale, Sort};
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
        let mut price = Price::from(summary.low).to_string();
        if summary.low != summary.high {
            let _ = write!(price, " to {}", Price::from(summary.high));
        }
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
    let (cards, categories, count, sold_out, at) = {
        let shows = catalogue.shows();
        let until = day(&asked.until).map(|until| until.plus(std::time::Duration::from_hours(24)));
        let max = asked.max.trim();
        let found = shows.browse(
            &Browse {
                q: asked.q.trim(),
                category: asked.category.trim(),
                max_price: Some(max).filter(|max| !max.is_empty()),
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
        (cards, categories, found.len(), found.iter().filter(|show| show.is_sold_out()).count(), at)
    };
    let last = count.div_ceil(PAGE).max(1);
    let pager = Pager {
        first: (at > 2).then(|| asked.link(1)),
        previous: (at > 1).then(|| asked.link(at - 1)),
        next: (at < last).then(|| asked.link(at + 1)),
        place: format!("Page {at} of {last}"),
    };
    Ok(show(StatusCode::OK, &BrowsePage { chrome, asked, categories, shows: cards, count, sold_out, pager }))
}
