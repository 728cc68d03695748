//! Card processors written in JavaScript.

use std::fmt;
use std::sync::Arc;

use boxoffice::gateway::{self, ChargeAnswer, GatewayError, GatewayFuture, PaymentGateway, RefundAnswer};
use boxoffice::testing;
use napi::bindgen_prelude::Promise;
use napi::threadsafe_function::ThreadsafeFunction;
use napi_derive::napi;

use crate::values::{ChargeRequest, LookupRequest, RefundRequest};

/// A function of JavaScript that may be called from any thread, and keeps no process alive. It returns a promise that is never
/// rejected.
type Hook<Argument> = ThreadsafeFunction<Argument, Promise<GatewayAnswer>, Argument, napi::Status, false, true>;

/// What a gateway's method came to; the package has checked it.
#[napi(object, object_to_js = false)]
#[derive(Debug)]
pub struct GatewayAnswer {
    /// `charged`, `authorized`, `actionRequired`, `declined`, `pending`, `unknown`, `refunded`, `refused`, or `failed`.
    pub status: String,
    /// The card processor's own name for the charge or refund, the client secret, why the card was declined or the refund refused, or why the outcome is
    /// not known.
    pub text: Option<String>,
}

/// A gateway as the package hands it on.
#[napi(object, object_to_js = false)]
pub struct GatewayHooks {
    /// Under which its charges are recorded.
    pub name: String,
    /// Takes the money.
    #[napi(ts_type = "(request: ChargeRequest) => Promise<GatewayAnswer>")]
    pub charge: Hook<ChargeRequest>,
    /// What became of a charge.
    #[napi(ts_type = "(request: LookupRequest) => Promise<GatewayAnswer>")]
    pub lookup: Hook<LookupRequest>,
    /// Takes money that was set aside.
    #[napi(ts_type = "(request: LookupRequest) => Promise<GatewayAnswer>")]
    pub capture: Hook<LookupRequest>,
    /// Sees to it that a charge that has taken no money never will.
    #[napi(ts_type = "(request: LookupRequest) => Promise<GatewayAnswer>")]
    pub void: Hook<LookupRequest>,
    /// Gives the money back.
    #[napi(ts_type = "(request: RefundRequest) => Promise<GatewayAnswer>")]
    pub refund: Hook<RefundRequest>,
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

fn answered(answer: GatewayAnswer) -> Result<ChargeAnswer, GatewayError> {
    match (answer.status.as_str(), answer.text) {
        ("charged", reference) => Ok(ChargeAnswer::Charged { reference: reference.map(Arc::from) }),
        ("authorized", reference) => Ok(ChargeAnswer::Authorized { reference: reference.map(Arc::from) }),
        ("actionRequired", Some(secret)) => {
            let client_secret = secret.parse().map_err(|reason| GatewayError(format!("the client secret {reason}")))?;
            Ok(ChargeAnswer::ActionRequired { client_secret })
        }
        ("declined", Some(reason)) => Ok(ChargeAnswer::Declined { reason: reason.into() }),
        ("pending", None) => Ok(ChargeAnswer::Pending),
        ("unknown", None) => Ok(ChargeAnswer::Unknown),
        (status, _) => Err(GatewayError(format!("the gateway gave an answer of no kind: {status}"))),
    }
}

fn given_back(answer: GatewayAnswer) -> Result<RefundAnswer, GatewayError> {
    match (answer.status.as_str(), answer.text) {
        ("refunded", reference) => Ok(RefundAnswer::Refunded { reference: reference.map(Arc::from) }),
        ("refused", Some(reason)) => Ok(RefundAnswer::Refused { reason: reason.into() }),
        ("pending", None) => Ok(RefundAnswer::Pending),
        (status, _) => Err(GatewayError(format!("the gateway gave an answer of no kind: {status}"))),
    }
}

impl PaymentGateway for GatewayHooks {
    fn name(&self) -> &str {
        &self.name
    }

    fn charge(&self, request: gateway::ChargeRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(async move { answered(ask(&self.charge, request.into()).await?) })
    }

    fn lookup(&self, request: gateway::LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(async move { answered(ask(&self.lookup, request.into()).await?) })
    }

    fn capture(&self, request: gateway::LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(async move { answered(ask(&self.capture, request.into()).await?) })
    }

    fn void(&self, request: gateway::LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(async move { answered(ask(&self.void, request.into()).await?) })
    }

    fn refund(&self, request: gateway::RefundRequest) -> GatewayFuture<'_, RefundAnswer> {
        Box::pin(async move { given_back(ask(&self.refund, request.into()).await?) })
    }
}

/// Runs the conformance suite of gateways; what the gateway does wrong, one sentence a fault.
#[napi]
pub async fn check_gateway(
    gateway: GatewayHooks,
    charged_token: String,
    declined_token: String,
) -> napi::Result<Vec<String>> {
    Ok(testing::check_gateway(&gateway, &charged_token, &declined_token).await)
}
