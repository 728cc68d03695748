//! The HTTP host of boxoffice: every service of the box office behind one axum router, and the tools to look after its data.
//!
//! Routes are thin: they parse, call the core, and map the answer. What stands around them is in `middleware`, the one place
//! that makes the common error body is `error`.
//!
//! **Invariant:** no rule of the box office is decided here.

mod admin;
mod catalogue;
pub mod commands;
pub mod config;
mod description;
mod dto;
mod error;
mod extract;
mod limits;
mod listener;
mod logging;
mod middleware;
mod observability;
mod routes;
mod state;
mod terminal;
mod web;
pub mod webhooks;

use axum::Router;

pub use config::gateway::{CardForm, NotPublishable, PublishableKey};
pub use extract::token as session_token;
pub use state::{AppState, Settings};

/// The host's OpenAPI document.
pub mod openapi {
    pub use crate::routes::json;
}

/// The whole application: every route of the contract, the pages for people, and all that stands around them.
pub fn app(state: AppState) -> Router {
    app_with(state, Router::new())
}

/// The same with `more` routes behind the same middlewares, for programs that embed the host.
pub fn app_with(state: AppState, more: Router<AppState>) -> Router {
    let (routes, _) = routes::all(&state.settings).split_for_parts();
    let routes = routes
        .merge(web::routes())
        .merge(more)
        .fallback(error::route_not_found)
        .method_not_allowed_fallback(error::method_not_allowed);
    middleware::around(routes, &state).with_state(state)
}
