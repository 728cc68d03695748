//! The HTTP host of boxoffice: every service of the box office behind one axum router, and the tools to look after its data.
//!
//! # Features
//!
//! The API alone is always there. `pages` adds the storefront and the console, `cli` the server's command line with its
//! commands, and `stripe` real cards for that command line. All are on by default.
//!
//! Routes are thin: they parse, call the core, and map the answer. What stands around them is in `middleware`, the one place
//! that makes the common error body is `error`.
//!
//! **Invariant:** no rule of the box office is decided here.

#[cfg(feature = "cli")]
mod admin;
mod app;
mod cards;
#[cfg(feature = "pages")]
mod catalogue;
mod cause;
#[cfg(feature = "cli")]
pub mod commands;
#[cfg(feature = "cli")]
pub mod config;
mod description;
mod dto;
mod error;
mod extract;
mod limits;
#[cfg(feature = "cli")]
mod listener;
#[cfg(feature = "cli")]
mod logging;
mod middleware;
mod observability;
mod routes;
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
pub use settings::Settings;
pub use state::AppState;

/// The host's OpenAPI document.
pub mod openapi {
    pub use crate::routes::json;
}
