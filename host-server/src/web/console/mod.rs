//! The console: the pages on which operators observe and administer a box office.
//!
//! Each file is a page with its forms. Pages are complete without JavaScript; with JavaScript, `console.js` keeps them
//! up to date. Console routes return 404 to users who are not operators, so they reveal neither the console nor its
//! data.
//!
//! **Invariant:** every handler takes an [`Operator`](operator::Operator), and [`Form`](crate::web::site::Form) reads
//! every form.

mod audit_trail;
mod charts;
mod check;
mod cluster;
mod holds;
mod journal;
mod ledger;
mod operator;
mod page;
mod payments;
mod people;
mod row;
mod subscriptions;
mod tail;
mod users;
mod webhooks;

use axum::Router;
use axum::routing::{get, post};

use crate::state::AppState;

/// Returns the routes of the console.
pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/console", get(charts::show))
        .route("/console/journal", get(journal::show))
        .route("/console/journal/live", get(tail::follow))
        .route("/console/find", get(audit_trail::find))
        .route("/console/orders/{id}", get(audit_trail::order))
        .route("/console/tickets/{id}", get(audit_trail::ticket))
        .route("/console/users/{id}", get(users::show))
        .route("/console/holds", get(holds::show))
        .route("/console/payments", get(payments::show))
        .route("/console/payments/{id}/resolve", post(payments::resolve))
        .route("/console/payments/{id}/refund", post(payments::refund))
        .route("/console/webhooks", get(webhooks::list).post(subscriptions::create))
        .route("/console/webhooks/new", get(subscriptions::new_page))
        .route("/console/webhooks/{id}/edit", get(subscriptions::edit_page).post(subscriptions::edit))
        .route("/console/webhooks/{id}", get(webhooks::show))
        .route("/console/webhooks/{id}/{action}", post(webhooks::act))
        .route("/console/webhooks/{id}/deliveries/{number}/resend", post(webhooks::resend))
        .route("/console/ledger", get(ledger::show))
        .route("/console/ledger/payouts", post(ledger::pay_out))
        .route("/console/verify", get(check::show).post(check::start))
        .route("/console/cluster", get(cluster::show))
        .route("/console/cluster/hosts/{id}/remove", post(cluster::remove))
}
