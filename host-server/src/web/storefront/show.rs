//! One show with its tickets, and what happens to them while somebody looks.

use std::convert::Infallible;
use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use boxoffice::{BoxOffice, Ticket, Timestamp, UserId};
use futures_util::stream::{self, Stream, StreamExt};
use serde::Deserialize;
use tokio::sync::broadcast;

use crate::catalogue::{Catalogue, ShowKey};
use crate::error::{Failure, Refusal};
use crate::extract::Query;
use crate::limits::{Client, Share, Streams};
use crate::web::site::{Chrome, Pager, Price, When, page, show};

/// How many tickets a page has.
const PAGE: usize = 120;

/// A ticket as it can be chosen.
struct Seat {
    id: String,
    name: String,
    price: Price,
    minor: u64,
    status: &'static str,
    is_own: bool,
    is_free: bool,
}

impl Seat {
    fn of(ticket: &Ticket, visitor: Option<UserId>, now: Timestamp) -> Self {
        Self {
            id: ticket.id.to_string(),
            name: ticket.seat.as_ref().map_or_else(|| "Any seat".to_owned(), ToString::to_string),
            price: ticket.price.into(),
            minor: ticket.price.minor(),
            status: ticket.status.as_str(),
            is_own: visitor == Some(ticket.seller_id),
            is_free: ticket.is_orderable_by(visitor, now),
        }
    }
}

/// Tickets under one title.
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
    /// How many tickets one order may have.
    tickets_max: usize,
    available: usize,
    currency: &'static str,
    exponent: u8,
    blocks: Vec<Block>,
    attempt: String,
    pager: Pager,
}

/// A show that is sold out, until it starts.
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

/// A show of which nothing is known any more.
#[derive(Template)]
#[template(path = "storefront/gone.html")]
struct GonePage {
    chrome: Chrome,
}

page!(ShowPage, SoldOutPage, GonePage);

/// Which page of the tickets.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    page: String,
}

pub(super) async fn page(
    State(office): State<BoxOffice>,
    State(catalogue): State<Arc<Catalogue>>,
    chrome: Chrome,
    Path(key): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let key: ShowKey = key.parse().map_err(|()| Refusal::RouteNotFound)?;
    let catalogue = catalogue.open(&office).await?;
    let page = {
        let shows = catalogue.shows();
        let Some(on_sale) = shows.get(key) else {
            let Some(sold_out) = shows.sold_out(key, office.now()) else {
                return Ok(show(StatusCode::NOT_FOUND, &GonePage { chrome }));
            };
            let details = sold_out.show();
            let page = SoldOutPage {
                chrome,
                key,
                seq: shows.seq(),
                name: sold_out.name().to_owned(),
                venue: details.and_then(|show| show.venue.as_ref()).map(ToString::to_string),
                category: details.and_then(|show| show.category.as_ref()).map(ToString::to_string),
                when: sold_out.starts_at().map(When),
            };
            return Ok(show(StatusCode::OK, &page));
        };
        let seats = on_sale.seats();
        let last = seats.len().div_ceil(PAGE).max(1);
        let at = asked.page.parse().unwrap_or(1).clamp(1, last);
        let link = |at: usize| format!("/shows/{key}?page={at}");
        let pager = Pager {
            first: (at > 2).then(|| link(1)),
            previous: (at > 1).then(|| link(at - 1)),
            next: (at < last).then(|| link(at + 1)),
            place: format!("Tickets {} to {} of {}", (at - 1) * PAGE + 1, (at * PAGE).min(seats.len()), seats.len()),
        };
        let details = on_sale.show();
        let currency = on_sale.summary().low.currency();
        let (visitor, now) = (chrome.user(), office.now());
        let on_page = seats.iter().skip((at - 1) * PAGE).take(PAGE);
        ShowPage {
            chrome,
            key,
            seq: shows.seq(),
            name: on_sale.name().to_owned(),
            venue: details.and_then(|show| show.venue.as_ref()).map(ToString::to_string),
            category: details.and_then(|show| show.category.as_ref()).map(ToString::to_string),
            when: on_sale.starts_at().map(When),
            has_started: on_sale.has_started(now),
            tickets_max: office.limits().order_tickets_max,
            available: on_sale.summary().available,
            currency: currency.code(),
            exponent: currency.exponent(),
            blocks: blocks(on_page.map(|ticket| (ticket.title.as_str(), Seat::of(ticket, visitor, now)))),
            attempt: super::buy::attempt(),
            pager,
        }
    };
    Ok(show(StatusCode::OK, &page))
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

/// From which record on the page wants to hear.
#[derive(Debug, Deserialize)]
pub(super) struct Since {
    since: u64,
}

/// What happens to the tickets of a show, for everybody who looks: whether each is available, and nothing else.
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
    let (missed, receiver) = catalogue.open(&office).await?.follow(key, last.unwrap_or(since));
    // Something at once, so that the browser knows that it is connected.
    let first = missed.unwrap_or(Bytes::from_static(b":\n\n"));
    let later = changes(receiver, place);
    let events = stream::once(async { Ok::<_, Infallible>(first) }).chain(later);
    let events = events.take_until(streams.end());
    let headers = [
        (header::CONTENT_TYPE.as_str(), "text/event-stream"),
        (header::CACHE_CONTROL.as_str(), "no-store"),
        // Proxies that gather an answer before they pass it on would turn the live feed into none.
        ("x-accel-buffering", "no"),
    ];
    Ok((headers, Body::from_stream(events)).into_response())
}

/// Ends when the reader is too slow or the show is forgotten: the browser comes back and hears what it has missed.
fn changes(receiver: broadcast::Receiver<Bytes>, place: Share) -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::unfold((receiver, place), |(mut receiver, place)| async move {
        receiver.recv().await.ok().map(|message| (Ok(message), (receiver, place)))
    })
}
