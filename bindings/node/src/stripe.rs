//! Real money, by way of Stripe: the gateway that comes with the core.

use std::sync::Arc;

use boxoffice::gateway::{PaymentGateway, Stripe, StripeError, StripeMode};
use boxoffice::{Code, Error, testing};
use napi::Either;
use napi_derive::napi;

use crate::errors::rejection;

/// How to reach an account at Stripe.
#[napi(object, object_to_js = false)]
pub struct StripeOptions {
    /// `sk_test_…`, `rk_test_…`, `sk_live_…` or `rk_live_…`.
    pub secret_key: String,
    /// What webhooks are signed with (`whsec_…`), or several while one replaces another. Without, none is believed and outcomes are
    /// asked for.
    pub webhook_secret: Option<Either<String, Vec<String>>>,
    /// Whether the money is set aside first, and taken when the order completes.
    pub authorize_first: Option<bool>,
    /// Where Stripe is, for a proxy or a stand-in: https, or this machine.
    pub api_base: Option<String>,
}

impl std::fmt::Debug for StripeOptions {
    /// There are secrets among them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StripeOptions(…)")
    }
}

impl StripeOptions {
    fn opened(self) -> Result<Stripe, Error> {
        let key = self.secret_key.parse().map_err(|error: StripeError| Error::invalid("secretKey", error))?;
        let stripe = match &self.api_base {
            Some(base) => Stripe::at(key, base),
            None => Stripe::new(key),
        };
        let stripe = stripe.map_err(|error| match error {
            StripeError::Authorities(_) => Error::with_message(Code::Validation, error.to_string()),
            error => Error::invalid("apiBase", error),
        })?;
        let stripe = if self.authorize_first.unwrap_or(false) { stripe.authorize_first() } else { stripe };
        let secrets = match self.webhook_secret {
            None => Vec::new(),
            Some(Either::A(one)) => vec![one],
            Some(Either::B(several)) => several,
        };
        Ok(secrets.iter().fold(stripe, |stripe, secret| stripe.webhook_secret(secret)))
    }
}

/// Charges cards by way of Stripe: the `gateway` of a box office.
///
/// The buyer's page makes a payment method (`pm_…`) or a card token (`tok_…`) by Stripe's own script, and `payments.pay` takes it: card
/// numbers never come here.
#[napi]
#[derive(Debug)]
pub struct StripeGateway(pub(crate) Arc<Stripe>);

#[napi]
impl StripeGateway {
    /// A gateway to the account of the key. Throws `ValidationError`.
    #[napi(constructor)]
    pub fn new(options: StripeOptions) -> napi::Result<Self> {
        options.opened().map(|stripe| Self(Arc::new(stripe))).map_err(rejection)
    }

    /// The name under which its charges are recorded: `stripe`, or `stripe-test`, whose money is none.
    #[napi(getter)]
    pub fn name(&self) -> String {
        self.0.name().to_owned()
    }

    /// Whether money moves.
    #[napi(getter, ts_return_type = "'live' | 'test'")]
    pub fn mode(&self) -> &'static str {
        match self.0.mode() {
            StripeMode::Live => "live",
            StripeMode::Test => "test",
        }
    }
}

/// Runs the conformance suite of gateways; what the gateway does wrong, one sentence a fault.
#[napi]
pub async fn check_stripe(
    gateway: &StripeGateway,
    charged_token: String,
    declined_token: String,
) -> napi::Result<Vec<String>> {
    Ok(testing::check_gateway(&*gateway.0, &charged_token, &declined_token).await)
}
