//! Connection between the box office and a gateway. The seed decides about lost, delayed and repeated requests and
//! answers.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use boxoffice::ChargeId;
use boxoffice::gateway::{
    ChargeAnswer, ChargeRequest, GatewayError, GatewayFuture, LookupRequest, PaymentGateway, RefundAnswer,
    RefundRequest,
};

use super::WorldTime;
use crate::Rng;

/// Longer than the box office waits for an answer.
const TOO_LONG: Duration = Duration::from_secs(40);

/// Maximum delay of a request.
const LATE_MAX: Duration = Duration::from_hours(3);

/// A gateway behind a bad connection.
#[derive(Debug)]
pub(crate) struct Line {
    gateway: Arc<dyn PaymentGateway>,
    time: WorldTime,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    rng: Rng,
    is_good: bool,
    /// Requests in transit, with the time of their arrival.
    late: Vec<(Duration, ChargeRequest)>,
}

/// Fault of a request or its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    RequestLost,
    AnswerLost,
    /// The answer comes after the caller has given up.
    AnswerSlow,
    /// The request arrives twice, at the same time.
    Repeated,
    /// A charge request arrives hours later; any other request is lost.
    RequestLate,
}

impl Line {
    pub(crate) fn new(gateway: Arc<dyn PaymentGateway>, rng: Rng, time: WorldTime) -> Self {
        Self { gateway, time, state: Mutex::new(State { rng, is_good: false, late: Vec::new() }) }
    }

    /// Ends all faults.
    pub(crate) fn recover(&self) {
        self.state().is_good = true;
    }

    fn fault(&self) -> Fault {
        let mut state = self.state();
        if state.is_good {
            return Fault::None;
        }
        match state.rng.below(100) {
            0..66 => Fault::None,
            66..73 => Fault::RequestLost,
            73..82 => Fault::AnswerLost,
            82..87 => Fault::AnswerSlow,
            87..94 => Fault::Repeated,
            _ => Fault::RequestLate,
        }
    }

    /// Delivers the late requests for this charge that have arrived by now. Their answers are dropped.
    async fn arrive(&self, id: ChargeId) {
        let now = self.time.elapsed();
        let due = |(at, request): &(Duration, ChargeRequest)| request.charge_id == id && *at <= now;
        let arrived: Vec<_> = self.state().late.iter().filter(|late| due(late)).cloned().collect();
        for (_, request) in arrived {
            let _ = self.gateway.charge(request).await;
        }
        self.state().late.retain(|late| !due(late));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Delivers a request to the gateway, and its answer back.
async fn carry<'a, T>(fault: Fault, send: impl Fn() -> GatewayFuture<'a, T>) -> Result<T, GatewayError> {
    match fault {
        Fault::None => send().await,
        Fault::RequestLost | Fault::RequestLate => Err(GatewayError("the request was lost".into())),
        Fault::AnswerLost => {
            let _ = send().await;
            Err(GatewayError("the answer was lost".into()))
        }
        Fault::AnswerSlow => {
            let answer = send().await;
            tokio::time::sleep(TOO_LONG).await;
            answer
        }
        Fault::Repeated => tokio::join!(send(), send()).1,
    }
}

impl PaymentGateway for Line {
    fn name(&self) -> &str {
        self.gateway.name()
    }

    fn charge(&self, request: ChargeRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(async move {
            let fault = self.fault();
            if fault == Fault::RequestLate {
                let mut state = self.state();
                let arrives = self.time.elapsed() + state.rng.up_to(LATE_MAX);
                state.late.push((arrives, request.clone()));
            }
            carry(fault, || self.gateway.charge(request.clone())).await
        })
    }

    fn lookup(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(async move {
            self.arrive(request.charge_id).await;
            carry(self.fault(), || self.gateway.lookup(request.clone())).await
        })
    }

    fn refund(&self, request: RefundRequest) -> GatewayFuture<'_, RefundAnswer> {
        Box::pin(async move { carry(self.fault(), || self.gateway.refund(request.clone())).await })
    }

    fn capture(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(async move { carry(self.fault(), || self.gateway.capture(request.clone())).await })
    }

    fn void(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(async move {
            self.arrive(request.charge_id).await;
            carry(self.fault(), || self.gateway.void(request.clone())).await
        })
    }
}
