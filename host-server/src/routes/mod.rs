//! The routes of the API. Each resource has one file. Handlers parse the request, call the core, and map the answer.

mod cluster;
mod inbound_webhooks;
mod journal;
mod ledger;
mod operations;
mod orders;
mod payments;
mod tickets;
mod users;
mod webhooks;

use std::sync::OnceLock;

use utoipa_axum::router::OpenApiRouter;

use crate::description;
use crate::services::Service;
use crate::settings::Settings;
use crate::state::AppState;

/// Returns the routes of the host's services, with their OpenAPI descriptions.
pub(crate) fn all(settings: &Settings) -> OpenApiRouter<AppState> {
    let services = Service::ALL.into_iter().filter(|service| settings.services.has(*service));
    services.fold(operations::routes(settings), |routes, service| routes.merge(of(service, settings)))
}

/// Returns the routes of a service.
fn of(service: Service, settings: &Settings) -> OpenApiRouter<AppState> {
    match service {
        Service::Auth => users::routes(),
        Service::Tickets => tickets::routes(settings),
        Service::Orders => orders::routes(),
        Service::Payments => payments::routes().merge(inbound_webhooks::routes()).merge(ledger::routes()),
        Service::Console => journal::routes().merge(webhooks::routes()).merge(cluster::routes()),
        Service::Expiration | Service::Web => OpenApiRouter::new(),
    }
}

/// Returns the OpenAPI document, as served at `/openapi.json`.
pub fn json() -> &'static str {
    static JSON: OnceLock<String> = OnceLock::new();
    JSON.get_or_init(|| {
        let description = description::complete(all(&Settings::default()).into_openapi());
        let mut json = description.to_pretty_json().unwrap_or_default();
        json.push('\n');
        json
    })
}

/// Returns a page of a list, with the link to the next one.
macro_rules! page {
    ($page:expr, $uri:expr, $out:ident) => {{
        let page = $page;
        let link = page.next.and_then(|cursor| crate::extract::next_link(&$uri, "cursor", &cursor.to_string()));
        let items: Vec<_> = page.items.iter().map(|item| $out::from(item.as_ref())).collect();
        let mut response = axum::response::IntoResponse::into_response(axum::Json(items));
        response.headers_mut().extend(link.map(|link| (axum::http::header::LINK, link)));
        response
    }};
}
pub(crate) use page;
