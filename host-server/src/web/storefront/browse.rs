//! The page that lists shows, with their dates, prices and number of available tickets.

use std::fmt::Write as _;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use boxoffice::{BoxOffice, Timestamp};
use serde::Deserialize;

use crate::catalogue::{Browse, Catalogue, OnSale, Shows, Sort};
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
    let now = office.now();
    Ok(catalogue.render(&office, move |shared| render(chrome, asked, now, &shared.shows())).await?)
}

fn render(chrome: Chrome, asked: Asked, now: Timestamp, shows: &Shows) -> Response {
    let until = day(&asked.until).map(|until| until.plus(std::time::Duration::from_hours(24)));
    let max = asked.max.trim();
    let browse = Browse {
        q: asked.q.trim(),
        category: asked.category.trim(),
        max_price: Some(max).filter(|max| !max.is_empty()),
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
    show(StatusCode::OK, &BrowsePage { chrome, asked, categories, shows: cards, count, sold_out, pager })
}
