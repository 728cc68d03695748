//! The page of a show with its tickets, and the live feed of their availability.

use std::convert::Infallible;
use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use boxoffice::{BoxOffice, Ticket, TicketId, Timestamp, UserId};
use futures_util::stream::{self, Stream, StreamExt};
use serde::Deserialize;
use tokio::sync::broadcast;

use super::buy::free_and_lost;
use crate::catalogue::{Catalogue, OnSale, Section, Shared, ShowKey, Shows};
use crate::error::{Failure, Refusal};
use crate::extract::Query;
use crate::limits::{Client, Share, Streams};
use crate::web::site::{Chrome, Pager, Price, When, page, show, with_query};

/// Maximum number of tickets on a page.
const PAGE: usize = 120;

/// Maximum number of sections in the list of sections. A show with more is paged without the list.
const SECTIONS_MAX: usize = 200;

/// A ticket that a buyer can select.
struct Seat {
    id: String,
    name: String,
    price: Price,
    /// Price that the form names, so that the buyer pays what they saw.
    seen: String,
    minor: u64,
    currency: &'static str,
    exponent: u8,
    status: &'static str,
    is_own: bool,
    is_free: bool,
    is_chosen: bool,
}

impl Seat {
    fn of(ticket: &Ticket, visitor: Option<UserId>, chosen: &[TicketId], now: Timestamp) -> Self {
        Self {
            id: ticket.id.to_string(),
            name: ticket.seat.as_ref().map_or_else(|| "Any seat".to_owned(), ToString::to_string),
            price: ticket.price.into(),
            seen: ticket.price.decimal(),
            minor: ticket.price.minor(),
            currency: ticket.price.currency().code(),
            exponent: ticket.price.currency().exponent(),
            status: ticket.status.as_str(),
            is_own: visitor == Some(ticket.seller_id),
            is_free: ticket.is_orderable_by(visitor, now),
            is_chosen: chosen.contains(&ticket.id),
        }
    }
}

/// A section in the list of a large show's sections.
struct SectionLink {
    title: String,
    href: String,
    prices: String,
    available: usize,
    is_shown: bool,
}

/// Tickets with one title.
struct Block {
    title: String,
    seats: Vec<Seat>,
}

#[derive(Template)]
#[template(path = "storefront/show.html")]
struct ShowPage {
    chrome: Chrome,
    key: ShowKey,
    seq: u64,
    name: String,
    venue: Option<String>,
    category: Option<String>,
    when: Option<When>,
    has_started: bool,
    /// Maximum number of tickets in an order.
    tickets_max: usize,
    available: usize,
    sections: Vec<SectionLink>,
    blocks: Vec<Block>,
    /// Names of chosen tickets that are not free any more.
    lost: Vec<String>,
    /// Section and number of this page, to come back to it after signing in.
    section: String,
    page: usize,
    attempt: String,
    pager: Pager,
}

/// The page of a show that is sold out and has not started.
#[derive(Template)]
#[template(path = "storefront/sold-out.html")]
struct SoldOutPage {
    chrome: Chrome,
    key: ShowKey,
    seq: u64,
    name: String,
    venue: Option<String>,
    category: Option<String>,
    when: Option<When>,
}

/// The page of an unknown show.
#[derive(Template)]
#[template(path = "storefront/gone.html")]
struct GonePage {
    chrome: Chrome,
}

page!(ShowPage, SoldOutPage, GonePage);

/// What there is to see of a show.
enum Seen {
    OnSale(Box<ShowPage>),
    SoldOut(Box<SoldOutPage>),
    Gone(Box<GonePage>),
}

impl Seen {
    fn show(&self) -> Response {
        match self {
            Self::OnSale(page) => show(StatusCode::OK, &**page),
            Self::SoldOut(page) => show(StatusCode::OK, &**page),
            Self::Gone(page) => show(StatusCode::NOT_FOUND, &**page),
        }
    }
}

/// The query of the page: the section, the number of the page of its tickets, and the ids of tickets that are chosen already,
/// with commas between them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    section: String,
    page: String,
    chosen: String,
}

pub(super) async fn page(
    State(office): State<BoxOffice>,
    State(catalogue): State<Arc<Catalogue>>,
    chrome: Chrome,
    Path(key): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let key: ShowKey = key.parse().map_err(|()| Refusal::RouteNotFound)?;
    let (now, tickets_max) = (office.now(), office.limits().order_tickets_max);
    let asked_for = asked.chosen.split(',').filter_map(|id| id.parse().ok()).take(tickets_max);
    // The catalogue may lag behind by a moment.
    let (picked, lost) = free_and_lost(&office, chrome.user(), asked_for);
    let view = View { chrome, key, asked, picked, lost, now, tickets_max };
    let render = move |shared: &Shared| {
        let seen = view.find(&shared.shows());
        seen.show()
    };
    Ok(catalogue.read(&office, render).await?)
}

/// A request for the page of a show.
struct View {
    chrome: Chrome,
    key: ShowKey,
    asked: Asked,
    /// Tickets that are chosen already, and the names of those that are not free any more.
    picked: Vec<TicketId>,
    lost: Vec<String>,
    now: Timestamp,
    tickets_max: usize,
}

impl View {
    /// Finds what is on the page, while the shows are locked.
    fn find(mut self, shows: &Shows) -> Seen {
        self.key = shows.present(self.key);
        if let Some(on_sale) = shows.get(self.key) {
            return Seen::OnSale(Box::new(self.on_sale(on_sale, shows.seq())));
        }
        let Some(sold_out) = shows.sold_out(self.key, self.now) else {
            return Seen::Gone(Box::new(GonePage { chrome: self.chrome }));
        };
        let details = sold_out.show();
        let page = SoldOutPage {
            chrome: self.chrome,
            key: self.key,
            seq: shows.seq(),
            name: sold_out.name().to_owned(),
            venue: details.and_then(|show| show.venue.as_ref()).map(ToString::to_string),
            category: details.and_then(|show| show.category.as_ref()).map(ToString::to_string),
            when: sold_out.starts_at().map(When),
        };
        Seen::SoldOut(Box::new(page))
    }

    fn on_sale(self, on_sale: &OnSale, seq: u64) -> ShowPage {
        let Self { chrome, key, asked, picked, lost, now, tickets_max } = self;
        // A small show is seen whole; of a large one with sections, one section.
        let is_parted = on_sale.len() > PAGE && (2..=SECTIONS_MAX).contains(&on_sale.section_count());
        let chosen = is_parted.then(|| chosen(on_sale, &asked.section)).flatten();
        let count = chosen.map_or(on_sale.len(), |(_, section)| section.len());
        let last = count.div_ceil(PAGE).max(1);
        let at = asked.page.parse().unwrap_or(1).clamp(1, last);
        let link = |at: usize| page_of(key, chosen.map(|(title, _)| title), at);
        let pager = Pager {
            first: (at > 2).then(|| link(1)),
            previous: (at > 1).then(|| link(at - 1)),
            next: (at < last).then(|| link(at + 1)),
            place: format!("Tickets {} to {} of {count}", (at - 1) * PAGE + 1, (at * PAGE).min(count)),
        };
        let links = on_sale.sections().filter(|_| is_parted).map(|(title, section)| {
            SectionLink::of(key, title, section, chosen.is_some_and(|(chosen, _)| chosen == title))
        });
        let shown = on_sale.sections().filter(|(title, _)| chosen.is_none_or(|(chosen, _)| chosen == *title));
        let seats = shown.flat_map(|(_, section)| section.seats()).skip((at - 1) * PAGE).take(PAGE);
        let visitor = chrome.user();
        let details = on_sale.show();
        ShowPage {
            key,
            seq,
            name: on_sale.name().to_owned(),
            venue: details.and_then(|show| show.venue.as_ref()).map(ToString::to_string),
            category: details.and_then(|show| show.category.as_ref()).map(ToString::to_string),
            when: on_sale.starts_at().map(When),
            has_started: on_sale.has_started(now),
            tickets_max,
            available: on_sale.available(),
            sections: links.collect(),
            blocks: blocks(seats.map(|ticket| (ticket.title.as_str(), Seat::of(ticket, visitor, &picked, now)))),
            lost,
            section: chosen.map(|(title, _)| title.to_owned()).unwrap_or_default(),
            page: at,
            attempt: super::attempt::new(),
            pager,
            chrome,
        }
    }
}

/// Returns the section of this title; otherwise the first with an available ticket, or the first.
fn chosen<'a>(on_sale: &'a OnSale, title: &str) -> Option<(&'a str, &'a Section)> {
    let mut sections = on_sale.sections();
    let asked = on_sale.section(title).is_some().then(|| on_sale.sections().find(|(own, _)| *own == title)).flatten();
    asked.or_else(|| on_sale.sections().find(|(_, section)| section.available() > 0)).or_else(|| sections.next())
}

/// Returns the address of a page of tickets.
fn page_of(key: ShowKey, section: Option<&str>, at: usize) -> String {
    let parameters = [("section", section.unwrap_or_default()), ("page", &at.to_string())];
    with_query(&format!("/shows/{key}"), &parameters)
}

impl SectionLink {
    fn of(key: ShowKey, title: &str, section: &Section, is_shown: bool) -> Self {
        let prices: Vec<_> = section.prices().iter().map(super::browse::price_range).collect();
        Self {
            title: title.to_owned(),
            href: page_of(key, Some(title), 1),
            prices: prices.join(" or "),
            available: section.available(),
            is_shown,
        }
    }
}

fn blocks<'a>(seats: impl Iterator<Item = (&'a str, Seat)>) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for (title, seat) in seats {
        match blocks.last_mut() {
            Some(block) if block.title == title => block.seats.push(seat),
            _ => blocks.push(Block { title: title.to_owned(), seats: vec![seat] }),
        }
    }
    blocks
}

/// The query of the live feed: the record after which it continues.
#[derive(Debug, Deserialize)]
pub(super) struct Since {
    since: u64,
}

/// Streams changes of the availability of a show's tickets. The feed is public and contains nothing else.
pub(super) async fn live(
    State(office): State<BoxOffice>,
    State(catalogue): State<Arc<Catalogue>>,
    State(streams): State<Streams>,
    client: Option<Extension<Client>>,
    headers: HeaderMap,
    Path(key): Path<String>,
    Query(Since { since }): Query<Since>,
) -> Result<Response, Failure> {
    let key: ShowKey = key.parse().map_err(|()| Refusal::RouteNotFound)?;
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse().ok());
    let place = streams.place_for_live_page(client.map(|Extension(client)| client))?;
    let since = last.unwrap_or(since);
    let (missed, receiver) = catalogue.read(&office, move |shared| shared.follow(key, since)).await?;
    // The first bytes are sent at once, so that the browser notices the connection.
    let first = missed.unwrap_or(Bytes::from_static(b":\n\n"));
    let later = changes(receiver, place);
    let events = stream::once(async { Ok::<_, Infallible>(first) }).chain(later);
    let events = events.take_until(streams.end());
    let headers = [
        (header::CONTENT_TYPE.as_str(), "text/event-stream"),
        (header::CACHE_CONTROL.as_str(), "no-store"),
        // Keeps proxies from buffering the response, which would delay the events.
        ("x-accel-buffering", "no"),
    ];
    Ok((headers, Body::from_stream(events)).into_response())
}

/// Streams messages until the reader is too slow or the show is removed. The browser then reconnects and receives the
/// messages that it missed.
fn changes(receiver: broadcast::Receiver<Bytes>, place: Share) -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::unfold((receiver, place), |(mut receiver, place)| async move {
        receiver.recv().await.ok().map(|message| (Ok(message), (receiver, place)))
    })
}
