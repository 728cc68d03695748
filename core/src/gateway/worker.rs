//! Calls the gateway for the engine, and asks again until it knows.
//!
//! Every charge and refund that is under way has one task. It calls the gateway, tells the engine what came of it, and while
//! that is not known, because the gateway failed, hung or answered late, asks what became of the charge, waiting longer each
//! time. At start-up the charges that were under way when the process ended are taken up the same way.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, watch};

use super::{ChargeAnswer, ChargeRequest, GatewayError, LookupRequest, PaymentGateway, RefundAnswer, RefundRequest};
use crate::clock::EngineTime;
use crate::domain::Order;
use crate::domain::payment::{Charge, ChargeOutcome, ChargeStatus, LATE_MONEY_UNTIL, UNREACHED};
use crate::error::{Code, Error};
use crate::types::{CardToken, OrderId, RefundId};

/// What the gateway is to do.
#[derive(Debug, Clone)]
pub(crate) enum Work {
    /// Take the money of this order from this card.
    Charge(Arc<Order>, CardToken),
    /// Find out what became of the charge.
    Lookup(Arc<Order>),
    /// Find out whether money came after all for a charge that was given up.
    Watch(Arc<Order>),
    /// Give the money back.
    Refund(Arc<Order>),
}

impl Work {
    /// What is to be done about an order whose charge or refund was under way.
    pub(crate) fn resume(order: Arc<Order>) -> Self {
        match order.charge.as_ref().map(|charge| charge.status) {
            Some(ChargeStatus::Refunding) => Self::Refund(order),
            Some(ChargeStatus::Failed) => Self::Watch(order),
            _ => Self::Lookup(order),
        }
    }

    fn order(&self) -> &Arc<Order> {
        match self {
            Self::Charge(order, _) | Self::Lookup(order) | Self::Watch(order) | Self::Refund(order) => order,
        }
    }
}

/// Tells the engine what the gateway said.
pub(crate) trait Settle: fmt::Debug + Send + Sync {
    /// Records the outcome of a charge.
    fn charge<'a>(&'a self, charge: &'a Charge, outcome: ChargeOutcome) -> Settling<'a>;

    /// Records that the money was given back.
    fn refund<'a>(&'a self, charge: &'a Charge) -> Settling<'a>;
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
        let ended = match (&order.charge, work) {
            (Some(charge), Work::Charge(_, token)) => self.charge(charge, token).await,
            (Some(charge), Work::Lookup(_)) => self.reconcile(charge, false).await,
            (Some(charge), Work::Watch(_)) => self.reconcile(charge, true).await,
            (Some(charge), Work::Refund(_)) => self.refund(charge).await,
            (None, _) => Ok(()),
        };
        if let Err(error) = ended
            && error.code_value() != Code::EngineClosed
        {
            tracing::error!(order = %order.id, %error, "a charge is left to the next start");
        }
    }

    async fn charge(&self, charge: &Charge, token: CardToken) -> Result<(), Error> {
        let request = ChargeRequest { charge_id: charge.id, order_id: charge.order_id, amount: charge.amount, token };
        let answer = self.call(|| self.gateway.charge(request)).await;
        if let Some(outcome) = outcome(charge, answer) {
            return self.tell(|| self.settle.charge(charge, outcome.clone())).await;
        }
        self.reconcile(charge, false).await
    }

    /// Asks what became of the charge until it is known.
    ///
    /// A charge that the gateway does not know is given up after a while, so that its tickets are free; but it is asked about for
    /// some time more, because money that arrives after all must go back.
    async fn reconcile(&self, charge: &Charge, mut given_up: bool) -> Result<(), Error> {
        let mut pause = self.patience.ask_again_after;
        loop {
            let answer = self.call(|| self.gateway.lookup(LookupRequest::of(charge))).await;
            let age = self.time.now().since(charge.created_at);
            if matches!(answer, Ok(ChargeAnswer::Unknown)) {
                if !given_up && age >= self.patience.unknown_after {
                    let reason: Arc<str> = UNREACHED.into();
                    self.tell(|| self.settle.charge(charge, ChargeOutcome::NotCharged { reason: reason.clone() }))
                        .await?;
                    given_up = true;
                }
                if given_up && age >= self.patience.late_money_until {
                    return Ok(());
                }
            } else if let Some(outcome) = outcome(charge, answer) {
                return self.tell(|| self.settle.charge(charge, outcome.clone())).await;
            }
            pause = self.rest(pause).await;
        }
    }

    async fn refund(&self, charge: &Charge) -> Result<(), Error> {
        let mut pause = self.patience.ask_again_after;
        loop {
            match self.call(|| self.gateway.refund(given_back(charge))).await {
                Ok(RefundAnswer::Refunded { .. }) => return self.tell(|| self.settle.refund(charge)).await,
                answer => tracing::warn!(charge = %charge.id, ?answer, "a refund is not known to be done"),
            }
            pause = self.rest(pause).await;
        }
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
                Err(error) if matches!(error.code_value(), Code::JournalUnavailable | Code::EngineOverloaded) => {
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

/// The refund of all that was taken.
fn given_back(charge: &Charge) -> RefundRequest {
    RefundRequest {
        refund_id: RefundId::from_bytes(*charge.id.as_bytes()),
        charge_id: charge.id,
        reference: charge.reference.clone(),
        amount: charge.amount,
        created_at: charge.created_at,
    }
}

/// What the answer means for the charge, or `None` if that is not known yet.
fn outcome(charge: &Charge, answer: Result<ChargeAnswer, GatewayError>) -> Option<ChargeOutcome> {
    match answer {
        Ok(ChargeAnswer::Charged { reference }) => Some(ChargeOutcome::Charged { reference }),
        Ok(ChargeAnswer::Declined { reason }) => Some(ChargeOutcome::NotCharged { reason: bounded(reason) }),
        Ok(_) => None,
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
