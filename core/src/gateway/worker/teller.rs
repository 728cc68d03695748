//! Asking the card processor for a host that has not its keys, and keeping what that host's buyers wait for.

use std::future::Future;
use std::time::Duration;

use tokio::sync::SemaphorePermit;
use tokio::time::{Instant, timeout};

use super::Worker;
use crate::gateway::remote::wire::{self, Answer, Question, WebhookForm};
use crate::gateway::{GatewayError, GatewayReport, RefundsPage, WebhookError, WebhookEvent};
use crate::types::{ChargeId, ClientSecret};

/// Time within which the card processor has answered what is asked for another host. With the way there and back, that is less
/// than what a host that follows in writing waits before it believes anything.
const FOR_OTHERS_MAX: Duration = Duration::from_secs(14);

/// Right of another host to have the card processor asked.
pub(crate) struct Permit<'a> {
    /// `true` if the host asks as the one that writes.
    pub(crate) writes: bool,
    /// Tells whether the right is still in force: it is looked at right before the call.
    pub(crate) is_in_force: &'a (dyn Fn() -> bool + Send + Sync),
}

impl Worker {
    /// Asks the card processor for another host. Returns the answer, or `None` if it was not asked.
    pub(crate) async fn ask_for_another(&self, question: &[u8], permit: &Permit<'_>) -> Option<Vec<u8>> {
        let asked = wire::decode_question(question).inspect_err(|error| tracing::warn!(%error, "a host asks in vain"));
        let question = asked.ok().filter(|question| permit.writes || !question.moves_money())?;
        let begun = Instant::now();
        let call = timeout(FOR_OTHERS_MAX, self.calls.acquire()).await.ok()?.ok()?;
        if !(permit.is_in_force)() {
            return None;
        }
        let within = self.call_timeout().min(FOR_OTHERS_MAX.saturating_sub(begun.elapsed()));
        let answer = self.answer_to(question, within, call).await;
        let answer = answer.unwrap_or_else(|GatewayError(why)| Answer::Failed(why));
        let encoded = wire::encode_answer(&answer).or_else(|error| {
            tracing::error!(%error, "an answer of the card processor can't be sent");
            // It was asked, and nobody may believe that it was not.
            wire::encode_answer(&Answer::Failed(error.0))
        });
        encoded.ok()
    }

    async fn answer_to(
        &self,
        question: Question,
        within: Duration,
        call: SemaphorePermit<'_>,
    ) -> Result<Answer, GatewayError> {
        let gateway = &self.gateway;
        match question {
            Question::Charge(request) => {
                self.call_within(within, call, || gateway.charge(request)).await.map(Answer::Charge)
            }
            Question::Lookup(request) => {
                self.call_within(within, call, || gateway.lookup(request)).await.map(Answer::Charge)
            }
            Question::Capture(request) => {
                self.call_within(within, call, || gateway.capture(request)).await.map(Answer::Charge)
            }
            Question::Void(request) => {
                self.call_within(within, call, || gateway.void(request)).await.map(Answer::Charge)
            }
            Question::Refund(request) => {
                self.call_within(within, call, || gateway.refund(request)).await.map(Answer::Refund)
            }
            Question::CheckAmount(amount) => {
                self.call_within(within, call, || gateway.check_amount(amount)).await.map(Answer::Amount)
            }
            Question::RefundsOf(request) => {
                let reports = self.call_within(within, call, || gateway.refunds_of(request)).await;
                reports.map(|reports| Answer::Page(page(reports)))
            }
            Question::RefundsPage { since, after } => match gateway.refunds_page(since, after) {
                Some(asked) => self.call_within(within, call, || asked).await.map(Answer::Page),
                None => Ok(Answer::Page(page(Vec::new()))),
            },
            Question::Webhook(message) => Ok(Answer::Webhook(self.read_for_another(&message, within, call).await)),
        }
    }

    /// Reads a message of the card processor. What it says of the message is no failure of the card processor.
    async fn read_for_another(
        &self,
        message: &WebhookForm,
        within: Duration,
        call: SemaphorePermit<'_>,
    ) -> Result<WebhookEvent, WebhookError> {
        let headers = message.headers();
        let message = message.message(&headers);
        let reading = self.call_within(within, call, || said(self.gateway.read_webhook(&message))).await;
        reading.unwrap_or_else(|GatewayError(why)| Err(WebhookError::Unavailable(why)))
    }

    /// Returns the charges that this host's own tasks wait for their buyers with.
    pub(crate) fn own_actions(&self) -> Vec<(ChargeId, ClientSecret)> {
        self.actions.own()
    }

    /// Takes note of those that another host has told of.
    pub(crate) fn hear_actions(&self, told: Vec<(ChargeId, ClientSecret)>) {
        self.actions.hear(told);
    }

    /// Waits until a charge begins to wait for its buyer, or no longer does.
    pub(crate) async fn actions_changed(&self) {
        self.actions.changed().await;
    }
}

/// Returns what a call says, whatever it says, as the success that it is.
async fn said<T, E>(call: impl Future<Output = Result<T, E>>) -> Result<Result<T, E>, GatewayError> {
    Ok(call.await)
}

fn page(reports: Vec<GatewayReport>) -> RefundsPage {
    RefundsPage { reports, ..RefundsPage::default() }
}
