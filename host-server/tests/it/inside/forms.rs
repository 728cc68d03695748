//! What forms say, and what they leave open: nothing of it is guessed or cut to fit.

use boxoffice_server::Settings;
use serde_json::json;

use super::here;
use super::pages::{lists, location, look, submit};

#[tokio::test]
async fn who_names_no_price_is_asked_before_anything_is_held() {
    let host = here(Settings::default());
    let (ann, bob) = (host.person("ann").await, host.person("bob").await);
    let (one, two) = (lists(&ann, "Hamlet", "A1").await, lists(&ann, "Hamlet", "A2").await);
    let status = async || host.get(&format!("/api/tickets/{one}")).await.body["status"].clone();
    for fields in [
        format!("ticket={one}"),
        format!("ticket={one}:"),
        format!("ticket={one}:20.000"),
        format!("ticket={one}:20.00&ticket={one}:25.00"),
        format!("ticket={one}:20.00&ticket={two}"),
    ] {
        let asked = submit(&host, Some(&bob), "/orders", &fields).await;
        assert!(asked.status == 409 && asked.text.contains("<h1>Check the price</h1>"), "{fields}: {}", asked.text);
        assert!(asked.text.contains(&format!("value=\"{one}:20.00\"")), "the form asks at the present price");
        assert_eq!(status().await, "available", "{fields}");
    }
    let part = submit(&host, Some(&bob), "/orders", &format!("ticket={one}:20.00&ticket=nope:20.00")).await;
    assert!(part.status == 400 && part.text.contains("be read: reload the page and choose again"), "{}", part.text);
    let unknown = submit(&host, Some(&bob), "/orders", &format!("ticket={}:20.00", uuid::Uuid::nil())).await;
    assert_eq!((unknown.status, unknown.code()), (404, "ticket.not_found"));
    let many: Vec<_> = (1..=11_u128).map(|id| format!("ticket={}", uuid::Uuid::from_u128(id))).collect();
    let many = submit(&host, Some(&bob), "/orders", &many.join("&")).await;
    assert!(many.status == 400 && many.text.contains("An order is for 1 to 10 tickets"), "{}", many.text);
    assert_eq!(status().await, "available");
}

#[tokio::test]
async fn a_page_that_is_sent_again_at_another_price_is_another_attempt() {
    let host = here(Settings::default());
    let (ann, bob) = (host.person("ann").await, host.person("bob").await);
    let id = lists(&ann, "Hamlet", "A1").await;
    let edit = json!({ "title": "Hamlet", "price": 25 });
    assert_eq!(ann.call("PUT", &format!("/api/tickets/{id}")).json(edit).send().await.status, 200);
    let form = |price: &str| format!("ticket={id}:{price}&attempt=abc");
    assert_eq!(submit(&host, Some(&bob), "/orders", &form("20.00")).await.status, 409);
    let held = submit(&host, Some(&bob), "/orders", &form("25.00")).await;
    let order = location(&held).to_owned();
    assert_eq!(location(&submit(&host, Some(&bob), "/orders", &form("25.00")).await), order, "sent twice");
}

#[tokio::test]
async fn a_field_that_is_there_twice_is_refused() {
    let host = here(Settings::default());
    let ann = host.person("ann").await;
    let twice = "title=Pit&price=20&price=2000&currency=&seat=&show.name=&show.startsAt=&show.venue=&show.category=";
    let refused = submit(&host, Some(&ann), "/sell/new", twice).await;
    assert_eq!((refused.status, refused.code()), (400, "validation"));
    assert!(refused.text.contains("Price must not be given twice"), "{}", refused.text);
    let long = "x".repeat(1_000);
    let refused = submit(&host, Some(&ann), "/sell/new", &format!("{long}=1&{long}=2")).await;
    assert!(refused.status == 400 && !refused.text.contains(&long), "{}", refused.text);
    let tokens = submit(&host, Some(&ann), "/sell/new", &format!("form-token={}", "0".repeat(32))).await;
    assert_eq!(tokens.status, 400);
    assert_eq!(host.get("/api/tickets").await.body, json!([]));
}

#[tokio::test]
async fn no_field_cuts_what_is_pasted() {
    let host = here(Settings::default());
    let olga = host.operator("olga").await;
    let bob = host.person("bob").await;
    let checkout = format!("/orders/{}", bob.orders(&lists(&olga, "Hamlet", "A1").await).await);
    for (person, path) in [
        (None, "/"),
        (None, "/sign-up"),
        (None, "/sign-in"),
        (Some(&olga), "/account"),
        (Some(&olga), "/sell/new"),
        (Some(&olga), "/sell/many"),
        (Some(&olga), "/console/ledger"),
        (Some(&olga), "/console/payments"),
        (Some(&bob), checkout.as_str()),
    ] {
        let page = look(&host, person, path).await;
        assert!(page.status == 200 && !page.text.contains("maxlength"), "{path}: {}", page.text);
    }
    let long = format!("email=cat%40example.com&password={}", "x".repeat(150));
    let refused = submit(&host, None, "/sign-up", &long).await;
    assert!(
        refused.status == 400 && refused.text.contains("Password must have 8 to 128 characters"),
        "{}",
        refused.text
    );
}

#[tokio::test]
async fn a_user_lists_and_previews_only_so_many_tickets_in_a_row() {
    let host = here(Settings { listings_max: 20_000, ..Settings::default() });
    let (ann, bob) = (host.person("ann").await, host.person("bob").await);
    let show = "title=&show.name=Hamlet&show.startsAt=2027-05-01T19%3A30&show.venue=&show.category=";
    let preview = |rows: std::ops::RangeInclusive<char>| {
        let rows: Vec<String> = rows.map(|row| format!("{row} 1-1000 45")).collect();
        let rows: String = form_urlencoded::byte_serialize(rows.join("\n").as_bytes()).collect();
        format!("{show}&do=preview&rows={rows}")
    };
    // 10,000 seats in some bytes.
    let many = preview('A'..='J');
    for _ in 0..2 {
        let page = submit(&host, Some(&ann), "/sell/many", &many).await;
        assert!(page.status == 200 && page.text.contains("10000 tickets, all well"), "{}", page.text);
    }
    let refused = submit(&host, Some(&ann), "/sell/many", &many).await;
    assert_eq!((refused.status, refused.code()), (429, "rate.limited"));
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=50).contains(&wait), "{wait}");
    assert!(refused.text.contains("in a row: try again in") && refused.text.contains("A 1-1000 45"), "the rows stay");
    let ticket = json!({ "title": "Stalls", "price": 20 });
    let batch = json!({ "tickets": vec![ticket; 10_000] });
    ann.post("/api/tickets/batch", batch).await.is_error(429, "rate.limited");
    let (from, to) = ("2027-05-01T19:30:00Z", "2027-05-02T19:30:00Z");
    let moving = json!({ "show": { "name": "Hamlet", "startsAt": from }, "startsAt": to });
    ann.post("/api/tickets/reschedule", moving.clone()).await.is_error(429, "rate.limited");

    assert_eq!(
        submit(&host, Some(&bob), "/sell/many", &many).await.status,
        200,
        "others have an allowance of their own"
    );
    // A move counts as the tickets that it moves, and as a thousand at least; what it might have moved is given back.
    assert_eq!(bob.post("/api/tickets/reschedule", moving).await.body, json!([]));
    assert_eq!(submit(&host, Some(&bob), "/sell/many", &preview('A'..='E')).await.status, 200);
    assert_eq!(submit(&host, Some(&bob), "/sell/many", &many).await.status, 429);
}
