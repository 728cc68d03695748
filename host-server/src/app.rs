//! The application: all routes with their middleware.

use axum::Router;

use crate::error;
use crate::middleware::{self, Edge};
use crate::routes;
use crate::state::AppState;
#[cfg(feature = "pages")]
use crate::web;

/// Returns the application: all routes of the API, the pages, and their middleware.
pub fn app(state: AppState) -> Router {
    app_with(state, Router::new())
}

/// Returns the application with `more` routes behind the same middleware, for programs that embed the host.
pub fn app_with(state: AppState, more: Router<AppState>) -> Router {
    let (routes, _) = routes::all(&state.settings).split_for_parts();
    #[cfg(feature = "pages")]
    let routes = if state.settings.pages { routes.merge(web::routes(state.settings.services)) } else { routes };
    let routes =
        routes.merge(more).fallback(error::route_not_found).method_not_allowed_fallback(error::method_not_allowed);
    let edge = Edge::new(&state);
    middleware::around(routes, edge).with_state(state)
}
