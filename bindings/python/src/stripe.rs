//! The Stripe gateway of the core.

use std::sync::Arc;

use boxoffice::gateway::{PaymentGateway, Stripe, StripeError, StripeMode};
use boxoffice::{Code, Error};
use pyo3::inspect::PyStaticExpr;
use pyo3::prelude::*;
use pyo3::types::PyString;
use pyo3::{Borrowed, PyTypeInfo as _, type_hint_identifier, type_hint_subscript, type_hint_union};

use crate::errors::exception;

/// Charges cards through Stripe: the `gateway` of a box office.
///
/// The buyer's page creates a payment method (`pm_…`) or a card token (`tok_…`) with Stripe's own script, and
/// `payments.pay` takes it. Card numbers never reach the box office. `secret_key` is `sk_test_…`, `rk_test_…`,
/// `sk_live_…` or `rk_live_…`. Webhooks are accepted if they are signed with `webhook_secret` (`whsec_…`), or with one of
/// several during a key rotation. Without a secret, the box office looks outcomes up. With `authorize_first` the money is
/// authorized first and captured when the order completes. `api_base` is the address of a proxy or a stand-in: https, or
/// this machine. Raises `ValidationError`.
///
/// >>> from boxoffice import StripeGateway
/// >>> stripe = StripeGateway("sk_test_51abc", webhook_secret="whsec_abc", authorize_first=True)
/// >>> stripe
/// StripeGateway(mode='test')
#[pyclass(frozen, module = "boxoffice")]
#[derive(Debug)]
pub(crate) struct StripeGateway(pub(crate) Arc<Stripe>);

#[pymethods]
impl StripeGateway {
    #[new]
    #[pyo3(signature = (secret_key, *, webhook_secret=None, authorize_first=false, api_base=None))]
    fn new(
        py: Python<'_>,
        secret_key: &str,
        webhook_secret: Option<Secrets>,
        authorize_first: bool,
        api_base: Option<&str>,
    ) -> PyResult<Self> {
        let stripe = opened(secret_key, api_base).map_err(|error| exception(py, &error))?;
        let stripe = if authorize_first { stripe.authorize_first() } else { stripe };
        let secrets = webhook_secret.map_or(Vec::new(), |secrets| secrets.0);
        let stripe = secrets.iter().fold(stripe, |stripe, secret| stripe.webhook_secret(secret));
        Ok(Self(Arc::new(stripe)))
    }

    /// Name under which its charges are recorded: `stripe`, or `stripe-test` in test mode, where no money moves.
    #[getter]
    fn name(&self) -> &str {
        self.0.name()
    }

    /// Mode of the key: `live`, where money moves, or `test`.
    #[getter]
    fn mode(&self) -> &'static str {
        match self.0.mode() {
            StripeMode::Live => "live",
            StripeMode::Test => "test",
        }
    }

    fn __repr__(&self) -> String {
        format!("StripeGateway(mode='{}')", self.mode())
    }
}

fn opened(key: &str, base: Option<&str>) -> Result<Stripe, Error> {
    let key = key.parse().map_err(|error: StripeError| Error::invalid("secretKey", error))?;
    match base {
        Some(base) => Stripe::at(key, base),
        None => Stripe::new(key),
    }
    .map_err(|error| match error {
        StripeError::Authorities(_) => Error::with_message(Code::Validation, error.to_string()),
        error => Error::invalid("apiBase", error),
    })
}

/// One or several secrets.
struct Secrets(Vec<String>);

impl FromPyObject<'_, '_> for Secrets {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = type_hint_union!(
        PyString::TYPE_HINT,
        type_hint_subscript!(type_hint_identifier!("collections.abc", "Sequence"), PyString::TYPE_HINT)
    );

    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        match object.cast::<PyString>() {
            Ok(one) => Ok(Self(vec![one.extract()?])),
            Err(_) => object.extract().map(Self),
        }
    }
}
