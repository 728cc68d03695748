//! Tests of the console in a browser without JavaScript.

mod audit_trail;
mod journal;
mod pages;
mod payouts;
mod people;

use serde_json::json;

use crate::harness::{Answer, Host, Person};

/// All pages for operators that need no id.
const PAGES: [&str; 8] = [
    "/console",
    "/console?minutes=180",
    "/console/journal",
    "/console/holds",
    "/console/payments",
    "/console/ledger",
    "/console/find",
    "/console/verify",
];

/// Token in the browser's cookie and in the forms of its pages.
pub(crate) const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// Sends a form as a page of the host would.
pub(crate) async fn submit(person: &Person<'_>, path: &str, fields: &[(&str, &str)]) -> Answer {
    let mut pairs: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    pairs.push(format!("form-token={TOKEN}"));
    let call = person.call("POST", path).header("cookie", &format!("form={TOKEN}")).header("accept", "text/html");
    let call =
        call.header("content-type", "application/x-www-form-urlencoded").header("origin", "http://ticketing.dev");
    call.body(pairs.join("&")).send().await
}

/// Requests a page as a browser would.
pub(crate) async fn look(person: &Person<'_>, path: &str) -> Answer {
    person.call("GET", path).header("accept", "text/html").send().await
}

/// Follows the redirect of a form, and returns the page with its message.
pub(crate) async fn followed(person: &Person<'_>, sent: &Answer) -> Answer {
    assert_eq!(sent.status, 303, "{}", sent.text);
    let cookies = sent.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    let cookies: Vec<_> = cookies.map(|cookie| cookie.split(';').next().unwrap()).collect();
    let call = person.call("GET", sent.header("location").unwrap()).header("cookie", &cookies.join("; "));
    checked(call.header("accept", "text/html").send().await, 200)
}

/// Encodes a text for a form.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// Checks the properties that all pages share, and returns the page.
fn checked(answer: Answer, status: u16) -> Answer {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{}", answer.text);
    let policy = answer.header("content-security-policy").unwrap();
    for part in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"] {
        assert!(policy.contains(part) && !policy.contains("unsafe"), "{policy}");
    }
    // Without a referrer, a browser would send our own forms with `Origin: null`, which is refused.
    assert_eq!(answer.header("referrer-policy"), Some("same-origin"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let html = &answer.text;
    assert!(html.starts_with("<!doctype html>") && html.contains("<html lang=\"en\">"), "{html}");
    assert_eq!(html.matches("<h1>").count(), 1, "{html}");
    for forbidden in [" style=", "<style", " onclick=", " onload=", "<script>", "javascript:", "http://", "https://"] {
        // The page shows addresses of receivers as text and does not load them.
        assert!(!html.contains(forbidden) || html.contains("receiver.example"), "{forbidden} in {html}");
    }
    for field in html.split("<label for=\"").skip(1) {
        let id = field.split('"').next().unwrap();
        assert_eq!(html.matches(&format!(" id=\"{id}\"")).count(), 1, "{id} in {html}");
    }
    answer
}

/// Returns the text between the two marks.
pub(crate) fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let rest = text.split_once(start).unwrap_or_else(|| panic!("{start} is not in {text}")).1;
    rest.split_once(end).unwrap().0
}

/// Lists a ticket with a show, and returns its id.
async fn lists(seller: &Person<'_>, title: &str) -> String {
    let show = json!({ "name": "Hamlet", "venue": "Globe", "startsAt": "2027-05-01T19:30:00Z" });
    let body = json!({ "title": title, "price": "19.99", "show": show });
    let answer = seller.post("/api/tickets", body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.id()
}

#[tokio::test]
async fn strangers_find_nothing() {
    let host = Host::start();
    let ann = host.person("ann").await;
    let ticket = ann.lists("Hamlet", "1").await;
    let more = [
        "/console/journal/live",
        "/console/webhooks",
        "/console/webhooks/new",
        "/console/webhooks/x/edit",
        "/console/cluster",
    ];
    let more = [format!("/console/tickets/{ticket}"), format!("/console/users/{}", ann.id)]
        .into_iter()
        .chain(more.map(str::to_owned))
        .collect::<Vec<_>>();
    for path in PAGES.into_iter().chain(more.iter().map(String::as_str)) {
        let stranger = host.call("GET", path).header("accept", "text/html").send().await;
        assert_eq!(stranger.status, 303, "{path}");
        let location = stranger.header("location").unwrap();
        assert_eq!(location, format!("/sign-in?next={}", encoded(path).replace("%2D", "-")), "{path}");
        let visitor = checked(look(&ann, path).await, 404);
        assert!(!visitor.text.contains("/console/journal"), "{path} tells what there is: {}", visitor.text);
        assert_eq!(visitor.code(), "route.not_found");
    }
    let forms = [
        "/console/verify",
        "/console/ledger/payouts",
        "/console/payments/x/resolve",
        "/console/webhooks/x/ping",
        "/console/webhooks",
        "/console/webhooks/x/edit",
        "/console/cluster/hosts/x/remove",
    ];
    for path in forms {
        assert_eq!(submit(&ann, path, &[]).await.status, 404, "{path}");
        assert_eq!(host.call("POST", path).send().await.status, 401, "{path}");
    }
    host.set_operator("ann@example.com", true).await;
    assert_eq!(look(&ann, "/console").await.status, 200);
    host.set_operator("ann@example.com", false).await;
    assert_eq!(look(&ann, "/console").await.status, 404, "who is no operator any more");
}

#[tokio::test]
async fn on_one_machine_there_is_no_page_of_the_cluster() {
    let host = Host::start();
    let olga = host.operator("olga").await;
    assert!(!look(&olga, "/console").await.text.contains("/console/cluster"));
    checked(look(&olga, "/console/cluster").await, 404);
    let host_id = "01938f6e-8c7a-7b2e-8f00-0123456789ab";
    let removed = submit(&olga, &format!("/console/cluster/hosts/{host_id}/remove"), &[]).await;
    assert_eq!((removed.status, removed.code()), (404, "cluster.host_not_found"));
}

#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    let host = Host::start();
    let olga = host.operator("olga").await;
    for origin in ["https://evil.example", "null"] {
        let forged = olga.call("POST", "/console/verify").header("origin", origin).send().await;
        forged.is_error(403, "origin.forbidden");
    }
    let forged = olga.call("POST", "/console/verify").header("origin", "http://ticketing.dev");
    let forged = forged.header("content-type", "application/x-www-form-urlencoded").body("form-token=guessed");
    forged.send().await.is_error(403, "form.forged");
    assert!(look(&olga, "/console/verify").await.text.contains("Verify 2 records"));
}
