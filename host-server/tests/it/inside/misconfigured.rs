//! Payments while the card processor does not accept the shop's account, whatever the card.

use std::sync::Arc;

use axum::Router;
use boxoffice::gateway::{
    ChargeAnswer, ChargeRequest, GatewayFuture, LookupRequest, PaymentGateway, RefundAnswer, RefundRequest,
};
use boxoffice_server::Settings;

use super::pages::{lists, location, look, submit};
use crate::harness::Host;

/// A card processor that does not know the shop.
#[derive(Debug)]
struct Unset;

impl PaymentGateway for Unset {
    fn name(&self) -> &'static str {
        "unset"
    }

    fn charge(&self, _request: ChargeRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(async { Ok(ChargeAnswer::Misconfigured { reason: "no such account: acct_1".into() }) })
    }

    fn lookup(&self, _request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(async { Ok(ChargeAnswer::Misconfigured { reason: "no such account: acct_1".into() }) })
    }

    fn refund(&self, _request: RefundRequest) -> GatewayFuture<'_, RefundAnswer> {
        Box::pin(async { Ok(RefundAnswer::Refused { reason: "no such account: acct_1".into() }) })
    }
}

#[tokio::test]
async fn whoever_pays_is_told_that_no_other_card_would_help() {
    let host = Host::built(Settings::default(), |builder| builder.gateway(Arc::new(Unset)), Router::new());
    let (ann, bob) = (host.person("ann").await, host.person("bob").await);
    let ticket = lists(&ann, "Hamlet", "Row A, seat 1").await;
    let is_free = async || host.get(&format!("/api/tickets/{ticket}")).await.body["status"] == "available";

    let order = bob.orders(&ticket).await;
    let refused = bob.pays(&order, "tok_visa").await;
    refused.is_error(503, "payment.misconfigured");
    assert!(!refused.text.contains("acct_1"), "{}", refused.text);
    assert!(is_free().await);

    let path = location(&submit(&host, Some(&bob), "/orders", &format!("ticket={ticket}:20.00")).await).to_owned();
    let card = "holder=Bob&number=4242424242424242&code=123&expiry=01/30";
    let paid = submit(&host, Some(&bob), &format!("{path}/pay"), card).await;
    assert_eq!((paid.status, location(&paid)), (303, path.as_str()));
    let page = look(&host, Some(&bob), &path).await;
    assert_eq!(page.status, 200);
    for told in ["take payments right now", "It is not your card: no other one would help"] {
        assert!(page.text.contains(told), "{told}: {}", page.text);
    }
    assert!(!page.text.contains("declined") && !page.text.contains("acct_1"), "{}", page.text);
    assert!(is_free().await);
}
