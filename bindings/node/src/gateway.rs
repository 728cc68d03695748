//! Payment gateways written in JavaScript.

use std::fmt;

use boxoffice::gateway::{
    self, AmountAnswer, ChargeAnswer, GatewayError, GatewayFuture, GatewayReport, PaymentGateway, RefundAnswer,
    WebhookError, WebhookFuture,
};
use boxoffice::{Timestamp, testing};
use boxoffice_bindings::{
    amount_answer, charge_answer, listed_refunds, refund_answer, refunds_answer, webhook_error, webhook_event,
};
use napi::bindgen_prelude::Promise;
use napi::threadsafe_function::ThreadsafeFunction;
use napi_derive::napi;

use crate::convert::{Date, date};
use crate::values::{ChargeRequest, LookupRequest, Money, RefundRequest, WebhookMessage};

/// A function of JavaScript that may be called from any thread and does not keep the process alive.
///
/// It returns a promise that is never rejected.
type Hook<Argument> = ThreadsafeFunction<Argument, Promise<GatewayAnswer>, Argument, napi::Status, false, true>;

/// Answer of a gateway's method, checked by the package.
#[napi(object, object_to_js = false)]
#[derive(Debug)]
pub struct GatewayAnswer {
    /// Status of a charge or refund: `charged`, `authorized`, `actionRequired`, `declined`, `misconfigured`, `pending`,
    /// `unknown`, `refunded`, `refused` or `failed`. Status of an amount: `chargeable`, `refused` or `failed`. Status of a
    /// list of refunds: `refunds` or `failed`. Status of a webhook message: `event`, `unsupported`, `signature`, `stale`,
    /// `malformed` or `failed`.
    pub status: String,
    /// The card processor's own id of the charge or refund, the client secret, the reason for which the charge was
    /// declined or the refund, amount or message was refused, the card processor's words about what is misconfigured, the
    /// reason of the failure, or the event or the refunds as JSON.
    pub text: Option<String>,
}

/// A gateway, in the form that the package passes on.
#[napi(object, object_to_js = false)]
pub struct GatewayHooks {
    /// Name under which its charges are recorded.
    pub name: String,
    /// Takes the money.
    #[napi(ts_type = "(request: ChargeRequest) => Promise<GatewayAnswer>")]
    pub charge: Hook<ChargeRequest>,
    /// Returns the outcome of a charge.
    #[napi(ts_type = "(request: LookupRequest) => Promise<GatewayAnswer>")]
    pub lookup: Hook<LookupRequest>,
    /// Captures an authorized charge.
    #[napi(ts_type = "(request: LookupRequest) => Promise<GatewayAnswer>")]
    pub capture: Hook<LookupRequest>,
    /// Voids a charge that has taken no money.
    #[napi(ts_type = "(request: LookupRequest) => Promise<GatewayAnswer>")]
    pub void: Hook<LookupRequest>,
    /// Refunds a charge, in full or in part.
    #[napi(ts_type = "(request: RefundRequest) => Promise<GatewayAnswer>")]
    pub refund: Hook<RefundRequest>,
    /// Why an amount can't be charged; none for a gateway that has no such method.
    #[napi(ts_type = "(amount: Money) => Promise<GatewayAnswer>")]
    pub check_amount: Option<Hook<Money>>,
    /// Lists every refund of a charge.
    #[napi(ts_type = "(request: LookupRequest) => Promise<GatewayAnswer>")]
    pub refunds_of: Hook<LookupRequest>,
    /// Lists the refunds made at the card processor since a time; none for a gateway that has no such method.
    #[napi(ts_type = "(since: Date) => Promise<GatewayAnswer>")]
    pub refunds_since: Option<Hook<Date>>,
    /// Reads an inbound webhook message of the card processor.
    #[napi(ts_type = "(message: WebhookMessage) => Promise<GatewayAnswer>")]
    pub read_webhook: Hook<WebhookMessage>,
}

impl fmt::Debug for GatewayHooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GatewayHooks").field("name", &self.name).finish_non_exhaustive()
    }
}

async fn ask<A>(hook: &Hook<A>, argument: A) -> Result<GatewayAnswer, GatewayError>
where
    A: napi::bindgen_prelude::JsValuesTupleIntoVec + Send + 'static,
{
    let failed = |error: napi::Error| GatewayError(error.reason.clone());
    let answer = hook.call_async_catch(argument).await.map_err(failed)?.await.map_err(failed)?;
    if answer.status == "failed" { Err(GatewayError(answer.text.unwrap_or_default())) } else { Ok(answer) }
}

/// Calls a hook and converts its answer to the answer about a charge.
async fn charged<A>(hook: &Hook<A>, argument: A) -> Result<ChargeAnswer, GatewayError>
where
    A: napi::bindgen_prelude::JsValuesTupleIntoVec + Send + 'static,
{
    let answer = ask(hook, argument).await?;
    charge_answer(&answer.status, answer.text)
}

/// Calls a hook and converts its answer to a list of refunds.
async fn listed<A>(hook: &Hook<A>, argument: A) -> Result<Vec<GatewayReport>, GatewayError>
where
    A: napi::bindgen_prelude::JsValuesTupleIntoVec + Send + 'static,
{
    let answer = ask(hook, argument).await?;
    refunds_answer(&answer.status, answer.text)
}

impl PaymentGateway for GatewayHooks {
    fn name(&self) -> &str {
        &self.name
    }

    fn charge(&self, request: gateway::ChargeRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(charged(&self.charge, request.into()))
    }

    fn lookup(&self, request: gateway::LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(charged(&self.lookup, request.into()))
    }

    fn capture(&self, request: gateway::LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(charged(&self.capture, request.into()))
    }

    fn void(&self, request: gateway::LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(charged(&self.void, request.into()))
    }

    fn refund(&self, request: gateway::RefundRequest) -> GatewayFuture<'_, RefundAnswer> {
        Box::pin(async move {
            let answer = ask(&self.refund, request.into()).await?;
            refund_answer(&answer.status, answer.text)
        })
    }

    fn check_amount(&self, amount: boxoffice::Money) -> GatewayFuture<'_, AmountAnswer> {
        Box::pin(async move {
            let Some(hook) = &self.check_amount else { return Ok(AmountAnswer::Chargeable) };
            let answer = ask(hook, Money::from(amount)).await?;
            amount_answer(&answer.status, answer.text)
        })
    }

    fn refunds_of(&self, request: gateway::LookupRequest) -> GatewayFuture<'_, Vec<GatewayReport>> {
        Box::pin(listed(&self.refunds_of, request.into()))
    }

    fn refunds_since(&self, since: Timestamp) -> Option<GatewayFuture<'_, Vec<GatewayReport>>> {
        let hook = self.refunds_since.as_ref()?;
        Some(Box::pin(listed(hook, date(since))))
    }

    fn read_webhook<'a>(&'a self, message: &'a gateway::WebhookMessage<'a>) -> WebhookFuture<'a> {
        let message = WebhookMessage::from(message);
        Box::pin(async move {
            let answer = ask(&self.read_webhook, message).await.map_err(|error| WebhookError::Unavailable(error.0))?;
            match (answer.status.as_str(), answer.text) {
                ("event", Some(json)) => webhook_event(&json).map_err(WebhookError::Unavailable),
                (reason, text) => Err(webhook_error(reason, text.unwrap_or_default())),
            }
        })
    }
}

/// Checks an event that a gateway returned; returns what is wrong with it, if anything.
#[napi]
pub fn webhook_event_error(json: String) -> Option<String> {
    webhook_event(&json).err()
}

/// Checks a list of refunds that a gateway returned; returns what is wrong with it, if anything.
#[napi]
pub fn refunds_error(json: String) -> Option<String> {
    listed_refunds(&json).err()
}

/// Runs the conformance suite of gateways; returns one sentence for each fault.
#[napi]
pub async fn check_gateway(
    gateway: GatewayHooks,
    charged_token: String,
    declined_token: String,
) -> napi::Result<Vec<String>> {
    Ok(testing::check_gateway(&gateway, &charged_token, &declined_token).await)
}
