//! Tickets: list, browse, edit, withdraw.

use std::sync::Arc;

use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use boxoffice::{BoxOffice, Ticket, TicketId, Tickets};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

use super::page;
use crate::dto::{ListTicket, ListTickets, Reschedule, TicketEdit, TicketOut, TicketQuery};
use crate::error::Failure;
use crate::extract::{Idempotency, IfMatch, IfNoneMatch, JsonBody, PathId, Query, SignedInUser, etag};
use crate::limits::Listings;
use crate::settings::Settings;
use crate::state::AppState;

/// A move of tickets counts as a listing of so many at least, because all that the seller has on sale are looked through.
const LOOKED_AT: usize = 1_000;

pub(super) fn routes(settings: &Settings) -> OpenApiRouter<AppState> {
    // A batch of 10,000 tickets needs a larger limit than other bodies.
    let batch_limit = DefaultBodyLimit::max(settings.batch_body_limit);
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(create_batch).layer(batch_limit))
        .routes(routes!(reschedule))
        .routes(routes!(get, update, withdraw))
}

/// List one ticket.
#[utoipa::path(
    post, path = "/api/tickets", tag = "tickets", request_body = ListTicket,
    responses((status = 201, description = "The ticket", body = TicketOut<'_>)),
    security(("session" = []), ("bearer" = []))
)]
async fn create(
    State(office): State<BoxOffice>,
    State(listings): State<Listings>,
    user: SignedInUser,
    key: Idempotency,
    JsonBody(body): JsonBody<ListTicket>,
) -> Result<Response, Failure> {
    listings.take(user.id(), 1)?;
    let ticket = tickets(&office, key).create(user.id(), body.into()).await?;
    let headers = [(header::ETAG, etag(ticket.version)), (header::LOCATION, location(ticket.id))];
    Ok((StatusCode::CREATED, headers, Json(TicketOut::from(ticket.as_ref()))).into_response())
}

/// List up to 10,000 tickets, all or nothing.
#[utoipa::path(
    post, path = "/api/tickets/batch", tag = "tickets", request_body = ListTickets,
    responses((status = 201, description = "The tickets", body = Vec<TicketOut<'_>>)),
    security(("session" = []), ("bearer" = []))
)]
async fn create_batch(
    State(office): State<BoxOffice>,
    State(listings): State<Listings>,
    user: SignedInUser,
    key: Idempotency,
    JsonBody(body): JsonBody<ListTickets>,
) -> Result<Response, Failure> {
    let (seller, count) = (user.id(), body.tickets.len());
    listings.take(seller, count)?;
    let tickets = tickets(&office, key);
    let listing = async move {
        let listed = tickets.create_many(seller, body.tickets.into_iter().map(Into::into).collect()).await?;
        Ok::<_, Failure>((StatusCode::CREATED, Json(all(&listed))).into_response())
    };
    listings.apart_if_many(count, listing).await
}

/// Move the unsold tickets of one's show to another time.
///
/// Names and venues that look alike are one show, such as `Hamlet` and `HAMLET`; tickets keep theirs. Tickets that an open order holds,
/// and sold ones, stay as they are.
#[utoipa::path(
    post, path = "/api/tickets/reschedule", tag = "tickets", request_body = Reschedule,
    responses((status = 200, description = "The tickets that moved, at most 10,000", body = Vec<TicketOut<'_>>)),
    security(("session" = []), ("bearer" = []))
)]
async fn reschedule(
    State(office): State<BoxOffice>,
    State(listings): State<Listings>,
    user: SignedInUser,
    key: Idempotency,
    JsonBody(body): JsonBody<Reschedule>,
) -> Result<Response, Failure> {
    // How many they are is known when they have moved.
    let (seller, most) = (user.id(), office.limits().listing_tickets_max);
    listings.take(seller, most)?;
    let tickets = tickets(&office, key);
    let moving = async move {
        let moved = tickets.reschedule(seller, body.show.into(), &body.starts_at).await?;
        Ok::<_, Failure>((moved.len(), Json(all(&moved)).into_response()))
    };
    let moved = listings.apart(moving).await;
    let count = moved.as_ref().map_or(0, |(count, _)| *count);
    listings.give_back(seller, most, count.max(LOOKED_AT));
    moved.map(|(_, response)| response)
}

/// List tickets: those on sale, unless a status is given.
#[utoipa::path(
    get, path = "/api/tickets", tag = "tickets", params(TicketQuery),
    responses((status = 200, description = "A page of tickets", body = Vec<TicketOut<'_>>,
        headers(("Link" = String, description = "The next page, as `<…>; rel=\"next\"`, if there is one"))))
)]
async fn list(
    State(office): State<BoxOffice>,
    uri: Uri,
    Query(query): Query<TicketQuery>,
) -> Result<Response, Failure> {
    Ok(page!(office.tickets().list(&query.try_into()?)?, uri, TicketOut))
}

/// Show a ticket.
#[utoipa::path(
    get, path = "/api/tickets/{id}", tag = "tickets",
    params(
        ("id" = String, Path, description = "The ticket's id"),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` that the caller has already")
    ),
    responses(
        (status = 200, description = "The ticket", body = TicketOut<'_>,
            headers(("ETag" = String, description = "The version in quotes"))),
        (status = 304, description = "The caller has it already")
    )
)]
async fn get(
    State(office): State<BoxOffice>,
    PathId(id): PathId<TicketId>,
    have: IfNoneMatch,
) -> Result<Response, Failure> {
    let ticket = office.tickets().get(id)?;
    // Caches must revalidate: the ticket can be sold at any time.
    let headers = [(header::ETAG, etag(ticket.version)), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
    if have.has(ticket.version) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    Ok((headers, Json(TicketOut::from(ticket.as_ref()))).into_response())
}

/// Edit an available ticket.
#[utoipa::path(
    put, path = "/api/tickets/{id}", tag = "tickets", request_body = TicketEdit,
    params(
        ("id" = String, Path, description = "The ticket's id"),
        ("If-Match" = Option<String>, Header, description = "Refuse the edit unless the ticket still has this `ETag`")
    ),
    responses((status = 200, description = "The ticket", body = TicketOut<'_>)),
    security(("session" = []), ("bearer" = []))
)]
async fn update(
    State(office): State<BoxOffice>,
    user: SignedInUser,
    PathId(id): PathId<TicketId>,
    IfMatch(expected): IfMatch,
    JsonBody(body): JsonBody<TicketEdit>,
) -> Result<Response, Failure> {
    if body.names_currency() {
        body.check_currency(office.tickets().get(id)?.as_ref())?;
    }
    let ticket = office.tickets().update(user.id(), id, body.expecting(expected)).await?;
    Ok(([(header::ETAG, etag(ticket.version))], Json(TicketOut::from(ticket.as_ref()))).into_response())
}

/// Withdraw an available ticket.
#[utoipa::path(
    delete, path = "/api/tickets/{id}", tag = "tickets",
    params(
        ("id" = String, Path, description = "The ticket's id"),
        ("If-Match" = Option<String>, Header, description = "Refuse unless the ticket still has this `ETag`")
    ),
    responses((status = 204, description = "Withdrawn")),
    security(("session" = []), ("bearer" = []))
)]
async fn withdraw(
    State(office): State<BoxOffice>,
    user: SignedInUser,
    PathId(id): PathId<TicketId>,
    IfMatch(expected): IfMatch,
) -> Result<StatusCode, Failure> {
    office.tickets().withdraw(user.id(), id, expected).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn all(tickets: &[Arc<Ticket>]) -> Vec<TicketOut<'_>> {
    tickets.iter().map(|ticket| TicketOut::from(ticket.as_ref())).collect()
}

fn tickets(office: &BoxOffice, Idempotency(key): Idempotency) -> Tickets {
    key.into_iter().fold(office.tickets(), Tickets::idempotency_key)
}

fn location(id: TicketId) -> HeaderValue {
    HeaderValue::try_from(format!("/api/tickets/{id}")).unwrap_or(HeaderValue::from_static("/api/tickets"))
}
