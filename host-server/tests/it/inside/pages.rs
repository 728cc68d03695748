//! Tests of the pages without a browser.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use boxoffice::testing::ManualClock;
use boxoffice::{BoxOffice, NewShow, NewTicket, SignUp};
use boxoffice_server::{AppState, CardForm, Settings};
use http_body_util::BodyExt;
use serde_json::json;
use tower::ServiceExt;

use super::here;
use crate::harness::{Answer, Host, Person};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// Requests a page as a browser would.
pub(super) async fn look(host: &Host, person: Option<&Person<'_>>, path: &str) -> Answer {
    let cookie =
        person.map_or_else(|| format!("form={TOKEN}"), |person| format!("form={TOKEN}; session={}", person.token));
    host.call("GET", path).header("accept", "text/html").header("cookie", &cookie).send().await
}

/// Sends a form as a browser would from a page of this site.
pub(super) async fn submit(host: &Host, person: Option<&Person<'_>>, path: &str, fields: &str) -> Answer {
    let cookie =
        person.map_or_else(|| format!("form={TOKEN}"), |person| format!("form={TOKEN}; session={}", person.token));
    host.call("POST", path)
        .header("accept", "text/html")
        .header("cookie", &cookie)
        .header("origin", "http://ticketing.dev")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("form-token={TOKEN}&{fields}"))
        .send()
        .await
}

pub(super) async fn lists(person: &Person<'_>, show: &str, seat: &str) -> String {
    let ticket = json!({
        "title": show, "price": 20, "seat": seat, "show": { "name": show, "startsAt": "2027-05-01T19:30:00Z", "category": "play" }
    });
    let answer = person.post("/api/tickets", ticket).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.id()
}

pub(super) fn location(answer: &Answer) -> &str {
    answer.header("location").unwrap_or_else(|| panic!("no redirect: {} {}", answer.status, answer.text))
}

#[tokio::test]
async fn pages_load_nothing_from_elsewhere_and_run_nothing_within() {
    let host = here(Settings::default());
    let page = look(&host, None, "/").await;
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self';"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
    assert_eq!(page.header("referrer-policy"), Some("same-origin"));
    for tag in page.text.split("<script").skip(1) {
        assert!(tag.contains("src=\"/assets/") && tag.contains("></script>"), "{tag}");
    }
    assert!(!page.text.contains("<style") && !page.text.contains(" style=") && !page.text.contains(" onclick"));
    let from = page.text.find("/assets/style.").unwrap();
    let path: String = page.text[from..].chars().take_while(|letter| *letter != '"').collect();
    let style = host.get(&path).await;
    assert_eq!(style.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(style.header("content-type"), Some("text/css; charset=utf-8"));
}

#[tokio::test]
async fn what_sellers_write_is_text_and_nothing_else() {
    let host = here(Settings::default());
    let ann = host.person("ann").await;
    let hostile = "<script>alert(1)</script>\"'&";
    lists(&ann, hostile, "<img src=x>").await;
    let browse = look(&host, None, "/").await;
    let from = browse.text.find("/shows/").unwrap();
    let path: String = browse.text[from..].chars().take_while(|letter| *letter != '"').collect();
    for page in [browse, look(&host, None, &path).await, look(&host, Some(&ann), "/sell").await] {
        assert_eq!(page.status, 200);
        assert!(!page.text.contains("<script>") && !page.text.contains("<img src=x"), "{}", page.text);
        assert!(page.text.contains("&#60;script&#62;"), "{}", page.text);
    }
}

#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    let host = here(Settings::default());
    let ann = host.person("ann").await;
    let cookie = format!("form={TOKEN}; session={}", ann.token);
    let send = async |cookie: &str, origin: Option<(&str, &str)>, body: String| {
        let call = host.call("POST", "/sign-out").header("accept", "text/html").header("cookie", cookie);
        let call = origin.into_iter().fold(call, |call, (name, value)| call.header(name, value));
        call.header("content-type", "application/x-www-form-urlencoded").body(body).send().await
    };
    let own = ("origin", "http://ticketing.dev");
    let right = format!("form-token={TOKEN}");
    let (out_of_date, elsewhere) = ("That form is out of date", "That form is of another address");
    for (cookie, origin, body, says) in [
        (cookie.as_str(), Some(own), String::new(), out_of_date),
        (cookie.as_str(), Some(own), format!("form-token={}", "0".repeat(32)), out_of_date),
        (&format!("session={}", ann.token), Some(own), right.clone(), out_of_date),
        (&format!("form=; session={}", ann.token), Some(own), "form-token=".to_owned(), out_of_date),
        (cookie.as_str(), Some(("origin", "https://evil.example")), right.clone(), elsewhere),
        (cookie.as_str(), Some(("origin", "null")), right.clone(), elsewhere),
        (cookie.as_str(), Some(("sec-fetch-site", "cross-site")), right.clone(), elsewhere),
    ] {
        let refused = send(cookie, origin, body).await;
        assert_eq!(refused.status, 403, "{origin:?}");
        assert!(refused.text.contains(says), "{}", refused.text);
    }
    assert!(ann.get("/api/users/current-user").await.text.contains("ann@example.com"), "nobody was signed out");
    assert_eq!(send(&cookie, Some(own), right).await.status, 303);
    assert_eq!(ann.get("/api/users/current-user").await.body["currentUser"], json!(null));
}

#[tokio::test]
async fn errors_are_pages_for_browsers_and_json_for_programs() {
    let host = here(Settings::default());
    let page = look(&host, None, "/no-such-page").await;
    assert_eq!((page.status, page.code()), (404, "route.not_found"));
    assert!(page.text.contains("<h1>There is nothing here</h1>"), "{}", page.text);
    host.get("/no-such-page").await.is_error(404, "route.not_found");
    look(&host, None, "/api/no-such-route").await.is_error(404, "route.not_found");
    let private = look(&host, None, "/orders?x=1").await;
    assert_eq!((private.status, location(&private)), (303, "/sign-in?next=%2Forders%3Fx%3D1"));
    let ann = host.person("ann").await;
    let foreign = look(&host, Some(&ann), &format!("/orders/{}", uuid::Uuid::nil())).await;
    assert_eq!(foreign.status, 404);
}

#[tokio::test]
async fn a_purchase_through_the_pages() {
    let host = here(Settings::default());
    let (ann, bob) = (host.person("ann").await, host.person("bob").await);
    let ticket = lists(&ann, "Hamlet", "Row A, seat 1").await;
    let fields = format!("ticket={ticket}:20.00&attempt=0123");
    let own = submit(&host, Some(&ann), "/orders", &fields).await;
    assert_eq!(own.status, 403);
    assert!(own.text.contains("That is your own ticket"), "{}", own.text);
    let locked = submit(&host, Some(&bob), "/orders", &fields).await;
    let order = location(&locked).to_owned();
    let again = submit(&host, Some(&bob), "/orders", &fields).await;
    assert_eq!(location(&again), order, "the same attempt is the same order");
    let tab = submit(&host, Some(&bob), "/orders", &format!("ticket={ticket}:20.00&attempt=4567")).await;
    assert_eq!(location(&tab), order, "another attempt finds one's own order");
    let cat = host.person("cat").await;
    let late = submit(&host, Some(&cat), "/orders", &fields).await;
    assert_eq!(late.status, 409);
    assert!(late.text.contains("Somebody was quicker"), "{}", late.text);
    assert_eq!(look(&host, Some(&cat), &order).await.status, 403);

    let pay = format!("{order}/pay");
    let card = "holder=Bob&number=4242424242424242&code=123&expiry=";
    let wrong = submit(&host, Some(&bob), &pay, &format!("{card}01/20")).await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.text.contains("The card has expired") && !wrong.text.contains("4242424242424242"), "{}", wrong.text);
    let paid = submit(&host, Some(&bob), &pay, &format!("{card}01/30")).await;
    assert_eq!(location(&paid), order);
    assert!(look(&host, Some(&bob), &order).await.text.contains("The tickets are yours"));
    let twice = submit(&host, Some(&bob), &pay, &format!("{card}01/30")).await;
    assert_eq!(twice.status, 409);
    assert!(twice.text.contains("You were not charged again"), "{}", twice.text);
    assert!(look(&host, Some(&ann), "/sell/balance").await.text.contains("$20.00"));
}

#[tokio::test]
async fn an_order_whose_time_is_up_says_so() {
    let host = here(Settings::default());
    let (ann, bob) = (host.person("ann").await, host.person("bob").await);
    let ticket = lists(&ann, "Hamlet", "Row A, seat 1").await;
    let locked = submit(&host, Some(&bob), "/orders", &format!("ticket={ticket}:20.00")).await;
    let order = location(&locked).to_owned();
    assert!(look(&host, Some(&bob), &order).await.text.contains("data-countdown=\"900000\""));
    host.clock.advance(std::time::Duration::from_mins(5));
    assert!(look(&host, Some(&bob), &order).await.text.contains("data-countdown=\"600000\""));
    host.clock.advance(std::time::Duration::from_mins(10));
    assert!(look(&host, Some(&bob), &order).await.text.contains("Your time is up"));
    let card = "holder=Bob&number=4242424242424242&code=123&expiry=01/30";
    let late = submit(&host, Some(&bob), &format!("{order}/pay"), card).await;
    assert_eq!(location(&late), order);
}

#[tokio::test]
async fn only_the_checkout_may_load_what_stripe_needs_and_only_if_stripe_takes_the_cards() {
    let key = "pk_test_shown".parse().unwrap();
    for (cards, is_stripe) in [(CardForm::Sandbox, false), (CardForm::Elsewhere, false), (CardForm::Stripe(key), true)]
    {
        let host = here(Settings { cards: cards.clone(), ..Settings::default() });
        let (ann, bob) = (host.person("ann").await, host.person("bob").await);
        let ticket = lists(&ann, "Hamlet", "A 1").await;
        let order = bob.post("/api/orders", json!({ "ticketId": ticket })).await.id();
        let path = format!("/orders/{order}");
        for (page, has_stripe) in [("/", false), ("/orders", false), (path.as_str(), is_stripe)] {
            let answer = look(&host, Some(&bob), page).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            let policy = answer.header("content-security-policy").unwrap();
            assert_eq!(policy.contains("stripe.com"), has_stripe, "{cards:?} {page} {policy}");
            assert!(!policy.contains("unsafe") && !policy.contains("https: "), "{policy}");
            let scripts = answer.text.matches("https://js.stripe.com/").count();
            assert_eq!((scripts, answer.text.contains("pk_test_shown")), (usize::from(has_stripe), has_stripe));
        }
        // A form that no page of this site sends takes no money.
        let answer = submit(&host, Some(&bob), &format!("{path}/pay"), "token=tok_visa").await;
        assert_eq!(answer.status, 400, "{}", answer.text);
        assert_eq!(bob.get(&format!("/api/orders/{order}")).await.body["status"], "created");
    }
}

#[tokio::test]
async fn shows_that_are_sold_out_are_listed_after_the_others_until_they_start() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::at("2027-04-01T12:00:00Z".parse().unwrap()));
    let open = || BoxOffice::builder().clock(clock.clone()).open(dir.path());
    let office = open().unwrap();
    let [ann, bob] = ["ann", "bob"].map(|name| SignUp::new(format!("{name}@example.com"), "correct horse battery"));
    let (ann, bob) = (office.auth().sign_up(ann).await.unwrap().user, office.auth().sign_up(bob).await.unwrap().user);
    let list = async |show: &str, starts_at: &str| {
        let show = NewTicket::new(show, "20").show(NewShow::new(show, starts_at));
        office.tickets().create(ann.id, show).await.unwrap().id
    };
    let gone = list("Early and gone", "2027-05-01T19:30:00Z").await;
    list("Late and left", "2027-06-01T19:30:00Z").await;
    let read = async |office: &BoxOffice, path: &str| {
        let app = boxoffice_server::app(AppState::new(office.clone(), Settings::default()));
        let request = axum::http::Request::get(path).header("accept", "text/html").body(Body::empty()).unwrap();
        let response = app.oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    };
    let (_, page) = read(&office, "/").await;
    assert!(page.find("Early and gone") < page.find("Late and left"), "{page}");
    let from = page.find("/shows/").unwrap();
    let show: String = page[from..].chars().take_while(|letter| *letter != '"').collect();
    let order = office.orders().create(bob.id, &[gone]).await.unwrap();
    office.payments().pay(bob.id, order.id, "tok_visa").await.unwrap();
    office.close().await.unwrap();

    // A catalogue that is rebuilt from the tickets contains the sold-out show too.
    let office = open().unwrap();
    let (_, page) = read(&office, "/").await;
    assert!(page.contains("2 shows, 1 sold out"), "{page}");
    assert!(page.find("Late and left") < page.find("Early and gone"), "{page}");
    for (query, is_listed) in [("?left=yes", false), ("?max=100", false), ("?q=early", true)] {
        assert_eq!(read(&office, &format!("/{query}")).await.1.contains("Early and gone"), is_listed, "{query}");
    }
    let (status, page) = read(&office, &show).await;
    assert!(status == 200 && page.contains("Every ticket is sold"), "{status} {page}");
    clock.advance(Duration::from_hours(40 * 24));
    assert!(!read(&office, "/").await.1.contains("Early and gone"));
    assert_eq!(read(&office, &show).await.0, 404);
}

/// The names of the shows on a page, in order.
fn shows_on(page: &Answer) -> Vec<String> {
    let links = page.text.split("<h2><a href=\"/shows/").skip(1);
    let name = |link: &str| link.split_once('>').unwrap().1.split_once('<').unwrap().0.to_owned();
    links.map(name).collect()
}

#[tokio::test]
async fn prices_of_several_currencies_are_never_mixed() {
    let host = here(Settings::default());
    let ann = host.person("ann").await;
    let show = json!({ "name": "Big Night", "venue": "Hall", "startsAt": "2027-05-01T19:30:00Z" });
    for (price, currency, seat) in [("10", "USD", "A1"), ("3000", "JPY", "A2"), ("25", "USD", "A3")] {
        let ticket = json!({ "title": "Stalls", "price": price, "currency": currency, "seat": seat, "show": show });
        assert_eq!(ann.post("/api/tickets", ticket).await.status, 201);
    }
    let page = look(&host, None, "/?max=15").await;
    assert_eq!(shows_on(&page), ["Big Night"]);
    assert!(page.text.contains("$10.00 to $25.00 or ¥3,000"), "{}", page.text);
    let path = format!("/shows/{}", page.text.split("/shows/").nth(1).unwrap().split('"').next().unwrap());
    let seats = look(&host, None, &path).await;
    for (minor, currency, exponent) in [(1000, "USD", 2), (3000, "JPY", 0), (2500, "USD", 2)] {
        let data = format!(r#"data-minor="{minor}" data-currency="{currency}" data-exponent="{exponent}""#);
        assert!(seats.text.contains(&data), "{data}: {}", seats.text);
    }
    for (name, price, code) in [("Yen", "3000", "JPY"), ("Dollar", "5", "USD"), ("Dinar", "7.500", "KWD")] {
        ann.post("/api/tickets", json!({ "title": name, "price": price, "currency": code })).await;
    }
    // The listing follows the journal, a moment later.
    while shows_on(&look(&host, None, "/?sort=price").await).len() < 4 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(shows_on(&look(&host, None, "/?sort=price").await), ["Dollar", "Dinar", "Big Night", "Yen"]);
    assert_eq!(shows_on(&look(&host, None, "/?sort=price&max=7.50").await), ["Dollar", "Dinar"]);
    // A highest price is compared with prices of every currency, most of which have no third decimal.
    for wrong in ["7.500", "1,500", "1.50000", "many"] {
        let page = look(&host, None, &format!("/?max={wrong}")).await;
        assert!(page.status == 400 && page.text.contains("Price up to"), "{}", page.text);
    }
}

#[tokio::test]
async fn shows_are_searched_and_sorted_as_people_do() {
    let host = here(Settings::default());
    let ann = host.person("ann").await;
    for name in ["Zorba", "Éric", "aida", "Ångström", "東京ドームの音楽会"] {
        lists(&ann, name, "A1").await;
    }
    assert_eq!(
        shows_on(&look(&host, None, "/?sort=name").await),
        ["aida", "Ångström", "Éric", "Zorba", "東京ドームの音楽会"]
    );
    for (q, expected) in
        [("angstrom", "Ångström"), ("ERIC", "Éric"), ("%E3%83%89%E3%83%BC%E3%83%A0", "東京ドームの音楽会")]
    {
        let found = look(&host, None, &format!("/?q={q}")).await;
        assert_eq!(shows_on(&found), [expected], "{q}");
        let api = host.get(&format!("/api/tickets?q={q}")).await;
        assert_eq!(api.body.as_array().unwrap().iter().map(|it| &it["title"]).collect::<Vec<_>>(), [&json!(expected)]);
    }
    assert!(
        shows_on(&look(&host, None, "/?q=orba").await).is_empty(),
        "a word is found by its beginning, as in the API"
    );
    assert_eq!(look(&host, None, "/?q=!").await.status, 400);
}

#[tokio::test]
async fn filters_that_make_no_sense_are_told() {
    let host = here(Settings::default());
    let ann = host.person("ann").await;
    lists(&ann, "Hamlet", "A1").await;
    for (query, told) in [
        ("from=tomorrow", "From must be a date"),
        ("until=2027-02-30", "Until must be a date"),
        ("sort=newest", "Sort by must be date, price or name"),
    ] {
        let page = look(&host, None, &format!("/?{query}")).await;
        assert!(page.status == 400 && page.text.contains(told), "{query}: {}", page.text);
        assert_eq!(shows_on(&page), ["Hamlet"], "{query}");
    }
    for (query, count) in [("from=2027-05-01&until=2027-05-01&sort=date", 1), ("from=2027-05-02&until=&sort=", 0)] {
        let page = look(&host, None, &format!("/?{query}")).await;
        assert_eq!((page.status, shows_on(&page).len()), (200, count), "{query}");
    }
}

#[tokio::test]
async fn names_that_look_alike_are_one_show() {
    let host = here(Settings::default());
    let ann = host.person("ann").await;
    lists(&ann, "Hamlet", "A1").await;
    lists(&ann, "HAMLET", "A2").await;
    lists(&ann, "\u{41d}amlet", "A3").await;
    assert_eq!(shows_on(&look(&host, None, "/").await).len(), 1);
    // A link from when names were compared letter by letter.
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"Hamlet\0\0").update(&1_809_199_800_000_u64.to_be_bytes());
    let former = hasher.finalize().to_hex()[..32].to_owned();
    let page = look(&host, None, &format!("/shows/{former}")).await;
    assert_eq!(page.status, 200);
    assert!(!page.text.contains(&former) && page.text.contains("/live?since="), "it goes on under the present key");
}

#[tokio::test]
async fn the_form_of_a_ticket_does_what_it_says() {
    let host = here(Settings::default());
    let ann = host.person("ann").await;
    let show = json!({ "name": "Wrong show", "venue": "Hall", "startsAt": "2027-05-01T19:30:15.250Z" });
    let made = ann.post("/api/tickets", json!({ "title": "T", "price": "10", "seat": "A1", "show": show })).await;
    let path = format!("/sell/tickets/{}", made.id());
    let page = look(&host, Some(&ann), &path).await;
    assert!(page.text.contains(r#"name="seat" type="text" value="A1""#), "{}", page.text);
    assert!(page.text.contains(r#"value="2027-05-01T19:30:15.250""#), "{}", page.text);
    let api = format!("/api/tickets/{}", made.id());
    let now = async || ann.get(&api).await.body;
    // Sent back as it is, it changes nothing.
    let same = "version=1&title=T&price=10.00&seat=A1&show.name=Wrong+show&show.startsAt=2027-05-01T19:30:15.250&show.venue=Hall&show.category=";
    assert_eq!(submit(&host, Some(&ann), &path, same).await.status, 303);
    assert_eq!((&now().await["show"]["startsAt"], &now().await["seat"]), (&show["startsAt"], &json!("A1")));
    let emptied = "version=2&title=T&price=10&seat=B2&show.name=&show.startsAt=&show.venue=&show.category=";
    assert_eq!(submit(&host, Some(&ann), &path, emptied).await.status, 303);
    assert_eq!((&now().await["show"], &now().await["seat"]), (&json!(null), &json!("B2")));
    // A page from before there was a field for the seat.
    let old = "version=3&title=T2&price=10&show.name=&show.startsAt=&show.venue=&show.category=";
    assert_eq!(submit(&host, Some(&ann), &path, old).await.status, 303);
    assert_eq!((&now().await["title"], &now().await["seat"]), (&json!("T2"), &json!("B2")));
    let ambiguous = submit(&host, Some(&ann), &path, "version=4&title=T2&price=1.500&seat=B2").await;
    assert!(ambiguous.status == 400 && ambiguous.text.contains("Price has more than 2 decimals"), "{}", ambiguous.text);
    for (form, fields) in [(path.clone(), "version=x&title=T3&price=10"), (format!("{path}/withdraw"), "version=-1")] {
        let unreadable = submit(&host, Some(&ann), &form, fields).await;
        assert!(unreadable.status == 400 && unreadable.text.contains("reload the page"), "{}", unreadable.text);
    }
    assert_eq!((&now().await["title"], &now().await["status"]), (&json!("T2"), &json!("available")));
    assert_eq!(submit(&host, Some(&ann), &format!("{path}/withdraw"), "version=").await.status, 303);
}

#[tokio::test]
async fn a_form_that_is_sent_twice_lists_a_seat_once() {
    let host = here(Settings::default());
    let ann = host.person("ann").await;
    let show = "show.name=Hamlet&show.startsAt=2027-05-01T19%3A30&show.venue=Globe&show.category=";
    let one = format!("title=Hamlet&price=45&currency=&seat=C12&{show}");
    assert_eq!(submit(&host, Some(&ann), "/sell/new", &one).await.status, 303);
    let again = submit(&host, Some(&ann), "/sell/new", &one).await;
    assert!(again.status == 400 && again.text.contains("Another ticket for this seat of this show"), "{}", again.text);
    let overlapping = format!("title=&rows=A+1-2+45%0AA+2-3+45&do=list&{show}");
    let refused = submit(&host, Some(&ann), "/sell/many", &overlapping).await;
    assert!(
        refused.status == 400 && refused.text.contains("Line 1 has the same seat: list each seat once"),
        "{}",
        refused.text
    );
    for go_on in ["preview", "list"] {
        let taken = format!("title=&rows=price%2Cseat%0A45%2CC12&do={go_on}&{show}");
        let refused = submit(&host, Some(&ann), "/sell/many", &taken).await;
        let reason = "Another ticket for this seat of this show";
        assert!(refused.status == 400 && refused.text.contains(reason), "{}", refused.text);
    }
    assert_eq!(ann.get("/api/tickets").await.body.as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_large_show_is_seen_by_section() {
    let host = here(Settings::default());
    let ann = host.person("ann").await;
    let show = json!({ "name": "Arena", "startsAt": "2027-05-01T19:30:00Z" });
    for (section, seats) in [("Pit", 300), ("Ring & Box", 40)] {
        let tickets: Vec<_> = (1..=seats)
            .map(|seat| json!({ "title": section, "price": 20, "seat": format!("{section}, seat {seat}"), "show": show }))
            .collect();
        assert_eq!(ann.post("/api/tickets/batch", json!({ "tickets": tickets })).await.status, 201);
    }
    let browse = look(&host, None, "/").await.text;
    let from = browse.find("/shows/").unwrap();
    let path: String = browse[from..].chars().take_while(|letter| *letter != '"').collect();
    let boxes = |page: &str| page.matches("name=\"ticket\"").count();

    let first = look(&host, None, &path).await.text;
    assert!(first.contains("300 left") && first.contains("40 left"), "both sections are offered");
    assert_eq!(boxes(&first), 120, "a page has a bounded number of seats");
    assert!(first.len() < 128 << 10, "{} bytes", first.len());
    assert!(first.contains("Tickets 1 to 120 of 300") && first.contains("section=Pit&#38;page=2"), "{first}");
    let last = look(&host, None, &format!("{path}?section=Pit&page=3")).await.text;
    assert_eq!(boxes(&last), 60);
    let other = look(&host, None, &format!("{path}?section=Ring+%26+Box")).await.text;
    assert!(boxes(&other) == 40 && other.contains("Ring &#38; Box, seat 40"), "{other}");
    let unknown = look(&host, None, &format!("{path}?section=Moon&page=99")).await.text;
    assert!(unknown.contains("Tickets 241 to 300 of 300"), "an unknown section is the first with a free seat");
}

const MANY: &str = "title=&show.name=Hamlet&show.startsAt=2027-05-01T19%3A30&show.venue=&show.category=";

#[tokio::test]
async fn a_form_that_sells_sent_twice_lists_once() {
    let host = here(Settings::default());
    let ann = host.person("ann").await;
    let many = format!("{MANY}&attempt=abc123&do=list&rows=A+1-3+45.00");
    let one = "title=Pit&price=20&currency=&seat=&attempt=def456&show.name=&show.startsAt=&show.venue=&show.category=";
    for _ in 0..2 {
        assert_eq!(location(&submit(&host, Some(&ann), "/sell/many", &many).await), "/sell");
        assert_eq!(location(&submit(&host, Some(&ann), "/sell/new", one).await), "/sell");
    }
    let listed = host.get("/api/tickets").await.body;
    assert_eq!(listed.as_array().unwrap().len(), 4, "{listed}");
    let page = look(&host, Some(&ann), "/sell/new").await.text;
    assert!(page.contains("name=\"attempt\" value=\""), "{page}");
    // Corrected and sent again from the same page, it is another listing.
    let other = one.replace("price=20", "price=25");
    assert_eq!(location(&submit(&host, Some(&ann), "/sell/new", &other).await), "/sell");
    assert_eq!(host.get("/api/tickets").await.body.as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn rows_that_would_be_cut_are_refused_whole() {
    let host = here(Settings::default());
    let ann = host.person("ann").await;
    for (rows, words) in [
        ("seat%2Cprice%0AA1%2C1%2C500.00", "Cell 3"),
        ("level%2Cseat%2Cprice%0Astalls%2CA1%2C45", "is not known"),
        ("seat%2Cprice%0AA1%2C45%0AA1%2C45", "Line 2 has the same seat"),
        ("title%2Cprice%0ABj%EF%BF%BDrk%2C45", "could not be read"),
        ("seat%3Bprice%0AA1%3B1.500%2C00", "Price"),
    ] {
        let refused = submit(&host, Some(&ann), "/sell/many", &format!("{MANY}&do=list&rows={rows}")).await;
        assert!(refused.status == 400 && refused.text.contains(words), "{rows}: {}", refused.text);
    }
    assert_eq!(host.get("/api/tickets").await.body, json!([]));
    let german = format!("{MANY}&do=preview&rows=seat%3Bprice%0AA1%3B45%2C50");
    let preview = submit(&host, Some(&ann), "/sell/many", &german).await;
    assert!(preview.status == 200 && preview.text.contains("separated by semicolons. Prices have a decimal comma."));
}

#[tokio::test]
async fn a_buyer_pays_the_price_that_they_saw() {
    let host = here(Settings::default());
    let (ann, bob) = (host.person("ann").await, host.person("bob").await);
    let id = lists(&ann, "Hamlet", "A1").await;
    let form = |price: &str, attempt: &str| format!("ticket={id}%3A{price}&show=&attempt={attempt}");
    let body = json!({ "title": "Hamlet", "price": 25 });
    assert_eq!(ann.call("PUT", &format!("/api/tickets/{id}")).json(body).send().await.status, 200);
    let asked = submit(&host, Some(&bob), "/orders", &form("20.00", "a1")).await;
    assert_eq!(asked.status, 409);
    assert!(asked.text.contains("The price has changed") && asked.text.contains("<s>$20.00</s>"), "{}", asked.text);
    assert!(asked.text.contains(&format!("value=\"{id}:25.00\"")), "the form asks at the present price");
    assert_eq!(host.get(&format!("/api/tickets/{id}")).await.body["status"], "available");
    let refused = bob.post("/api/orders", json!({ "ticketId": id, "total": "20.00" })).await;
    refused.is_error(409, "order.price_changed");
    bob.post("/api/orders", json!({ "ticketId": id, "total": "lots" }))
        .await
        .is_error(400, "validation")
        .about(&["total"]);
    let held = submit(&host, Some(&bob), "/orders", &form("25.00", "a2")).await;
    assert!(location(&held).starts_with("/orders/"), "{}", held.text);
}

#[tokio::test]
async fn changes_of_two_prices_that_cancel_out_are_told_too() {
    let host = here(Settings::default());
    let (ann, bob) = (host.person("ann").await, host.person("bob").await);
    let (one, two) = (lists(&ann, "Hamlet", "A1").await, lists(&ann, "Hamlet", "A2").await);
    for (id, price) in [(&one, 25), (&two, 15)] {
        let body = json!({ "title": "Hamlet", "price": price });
        assert_eq!(ann.call("PUT", &format!("/api/tickets/{id}")).json(body).send().await.status, 200);
    }
    let asked = submit(&host, Some(&bob), "/orders", &format!("ticket={one}%3A20.00&ticket={two}%3A20.00&show=")).await;
    assert!(asked.status == 409 && asked.text.contains("The price has changed"), "{}", asked.text);
}

#[tokio::test]
async fn what_was_chosen_survives_signing_in_and_what_is_lost_is_told() {
    let host = here(Settings::default());
    let (ann, bob) = (host.person("ann").await, host.person("bob").await);
    let (first, second) = (lists(&ann, "Hamlet", "Row 1, seat 1").await, lists(&ann, "Hamlet", "Row 1, seat 2").await);
    let browse = look(&host, None, "/").await.text;
    let from = browse.find("/shows/").unwrap();
    let show: String = browse[from..].chars().take_while(|letter| *letter != '"').collect();
    let key = show.trim_start_matches("/shows/");
    let fields = format!("show={key}&section=&page=1&ticket={first}%3A20.00&ticket={second}%3A20.00");

    let sent = submit(&host, None, "/orders", &fields).await;
    let next = location(&sent).strip_prefix("/sign-in?next=").unwrap().to_owned();
    assert_eq!(sent.status, 303);
    bob.post("/api/orders", json!({ "ticketId": second })).await;
    let form = format!("email=bob%40example.com&password=correct+horse+battery&next={next}");
    let signed_in = submit(&host, None, "/sign-in", &form).await;
    let page = look(&host, Some(&bob), location(&signed_in)).await.text;
    let is_chosen = |id: &str| {
        let from = page.find(&format!("value=\"{id}:20.00\"")).unwrap();
        page[from..].split('>').next().unwrap().ends_with(" checked")
    };
    assert!(is_chosen(&first) && !is_chosen(&second), "{page}");
    assert!(page.contains("No longer free: <strong>Row 1, seat 2</strong>"), "{page}");

    let nobodys = submit(&host, None, "/orders", "show=x&ticket=y").await;
    assert_eq!(location(&nobodys), "/sign-in?next=%2F");
    let cat = host.person("cat").await;
    let refused = submit(&host, Some(&cat), "/orders", &fields).await;
    assert!(
        refused.status == 409 && refused.text.contains("Not free: <strong>Row 1, seat 2</strong>"),
        "{}",
        refused.text
    );
}

#[tokio::test]
async fn a_declined_card_offers_the_same_tickets_again_while_they_are_free() {
    let host = here(Settings::default());
    let (ann, bob, cat) = (host.person("ann").await, host.person("bob").await, host.person("cat").await);
    let ticket = lists(&ann, "Hamlet", "Row 1, seat 1").await;
    let order = bob.post("/api/orders", json!({ "ticketId": ticket })).await.id();
    let path = format!("/orders/{order}");
    let card = "holder=Bob&number=4000000000000002&expiry=12+%2F+2099&code=123";
    assert_eq!(location(&submit(&host, Some(&bob), &format!("{path}/pay"), card).await), path);
    let page = look(&host, Some(&bob), &path).await.text;
    assert!(page.contains("Your card was declined") && page.contains("Hold them again"), "{page}");
    let form = page.split("action=\"/orders\"").nth(1).unwrap();
    let fields: Vec<String> = form
        .split("name=\"")
        .skip(1)
        .take(4)
        .map(|field| {
            let (name, rest) = field.split_once('"').unwrap();
            let value = rest.split("value=\"").nth(1).unwrap().split('"').next().unwrap();
            format!("{name}={}", value.replace(':', "%3A"))
        })
        .filter(|field| !field.starts_with("form-token"))
        .collect();
    let again = submit(&host, Some(&bob), "/orders", &fields.join("&")).await;
    assert!(location(&again).starts_with("/orders/") && location(&again) != path, "{fields:?}");
    let page = look(&host, Some(&bob), &path).await.text;
    assert!(page.contains("Not all of these tickets are free") && !page.contains("Hold them again"), "{page}");
    assert_eq!(cat.post("/api/orders", json!({ "ticketId": ticket })).await.status, 409);
}
