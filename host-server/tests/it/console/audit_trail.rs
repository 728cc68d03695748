use std::time::Duration;

use super::{checked, lists, look};
use crate::harness::Host;

#[tokio::test]
async fn an_id_leads_to_its_story() {
    let host = Host::start();
    let (olga, bob) = (host.operator("olga").await, host.person("bob").await);
    let ticket = lists(&olga, "Seat 1").await;
    let order = bob.orders(&ticket).await;
    let charge = bob.pays(&order, "tok_visa").await.id();
    for (id, path) in [
        (&ticket, format!("/console/tickets/{ticket}")),
        (&order, format!("/console/orders/{order}")),
        (&charge, format!("/console/orders/{order}")),
    ] {
        let found = look(&olga, &format!("/console/find?q=+{id}+")).await;
        assert_eq!((found.status, found.header("location")), (303, Some(path.as_str())));
    }
    for unknown in ["nothing", "01938f6e-8c7a-7b2e-8f00-0123456789ab", "%3Cscript%3E"] {
        let page = checked(look(&olga, &format!("/console/find?q={unknown}")).await, 404).text;
        assert!(page.contains("id=\"q-fault\"") && !page.contains("<script>"), "{page}");
    }
}

#[tokio::test]
async fn an_orders_story() {
    let host = Host::start();
    let (olga, bob) = (host.operator("olga").await, host.person("bob").await);
    let ticket = lists(&olga, "Seat 1").await;
    let order = bob.orders(&ticket).await;
    assert_eq!(bob.pays(&order, "tok_chargeDeclined").await.status, 402);
    let page = checked(look(&olga, &format!("/console/orders/{order}")).await, 200).text;
    let told = [
        "One ticket held until 2027-01-01 12:15:00",
        "A payment of 19.99 USD began",
        "The payment was declined:",
        "The order ended: its payment was declined",
    ];
    let places: Vec<_> = told.iter().map(|text| page.find(text).unwrap_or_else(|| panic!("{text}: {page}"))).collect();
    assert!(places.is_sorted(), "{page}");
    assert!(page.contains("One ticket was for sale again at once.") && page.contains(&bob.id), "{page}");
}

#[tokio::test]
async fn why_somebody_did_not_get_a_ticket() {
    let host = Host::start();
    let (olga, bob, cid) = (host.operator("olga").await, host.person("bob").await, host.person("cid").await);
    let ticket = lists(&olga, "Seat 1").await;
    let order = bob.orders(&ticket).await;
    host.clock.advance(Duration::from_mins(5));
    assert_eq!(bob.delete(&format!("/api/orders/{order}")).await.status, 204);
    let ask = async |query: &str| checked(look(&olga, &format!("/console/tickets/{ticket}?{query}")).await, 200).text;
    let page = ask("").await;
    assert!(page.contains("Nobody has it: it is on sale.") && page.contains("its buyer gave it up"), "{page}");
    let page = ask(&format!("buyer={}&at=2027-01-01+12%3A02", cid.id)).await;
    assert!(
        page.contains("At 2027-01-01 12:02:00 somebody held it, from 2027-01-01 12:00:00 to 2027-01-01 12:05:00"),
        "{page}"
    );
    assert!(page.contains("This buyer never held it.") && page.contains(&format!("/console/orders/{order}")), "{page}");
    let wrong = ask("buyer=me&at=soon").await;
    assert!(wrong.contains("id=\"buyer-fault\"") && wrong.contains("value=\"soon\""), "{wrong}");
}
