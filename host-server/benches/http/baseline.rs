//! Bare axum handlers for comparison with the host: the same JSON in and out, without any work.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use crate::Failure;
use crate::output::say;

/// Prints its address, and serves until the process is killed.
pub(crate) fn serve() -> Result<(), Failure> {
    let app = Router::new().route("/api/tickets/{id}", get(ticket)).route("/api/orders", post(order));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        say(&format!("listening on http://{}", listener.local_addr()?))?;
        Ok(axum::serve(listener, app).await?)
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ticket {
    id: String,
    seller_id: &'static str,
    title: &'static str,
    price: f64,
    currency: &'static str,
    show: Option<&'static str>,
    seat: &'static str,
    status: &'static str,
    version: u64,
    created_at: &'static str,
    updated_at: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Order {
    id: &'static str,
    buyer_id: &'static str,
    status: &'static str,
    total: f64,
    currency: &'static str,
    expires_at: &'static str,
    tickets: [OrderedTicket; 1],
    version: u64,
    created_at: &'static str,
}

#[derive(Serialize)]
struct OrderedTicket {
    id: String,
    title: &'static str,
    price: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewOrder {
    ticket_id: String,
}

const ID: &str = "01900000-0000-7000-8000-000000000000";
const TIME: &str = "2027-01-01T12:00:00.000Z";

async fn ticket(Path(id): Path<String>) -> Json<Ticket> {
    Json(Ticket {
        id,
        seller_id: ID,
        title: "Hamlet, stalls",
        price: 19.99,
        currency: "USD",
        show: None,
        seat: "Row 3, seat 12",
        status: "available",
        version: 1,
        created_at: TIME,
        updated_at: TIME,
    })
}

async fn order(Json(order): Json<NewOrder>) -> (StatusCode, Json<Order>) {
    let order = Order {
        id: ID,
        buyer_id: ID,
        status: "created",
        total: 19.99,
        currency: "USD",
        expires_at: TIME,
        tickets: [OrderedTicket { id: order.ticket_id, title: "Hamlet, stalls", price: 19.99 }],
        version: 1,
        created_at: TIME,
    };
    (StatusCode::CREATED, Json(order))
}
