//! The HTML pages of the storefront and the console. They are rendered on the server and work without JavaScript;
//! scripts only improve them.
//!
//! Handlers call the core's façade directly, as the API's handlers do; they never call the API. The answer to a form is
//! a redirect, so that a reload submits nothing twice. A [`Flash`](site::Flash) on the next page shows the outcome. A
//! handler that fails returns the common [`Failure`](crate::error::Failure), and [`Browser`](site::Browser) turns it
//! into a page.
//!
//! Templates are in `templates`, and those that several pages share are in `templates/components`. Styles, scripts and
//! images are in `assets`.
//!
//! **Invariant:** no page has an inline script or style, and no page loads anything from another origin. The one
//! exception is the pages on which Stripe takes a card or asks the buyer's bank: they load Stripe's script, because
//! card data must not reach this server.

mod console;
pub(crate) mod site;
mod storefront;

use axum::Router;

use crate::services::{Service, Services};
use crate::state::AppState;

/// Returns the routes of the services' pages, and of the assets that they load.
pub(crate) fn routes(services: Services) -> Router<AppState> {
    let mut routes = Router::new();
    if services.has(Service::Console) {
        routes = routes.merge(console::routes());
    }
    if services.has(Service::Web) {
        routes = routes.merge(storefront::routes());
    } else if services.has(Service::Console) {
        routes = routes.merge(storefront::sign_in_routes());
    }
    if routes.has_routes() { routes.merge(site::assets::routes()) } else { routes }
}
