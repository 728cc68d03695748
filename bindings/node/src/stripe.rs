//! The Stripe gateway of the core.

use std::sync::Arc;

use boxoffice::gateway::{PaymentGateway, Stripe, StripeError, StripeMode};
use boxoffice::{Code, Error, testing};
use napi::Either;
use napi_derive::napi;

use crate::errors::rejection;

/// Settings of the Stripe gateway.
#[napi(object, object_to_js = false)]
pub struct StripeOptions {
    /// Secret key of the account: `sk_test_…`, `rk_test_…`, `sk_live_…` or `rk_live_…`.
    pub secret_key: String,
    /// Secret that signs webhooks (`whsec_…`), or several during a key rotation. Without a secret, all webhooks are
    /// refused and the box office looks outcomes up.
    pub webhook_secret: Option<Either<String, Vec<String>>>,
    /// `true` authorizes the money first and captures it when the order completes.
    pub authorize_first: Option<bool>,
    /// Address of a proxy or a stand-in of Stripe: https, or this machine.
    pub api_base: Option<String>,
}

impl std::fmt::Debug for StripeOptions {
    /// Hides the secrets.
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

/// Charges cards through Stripe: the `gateway` of a box office.
///
/// The buyer's page creates a payment method (`pm_…`) or a card token (`tok_…`) with Stripe's own script, and
/// `payments.pay` takes it. Card numbers never reach the box office.
#[napi]
#[derive(Debug)]
pub struct StripeGateway(pub(crate) Arc<Stripe>);

#[napi]
impl StripeGateway {
    /// Creates a gateway to the account of the key. Throws `ValidationError`.
    #[napi(constructor)]
    pub fn new(options: StripeOptions) -> napi::Result<Self> {
        options.opened().map(|stripe| Self(Arc::new(stripe))).map_err(rejection)
    }

    /// Name under which its charges are recorded: `stripe`, or `stripe-test` in test mode, where no money moves.
    #[napi(getter)]
    pub fn name(&self) -> String {
        self.0.name().to_owned()
    }

    /// Mode of the key: `live`, where money moves, or `test`.
    #[napi(getter, ts_return_type = "'live' | 'test'")]
    pub fn mode(&self) -> &'static str {
        match self.0.mode() {
            StripeMode::Live => "live",
            StripeMode::Test => "test",
        }
    }
}

/// Runs the conformance suite of gateways; returns one sentence for each fault.
#[napi]
pub async fn check_stripe(
    gateway: &StripeGateway,
    charged_token: String,
    declined_token: String,
) -> napi::Result<Vec<String>> {
    Ok(testing::check_gateway(&*gateway.0, &charged_token, &declined_token).await)
}
