//! The storefront: pages to browse, buy, sell and manage the account. Each file is a group of pages.

mod account;
mod attempt;
mod balance;
mod browse;
mod buy;
mod cards;
mod listings;
mod many;
mod order_page;
mod orders;
mod rows;
mod show;
mod ticket;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::state::AppState;

/// Returns the routes by which people sign in and out, which the console needs too.
pub(super) fn sign_in_routes() -> Router<AppState> {
    Router::new()
        .route("/sign-in", get(account::sign_in_page).post(account::sign_in))
        .route("/sign-out", post(account::sign_out))
}

/// Maximum size of the form that lists many tickets, in bytes. It is enough for 10,000 rows.
const MANY_MAX: usize = 4 << 20;

/// Returns the routes of all pages of the storefront.
pub(super) fn routes() -> Router<AppState> {
    sign_in_routes()
        .route("/", get(browse::page))
        .route("/shows/{key}", get(show::page))
        .route("/shows/{key}/live", get(show::live))
        .route("/orders", get(orders::list).post(buy::lock))
        .route("/orders/{id}", get(order_page::page))
        .route("/orders/{id}/pay", get(order_page::back_to_order).post(buy::pay))
        .route("/orders/{id}/cancel", get(order_page::back_to_order).post(buy::cancel))
        .route("/sell", get(listings::page))
        .route("/sell/new", get(ticket::new_page).post(ticket::create))
        .route("/sell/many", get(many::page).post(many::submit).layer(DefaultBodyLimit::max(MANY_MAX)))
        .route("/sell/balance", get(balance::page))
        .route("/sell/tickets/{id}", get(ticket::edit_page).post(ticket::edit))
        .route("/sell/tickets/{id}/withdraw", post(ticket::withdraw))
        .route("/sign-up", get(account::sign_up_page).post(account::sign_up))
        .route("/account", get(account::page))
        .route("/account/email", get(account::back).post(account::change_email))
        .route("/account/password", get(account::back).post(account::change_password))
}
