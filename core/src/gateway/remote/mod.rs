//! A card processor that is asked by way of another host of the cluster, which has the keys.
//!
//! ```text
//!   worker of the host that writes ──question, epoch──▶ a host with the keys ──▶ card processor
//!                                  ◀──────answer──────
//! ```
//!
//! The worker keeps its fence: it asks only in the epoch of its task. The question names that epoch, and the asked host refuses
//! it if it has read a later one, if it does not know what is new, or if the question was long under way. What is refused was
//! not asked, and another host is. Whether anything was asked whose answer doesn't come is unknown, as it is with the card
//! processor itself: the worker looks it up, under the same id, which the processor takes once.
//!
//! - [`wire`]: the form of questions and answers.
//! - [`forms`]: the forms of what they hold.
//!
//! The asked host's part is in the worker.

mod forms;
#[cfg(test)]
mod tests;
pub(crate) mod wire;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use self::wire::{Answer, Question};
use super::{
    AmountAnswer, ChargeAnswer, ChargeRequest, GatewayError, GatewayFuture, GatewayReport, LookupRequest,
    PaymentGateway, RefundAnswer, RefundRequest, RefundsPage, WebhookError, WebhookFuture, WebhookMessage,
};
use crate::types::{Money, Timestamp};

/// Time within which a question is answered. The asked host takes less, and the rest is for the way.
const WITHIN: Duration = Duration::from_secs(16);

/// Time within which it is answered whether an amount can be charged: somebody waits for it, and without an answer it counts
/// as one that can.
const AMOUNT_WITHIN: Duration = Duration::from_secs(3);

/// Beginning of the error of a question that was not asked.
const NOT_ASKED: &str = "the card processor was not asked: ";

/// Returns the error of a question that was not asked for certain.
pub(crate) fn not_asked(why: &str) -> GatewayError {
    GatewayError(format!("{NOT_ASKED}{why}"))
}

/// Returns `true` for the error of a question that was not asked for certain.
pub(crate) fn is_not_asked(error: &GatewayError) -> bool {
    error.0.starts_with(NOT_ASKED)
}

/// A question on its way to a host with the card processor's keys.
#[derive(Debug)]
pub(crate) struct Carried {
    /// Name of the card processor.
    pub(crate) processor: Arc<str>,
    /// Epoch in which the host that asks writes; `None` for a question that moves no money.
    pub(crate) epoch: Option<u64>,
    pub(crate) question: Vec<u8>,
    /// Time after which nobody waits for the answer.
    pub(crate) within: Duration,
}

/// Future that [`Courier::ask`] returns.
pub(crate) type Carrying<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, GatewayError>> + Send + 'a>>;

/// Brings questions to hosts that have the card processor's keys.
pub(crate) trait Courier: fmt::Debug + Send + Sync {
    /// Returns the name of the card processor that such hosts have; `None` if none was heard since this one began.
    fn processor(&self) -> Option<Arc<str>>;

    /// Returns why no host can ask this card processor now; `None` if one can.
    fn unreachable(&self, processor: &str) -> Option<String>;

    /// Brings a question to one of them; returns the answer.
    ///
    /// # Errors
    /// A [`GatewayError`] means that it is unknown whether the question was asked, unless it is [`not_asked`].
    fn ask(&self, carried: Carried) -> Carrying<'_>;
}

/// A card processor that is asked by way of another host.
#[derive(Debug, Clone)]
pub(crate) struct RemoteGateway {
    courier: Arc<dyn Courier>,
    /// Card processor that is asked; `None` for the one that the others have.
    of: Option<Arc<str>>,
    /// Epoch in which it is asked.
    epoch: Option<u64>,
}

impl RemoteGateway {
    /// Creates the gateway for questions about whatever card processor the others have, which move no money.
    pub(crate) fn new(courier: Arc<dyn Courier>) -> Self {
        Self { courier, of: None, epoch: None }
    }

    /// Returns the gateway for questions about charges of one card processor, which move no money.
    pub(crate) fn of(&self, processor: &Arc<str>) -> Self {
        Self { of: Some(Arc::clone(processor)), ..self.clone() }
    }

    /// Returns the gateway for a task that began in this epoch.
    pub(crate) fn in_epoch(&self, epoch: u64, processor: &Arc<str>) -> Self {
        Self { epoch: Some(epoch), ..self.of(processor) }
    }

    /// Returns the name of the card processor; `None` while it is not known.
    pub(crate) fn processor(&self) -> Option<Arc<str>> {
        self.of.clone().or_else(|| self.courier.processor())
    }

    /// Returns why no host can ask this card processor now; `None` if one can.
    pub(crate) fn unreachable(&self, processor: &str) -> Option<String> {
        self.courier.unreachable(processor)
    }

    async fn ask(&self, question: Question, within: Duration) -> Result<Answer, GatewayError> {
        let unknown = || not_asked("no host with its keys was heard");
        let processor = self.processor().ok_or_else(unknown)?;
        let question = wire::encode_question(&question)?;
        let carried = Carried { processor, epoch: self.epoch, question, within };
        let answer = self.courier.ask(carried).await?;
        wire::decode_answer(&answer)
    }

    async fn charge_asked(&self, question: Question) -> Result<ChargeAnswer, GatewayError> {
        match self.ask(question, WITHIN).await? {
            Answer::Charge(answer) => Ok(answer),
            other => Err(other.unexpected()),
        }
    }
}

impl PaymentGateway for RemoteGateway {
    fn name(&self) -> &'static str {
        "remote"
    }

    fn charge(&self, request: ChargeRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(self.charge_asked(Question::Charge(request)))
    }

    fn lookup(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(self.charge_asked(Question::Lookup(request)))
    }

    fn capture(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(self.charge_asked(Question::Capture(request)))
    }

    fn void(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(self.charge_asked(Question::Void(request)))
    }

    fn refund(&self, request: RefundRequest) -> GatewayFuture<'_, RefundAnswer> {
        Box::pin(async move {
            match self.ask(Question::Refund(request), WITHIN).await? {
                Answer::Refund(answer) => Ok(answer),
                other => Err(other.unexpected()),
            }
        })
    }

    fn check_amount(&self, amount: Money) -> GatewayFuture<'_, AmountAnswer> {
        Box::pin(async move {
            match self.ask(Question::CheckAmount(amount), AMOUNT_WITHIN).await? {
                Answer::Amount(answer) => Ok(answer),
                other => Err(other.unexpected()),
            }
        })
    }

    fn refunds_of(&self, request: LookupRequest) -> GatewayFuture<'_, Vec<GatewayReport>> {
        Box::pin(async move {
            match self.ask(Question::RefundsOf(request), WITHIN).await? {
                Answer::Page(page) => Ok(page.reports),
                other => Err(other.unexpected()),
            }
        })
    }

    /// Returns a page in all cases: whether the card processor has a list is known to the asked host alone. One without has an
    /// empty page.
    fn refunds_page(&self, since: Timestamp, after: Option<Arc<str>>) -> Option<GatewayFuture<'_, RefundsPage>> {
        Some(Box::pin(async move {
            match self.ask(Question::RefundsPage { since, after }, WITHIN).await? {
                Answer::Page(page) => Ok(page),
                other => Err(other.unexpected()),
            }
        }))
    }

    fn read_webhook<'a>(&'a self, message: &'a WebhookMessage<'a>) -> WebhookFuture<'a> {
        Box::pin(async move {
            let unavailable = |error: GatewayError| WebhookError::Unavailable(error.0);
            match self.ask(Question::webhook(message), WITHIN).await.map_err(unavailable)? {
                Answer::Webhook(read) => read,
                other => Err(unavailable(other.unexpected())),
            }
        })
    }
}
