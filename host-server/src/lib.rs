//! The HTTP host of boxoffice: all services of the box office behind one axum router, and tools to administer its data.
//!
//! # Features
//!
//! The API is always included. `pages` adds the storefront and the console. `cli` adds the server's command line.
//! `stripe` adds payments by real cards to that command line, `cluster` hosts that share one journal. All are enabled by default.
//!
//! Routes are thin: they parse the request, call the core, and map the answer. `middleware` contains the code around
//! all routes. Only `error` creates the common error body.
//!
//! **Invariant:** the host decides no rule of the box office.

#[cfg(feature = "cli")]
mod admin;
mod app;
mod cards;
#[cfg(feature = "pages")]
mod catalogue;
mod cause;
mod cluster;
#[cfg(feature = "cli")]
pub mod commands;
#[cfg(feature = "cli")]
pub mod config;
mod description;
mod dto;
mod error;
mod extract;
mod held_body;
mod limits;
#[cfg(feature = "cli")]
mod listener;
#[cfg(feature = "cli")]
mod logging;
mod middleware;
mod observability;
#[cfg(all(feature = "cli", feature = "cluster"))]
mod publisher;
mod routes;
pub mod services;
mod settings;
mod state;
#[cfg(feature = "cli")]
mod terminal;
#[cfg(feature = "pages")]
mod web;
mod web_origin;
pub mod webhooks;

pub use app::{app, app_with};
pub use cards::{CardForm, NotPublishable, PublishableKey};
pub use extract::token as session_token;
pub use extract::tokens as session_tokens;
#[cfg(feature = "cli")]
pub use listener::serve_bounded;
pub use settings::{List, Settings, parse_all, parse_networks, parse_origins};
pub use state::AppState;

/// The host's OpenAPI document.
pub mod openapi {
    pub use crate::routes::json;
}
