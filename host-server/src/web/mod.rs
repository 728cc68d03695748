//! The pages that people look at: HTML made on the server, which works without JavaScript and gets better with it.
//!
//! Handlers call the core's façade, as the API's do, and never the API. A form is answered with a redirect, so that nothing is
//! sent twice by a reload; what happened is told by a [`Flash`](site::Flash) on the page that follows. A handler that fails returns the
//! common [`Failure`](crate::error::Failure), and [`Browser`](site::Browser) turns it into a page.
//!
//! Templates are in `templates`, with what several pages share in `templates/components`; style, script and pictures are in `assets`.
//!
//! **Invariant:** no page has a script or a style within it, or loads anything from elsewhere; but where Stripe takes a card, or asks
//! the buyer's bank, its own script does, because the card must not come here.

mod console;
pub(crate) mod site;
mod storefront;

use axum::Router;

use crate::state::AppState;

/// Every page, and what pages load.
pub(crate) fn routes() -> Router<AppState> {
    site::assets::routes().merge(storefront::routes()).merge(console::routes())
}
