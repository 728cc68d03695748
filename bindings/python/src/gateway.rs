//! Payment gateways written in Python.

use std::sync::Arc;

use boxoffice::gateway::{
    AmountAnswer, ChargeAnswer, ChargeRequest, GatewayError, GatewayFuture, GatewayReport, LookupRequest,
    PaymentGateway, RefundAnswer, RefundRequest, WebhookError, WebhookFuture, WebhookMessage,
};
use boxoffice::{Timestamp, testing};
use boxoffice_bindings::{
    amount_answer, charge_answer, listed_refunds, refund_answer, refunds_answer, webhook_error, webhook_event,
};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use tokio::runtime::Handle;

use crate::call::runtime;
use crate::convert::Time;
use crate::errors::exception;
use crate::stripe::StripeGateway;
use crate::values;

/// Converts a Python object to a payment gateway.
pub(crate) fn gateway_of(
    object: &Bound<'_, PyAny>,
    event_loop: Option<&Bound<'_, PyAny>>,
    runtime: &Handle,
) -> PyResult<Arc<dyn PaymentGateway>> {
    match object.cast::<StripeGateway>() {
        Ok(stripe) => Ok(stripe.get().0.clone()),
        Err(_) => Ok(Arc::new(PythonGateway::new(object, event_loop, runtime.clone())?)),
    }
}

/// A checked answer of `boxoffice._gateway.Call.run`: its kind and its text.
type Said = (String, Option<String>);

/// A Python object with `charge`, `lookup` and `refund`, plain or asynchronous.
///
/// Its methods run on separate threads, so that a method that hangs does not block others. An exception or an invalid
/// answer is a failure of the gateway: the outcome is unknown and is looked up later.
#[derive(Debug)]
struct PythonGateway {
    name: String,
    object: Py<PyAny>,
    /// Event loop on which its coroutines run; `None` for the package's background loop.
    event_loop: Option<Py<PyAny>>,
    runtime: Handle,
    /// Whether it has `check_amount`, which it need not have.
    checks_amounts: bool,
    /// Whether it has `refunds_since`, which it need not have.
    lists_refunds: bool,
}

/// Methods that a gateway need not have. `boxoffice._gateway.Call` says so when one is called.
const OFFERED: [&str; 4] = ["capture", "void", "refunds_of", "read_webhook"];

impl PythonGateway {
    fn new(object: &Bound<'_, PyAny>, event_loop: Option<&Bound<'_, PyAny>>, runtime: Handle) -> PyResult<Self> {
        for method in ["charge", "lookup", "refund"] {
            if !object.hasattr(method)? || !object.getattr(method)?.is_callable() {
                return Err(PyTypeError::new_err(format!("a gateway has a method {method}()")));
            }
        }
        let name = object
            .getattr("name")
            .and_then(|name| name.extract())
            .map_err(|_| PyTypeError::new_err("a gateway has a `name`, a str under which its charges are recorded"))?;
        let event_loop = event_loop.map(|event_loop| event_loop.clone().unbind());
        for method in OFFERED {
            has(object, method)?;
        }
        let (checks_amounts, lists_refunds) = (has(object, "check_amount")?, has(object, "refunds_since")?);
        Ok(Self { name, object: object.clone().unbind(), event_loop, runtime, checks_amounts, lists_refunds })
    }

    /// Calls a method on a thread where it may block, and cancels the call when the returned future is dropped.
    fn ask<A>(&self, method: &'static str, argument: A) -> GatewayFuture<'_, Said>
    where
        A: for<'py> IntoPyObject<'py> + Send + 'static,
    {
        let begun = Python::try_attach(|py| self.begin(py, method, argument).map_err(|error| failure(py, &error)));
        Box::pin(async move {
            let call = begun.unwrap_or_else(|| Err(gone()))?;
            let running = Python::try_attach(|py| call.clone_ref(py)).ok_or_else(gone)?;
            let mut guard = CancelOnDrop { call: Some(call), runtime: self.runtime.clone() };
            let run = self.runtime.spawn_blocking(move || {
                let run = |py: Python<'_>| {
                    let answer = running.call_method0(py, "run").and_then(|answer| answer.extract(py));
                    answer.map_err(|error: PyErr| failure(py, &error))
                };
                Python::try_attach(run).unwrap_or_else(|| Err(gone()))
            });
            let answer = run.await;
            guard.call = None;
            answer.map_err(|error| GatewayError(error.to_string()))?
        })
    }

    fn begin<A>(&self, py: Python<'_>, method: &'static str, argument: A) -> PyResult<Py<PyAny>>
    where
        A: for<'py> IntoPyObject<'py>,
    {
        let argument = argument.into_py_any(py)?;
        let event_loop = self.event_loop.as_ref().map(|event_loop| event_loop.clone_ref(py));
        let class = py.import("boxoffice._gateway")?.getattr("Call")?;
        Ok(class.call1((self.object.clone_ref(py), method, argument, event_loop))?.unbind())
    }
}

/// Returns `true` if the gateway has this method.
///
/// # Errors
/// `TypeError` if something else has its name.
fn has(object: &Bound<'_, PyAny>, method: &str) -> PyResult<bool> {
    match object.getattr_opt(method)? {
        Some(found) if found.is_callable() => Ok(true),
        Some(found) if !found.is_none() => {
            Err(PyTypeError::new_err(format!("a gateway has a method {method}(), or none")))
        }
        _ => Ok(false),
    }
}

impl PaymentGateway for PythonGateway {
    fn name(&self) -> &str {
        &self.name
    }

    fn charge(&self, request: ChargeRequest) -> GatewayFuture<'_, ChargeAnswer> {
        let answer = self.ask("charge", values::ChargeRequest(request));
        charged(answer)
    }

    fn lookup(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        let answer = self.ask("lookup", values::LookupRequest(request));
        charged(answer)
    }

    fn capture(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        let answer = self.ask("capture", values::LookupRequest(request));
        charged(answer)
    }

    fn void(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        let answer = self.ask("void", values::LookupRequest(request));
        charged(answer)
    }

    fn refund(&self, request: RefundRequest) -> GatewayFuture<'_, RefundAnswer> {
        let answer = self.ask("refund", values::RefundRequest(request));
        Box::pin(async move {
            let (status, text) = answer.await?;
            refund_answer(&status, text)
        })
    }

    fn check_amount(&self, amount: boxoffice::Money) -> GatewayFuture<'_, AmountAnswer> {
        if !self.checks_amounts {
            return Box::pin(std::future::ready(Ok(AmountAnswer::Chargeable)));
        }
        let answer = self.ask("check_amount", values::Money(amount));
        Box::pin(async move {
            let (status, text) = answer.await?;
            amount_answer(&status, text)
        })
    }

    fn refunds_of(&self, request: LookupRequest) -> GatewayFuture<'_, Vec<GatewayReport>> {
        let answer = self.ask("refunds_of", values::LookupRequest(request));
        listed(answer)
    }

    fn refunds_since(&self, since: Timestamp) -> Option<GatewayFuture<'_, Vec<GatewayReport>>> {
        self.lists_refunds.then(|| {
            let answer = self.ask("refunds_since", Time(since));
            listed(answer)
        })
    }

    fn read_webhook<'a>(&'a self, message: &'a WebhookMessage<'a>) -> WebhookFuture<'a> {
        let answer = self.ask("read_webhook", values::WebhookMessage::from(message));
        Box::pin(async move {
            match answer.await.map_err(|error| WebhookError::Unavailable(error.0))? {
                (kind, Some(json)) if kind == "event" => webhook_event(&json).map_err(WebhookError::Unavailable),
                (reason, text) => Err(webhook_error(&reason, text.unwrap_or_default())),
            }
        })
    }
}

/// Converts an answer to the answer about a charge.
fn charged(answer: GatewayFuture<'_, Said>) -> GatewayFuture<'_, ChargeAnswer> {
    Box::pin(async move {
        let (status, text) = answer.await?;
        charge_answer(&status, text)
    })
}

/// Converts an answer to a list of refunds.
fn listed(answer: GatewayFuture<'_, Said>) -> GatewayFuture<'_, Vec<GatewayReport>> {
    Box::pin(async move {
        let (status, text) = answer.await?;
        refunds_answer(&status, text)
    })
}

/// Checks an event that a gateway returned; returns what is wrong with it, or `None`.
#[pyfunction]
pub(crate) fn webhook_event_error(json: &str) -> Option<String> {
    webhook_event(json).err()
}

/// Checks a list of refunds that a gateway returned; returns what is wrong with it, or `None`.
#[pyfunction]
pub(crate) fn refunds_error(json: &str) -> Option<String> {
    listed_refunds(json).err()
}

/// Converts an exception to the failure of a gateway.
fn failure(py: Python<'_>, error: &PyErr) -> GatewayError {
    GatewayError(error.value(py).to_string())
}

/// Creates the failure of calls made after the interpreter has ended.
fn gone() -> GatewayError {
    GatewayError("the Python interpreter has ended".into())
}

/// Cancels a call when dropped, which happens if the caller stops waiting.
struct CancelOnDrop {
    call: Option<Py<PyAny>>,
    runtime: Handle,
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        let Some(call) = self.call.take() else { return };
        self.runtime.spawn_blocking(move || {
            Python::try_attach(|py| {
                if let Err(error) = call.call_method0(py, "cancel") {
                    error.write_unraisable(py, None);
                }
            });
        });
    }
}

/// Runs the conformance suite of gateways; returns one sentence for each fault.
#[pyfunction]
pub(crate) fn check_gateway(
    py: Python<'_>,
    gateway: &Bound<'_, PyAny>,
    charged_token: &str,
    declined_token: &str,
) -> PyResult<Vec<String>> {
    let runtime = runtime().map_err(|error| exception(py, &error))?;
    let gateway = gateway_of(gateway, None, runtime.handle())?;
    Ok(py.detach(|| {
        let faults = runtime.block_on(testing::check_gateway(&*gateway, charged_token, declined_token));
        runtime.shutdown_background();
        faults
    }))
}
