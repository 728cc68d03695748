//! Conformance test of payment gateways.

use std::future::Future;
use std::pin::pin;
use std::task::Poll;

use crate::clock::{Clock, SystemClock};
use crate::gateway::{
    ChargeAnswer, ChargeRequest, GatewayError, LookupRequest, PaymentGateway, RefundAnswer, RefundRequest,
};
use crate::ids::{IdSource, RandomIds};
use crate::types::{ChargeId, Currency, Money, OrderId, RefundId, Timestamp};

/// Tests all properties of a gateway that the box office relies on. Returns one sentence for each fault.
///
/// `charged` is a token whose card is charged immediately, `declined` one whose card is declined immediately. The
/// amounts are small, and all charged money is refunded, so the test can run against a processor's test mode.
///
/// ```
/// use boxoffice::gateway::Sandbox;
/// use boxoffice::testing::check_gateway;
///
/// # pollster::block_on(async {
/// let faults = check_gateway(&Sandbox::in_memory(), "tok_visa", "tok_chargeDeclined").await;
/// assert!(faults.is_empty(), "{faults:?}");
/// # });
/// ```
pub async fn check_gateway(gateway: &dyn PaymentGateway, charged: &str, declined: &str) -> Vec<String> {
    let (order_id, created_at) = (OrderId::from(RandomIds.next()), SystemClock::new().now());
    let mut check = Check { gateway, charged, declined, order_id, created_at, faults: Vec::new() };
    if gateway.name().is_empty() || gateway.name().len() > 40 {
        check.fault("its name must have 1 to 40 characters");
    }
    check.knows_what_it_never_heard_of().await;
    check.takes_money_once().await;
    check.declines_for_good().await;
    check.charges_at_the_same_time().await;
    check.gives_back_in_parts().await;
    check.gives_back_only_what_was_taken().await;
    check.faults
}

struct Check<'g> {
    gateway: &'g dyn PaymentGateway,
    charged: &'g str,
    declined: &'g str,
    order_id: OrderId,
    created_at: Timestamp,
    faults: Vec<String>,
}

impl Check<'_> {
    fn fault(&mut self, text: impl Into<String>) {
        self.faults.push(text.into());
    }

    fn request(&mut self, id: ChargeId, token: &str) -> Option<ChargeRequest> {
        let (Ok(token), Ok(amount)) = (token.parse(), money(AMOUNT)) else {
            self.fault(format!("{token:?} can't be a token: 1 to 255 visible ASCII characters"));
            return None;
        };
        Some(ChargeRequest { charge_id: id, order_id: self.order_id, amount, token })
    }

    async fn knows_what_it_never_heard_of(&mut self) {
        let id = fresh();
        match self.lookup(id).await {
            Ok(ChargeAnswer::Unknown) => {}
            // The answer must stay `Declined`, because the box office acts on it immediately.
            Ok(ChargeAnswer::Declined { .. }) => {
                let Some(request) = self.request(id, self.charged) else { return };
                let answer = self.gateway.charge(request).await;
                if !matches!(answer, Ok(ChargeAnswer::Declined { .. })) {
                    self.fault(format!("charge that a lookup has declined must be Declined, not {answer:?}"));
                }
            }
            other => self.fault(format!(
                "lookup of a charge that it never heard of must be Unknown, or Declined for good, not {other:?}"
            )),
        }
    }

    async fn takes_money_once(&mut self) {
        let id = fresh();
        let (Some(first), Some(other)) = (self.request(id, self.charged), self.request(id, self.declined)) else {
            return;
        };
        let answer = self.gateway.charge(first.clone()).await;
        if !matches!(answer, Ok(ChargeAnswer::Charged { .. })) {
            return self.fault(format!("charge of a card that pays must be Charged, not {answer:?}"));
        }
        let again = self.gateway.charge(first).await;
        self.same("charge with the same id again", &answer, &again);
        let again = self.gateway.charge(other).await;
        self.same("charge with the same id and another token", &answer, &again);
        let looked_up = self.lookup(id).await;
        self.same("lookup after the charge", &answer, &looked_up);
        let refund = fresh_refund();
        for time in ["", " a second time with the same id"] {
            let answer = self.refund(id, refund, AMOUNT).await;
            if !is_done(&answer) {
                self.fault(format!("refund of a charge{time} must be Refunded, not {answer:?}"));
            }
        }
        let looked_up = self.lookup(id).await;
        self.same("lookup after the refund", &answer, &looked_up);
    }

    async fn declines_for_good(&mut self) {
        let id = fresh();
        let (Some(first), Some(other)) = (self.request(id, self.declined), self.request(id, self.charged)) else {
            return;
        };
        let answer = self.gateway.charge(first).await;
        match &answer {
            Ok(ChargeAnswer::Declined { reason }) if (1..=200).contains(&reason.chars().count()) => {}
            Ok(ChargeAnswer::Declined { .. }) => {
                self.fault("the reason of a declined card must have 1 to 200 characters");
            }
            other => return self.fault(format!("charge of a card that is declined must be Declined, not {other:?}")),
        }
        let again = self.gateway.charge(other).await;
        self.same("charge with the id of a declined charge", &answer, &again);
        let looked_up = self.lookup(id).await;
        self.same("lookup of a declined charge", &answer, &looked_up);
        if is_done(&self.refund(id, fresh_refund(), AMOUNT).await) {
            self.fault("refund of a declined charge must be Refused or fail: there is nothing to give back");
        }
    }

    async fn charges_at_the_same_time(&mut self) {
        let id = fresh();
        let Some(request) = self.request(id, self.charged) else { return };
        let (one, two) = both(self.gateway.charge(request.clone()), self.gateway.charge(request)).await;
        // One of the two may fail or be pending; that leads to a lookup.
        let looked_up = self.lookup(id).await;
        for answer in [&one, &two] {
            if !matches!(answer, Err(_) | Ok(ChargeAnswer::Pending)) {
                self.same("charge with the same id at the same time", &looked_up, answer);
            }
        }
        let answer = self.refund(id, fresh_refund(), AMOUNT).await;
        if !is_done(&answer) {
            self.fault(format!("refund of a charge that was asked for twice must be Refunded, not {answer:?}"));
        }
    }

    async fn gives_back_in_parts(&mut self) {
        let id = fresh();
        let Some(request) = self.request(id, self.charged) else { return };
        if self.gateway.charge(request).await.is_err() {
            // This fault is already reported.
            return;
        }
        let first = fresh_refund();
        for (refund, part) in [(first, 40), (first, 40), (fresh_refund(), AMOUNT - 40)] {
            let answer = self.refund(id, refund, part).await;
            if !is_done(&answer) {
                self.fault(format!("refund of a part of a charge must be Refunded, not {answer:?}"));
            }
        }
        if is_done(&self.refund(id, fresh_refund(), 1).await) {
            self.fault("refund of more than was taken must be Refused or fail");
        }
    }

    async fn gives_back_only_what_was_taken(&mut self) {
        if is_done(&self.refund(fresh(), fresh_refund(), AMOUNT).await) {
            self.fault("refund of a charge that it never heard of must be Refused or fail");
        }
    }

    async fn lookup(&self, charge_id: ChargeId) -> Result<ChargeAnswer, GatewayError> {
        let (order_id, amount, created_at) = (self.order_id, money(AMOUNT)?, self.created_at);
        self.gateway.lookup(LookupRequest { charge_id, order_id, amount, reference: None, created_at }).await
    }

    async fn refund(&self, charge: ChargeId, refund: RefundId, minor: u64) -> Result<RefundAnswer, GatewayError> {
        let request = RefundRequest {
            refund_id: refund,
            charge_id: charge,
            reference: None,
            amount: money(minor)?,
            created_at: self.created_at,
        };
        self.gateway.refund(request).await
    }

    fn same(
        &mut self,
        what: &str,
        first: &Result<ChargeAnswer, GatewayError>,
        second: &Result<ChargeAnswer, GatewayError>,
    ) {
        if first.as_ref().ok() != second.as_ref().ok() || second.is_err() {
            self.fault(format!("{what} must answer {first:?} as before, not {second:?}"));
        }
    }
}

fn fresh() -> ChargeId {
    ChargeId::from(RandomIds.next())
}

fn fresh_refund() -> RefundId {
    RefundId::from(RandomIds.next())
}

fn is_done(answer: &Result<RefundAnswer, GatewayError>) -> bool {
    matches!(answer, Ok(RefundAnswer::Refunded { .. }))
}

/// Charged amount, in cents.
const AMOUNT: u64 = 100;

fn money(minor: u64) -> Result<Money, GatewayError> {
    Money::from_minor(minor, Currency::USD).map_err(|error| GatewayError(error.to_string()))
}

/// Runs two futures concurrently and returns both outcomes.
async fn both<T>(one: impl Future<Output = T>, two: impl Future<Output = T>) -> (T, T) {
    let (mut one, mut two) = (pin!(one), pin!(two));
    let (mut first, mut second) = (None, None);
    std::future::poll_fn(|context| {
        if first.is_none()
            && let Poll::Ready(outcome) = one.as_mut().poll(context)
        {
            first = Some(outcome);
        }
        if second.is_none()
            && let Poll::Ready(outcome) = two.as_mut().poll(context)
        {
            second = Some(outcome);
        }
        match (first.take(), second.take()) {
            (Some(one), Some(two)) => Poll::Ready((one, two)),
            (one, two) => {
                (first, second) = (one, two);
                Poll::Pending
            }
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::gateway::{GatewayFuture, Sandbox};

    #[tokio::test]
    async fn the_sandbox_conforms() {
        assert_eq!(check_gateway(&Sandbox::in_memory(), "tok_visa", "tok_chargeDeclined").await, Vec::<String>::new());
    }

    /// A gateway that stores nothing and accepts everything.
    #[derive(Debug)]
    struct Careless;

    impl PaymentGateway for Careless {
        fn name(&self) -> &'static str {
            ""
        }

        fn charge(&self, _: ChargeRequest) -> GatewayFuture<'_, ChargeAnswer> {
            let reference = Some(Arc::from(fresh().to_string()));
            Box::pin(std::future::ready(Ok(ChargeAnswer::Charged { reference })))
        }

        fn lookup(&self, _: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
            Box::pin(std::future::ready(Ok(ChargeAnswer::Pending)))
        }

        fn refund(&self, _: RefundRequest) -> GatewayFuture<'_, RefundAnswer> {
            Box::pin(std::future::ready(Ok(RefundAnswer::Refunded { reference: None })))
        }
    }

    #[tokio::test]
    async fn whoever_is_careless_hears_of_all_of_it() {
        let faults = check_gateway(&Careless, "tok_visa", "tok_chargeDeclined").await.join("\n");
        for part in [
            "its name",
            "must be Unknown",
            "same id again",
            "another token",
            "lookup after the charge",
            "must be Declined",
            "at the same time",
            "never heard of must be Refused",
            "more than was taken",
        ] {
            assert!(faults.contains(part), "{part:?} is missing in:\n{faults}");
        }
    }
}
