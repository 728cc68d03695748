//! Calls the gateway for the engine, and asks again until it knows.
//!
//! Every order whose charge has something under way has one task. It calls the gateway, tells the engine what came of it, and
//! while that is not known, because the gateway failed, hung or answered late, asks what became of it, waiting longer each time.
//! At start-up what was under way when the process ended is taken up the same way.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, watch};

use super::{
    ChargeAnswer, ChargeRequest, GatewayError, GatewayFuture, LookupRequest, Notice, NoticeError, NoticeMessage,
    PaymentGateway, RefundAnswer, RefundRequest,
};
use crate::clock::EngineTime;
use crate::domain::Order;
use crate::domain::payment::{Charge, ChargeOutcome, ChargeStatus, LATE_MONEY_UNTIL, Refund, RefundOutcome, UNREACHED};
use crate::error::{Code, Error};
use crate::types::{CardToken, ChargeId, ClientSecret, OrderId, RefundId};

/// What the gateway is to do.
#[derive(Debug, Clone)]
pub(crate) enum Work {
    /// Take the money of this order from this card.
    Charge(Arc<Order>, CardToken),
    /// Find out what became of the charge.
    Lookup(Arc<Order>),
    /// Find out whether money came after all for a charge that was given up.
    Watch(Arc<Order>),
    /// Take the money that is set aside.
    Capture(Arc<Order>),
    /// Release the money that is set aside.
    Void(Arc<Order>),
    /// Give money back: every refund that is pending.
    Refund(Arc<Order>),
}

impl Work {
    /// What is to be done about an order whose charge has something under way.
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

/// Tells the engine what the gateway said.
pub(crate) trait Settle: fmt::Debug + Send + Sync {
    /// Records the outcome of a charge.
    fn charge<'a>(&'a self, charge: &'a Charge, outcome: ChargeOutcome) -> Settling<'a>;

    /// Records the outcome of a refund.
    fn refund<'a>(&'a self, charge: &'a Charge, refund: RefundId, outcome: RefundOutcome) -> Settling<'a>;
}

/// What [`Settle`] returns.
pub(crate) type Settling<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>;

/// How patient the worker is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// How long the gateway may take to answer one call.
    pub(crate) call_timeout: Duration,
    /// How long to wait before asking what became of a charge; doubled each time.
    pub(crate) ask_again_after: Duration,
    /// How long to wait before asking again at most.
    pub(crate) ask_again_max: Duration,
    /// After how long a charge that the gateway never heard of is believed not to have reached it.
    pub(crate) unknown_after: Duration,
    /// Until what age such a charge is asked about all the same, so that money that comes late is found and goes back.
    pub(crate) late_money_until: Duration,
}

impl Default for Patience {
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

/// How many calls of the gateway are under way at once at most.
const CALLS_MAX: usize = 64;

/// Calls the gateway for the engine.
#[derive(Debug)]
pub(crate) struct Worker {
    gateway: Arc<dyn PaymentGateway>,
    settle: Arc<dyn Settle>,
    time: Arc<EngineTime>,
    patience: Patience,
    calls: Semaphore,
    /// Orders whose charge has a task, with what the task is to do next.
    under_way: Mutex<HashMap<OrderId, Option<Work>>>,
    /// How many calls are under way.
    busy: watch::Sender<usize>,
    /// The charges that wait for their buyers to do something, with what their pages need for it.
    actions: watch::Sender<HashMap<ChargeId, ClientSecret>>,
}

impl Worker {
    pub(crate) fn new(
        gateway: Arc<dyn PaymentGateway>,
        settle: Arc<dyn Settle>,
        time: Arc<EngineTime>,
        patience: Patience,
    ) -> Arc<Self> {
        Arc::new(Self {
            gateway,
            settle,
            time,
            patience,
            calls: Semaphore::new(CALLS_MAX),
            under_way: Mutex::default(),
            busy: watch::Sender::new(0),
            actions: watch::Sender::default(),
        })
    }

    /// Starts a task for each piece of work, until there is no more.
    pub(crate) async fn run(self: Arc<Self>, work: flume::Receiver<Work>) {
        while let Ok(work) = work.recv_async().await {
            if let Some(work) = self.begin(work) {
                tokio::spawn(Arc::clone(&self).finish(work));
            }
        }
    }

    /// How many charges and refunds are under way.
    pub(crate) fn under_way(&self) -> usize {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Waits until no call is under way.
    pub(crate) async fn idle(&self) {
        // Fails only if the sender is gone, and that is this worker.
        let _ = self.busy.subscribe().wait_for(|calls| *calls == 0).await;
    }

    /// What the buyer's page needs to go on, if the charge waits for the buyer to do something.
    pub(crate) fn client_secret(&self, id: ChargeId) -> Option<ClientSecret> {
        self.actions.borrow().get(&id).cloned()
    }

    /// Waits until the charge waits for the buyer to do something.
    pub(crate) async fn action_required(&self, id: ChargeId) {
        // Fails only if the sender is gone, and that is this worker.
        let _ = self.actions.subscribe().wait_for(|actions| actions.contains_key(&id)).await;
    }

    /// Reads a message that the card processor has sent by itself.
    pub(crate) async fn read_notice(&self, message: &NoticeMessage<'_>) -> Result<Notice, NoticeError> {
        let reading = tokio::time::timeout(self.patience.call_timeout, self.gateway.read_notice(message));
        reading.await.unwrap_or_else(|_| Err(NoticeError::Unavailable("no answer in time".into())))
    }

    /// What became of a charge, if that is known by now.
    pub(crate) async fn outcome_of(&self, charge: &Charge) -> Result<ChargeOutcome, GatewayError> {
        let answer = self.call(|| self.gateway.lookup(LookupRequest::of(charge))).await;
        outcome(charge, answer).ok_or_else(|| GatewayError("the outcome of the charge is not known".into()))
    }

    /// The work, if no task has the order; otherwise that task does it next.
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

    /// Does the work, and then what came for the same order meanwhile.
    async fn finish(self: Arc<Self>, work: Work) {
        let id = work.order().id;
        let mut next = Some(work);
        while let Some(work) = next {
            self.attend(work).await;
            next = self.next(id);
        }
    }

    /// What came for the order meanwhile; if nothing, its task is over.
    fn next(&self, id: OrderId) -> Option<Work> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let next = under_way.get_mut(&id).and_then(Option::take);
        if next.is_none() {
            under_way.remove(&id);
        }
        next
    }

    async fn attend(&self, work: Work) {
        let order = Arc::clone(work.order());
        let Some(charge) = &order.charge else { return };
        if *charge.gateway != *self.gateway.name() {
            // Another card processor has never heard of it and can't give its money back; a test mode is another one, too.
            let (charge_id, gateway) = (charge.id, &*charge.gateway);
            tracing::warn!(charge = %charge_id, gateway, "a charge waits until its own card processor is back");
            return;
        }
        let ended = match work {
            Work::Charge(_, token) => self.charge(&order, charge, token).await,
            Work::Lookup(_) => self.reconcile(&order, charge, false).await,
            Work::Watch(_) => self.reconcile(&order, charge, true).await,
            Work::Capture(_) => self.insist(charge, || self.gateway.capture(LookupRequest::of(charge))).await,
            Work::Void(_) => self.insist(charge, || self.gateway.void(LookupRequest::of(charge))).await,
            Work::Refund(_) => self.refund(charge).await,
        };
        self.actions.send_if_modified(|actions| actions.remove(&charge.id).is_some());
        if let Err(error) = ended
            && error.code() != Code::EngineClosed
        {
            tracing::error!(order = %order.id, %error, "a charge is left to the next start");
        }
    }

    async fn charge(&self, order: &Order, charge: &Charge, token: CardToken) -> Result<(), Error> {
        let request = ChargeRequest { charge_id: charge.id, order_id: charge.order_id, amount: charge.amount, token };
        let answer = self.call(|| self.gateway.charge(request)).await;
        if let Ok(ChargeAnswer::ActionRequired { client_secret }) = answer {
            self.offer(charge, &client_secret);
            self.rest(self.patience.ask_again_after).await;
        } else if let Some(outcome) = outcome(charge, answer) {
            return self.tell_charge(charge, outcome).await;
        }
        self.reconcile(order, charge, false).await
    }

    /// Asks what became of the charge until it is known.
    ///
    /// A charge that the gateway does not know is given up after a while, so that its tickets are free; but it is asked about for
    /// some time more, because money that arrives after all must go back. One that waits for its buyer waits until the order's
    /// deadline.
    async fn reconcile(&self, order: &Order, charge: &Charge, mut given_up: bool) -> Result<(), Error> {
        let mut pause = self.patience.ask_again_after;
        loop {
            let mut answer = self.call(|| self.gateway.lookup(LookupRequest::of(charge))).await;
            let now = self.time.now();
            if let Ok(ChargeAnswer::ActionRequired { client_secret }) = answer {
                answer = if given_up || now >= order.expires_at {
                    self.call(|| self.gateway.void(LookupRequest::of(charge))).await
                } else {
                    self.offer(charge, &client_secret);
                    Ok(ChargeAnswer::Pending)
                };
            }
            let age = now.since(charge.created_at);
            if matches!(answer, Ok(ChargeAnswer::Unknown)) {
                if !given_up && age >= self.patience.unknown_after {
                    self.tell_charge(charge, ChargeOutcome::NotCharged { reason: UNREACHED.into() }).await?;
                    given_up = true;
                }
                if given_up && age >= self.patience.late_money_until {
                    return Ok(());
                }
            } else if let Some(outcome) = outcome(charge, answer) {
                return self.tell_charge(charge, outcome).await;
            }
            pause = self.rest(pause).await;
            if self.is_wanted(order.id) {
                return Ok(());
            }
        }
    }

    /// Asks the gateway to capture or to void until the charge has taken money or never will.
    async fn insist<'a>(
        &'a self,
        charge: &Charge,
        mut ask: impl FnMut() -> GatewayFuture<'a, ChargeAnswer>,
    ) -> Result<(), Error> {
        let mut pause = self.patience.ask_again_after;
        loop {
            let answer = self.call(&mut ask).await;
            match outcome(charge, answer) {
                Some(outcome @ (ChargeOutcome::Charged { .. } | ChargeOutcome::NotCharged { .. })) => {
                    return self.tell_charge(charge, outcome).await;
                }
                Some(ChargeOutcome::Authorized { .. }) | None => pause = self.rest(pause).await,
            }
        }
    }

    /// Asks for every pending refund until the gateway has given or refused it.
    async fn refund(&self, charge: &Charge) -> Result<(), Error> {
        let mut pause = self.patience.ask_again_after;
        let mut left: Vec<&Refund> = charge.pending_refunds().collect();
        loop {
            let mut unknown = Vec::new();
            for refund in left {
                let request = || self.gateway.refund(given_back(charge, refund));
                let outcome = match self.call(request).await {
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

    /// Lets the buyer know that there is something to do.
    fn offer(&self, charge: &Charge, client_secret: &ClientSecret) {
        self.actions.send_if_modified(|actions| {
            let is_new = actions.get(&charge.id) != Some(client_secret);
            actions.insert(charge.id, client_secret.clone());
            is_new
        });
    }

    /// Whether there is something newer to be done about the order, which takes over what is under way.
    fn is_wanted(&self, id: OrderId) -> bool {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner).get(&id).is_some_and(Option::is_some)
    }

    /// One call of the gateway: bounded in time and number, and its panics are its failures.
    async fn call<T, F>(&self, start: impl FnOnce() -> F) -> Result<T, GatewayError>
    where
        F: Future<Output = Result<T, GatewayError>>,
    {
        let _permit = self.calls.acquire().await.map_err(|error| GatewayError(error.to_string()))?;
        self.busy.send_modify(|calls| *calls += 1);
        let answer = tokio::time::timeout(self.patience.call_timeout, caught(start)).await;
        self.busy.send_modify(|calls| *calls -= 1);
        answer.unwrap_or_else(|_| Err(GatewayError("no answer in time".into())))
    }

    /// Tells the engine, again and again while the journal is not available.
    async fn tell<'a>(&self, mut tell: impl FnMut() -> Settling<'a>) -> Result<(), Error> {
        let mut pause = self.patience.ask_again_after;
        loop {
            match tell().await {
                Err(error) if matches!(error.code(), Code::JournalUnavailable | Code::EngineOverloaded) => {
                    pause = self.rest(pause).await;
                }
                told => return told,
            }
        }
    }

    /// Waits, and returns how long to wait the next time.
    async fn rest(&self, pause: Duration) -> Duration {
        tokio::time::sleep(pause).await;
        (pause * 2).min(self.patience.ask_again_max)
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

/// What the answer means for the charge, or `None` if that is not known yet.
fn outcome(charge: &Charge, answer: Result<ChargeAnswer, GatewayError>) -> Option<ChargeOutcome> {
    match answer {
        Ok(ChargeAnswer::Charged { reference }) => Some(ChargeOutcome::Charged { reference }),
        Ok(ChargeAnswer::Authorized { reference }) => Some(ChargeOutcome::Authorized { reference }),
        Ok(ChargeAnswer::Declined { reason }) => Some(ChargeOutcome::NotCharged { reason: bounded(reason) }),
        Ok(ChargeAnswer::ActionRequired { .. } | ChargeAnswer::Pending | ChargeAnswer::Unknown) => None,
        Err(error) => {
            tracing::warn!(charge = %charge.id, %error, "the outcome of a charge is not known");
            None
        }
    }
}

/// Runs a gateway's future; a panic of it is an error.
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

/// A reason of at most 200 characters.
fn bounded(reason: Arc<str>) -> Arc<str> {
    match reason.char_indices().nth(200) {
        Some((end, _)) => reason[..end].into(),
        None => reason,
    }
}
