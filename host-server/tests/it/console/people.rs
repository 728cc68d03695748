use serde_json::json;

use super::{between, checked, followed, lists, look, submit};
use crate::harness::{Host, PASSWORD};

#[tokio::test]
async fn a_user_is_found_by_email_and_by_id() {
    let host = Host::start();
    let (olga, ann, bob) = (host.operator("olga").await, host.person("ann").await, host.person("bob").await);
    let (sold, kept) = (lists(&ann, "Seat <1>").await, lists(&ann, "Seat 2").await);
    let order = bob.orders(&sold).await;
    assert_eq!(bob.pays(&order, "tok_visa").await.status, 201);
    let path = format!("/console/users/{}", bob.id);
    for text in ["+Bob%40Example.com", bob.id.as_str()] {
        let found = look(&olga, &format!("/console/find?q={text}")).await;
        assert_eq!((found.status, found.header("location")), (303, Some(path.as_str())), "{text}");
    }
    checked(look(&olga, "/console/find?q=nobody%40example.com").await, 404);
    let buyer = checked(look(&olga, &path).await, 200).text;
    for told in ["<h1>bob@example.com</h1>", "complete</span>", "Seat &#60;1&#62;", "Somebody signed up", "No listings"]
    {
        assert!(buyer.contains(told), "{told}: {buyer}");
    }
    assert!(buyer.contains(&format!("/console/orders/{order}")), "{buyer}");
    let seller = checked(look(&olga, &format!("/console/users/{}", ann.id)).await, 200).text;
    for told in ["19.99 USD</a> of 19.99 USD sold", "No orders", "sold</span>", "available</span>", kept.as_str()] {
        assert!(seller.contains(told), "{told}: {seller}");
    }
    checked(look(&olga, "/console/users/01938f6e-8c7a-7b2e-8f00-0123456789ab").await, 404);
    checked(look(&olga, "/console/users/nobody").await, 404);
}

#[tokio::test]
async fn people_go_by_their_emails_everywhere() {
    let host = Host::start();
    let (olga, ann, bob) = (host.operator("olga").await, host.person("ann").await, host.person("bob").await);
    let ticket = lists(&ann, "Seat 1").await;
    let order = bob.orders(&ticket).await;
    let bobs = format!("<a href=\"/console/users/{}\">bob@example.com</a>", bob.id);
    let anns = format!("<a href=\"/console/users/{}\">ann@example.com</a>", ann.id);
    let pages = [format!("/console/orders/{order}"), format!("/console/tickets/{ticket}")];
    for path in ["/console/holds", "/console/journal"].into_iter().chain(pages.iter().map(String::as_str)) {
        let page = checked(look(&olga, path).await, 200).text;
        assert!(page.contains(&bobs), "{path}: {page}");
    }
    assert!(look(&olga, &pages[1]).await.text.contains(&anns));
    let page = checked(look(&olga, "/console/journal?stream=bob%40example.com").await, 200).text;
    assert_eq!(page.matches("data-seq=").count(), 2, "the sign-up and the order: {page}");

    let why = format!("{}?buyer=olga%40example.com", pages[1]);
    assert!(checked(look(&olga, &why).await, 200).text.contains("This buyer never held it."));
    assert_eq!(bob.pays(&order, "tok_visa").await.status, 201);
    let page = checked(look(&olga, "/console/ledger?seller=ann%40example.com").await, 200).text;
    assert!(page.contains(&format!("Statement of {anns}")), "{page}");
    let key = between(&page, "name=\"key\" value=\"", "\"");
    let payout =
        [("seller", "ann@example.com"), ("amount", "5"), ("currency", "USD"), ("reference", "SEPA 1"), ("key", key)];
    let paid = submit(&olga, "/console/ledger/payouts", &payout).await;
    let page = followed(&olga, &paid).await.text;
    assert!(page.contains("<strong>14.99 USD</strong>"), "{page}");
}

#[tokio::test]
async fn who_is_erased_has_no_name_any_more() {
    let host = Host::start();
    let (olga, bob) = (host.operator("olga").await, host.person("bob").await);
    let order = bob.orders(&lists(&olga, "Seat 1").await).await;
    assert_eq!(bob.delete(&format!("/api/orders/{order}")).await.status, 204);
    let erase = bob.call("DELETE", "/api/users/current-user").json(json!({ "currentPassword": PASSWORD })).send().await;
    assert_eq!(erase.status, 204, "{}", erase.text);
    let page = checked(look(&olga, &format!("/console/users/{}", bob.id)).await, 200).text;
    assert!(page.contains("<h1>Erased user</h1>") && page.contains("An account was erased"), "{page}");
    assert!(page.contains(&order), "what they did stays: {page}");
    let story = checked(look(&olga, &format!("/console/orders/{order}")).await, 200).text;
    assert!(story.contains("erased user …") && !story.contains("bob@example.com"), "{story}");
    checked(look(&olga, "/console/find?q=bob%40example.com").await, 404);
}
