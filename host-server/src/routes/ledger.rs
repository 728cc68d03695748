//! The ledger: balances, statements, payouts.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use boxoffice::{Actor, BoxOffice, Ledger};
use futures_util::stream;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::dto::{BalanceOut, BalanceQuery, EntryOut, PayOut, PayoutOut, PlatformOut, StatementQuery, TotalsOut};
use crate::error::Failure;
use crate::extract::{Idempotency, JsonBody, Query, SignedInUser, next_link};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(balance))
        .routes(routes!(statement))
        .routes(routes!(pay_out))
        .routes(routes!(platform))
}

/// Show my balances and ledger entries as a seller; operators may name any seller.
#[utoipa::path(
    get, path = "/api/balance", tag = "ledger", params(BalanceQuery),
    responses((status = 200, description = "The balances with a page of entries", body = BalanceOut,
        headers(("Link" = String, description = "The next page, as `<…>; rel=\"next\"`, if there is one")))),
    security(("session" = []), ("bearer" = []))
)]
async fn balance(
    State(office): State<BoxOffice>,
    user: SignedInUser,
    uri: Uri,
    Query(query): Query<BalanceQuery>,
) -> Result<Response, Failure> {
    let (ledger, actor, seller) = (office.ledger(), Actor::User(user.id()), query.seller(user.id())?);
    let balances = ledger.balance(actor, seller)?;
    let page = ledger.entries(actor, seller, &query.try_into()?)?;
    let link = page.next.and_then(|cursor| next_link(&uri, "cursor", &cursor.to_string()));
    let out = BalanceOut {
        seller_id: seller.to_string(),
        balances: balances.iter().map(TotalsOut::from).collect(),
        entries: page.items.iter().map(EntryOut::from).collect(),
    };
    let mut response = Json(out).into_response();
    response.headers_mut().extend(link.map(|link| (header::LINK, link)));
    Ok(response)
}

/// Export all my ledger entries as CSV, latest first; operators may name any seller.
#[utoipa::path(
    get, path = "/api/balance/statement.csv", tag = "ledger", params(StatementQuery),
    responses((status = 200, description = "The entries, by RFC 4180", body = String, content_type = "text/csv")),
    security(("session" = []), ("bearer" = []))
)]
async fn statement(
    State(office): State<BoxOffice>,
    user: SignedInUser,
    Query(query): Query<StatementQuery>,
) -> Result<Response, Failure> {
    let parts = office.ledger().statement_csv(Actor::User(user.id()), query.seller(user.id())?)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"statement.csv\"")),
    ];
    // An error in the middle breaks off the response, so that nobody takes an incomplete file for a complete one.
    Ok((headers, Body::from_stream(stream::iter(parts))).into_response())
}

/// Record that a seller was paid: for operators. It moves no money.
#[utoipa::path(
    post, path = "/api/payouts", tag = "ledger", request_body = PayOut,
    responses((status = 201, description = "The payout", body = PayoutOut<'_>)),
    security(("session" = []), ("bearer" = []))
)]
async fn pay_out(
    State(office): State<BoxOffice>,
    user: SignedInUser,
    Idempotency(key): Idempotency,
    JsonBody(body): JsonBody<PayOut>,
) -> Result<Response, Failure> {
    let ledger = key.into_iter().fold(office.ledger(), Ledger::idempotency_key);
    let seller = body.seller_id()?;
    let payout = ledger.record_payout(Actor::User(user.id()), seller, body.payout()).await?;
    Ok((StatusCode::CREATED, Json(PayoutOut::from(&payout))).into_response())
}

/// Show the platform's accounts: for operators.
#[utoipa::path(
    get, path = "/api/ledger", tag = "ledger",
    responses((status = 200, description = "One for each currency", body = Vec<PlatformOut>)),
    security(("session" = []), ("bearer" = []))
)]
async fn platform(State(office): State<BoxOffice>, user: SignedInUser) -> Result<Response, Failure> {
    let balances = office.ledger().platform(Actor::User(user.id()))?;
    Ok(Json(balances.iter().map(PlatformOut::from).collect::<Vec<_>>()).into_response())
}
