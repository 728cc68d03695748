//! Tests of hosts that offer some services only.

use boxoffice::SignUp;
use boxoffice_server::Settings;
use boxoffice_server::services::{Service, Services};

use super::here;
use crate::harness::PASSWORD;

/// A path of each service, which answers something else than an unknown path does.
const PATHS: [(Service, &str); 10] = [
    (Service::Auth, "/api/users/current-user"),
    (Service::Tickets, "/api/tickets"),
    (Service::Orders, "/api/orders"),
    (Service::Payments, "/api/payments/escalated"),
    (Service::Payments, "/api/balance"),
    (Service::Payments, "/api/ledger"),
    (Service::Web, "/"),
    (Service::Web, "/sell"),
    (Service::Console, "/api/journal"),
    (Service::Console, "/api/webhooks"),
];

fn offering(services: impl IntoIterator<Item = Service>) -> Settings {
    Settings { services: Services::from_iter(services), ..super::unlimited() }
}

/// Returns `true` if the router knows the path.
async fn is_served(settings: &Settings, path: &str) -> bool {
    let answer = here(settings.clone()).get(path).await;
    answer.header("x-error-code") != Some("route.not_found")
}

#[tokio::test]
async fn a_service_has_its_own_routes_and_no_others() {
    for service in Service::ALL {
        let settings = offering([service]);
        for (owner, path) in PATHS {
            let expected = owner == service;
            assert_eq!(is_served(&settings, path).await, expected, "{path} with --services {}", service.as_str());
        }
        let host = here(settings);
        for path in ["/healthz", "/readyz"] {
            assert_eq!(host.get(path).await.status, 200, "{path}");
        }
    }
}

#[tokio::test]
async fn all_services_have_all_routes() {
    for (_, path) in PATHS {
        assert!(is_served(&Settings::default(), path).await, "{path}");
    }
}

#[tokio::test]
async fn who_only_watches_deadlines_answers_nothing_but_health() {
    let settings = offering([Service::Expiration]);
    for path in ["/metrics", "/openapi.json", "/docs"] {
        assert!(!is_served(&settings, path).await, "{path}");
    }
    here(settings).post("/api/users/signup", serde_json::json!({})).await.is_error(404, "route.not_found");
}

#[tokio::test]
async fn some_services_are_offered_together() {
    let settings = offering([Service::Tickets, Service::Orders]);
    for (path, expected) in [("/api/tickets", true), ("/api/orders", true), ("/api/payments/escalated", false)] {
        assert_eq!(is_served(&settings, path).await, expected, "{path}");
    }
}

#[tokio::test]
async fn the_console_is_where_it_is_offered() {
    for (service, status) in [(Service::Console, 200), (Service::Web, 404)] {
        let host = here(offering([service]));
        let office = &host.inside().office;
        let olga = SignUp::new("olga@example.com", PASSWORD);
        let signed_up = office.auth().sign_up(olga).await.unwrap();
        host.set_operator("olga@example.com", true).await;
        let cookie = format!("session={}", signed_up.token);
        let answer = host.call("GET", "/console").header("cookie", &cookie).send().await;
        assert_eq!(answer.status, status, "{}", service.as_str());
        let path = if service == Service::Console { "/console" } else { "/" };
        let page = host.call("GET", path).header("cookie", &cookie).send().await.text;
        assert_eq!(page.contains("href=\"/console\""), service == Service::Console, "{}: {page}", service.as_str());
        assert_eq!(host.get("/sign-in").await.status, 200, "whoever has pages can sign in");
    }
}
