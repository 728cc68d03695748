use serde_json::{Value, json};

use crate::harness::{Host, Person};

const SHOW: &str = "2027-05-01T19:30:00.000Z";

#[tokio::test]
async fn a_ticket_has_every_field_of_the_contract() {
    let host = Host::start();
    let ann = host.person("ann").await;
    let show = json!({ "name": "Hamlet", "category": "theatre", "venue": "The Globe", "startsAt": SHOW });
    let body = json!({ "title": "Stalls", "price": 19.9, "currency": "EUR", "show": show, "seat": "C 12" });
    let made = ann.post("/api/tickets", body).await;
    assert_eq!(made.status, 201);
    assert!(made.text.contains(r#""price":19.90,"currency":"EUR""#), "{}", made.text);
    let id = made.id();
    assert_eq!(made.header("location"), Some(format!("/api/tickets/{id}").as_str()));
    let expected = json!({
        "id": id, "sellerId": ann.id, "title": "Stalls", "price": 19.9, "currency": "EUR", "show": show, "seat": "C 12",
        "status": "available", "version": 1, "createdAt": "2027-01-01T12:00:00.000Z",
        "updatedAt": "2027-01-01T12:00:00.000Z"
    });
    assert_eq!(made.body, expected);
    assert_eq!(host.get(&format!("/api/tickets/{id}")).await.body, expected);

    let plain = ann.post("/api/tickets", json!({ "title": "Stalls", "price": "2000", "currency": "JPY" })).await;
    assert!(plain.text.contains(r#""price":2000,"currency":"JPY","show":null,"seat":null"#), "{}", plain.text);
}

#[tokio::test]
async fn refused_listings_name_their_fields() {
    let host = Host::start();
    let ann = host.person("ann").await;
    let check = async |body: Value, fields: &[&str]| {
        ann.post("/api/tickets", body).await.is_error(400, "validation").about(fields);
    };
    check(json!({}), &["title", "price"]).await;
    check(json!({ "title": "", "price": 0 }), &["title", "price"]).await;
    for price in [json!(0), json!(-1), json!("NaN"), json!(1e30), json!("19.999"), json!(true), json!(null), json!("")]
    {
        check(json!({ "title": "a", "price": price }), &["price"]).await;
    }
    check(json!({ "title": "a", "price": 1, "currency": "usd" }), &["currency"]).await;
    check(json!({ "title": "a", "price": "1.5", "currency": "JPY" }), &["price"]).await;
    check(json!({ "title": "a", "price": 1, "show": {} }), &["show.name", "show.startsAt"]).await;
    check(json!({ "title": "a", "price": 1, "show": "Hamlet" }), &["show"]).await;
    check(json!({ "title": 7, "price": 1 }), &["title"]).await;
    host.post("/api/tickets", json!({ "title": "a", "price": 1 })).await.is_error(401, "auth.required");
}

#[tokio::test]
async fn a_batch_is_all_or_nothing() {
    let host = Host::start();
    let ann = host.person("ann").await;
    let ticket = |price: &str| json!({ "title": "Hamlet", "price": price });
    let wrong = ann.post("/api/tickets/batch", json!({ "tickets": [ticket("1"), ticket("0")] })).await;
    wrong.is_error(400, "validation").about(&["tickets[1].price"]);
    assert_eq!(host.get("/api/tickets").await.body, json!([]));
    ann.post("/api/tickets/batch", json!({ "tickets": [] })).await.is_error(400, "validation").about(&["tickets"]);
    ann.post("/api/tickets/batch", json!({})).await.is_error(400, "validation").about(&["tickets"]);

    let many: Vec<Value> = (1..=10_000).map(|at| json!({ "title": "x".repeat(100), "price": at })).collect();
    let made = ann.post("/api/tickets/batch", json!({ "tickets": many })).await;
    assert_eq!((made.status, made.body.as_array().map(Vec::len)), (201, Some(10_000)));
}

#[tokio::test]
async fn pages_link_to_the_next_and_keep_the_filters() {
    let host = Host::start();
    let ann = host.person("ann").await;
    for at in 1..=5 {
        ann.lists(&format!("Rock & roll {at}"), &at.to_string()).await;
    }
    ann.lists("Opera", "3").await;
    let mut path = "/api/tickets?limit=2&q=rock%20roll&sort=price".to_owned();
    let mut prices = Vec::new();
    loop {
        let page = host.get(&path).await;
        assert_eq!(page.status, 200, "{}", page.text);
        prices.extend(page.body.as_array().unwrap().iter().map(|ticket| ticket["price"].as_f64().unwrap()));
        let Some(link) = page.header("link") else { break };
        path = link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap().to_owned();
        assert!(path.contains("limit=2&q=rock+roll&sort=price&cursor="), "{path}");
    }
    assert_eq!(prices, [1.0, 2.0, 3.0, 4.0, 5.0]);
}

#[tokio::test]
async fn refused_queries() {
    let host = Host::start();
    let check = async |query: &str, field: &str| {
        host.get(&format!("/api/tickets?{query}")).await.is_error(400, "validation").about(&[field]);
    };
    check("limit=0", "limit").await;
    check("limit=101", "limit").await;
    check("limit=x", "limit").await;
    check("status=lost", "status").await;
    check("minPrice=x", "minPrice").await;
    check("seller=x", "seller").await;
    check("sort=x", "sort").await;
    check("cursor=x", "cursor").await;
    host.get("/api/tickets?limit=1&limit=2").await.is_error(400, "query.malformed");
}

#[tokio::test]
async fn entity_tags() {
    let host = Host::start();
    let ann = host.person("ann").await;
    let path = format!("/api/tickets/{}", ann.lists("Hamlet", "19.99").await);
    assert_eq!(host.get(&path).await.header("etag"), Some("\"1\""));
    for (tag, status) in
        [("\"1\"", 304), ("W/\"1\"", 304), ("\"0\", \"1\"", 304), ("*", 304), ("\"2\"", 200), ("x", 200)]
    {
        let answer = host.call("GET", &path).header("if-none-match", tag).send().await;
        assert_eq!((answer.status, answer.header("etag")), (status, Some("\"1\"")), "{tag}");
        assert_eq!(answer.text.is_empty(), status == 304, "{tag}");
    }
    let put = async |tag: &str| {
        let edit = json!({ "title": "Hamlet", "price": "20.00" });
        ann.call("PUT", &path).header("if-match", tag).json(edit).send().await
    };
    put("\"7\"").await.is_error(412, "ticket.version_mismatch");
    put("\"abc\"").await.is_error(412, "ticket.version_mismatch");
    for malformed in ["1", "\"1", "\"1\", \"2\""] {
        put(malformed).await.is_error(400, "header.malformed").about(&["If-Match"]);
    }
    let edited = put("\"1\"").await;
    assert_eq!((edited.status, edited.header("etag"), &edited.body["version"]), (200, Some("\"2\""), &json!(2)));
    assert_eq!(put("W/\"2\"").await.status, 200);
    assert_eq!(put("*").await.status, 200);
    ann.call("DELETE", &path).header("if-match", "\"1\"").send().await.is_error(412, "ticket.version_mismatch");
    assert_eq!(ann.call("DELETE", &path).header("if-match", "\"4\"").send().await.status, 204);
}

#[tokio::test]
async fn only_the_seller_edits_and_withdraws() {
    let host = Host::start();
    let (ann, bob) = (host.person("ann").await, host.person("bob").await);
    let path = format!("/api/tickets/{}", ann.lists("Hamlet", "19.99").await);
    let edit = json!({ "title": "Mine now", "price": "0.01" });
    bob.call("PUT", &path).json(edit.clone()).send().await.is_error(403, "ticket.not_yours");
    bob.delete(&path).await.is_error(403, "ticket.not_yours");
    host.call("PUT", &path).json(edit.clone()).send().await.is_error(401, "auth.required");
    ann.call("PUT", &path).json(json!({})).send().await.is_error(400, "validation").about(&["title", "price"]);
    bob.orders(path.rsplit('/').next().unwrap()).await;
    ann.call("PUT", &path).json(edit).send().await.is_error(409, "ticket.locked");
    ann.delete(&path).await.is_error(409, "ticket.locked");
    let seen = host.get(&path).await;
    assert_eq!(seen.body["status"], "locked");
    assert!(!seen.text.contains(&bob.id), "the buyer is nobody's business");
}

#[tokio::test]
async fn ids_that_name_nothing() {
    let host = Host::start();
    let ann = host.person("ann").await;
    for id in ["x", "1", "01938f6e-8c7a-7b2e-8f00-0123456789ab", "%FF"] {
        names_nothing(&host, &ann, id).await;
    }
}

#[tokio::test]
async fn an_id_with_a_zero_byte_names_nothing() {
    let host = Host::start();
    let ann = host.person("ann").await;
    names_nothing(&host, &ann, "%00").await;
}

async fn names_nothing(host: &Host, person: &Person<'_>, id: &str) {
    host.get(&format!("/api/tickets/{id}")).await.is_error(404, "ticket.not_found");
    person.get(&format!("/api/orders/{id}")).await.is_error(404, "order.not_found");
    person.get(&format!("/api/payments/{id}")).await.is_error(404, "payment.not_found");
}

#[tokio::test]
async fn unsold_tickets_of_a_show_move_to_another_time() {
    let host = Host::start();
    let (ann, bob) = (host.person("ann").await, host.person("bob").await);
    let show = json!({ "name": "Hamlet", "venue": "The Globe", "startsAt": SHOW });
    let seats: Vec<_> =
        (1..=3).map(|seat| json!({ "title": format!("Seat {seat}"), "price": 5, "show": show })).collect();
    let made = ann.post("/api/tickets/batch", json!({ "tickets": seats })).await;
    bob.orders(made.body[1]["id"].as_str().unwrap()).await;

    let later = "2027-05-02T19:30:00.000Z";
    let body = json!({ "show": show, "startsAt": later });
    assert_eq!(bob.post("/api/tickets/reschedule", body.clone()).await.body, json!([]));
    let keyed =
        |body| ann.call("POST", "/api/tickets/reschedule").header("idempotency-key", "move-1").json(body).send();
    let moved = keyed(body.clone()).await;
    assert_eq!(moved.status, 200);
    let of = |moved: &Value| moved.as_array().unwrap().iter().map(|ticket| ticket["id"].clone()).collect::<Vec<_>>();
    assert_eq!(of(&moved.body), [made.body[0]["id"].clone(), made.body[2]["id"].clone()]);
    assert_eq!(moved.body[0]["show"]["startsAt"], later);
    assert_eq!(keyed(body.clone()).await.body, moved.body, "sent twice");
    assert_eq!(ann.post("/api/tickets/reschedule", body.clone()).await.body, json!([]), "nothing is left to move");

    ann.post("/api/tickets/reschedule", json!({ "show": show, "startsAt": "tomorrow" }))
        .await
        .is_error(400, "validation")
        .about(&["startsAt"]);
    ann.post("/api/tickets/reschedule", json!({ "show": {} })).await.is_error(400, "validation").about(&[
        "show.name",
        "show.startsAt",
        "startsAt",
    ]);
    host.post("/api/tickets/reschedule", body).await.is_error(401, "auth.required");
}

#[tokio::test]
async fn a_show_moves_however_its_name_is_written() {
    let host = Host::start();
    let ann = host.person("ann").await;
    let ticket = |name: &str, venue: &str, seat: &str| {
        let show = json!({ "name": name, "venue": venue, "startsAt": SHOW });
        json!({ "title": "Stalls", "price": 5, "seat": seat, "show": show })
    };
    let tickets = [ticket("Hamlet", "Globe", "A1"), ticket("HAMLET", "globe", "A2"), ticket("Hamlets", "Globe", "A3")];
    assert_eq!(ann.post("/api/tickets/batch", json!({ "tickets": tickets })).await.status, 201);
    let later = "2027-05-02T19:30:00.000Z";
    let show = json!({ "name": "hamlet", "venue": "GLOBE", "startsAt": SHOW });
    let moved = ann.post("/api/tickets/reschedule", json!({ "show": show, "startsAt": later })).await;
    let of: Vec<_> = moved.body.as_array().unwrap().iter().map(|it| (&it["seat"], &it["show"]["name"])).collect();
    assert_eq!(of, [(&json!("A1"), &json!("Hamlet")), (&json!("A2"), &json!("HAMLET"))]);
    assert!(moved.body.as_array().unwrap().iter().all(|it| it["show"]["startsAt"] == later), "{}", moved.text);
}

#[tokio::test]
async fn no_price_has_two_readings() {
    let host = Host::start();
    let ann = host.person("ann").await;
    for (price, currency) in [
        (json!("1.500"), "EUR"),
        (json!("2.000"), "JPY"),
        (json!(19.999), "USD"),
        (json!("1,500"), "EUR"),
        (json!("1,500.00"), "USD"),
        (json!("1'500"), "CHF"),
        (json!("1 500"), "SEK"),
        (json!("١٥"), "EGP"),
    ] {
        let body = json!({ "title": "Gala", "price": price, "currency": currency });
        ann.post("/api/tickets", body).await.is_error(400, "validation").about(&["price"]);
    }
    // A number is taken as it is written, also in the raw JSON.
    let raw = r#"{"title":"Gala","price":1.500,"currency":"EUR"}"#;
    let refused = ann.call("POST", "/api/tickets").header("content-type", "application/json").body(raw).send().await;
    refused.is_error(400, "validation").about(&["price"]);
    for (price, currency) in [("1.500", "KWD"), ("1500", "VES"), ("1500.0", "EUR")] {
        let body = json!({ "title": "Gala", "price": price, "currency": currency });
        assert_eq!(ann.post("/api/tickets", body).await.status, 201, "{price} {currency}");
    }
    let id = ann.lists("Gala", "10").await;
    let edit = json!({ "title": "Gala", "price": "1.500" });
    ann.call("PUT", &format!("/api/tickets/{id}"))
        .json(edit)
        .send()
        .await
        .is_error(400, "validation")
        .about(&["price"]);
    host.get("/api/tickets?currency=EUR&maxPrice=1.500").await.is_error(400, "validation").about(&["maxPrice"]);
    assert_eq!(host.get("/api/tickets?currency=KWD&maxPrice=1.500").await.body.as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_seat_of_a_show_is_listed_once() {
    let host = Host::start();
    let (ann, bob) = (host.person("ann").await, host.person("bob").await);
    let ticket = |seat: &str| json!({ "title": "Stalls", "price": 20, "seat": seat, "show": { "name": "Hamlet", "venue": "Globe", "startsAt": SHOW } });
    let first = ann.post("/api/tickets", ticket("Row A, seat 1")).await.id();
    for seller in [&ann, &bob] {
        seller.post("/api/tickets", ticket("row a, seat 1")).await.is_error(409, "ticket.seat_taken").about(&["seat"]);
    }
    let batch = json!({ "tickets": [ticket("B1"), ticket("Row A, seat 1")] });
    ann.post("/api/tickets/batch", batch).await.is_error(409, "ticket.seat_taken").about(&["tickets[1].seat"]);
    let doubles = json!({ "tickets": [ticket("B1"), ticket("b1")] });
    ann.post("/api/tickets/batch", doubles).await.is_error(400, "validation").about(&["tickets[1].seat"]);
    ann.delete(&format!("/api/tickets/{first}")).await;
    assert_eq!(bob.post("/api/tickets", ticket("Row A, seat 1")).await.status, 201);
}

#[tokio::test]
async fn an_edit_changes_what_it_names_and_null_takes_away() {
    let host = Host::start();
    let ann = host.person("ann").await;
    let show = json!({ "name": "Hamlet", "startsAt": SHOW });
    let body = json!({ "title": "T", "price": 10, "seat": "A1", "show": show });
    let path = format!("/api/tickets/{}", ann.post("/api/tickets", body).await.id());
    let put = async |more: Value| {
        let mut body = json!({ "title": "T", "price": 10 });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ann.call("PUT", &path).json(body).send().await
    };
    let check = async |more: Value, show: Value, seat: Value| {
        let answer = put(more).await;
        assert_eq!((answer.status, &answer.body["show"]["name"], &answer.body["seat"]), (200, &show, &seat));
    };
    check(json!({}), json!("Hamlet"), json!("A1")).await;
    check(json!({ "seat": "B2" }), json!("Hamlet"), json!("B2")).await;
    check(json!({ "show": { "name": "Macbeth", "startsAt": SHOW } }), json!("Macbeth"), json!("B2")).await;
    check(json!({ "seat": null }), json!("Macbeth"), json!(null)).await;
    check(json!({ "show": null, "seat": "C3" }), json!(null), json!("C3")).await;
    put(json!({ "seat": "" })).await.is_error(400, "validation").about(&["seat"]);
    put(json!({ "seat": 7 })).await.is_error(400, "validation").about(&["seat"]);
    put(json!({ "show": {} })).await.is_error(400, "validation").about(&["show.name", "show.startsAt"]);
}

#[tokio::test]
async fn texts_show_what_they_are() {
    let host = Host::start();
    let ann = host.person("ann").await;
    for title in ["\u{200b}", "\u{3164}", "Hamlet\u{202e}telmaH", "Bj\u{fffd}rk"] {
        let body = json!({ "title": title, "price": 1, "seat": title, "show": { "name": title, "venue": title, "startsAt": SHOW } });
        let fields = ["title", "show.name", "show.venue", "seat"];
        ann.post("/api/tickets", body).await.is_error(400, "validation").about(&fields);
    }
    let composed = ann.post("/api/tickets", json!({ "title": "Cafe\u{301}", "price": 1 })).await;
    assert_eq!(composed.body["title"], json!("Caf\u{e9}"));
}
