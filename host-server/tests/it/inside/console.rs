//! Tests of escalated money, which need a special card processor.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use boxoffice::gateway::{
    ChargeAnswer, ChargeRequest, GatewayFuture, LookupRequest, PaymentGateway, RefundAnswer, RefundRequest,
};
use boxoffice::{Builder, Limits};

use crate::console::{followed, look, submit};
use crate::harness::{Host, Person};

/// A card processor that processes charges only after their orders have ended, and refuses refunds.
#[derive(Debug, Default)]
struct Sleepy {
    is_awake: AtomicBool,
}

impl PaymentGateway for Sleepy {
    fn name(&self) -> &'static str {
        "sleepy"
    }

    fn charge(&self, _request: ChargeRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(async { Ok(ChargeAnswer::Unknown) })
    }

    fn lookup(&self, _request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        let charged = self.is_awake.load(Ordering::SeqCst);
        let answer = if charged { ChargeAnswer::Charged { reference: None } } else { ChargeAnswer::Unknown };
        Box::pin(async move { Ok(answer) })
    }

    fn refund(&self, _request: RefundRequest) -> GatewayFuture<'_, RefundAnswer> {
        Box::pin(async { Ok(RefundAnswer::Refused { reason: "the account <b>is</b> closed".into() }) })
    }
}

/// Creates escalated money: Bob pays for an order, and the money arrives after the order has ended. Returns the order,
/// and the page that asks for an operator.
async fn escalated(host: &Host, gateway: &Sleepy, [olga, ann, bob]: [&Person<'_>; 3]) -> (String, String) {
    let order = bob.orders(&ann.lists("Hamlet", "20").await).await;
    let payment = bob.pays(&order, "tok_visa");
    let waiting = async {
        // The charge is pending until it is old enough to count as unknown.
        loop {
            let page = look(olga, "/console/payments").await.text;
            if page.contains(&order) {
                assert!(
                    page.contains("<span class=\"tag pending\">pending</span>") && page.contains("sleepy"),
                    "{page}"
                );
                break;
            }
            tokio::task::yield_now().await;
        }
        host.clock.advance(Duration::from_secs(1));
    };
    let (paid, ()) = tokio::join!(payment, waiting);
    assert!([402, 202].contains(&paid.status), "{}", paid.text);
    gateway.is_awake.store(true, Ordering::SeqCst);
    let page = loop {
        host.clock.advance(Duration::from_secs(1));
        let page = look(olga, "/console/payments").await.text;
        if page.contains("Try to give it back again") {
            break page;
        }
        tokio::task::yield_now().await;
    };
    (order, page)
}

#[tokio::test]
async fn an_operator_sees_to_money_that_is_nobodys() {
    let gateway = Arc::new(Sleepy::default());
    let build = |builder: Builder| {
        let wait = Duration::from_millis(1);
        let limits = Limits::new().late_money("return,escalate".parse().unwrap());
        builder.limits(limits).gateway(gateway.clone()).unknown_charge_after(wait).reconcile_after(wait, 5 * wait)
    };
    let host = Host::built(boxoffice_server::Settings::default(), build, axum::Router::new());
    let (olga, ann, bob) = (host.operator("olga").await, host.person("ann").await, host.person("bob").await);
    let (order, page) = escalated(&host, &gateway, [&olga, &ann, &bob]).await;
    assert!(page.contains("20.00 USD <small>since") && page.contains(&format!("/console/orders/{order}")), "{page}");

    // The metrics are those of the process, in which other hosts set them too.
    let mut figures = String::new();
    for _ in 0..1_000 {
        figures = host.get("/metrics").await.text;
        if figures.contains("boxoffice_escalated_minor{currency=\"USD\"} 2000") {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert!(figures.contains("boxoffice_escalated_minor{currency=\"USD\"} 2000"), "{figures}");

    let resolve = format!("/console/payments/{order}/resolve");
    let long = "x".repeat(501);
    let refused = submit(&olga, &resolve, &[("resolution", "kept"), ("note", &long)]).await;
    assert!(
        refused.status == 400 && refused.text.contains("id=\"note-fault\">Note must have at most 500"),
        "{}",
        refused.text
    );
    let refused = submit(&olga, &resolve, &[("note", "<i>")]).await;
    assert!(
        refused.status == 400
            && refused.text.contains("id=\"resolution-fault\"")
            && refused.text.contains("&#60;i&#62;"),
        "{}",
        refused.text
    );
    let again = submit(&olga, &format!("/console/payments/{order}/refund"), &[]).await;
    assert_eq!(again.header("location"), Some("/console/payments"), "{}", again.text);

    let noted = loop {
        let noted =
            submit(&olga, &resolve, &[("resolution", "returned_elsewhere"), ("note", "by bank transfer")]).await;
        if noted.status == 303 {
            break noted;
        }
        // The repeated refund is still in progress.
        tokio::task::yield_now().await;
    };
    assert_eq!(noted.header("location"), Some("/console/payments"));
    let page = followed(&olga, &noted).await.text;
    assert!(page.contains("It is noted what became of the money.") && !page.contains(&order), "{page}");
    let story = look(&olga, &format!("/console/orders/{order}")).await.text;
    for told in
        ["came after the order had ended", "could not be given back: the account &#60;b&#62;is", "by bank transfer"]
    {
        assert!(story.contains(told), "{told}: {story}");
    }
    assert_eq!(submit(&olga, &resolve, &[("resolution", "kept")]).await.status, 409, "it is settled");
}
