//! Calls the gateway on behalf of the engine, and retries until each outcome is known.
//!
//! Each order whose charge has an operation in progress has one task. The task calls the gateway and reports the
//! outcome to the engine. While the outcome is unknown, because the gateway failed, hung or answered late, the task
//! repeats the lookup with growing pauses. At start-up, operations that were in progress when the process ended are
//! resumed in the same way.

mod actions;
mod busy;
mod fence;
mod processor;
mod refund_look;
#[cfg(feature = "cluster")]
mod teller;
#[cfg(test)]
pub(super) mod tests;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

use self::actions::Actions;
use self::busy::Calls;
use self::fence::Right;
#[cfg(feature = "cluster")]
pub(crate) use self::fence::{Fence, Permission, Term};
pub(crate) use self::refund_look::RefundLook;
#[cfg(feature = "cluster")]
pub(crate) use self::teller::Permit;
#[cfg(feature = "cluster")]
use super::remote::RemoteGateway;
use super::{
    AmountAnswer, ChargeAnswer, ChargeRequest, GatewayError, GatewayFuture, GatewayReport, LookupRequest,
    PaymentGateway, RefundAnswer, RefundRequest, WebhookError, WebhookEvent, WebhookMessage,
};
use crate::clock::EngineTime;
use crate::domain::Order;
use crate::domain::payment::{
    Charge, ChargeOutcome, ChargeStatus, LATE_MONEY_UNTIL, MISCONFIGURED, Refund, RefundOutcome, UNREACHED,
};
use crate::error::{Code, Error};
use crate::failures::Failures;
use crate::in_progress::Counted;
use crate::types::{CardToken, ChargeId, ClientSecret, Money, OrderId, RefundId};

/// An operation for the gateway.
#[derive(Debug, Clone)]
pub(crate) enum Work {
    /// Charge the card for this order.
    Charge(Arc<Order>, CardToken),
    /// Look up the outcome of the charge.
    Lookup(Arc<Order>),
    /// Check whether a charge that was given up has taken money after all.
    Watch(Arc<Order>),
    /// Capture the reserved money.
    Capture(Arc<Order>),
    /// Release the reserved money.
    Void(Arc<Order>),
    /// Execute every pending refund.
    Refund(Arc<Order>),
}

impl Work {
    /// Returns the operation that resumes an order whose charge has something in progress.
    pub(crate) fn resume(order: Arc<Order>) -> Self {
        match order.charge.as_ref().map(|charge| charge.status) {
            Some(ChargeStatus::Refunding) => Self::Refund(order),
            Some(ChargeStatus::Authorized) => Self::Capture(order),
            Some(ChargeStatus::Voiding) => Self::Void(order),
            Some(ChargeStatus::Failed) => Self::Watch(order),
            _ => Self::Lookup(order),
        }
    }

    fn order(&self) -> &Arc<Order> {
        match self {
            Self::Charge(order, _)
            | Self::Lookup(order)
            | Self::Watch(order)
            | Self::Capture(order)
            | Self::Void(order)
            | Self::Refund(order) => order,
        }
    }
}

/// Reports outcomes of the gateway to the engine.
pub(crate) trait Settle: fmt::Debug + Send + Sync {
    /// Records the outcome of a charge.
    fn charge<'a>(&'a self, charge: &'a Charge, outcome: ChargeOutcome) -> Settling<'a>;

    /// Records the outcome of a refund.
    fn refund<'a>(&'a self, charge: &'a Charge, refund: RefundId, outcome: RefundOutcome) -> Settling<'a>;
}

/// Future that the methods of [`Settle`] return.
pub(crate) type Settling<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>;

/// Timeouts and retry intervals of the worker.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RetryPolicy {
    /// Timeout of one gateway call.
    pub(crate) call_timeout: Duration,
    /// Pause before the first repeated lookup of a charge; doubled each time.
    pub(crate) ask_again_after: Duration,
    /// Maximum pause between lookups.
    pub(crate) ask_again_max: Duration,
    /// Age at which a charge that the gateway does not know is considered never to have reached it.
    pub(crate) unknown_after: Duration,
    /// Age until which such a charge is still looked up, so that money that arrives late is found and refunded.
    pub(crate) late_money_until: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            call_timeout: Duration::from_secs(30),
            ask_again_after: Duration::from_millis(500),
            ask_again_max: Duration::from_mins(1),
            unknown_after: Duration::from_mins(1),
            late_money_until: LATE_MONEY_UNTIL,
        }
    }
}

/// Maximum number of concurrent gateway calls.
const CALLS_MAX: usize = 64;

/// What is told of a charge that failed because of the shop.
const REFUSES_SHOP: &str = "the card processor does not accept what this shop asks for";

/// Calls the gateway on behalf of the engine.
#[derive(Debug)]
pub(crate) struct Worker {
    gateway: Arc<dyn PaymentGateway>,
    /// Name under which charges of the gateway are recorded.
    name: Arc<str>,
    settle: Arc<dyn Settle>,
    time: Arc<EngineTime>,
    failures: Arc<Failures>,
    retry_policy: RetryPolicy,
    calls: Semaphore,
    /// Orders whose charge has a task, with the next operation of that task.
    under_way: Mutex<HashMap<OrderId, Option<Work>>>,
    /// Calls in progress.
    busy: Calls,
    /// Charges that wait for their buyers to act.
    actions: Actions,
    /// What has to be asked before each call, in a cluster.
    #[cfg(feature = "cluster")]
    fence: Option<Arc<dyn Fence>>,
    /// The way to hosts that have the card processor's keys, if this host has none.
    #[cfg(feature = "cluster")]
    remote: Option<RemoteGateway>,
}

impl Worker {
    pub(crate) fn new(
        gateway: Arc<dyn PaymentGateway>,
        settle: Arc<dyn Settle>,
        time: Arc<EngineTime>,
        failures: Arc<Failures>,
        retry_policy: RetryPolicy,
    ) -> Arc<Self> {
        Arc::new(Self::without_fence(gateway, settle, time, failures, retry_policy))
    }

    fn without_fence(
        gateway: Arc<dyn PaymentGateway>,
        settle: Arc<dyn Settle>,
        time: Arc<EngineTime>,
        failures: Arc<Failures>,
        retry_policy: RetryPolicy,
    ) -> Self {
        let name = gateway.name().into();
        Self {
            gateway,
            name,
            settle,
            time,
            failures,
            retry_policy,
            calls: Semaphore::new(CALLS_MAX),
            under_way: Mutex::default(),
            busy: Calls::default(),
            actions: Actions::default(),
            #[cfg(feature = "cluster")]
            fence: None,
            #[cfg(feature = "cluster")]
            remote: None,
        }
    }

    /// Spawns a task for each operation until the channel closes.
    pub(crate) async fn run(self: Arc<Self>, work: flume::Receiver<Work>) {
        self.busy.expect(work.clone());
        while let Ok(work) = work.recv_async().await {
            let busy = self.busy.begin();
            if let Some(work) = self.begin(work) {
                tokio::spawn(Arc::clone(&self).finish(work, busy));
            }
        }
    }

    /// Returns the number of orders whose charge or refund is in progress.
    pub(crate) fn under_way(&self) -> usize {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Waits until no call is in progress, and no payment is about to be asked for or told: nobody else has its card. Must be
    /// awaited on the runtime of this worker.
    pub(crate) async fn idle(&self) {
        self.busy.end().await;
    }

    /// Returns the secret that the buyer's page needs to continue, if the charge waits for the buyer to act.
    pub(crate) fn client_secret(&self, id: ChargeId) -> Option<ClientSecret> {
        self.actions.secret(id)
    }

    /// Waits until the charge needs the buyer to act.
    pub(crate) async fn action_required(&self, id: ChargeId) {
        self.actions.required(id).await;
    }

    /// Verifies and parses an inbound webhook event of the card processor.
    pub(crate) async fn read_webhook(&self, message: &WebhookMessage<'_>) -> Result<WebhookEvent, WebhookError> {
        let reading = tokio::time::timeout(self.retry_policy.call_timeout, self.gateway.read_webhook(message));
        reading.await.unwrap_or_else(|_| Err(WebhookError::Unavailable("no answer in time".into())))
    }

    /// Returns whether the card processor can charge an amount.
    pub(crate) async fn check_amount(&self, amount: Money) -> Result<AmountAnswer, GatewayError> {
        caught(|| self.gateway.check_amount(amount)).await
    }

    /// Returns the timeout of one call.
    pub(crate) fn call_timeout(&self) -> Duration {
        self.retry_policy.call_timeout
    }

    /// Returns every refund of a charge.
    pub(crate) async fn refunds_of(&self, charge: &Charge) -> Result<Vec<GatewayReport>, GatewayError> {
        let gateway = self.gateway_of(charge);
        self.call(|| gateway.refunds_of(LookupRequest::of(charge))).await
    }

    /// Returns the next page of a look for refunds, and moves the look on behind it; `None` if the card processor has no
    /// such list.
    pub(crate) async fn next_refunds(&self, look: &mut RefundLook) -> Option<Result<Vec<GatewayReport>, GatewayError>> {
        let page = self.gateway.refunds_page(look.since, look.after.clone())?;
        Some(self.call(|| page).await.map(|page| look.turn(page)))
    }

    /// Looks up the outcome of a charge; fails if it is not yet known.
    pub(crate) async fn outcome_of(&self, charge: &Charge) -> Result<ChargeOutcome, GatewayError> {
        let gateway = self.gateway_of(charge);
        let answer = self.call(|| gateway.lookup(LookupRequest::of(charge))).await;
        self.outcome(charge, answer).ok_or_else(|| GatewayError("the outcome of the charge is not known".into()))
    }

    /// Returns the operation if the order has no task; otherwise hands it to that task and returns `None`.
    fn begin(&self, work: Work) -> Option<Work> {
        match self.under_way.lock().unwrap_or_else(PoisonError::into_inner).entry(work.order().id) {
            Entry::Vacant(entry) => {
                entry.insert(None);
                Some(work)
            }
            Entry::Occupied(mut entry) => {
                entry.insert(Some(work));
                None
            }
        }
    }

    /// Executes the operation, then the operations that arrived for the same order in the meantime.
    async fn finish(self: Arc<Self>, work: Work, busy: Counted) {
        let id = work.order().id;
        let mut next = Some((work, busy));
        while let Some((work, busy)) = next {
            self.attend(work, busy).await;
            next = self.next(id).map(|work| (work, self.busy.begin()));
        }
    }

    /// Returns the operation that arrived for the order in the meantime; if there is none, ends the order's task.
    fn next(&self, id: OrderId) -> Option<Work> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let next = under_way.get_mut(&id).and_then(Option::take);
        if next.is_none() {
            under_way.remove(&id);
        }
        next
    }

    async fn attend(&self, work: Work, busy: Counted) {
        // Whatever else it is, another process goes on with it.
        let busy = Some(busy).filter(|_| matches!(work, Work::Charge(..)));
        let order = Arc::clone(work.order());
        let Some(charge) = &order.charge else { return };
        if !self.knows(charge) {
            // Another card processor does not know the charge and can't refund it. A test mode counts as another
            // processor.
            let (charge_id, gateway) = (charge.id, &*charge.gateway);
            tracing::warn!(charge = %charge_id, gateway, "a charge waits until its own card processor is back");
            return;
        }
        let Some(right) = self.right() else { return };
        let gateway = self.gateway_for(right, charge);
        let ended = match work {
            // What was to be charged before this host's term may have come to another end meanwhile.
            Work::Charge(..) if right.is_younger_than(charge) => self.reconcile(right, &order, charge, false).await,
            Work::Charge(_, token) => self.charge(right, &order, charge, token, busy).await,
            Work::Lookup(_) => self.reconcile(right, &order, charge, false).await,
            Work::Watch(_) => self.reconcile(right, &order, charge, true).await,
            Work::Capture(_) => self.insist(right, charge, || gateway.capture(LookupRequest::of(charge))).await,
            Work::Void(_) => self.insist(right, charge, || gateway.void(LookupRequest::of(charge))).await,
            Work::Refund(_) => self.refund(right, charge).await,
        };
        self.actions.end(charge.id);
        if let Err(error) = ended
            && error.code() != Code::EngineClosed
        {
            tracing::error!(order = %order.id, %error, "a charge is left to the next start");
            self.failures.note("a charge is left to the next start", &error);
        }
    }

    /// Charges, and tells the outcome, if it is known at once; that has to end before the box office may be closed.
    async fn charge(
        &self,
        right: Right,
        order: &Order,
        charge: &Charge,
        token: CardToken,
        busy: Option<Counted>,
    ) -> Result<(), Error> {
        let request = ChargeRequest { charge_id: charge.id, order_id: charge.order_id, amount: charge.amount, token };
        let gateway = self.gateway_for(right, charge);
        let answer = loop {
            if self.is_too_late(right, charge).await {
                // The buyer has long been told that the outcome is not known.
                drop(busy);
                return self.reconcile(right, order, charge, false).await;
            }
            let answer = self.ask(right, charge, || gateway.charge(request.clone())).await?;
            if !self.was_not_asked(&answer) {
                break answer;
            }
        };
        if let Ok(ChargeAnswer::ActionRequired { client_secret }) = answer {
            drop(busy);
            self.actions.offer(charge.id, &client_secret);
            self.rest(self.retry_policy.ask_again_after).await;
        } else if let Some(outcome) = self.outcome(charge, answer) {
            return self.tell_charge(charge, outcome).await;
        } else {
            drop(busy);
        }
        self.reconcile(right, order, charge, false).await
    }

    /// Looks up the charge until its outcome is known.
    ///
    /// A charge that the gateway does not know is given up after `unknown_after`, which frees its tickets. In a cluster, that
    /// counts from the beginning of this host's term, if that is later than the charge. Lookups
    /// continue until `late_money_until`, because money that arrives after all must be refunded. A charge that waits
    /// for its buyer waits until the order's deadline.
    async fn reconcile(&self, right: Right, order: &Order, charge: &Charge, mut given_up: bool) -> Result<(), Error> {
        let mut pause = self.retry_policy.ask_again_after;
        let gateway = self.gateway_for(right, charge);
        loop {
            let mut answer = self.ask(right, charge, || gateway.lookup(LookupRequest::of(charge))).await?;
            let now = self.time.now();
            if let Ok(ChargeAnswer::ActionRequired { client_secret }) = answer {
                answer = if given_up || now >= order.expires_at {
                    self.ask(right, charge, || gateway.void(LookupRequest::of(charge))).await?
                } else {
                    self.actions.offer(charge.id, &client_secret);
                    Ok(ChargeAnswer::Pending)
                };
            }
            let age = now.since(charge.created_at);
            if matches!(answer, Ok(ChargeAnswer::Unknown)) {
                if !given_up && now.since(right.asked_since(charge)) >= self.retry_policy.unknown_after {
                    self.tell_charge(charge, ChargeOutcome::NotCharged { reason: UNREACHED.into() }).await?;
                    given_up = true;
                }
                if given_up && age >= self.retry_policy.late_money_until {
                    return Ok(());
                }
            } else if let Some(outcome) = self.outcome(charge, answer) {
                return self.tell_charge(charge, outcome).await;
            }
            pause = self.rest(pause).await;
            if self.is_wanted(order.id) {
                return Ok(());
            }
        }
    }

    /// Repeats a capture or void until the charge has taken money or never will.
    async fn insist<'g>(
        &self,
        right: Right,
        charge: &Charge,
        mut ask: impl FnMut() -> GatewayFuture<'g, ChargeAnswer>,
    ) -> Result<(), Error> {
        let mut pause = self.retry_policy.ask_again_after;
        loop {
            let answer = self.ask(right, charge, &mut ask).await?;
            match self.outcome(charge, answer) {
                Some(outcome @ (ChargeOutcome::Charged { .. } | ChargeOutcome::NotCharged { .. })) => {
                    return self.tell_charge(charge, outcome).await;
                }
                Some(ChargeOutcome::Authorized { .. }) | None => pause = self.rest(pause).await,
            }
        }
    }

    /// Requests every pending refund until the gateway has given or refused it.
    async fn refund(&self, right: Right, charge: &Charge) -> Result<(), Error> {
        let mut pause = self.retry_policy.ask_again_after;
        let mut left: Vec<&Refund> = charge.pending_refunds().collect();
        let gateway = self.gateway_for(right, charge);
        loop {
            let mut unknown = Vec::new();
            for refund in left {
                let request = || gateway.refund(given_back(charge, refund));
                let outcome = match self.ask(right, charge, request).await? {
                    Ok(RefundAnswer::Refunded { reference }) => RefundOutcome::Refunded { reference },
                    Ok(RefundAnswer::Refused { reason }) => RefundOutcome::Refused { reason: bounded(reason) },
                    answer => {
                        tracing::warn!(charge = %charge.id, ?answer, "a refund is not known to be done");
                        unknown.push(refund);
                        continue;
                    }
                };
                self.tell(|| self.settle.refund(charge, refund.id, outcome.clone())).await?;
            }
            left = unknown;
            if left.is_empty() || self.is_wanted(charge.order_id) {
                return Ok(());
            }
            pause = self.rest(pause).await;
        }
    }

    async fn tell_charge(&self, charge: &Charge, outcome: ChargeOutcome) -> Result<(), Error> {
        self.tell(|| self.settle.charge(charge, outcome.clone())).await
    }

    /// Returns `true` if a newer operation for the order waits, which supersedes the one in progress.
    fn is_wanted(&self, id: OrderId) -> bool {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner).get(&id).is_some_and(Option::is_some)
    }

    /// Makes one gateway call of a task, as soon as this host may.
    ///
    /// # Errors
    /// `engine.closed` if it never may again: the task ends, and another host goes on with the charge.
    async fn ask<T, F>(
        &self,
        right: Right,
        charge: &Charge,
        start: impl FnOnce() -> F,
    ) -> Result<Result<T, GatewayError>, Error>
    where
        F: Future<Output = Result<T, GatewayError>>,
    {
        while self.may_ask(right, charge).await {
            let permit = match self.calls.acquire().await {
                Ok(permit) => permit,
                Err(error) => return Ok(Err(GatewayError(error.to_string()))),
            };
            // The wait for the permit may have outlasted the right.
            if self.may_ask_now(right) {
                return Ok(self.call_with(permit, start).await);
            }
        }
        Err(Code::EngineClosed.into())
    }

    /// Makes one gateway call within the limits of time and concurrency. A panic of the gateway becomes an error.
    async fn call<T, F>(&self, start: impl FnOnce() -> F) -> Result<T, GatewayError>
    where
        F: Future<Output = Result<T, GatewayError>>,
    {
        let permit = self.calls.acquire().await.map_err(|error| GatewayError(error.to_string()))?;
        self.call_with(permit, start).await
    }

    async fn call_with<T, F>(&self, permit: SemaphorePermit<'_>, start: impl FnOnce() -> F) -> Result<T, GatewayError>
    where
        F: Future<Output = Result<T, GatewayError>>,
    {
        self.call_within(self.retry_policy.call_timeout, permit, start).await
    }

    async fn call_within<T, F>(
        &self,
        within: Duration,
        permit: SemaphorePermit<'_>,
        start: impl FnOnce() -> F,
    ) -> Result<T, GatewayError>
    where
        F: Future<Output = Result<T, GatewayError>>,
    {
        let busy = self.busy.begin();
        let answer = tokio::time::timeout(within, caught(start)).await;
        drop((permit, busy));
        let answer = answer.unwrap_or_else(|_| Err(GatewayError("no answer in time".into())));
        answer.inspect_err(|error| self.failures.note("the card processor failed", error))
    }

    /// Converts an answer to the outcome of the charge, and keeps what the shop has to mend as the last failure.
    fn outcome(&self, charge: &Charge, answer: Result<ChargeAnswer, GatewayError>) -> Option<ChargeOutcome> {
        if let Ok(ChargeAnswer::Misconfigured { reason }) = &answer {
            self.failures.note(REFUSES_SHOP, &GatewayError(reason.to_string()));
        }
        outcome(charge, answer)
    }

    /// Reports to the engine, and retries while the journal is unavailable or the engine is overloaded.
    async fn tell<'a>(&self, mut tell: impl FnMut() -> Settling<'a>) -> Result<(), Error> {
        let mut pause = self.retry_policy.ask_again_after;
        loop {
            match tell().await {
                Err(error) if matches!(error.code(), Code::JournalUnavailable | Code::EngineOverloaded) => {
                    pause = self.rest(pause).await;
                }
                told => return told,
            }
        }
    }

    /// Sleeps for `pause` and returns the next pause.
    async fn rest(&self, pause: Duration) -> Duration {
        tokio::time::sleep(pause).await;
        (pause * 2).min(self.retry_policy.ask_again_max)
    }
}

fn given_back(charge: &Charge, refund: &Refund) -> RefundRequest {
    RefundRequest {
        refund_id: refund.id,
        charge_id: charge.id,
        reference: charge.reference.clone(),
        amount: refund.amount,
        created_at: charge.created_at,
    }
}

/// Converts an answer to the outcome of the charge; `None` if the outcome is not yet known.
fn outcome(charge: &Charge, answer: Result<ChargeAnswer, GatewayError>) -> Option<ChargeOutcome> {
    match answer {
        Ok(ChargeAnswer::Charged { reference }) => Some(ChargeOutcome::Charged { reference }),
        Ok(ChargeAnswer::Authorized { reference }) => Some(ChargeOutcome::Authorized { reference }),
        Ok(ChargeAnswer::Declined { reason }) => Some(ChargeOutcome::NotCharged { reason: bounded(reason) }),
        Ok(ChargeAnswer::Misconfigured { reason }) => {
            tracing::error!(charge = %charge.id, %reason, "{REFUSES_SHOP}");
            Some(ChargeOutcome::NotCharged { reason: MISCONFIGURED.into() })
        }
        Ok(ChargeAnswer::ActionRequired { .. } | ChargeAnswer::Pending | ChargeAnswer::Unknown) => None,
        Err(error) => {
            tracing::warn!(charge = %charge.id, %error, "the outcome of a charge is not known");
            None
        }
    }
}

/// Runs a gateway's future and converts a panic to an error.
async fn caught<T, F>(start: impl FnOnce() -> F) -> Result<T, GatewayError>
where
    F: Future<Output = Result<T, GatewayError>>,
{
    let panicked = |_| GatewayError("the gateway panicked".into());
    let future = std::panic::catch_unwind(AssertUnwindSafe(start)).map_err(panicked)?;
    let mut future = std::pin::pin!(future);
    std::future::poll_fn(|context| match std::panic::catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(poll) => poll,
        Err(panic) => std::task::Poll::Ready(Err(panicked(panic))),
    })
    .await
}

/// Truncates a reason to 200 characters.
fn bounded(reason: Arc<str>) -> Arc<str> {
    match reason.char_indices().nth(200) {
        Some((end, _)) => reason[..end].into(),
        None => reason,
    }
}
