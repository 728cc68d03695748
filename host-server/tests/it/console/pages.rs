use std::time::Duration;

use super::{PAGES, between, checked, followed, lists, look, submit};
use crate::harness::Host;

#[tokio::test]
async fn every_page_is_whole_when_there_is_nothing() {
    let host = Host::start();
    let olga = host.operator("olga").await;
    for path in PAGES {
        let page = checked(look(&olga, path).await, 200);
        let here = page.text.matches("aria-current=\"page\"").count();
        assert_eq!(here, usize::from(path != "/console/find"), "{path}");
    }
    let nowhere = checked(look(&olga, "/console/orders/nothing").await, 404);
    assert!(nowhere.text.contains("href=\"/console\""), "an operator finds the way: {}", nowhere.text);
    checked(look(&olga, "/console/tickets/01938f6e-8c7a-7b2e-8f00-0123456789ab").await, 404);
    let page = look(&olga, "/console").await.text;
    for (name, kind) in
        [("console.", "text/css; charset=utf-8"), ("/assets/console.", "text/javascript; charset=utf-8")]
    {
        let ending = if kind.starts_with("text/css") { ".css" } else { ".js" };
        let start = if ending == ".css" { "href=\"" } else { "src=\"" };
        let path = page.split(start).skip(1).map(|rest| rest.split('"').next().unwrap());
        let path = path.into_iter().find(|path| path.contains(name) && path.ends_with(ending)).unwrap();
        assert_eq!(host.get(path).await.header("content-type"), Some(kind), "{path}");
    }
}

#[tokio::test]
async fn charts_show_the_minutes_in_which_things_happened() {
    let host = Host::start();
    let (olga, ann, bob) = (host.operator("olga").await, host.person("ann").await, host.person("bob").await);
    let (first, second) = (lists(&ann, "Seat 1").await, lists(&ann, "Seat 2").await);
    let order = bob.orders(&first).await;
    assert_eq!(bob.pays(&order, "tok_visa").await.status, 201);
    host.clock.advance(Duration::from_mins(2));
    let order = bob.orders(&second).await;
    assert_eq!(bob.pays(&order, "tok_chargeDeclined").await.status, 402);
    bob.orders(&second).await;

    let page = checked(look(&olga, "/console").await, 200).text;
    assert_eq!((page.matches("<svg ").count(), page.matches("</svg>").count()), (6, 6));
    let table = |id: &str| between(&page, &format!("<details id=\"{id}-table\">"), "</details>");
    let row = |id: &str, time: &str| {
        let row = between(table(id), &format!("<th scope=\"row\">{time}</th>"), "</tr>");
        row.replace("<td class=\"number\">", " ").replace("</td>", "").trim().to_owned()
    };
    assert_eq!(
        (row("reservations", "12:00"), row("reservations", "12:01"), row("reservations", "12:02")),
        ("1".into(), "0".into(), "2".into())
    );
    assert_eq!((row("ends", "12:00"), row("ends", "12:02")), ("1 0 0 0".into(), "0 0 1 0".into()));
    assert_eq!((row("conversion", "12:00"), row("conversion", "12:02")), ("100".into(), "0".into()));
    assert!(page.contains("<dt>Open holds</dt><dd>1 "), "{page}");
    // The metrics survive a restart, because the journal contains them.
    let token = olga.token.clone();
    let host = host.restart().await;
    let again = host.call("GET", "/console?minutes=180").header("cookie", &format!("session={token}")).send().await;
    let again = between(&again.text, "<details id=\"ends-table\">", "</details>").to_owned();
    assert!(between(&again, "<th scope=\"row\">12:02</th>", "</tr>").contains(">1<"), "{again}");
}

#[tokio::test]
async fn open_holds_with_the_time_that_is_left() {
    let host = Host::start();
    let (olga, ann, bob) = (host.operator("olga").await, host.person("ann").await, host.person("bob").await);
    let later = lists(&ann, "Later").await;
    let sooner = bob.orders(&lists(&ann, "Sooner <b>").await).await;
    host.clock.advance(Duration::from_secs(90));
    let later = bob.orders(&later).await;
    let page = checked(look(&olga, "/console/holds").await, 200).text;
    let (first, second) = (page.find(&sooner).unwrap(), page.find(&later).unwrap());
    assert!(first < second && page.contains("13 min 30 s") && page.contains("15 min 0 s"), "{page}");
    assert!(page.contains("Sooner &#60;b&#62;") && page.contains("2 in all"), "{page}");
    assert_eq!(bob.delete(&format!("/api/orders/{sooner}")).await.status, 204);
    assert!(!look(&olga, "/console/holds").await.text.contains(&sooner));
}

#[tokio::test]
async fn the_journal_is_verified_at_a_button() {
    let host = Host::start();
    let olga = host.operator("olga").await;
    olga.lists("Hamlet", "1").await;
    let begun = submit(&olga, "/console/verify", &[]).await;
    assert_eq!((begun.status, begun.header("location")), (303, Some("/console/verify")));
    let found = loop {
        let page = checked(look(&olga, "/console/verify").await, 200).text;
        if !page.contains("<progress") {
            break page;
        }
        tokio::task::yield_now().await;
    };
    assert!(found.contains("All is in order") && found.contains("<dd>3</dd>"), "{found}");
}

#[tokio::test]
async fn payouts_are_recorded_once() {
    let host = Host::start();
    let (olga, ann, bob) = (host.operator("olga").await, host.person("ann").await, host.person("bob").await);
    let order = bob.orders(&lists(&ann, "Seat 1").await).await;
    assert_eq!(bob.pays(&order, "tok_visa").await.status, 201);
    let page = checked(look(&olga, "/console/ledger").await, 200).text;
    assert!(
        page.contains(&format!("/console/ledger?seller={}", ann.id)) && page.contains("<strong>19.99 USD</strong>")
    );
    let form = |page: &str, amount| {
        let key = between(page, "name=\"key\" value=\"", "\"");
        [("seller", ann.id.as_str()), ("amount", amount), ("currency", "USD"), ("reference", "SEPA <1>"), ("key", key)]
            .map(|(name, value): (_, &str)| (name, value.to_owned()))
    };
    let send = async |fields: &[(&str, String)]| {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        submit(&olga, "/console/ledger/payouts", &fields).await
    };
    let wrong = checked(send(&form(&page, "none")).await, 400).text;
    assert!(between(&wrong, "id=\"amount-fault\">", "</p>").starts_with("Amount "), "{wrong}");
    assert!(wrong.contains("value=\"none\"") && wrong.contains("value=\"SEPA &#60;1&#62;\""), "{wrong}");
    let too_much = checked(send(&form(&wrong, "20")).await, 409).text;
    assert!(too_much.contains("role=\"alert\""), "{too_much}");
    // The form contains an idempotency key: submitted twice, it records one payout.
    let twice = form(&too_much, "5");
    for _ in 0..2 {
        let paid = send(&twice).await;
        let page = followed(&olga, &paid).await.text;
        assert!(page.contains("The payout is recorded.") && page.contains("<strong>14.99 USD</strong>"), "{page}");
        assert!(page.contains("SEPA &#60;1&#62;") && page.contains(&format!("/console/orders/{order}")), "{page}");
    }
    let unknown = checked(look(&olga, "/console/ledger?seller=%3Cscript%3E").await, 404).text;
    assert!(unknown.contains("value=\"&#60;script&#62;\"") && unknown.contains("id=\"seller-fault\""), "{unknown}");
}
