//! The pages that people look at: HTML made on the server, which works without JavaScript and gets better with it.
//!
//! Handlers call the core's front door, as the API's do, and never the API. A form is answered with a redirect, so that nothing is
//! sent twice by a reload; what happened is told by a [`Notice`] on the page that follows. A handler that fails returns the common
//! [`Failure`](crate::error::Failure), and [`Browser`] turns it into a page.
//!
//! Templates are in `templates`, with what several pages share in `templates/components`; style, script and pictures are in `assets`.
//!
//! **Invariant:** no page has a script or a style within it, or loads anything from elsewhere; but where Stripe takes a card, or asks
//! the buyer's bank, its own script does, because the card must not come here.

mod assets;
mod browser;
mod catalogue;
mod chrome;
mod components;
mod console;
mod form;
mod notice;
mod storefront;
mod text;

use axum::Router;

use crate::state::AppState;

pub(crate) use browser::Browser;
pub(crate) use catalogue::Catalogue;
pub(crate) use chrome::{Chrome, Page, page, show};
pub(crate) use components::{Field, Pager};
pub(crate) use form::{Form, field_errors};
pub(crate) use notice::{Notice, redirect, redirect_with};
pub(crate) use text::{Price, When};

/// Every page, and what pages load.
pub(crate) fn routes() -> Router<AppState> {
    assets::routes().merge(storefront::routes()).merge(console::routes())
}
