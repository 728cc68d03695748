//! Card processors written in Python.

use std::sync::Arc;

use boxoffice::gateway::{
    ChargeAnswer, ChargeRequest, GatewayError, GatewayFuture, LookupRequest, PaymentGateway, RefundAnswer,
    RefundRequest,
};
use boxoffice::testing;
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use tokio::runtime::Handle;

use crate::call::runtime;
use crate::errors::exception;
use crate::values;

/// A Python object with `charge`, `lookup` and `refund`, plain or asynchronous.
///
/// Its methods run on threads of their own, so that one that hangs holds up no other. What it raises, and what it returns by
/// mistake, is a failure of the gateway: the outcome is not known, and is looked up later.
#[derive(Debug)]
pub(crate) struct PythonGateway {
    name: String,
    object: Py<PyAny>,
    /// The event loop on which its coroutines run; `None` for one of the package's own.
    event_loop: Option<Py<PyAny>>,
    runtime: Handle,
}

impl PythonGateway {
    pub(crate) fn new(
        object: &Bound<'_, PyAny>,
        event_loop: Option<&Bound<'_, PyAny>>,
        runtime: Handle,
    ) -> PyResult<Self> {
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
        Ok(Self { name, object: object.clone().unbind(), event_loop, runtime })
    }

    /// Calls a method on a thread where it may block, and ends it when nobody waits any more.
    fn ask<A>(&self, method: &'static str, argument: A) -> GatewayFuture<'_, (String, Option<String>)>
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

impl PaymentGateway for PythonGateway {
    fn name(&self) -> &str {
        &self.name
    }

    fn charge(&self, request: ChargeRequest) -> GatewayFuture<'_, ChargeAnswer> {
        let answer = self.ask("charge", values::ChargeRequest(request));
        Box::pin(async move { answered(answer.await?) })
    }

    fn lookup(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        let answer = self.ask("lookup", values::LookupRequest(request));
        Box::pin(async move { answered(answer.await?) })
    }

    fn capture(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        let answer = self.ask("capture", values::LookupRequest(request));
        Box::pin(async move { answered(answer.await?) })
    }

    fn void(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        let answer = self.ask("void", values::LookupRequest(request));
        Box::pin(async move { answered(answer.await?) })
    }

    fn refund(&self, request: RefundRequest) -> GatewayFuture<'_, RefundAnswer> {
        let answer = self.ask("refund", values::RefundRequest(request));
        Box::pin(async move { given_back(answer.await?) })
    }
}

/// What `boxoffice._gateway.Call.run` says, which has checked it.
fn answered((kind, text): (String, Option<String>)) -> Result<ChargeAnswer, GatewayError> {
    match (kind.as_str(), text) {
        ("charged", reference) => Ok(ChargeAnswer::Charged { reference: reference.map(Arc::from) }),
        ("authorized", reference) => Ok(ChargeAnswer::Authorized { reference: reference.map(Arc::from) }),
        ("action_required", Some(secret)) => {
            let client_secret = secret.parse().map_err(|reason| GatewayError(format!("the client secret {reason}")))?;
            Ok(ChargeAnswer::ActionRequired { client_secret })
        }
        ("declined", Some(reason)) => Ok(ChargeAnswer::Declined { reason: reason.into() }),
        ("pending", None) => Ok(ChargeAnswer::Pending),
        ("unknown", None) => Ok(ChargeAnswer::Unknown),
        (kind, _) => Err(GatewayError(format!("the gateway gave an answer of no kind: {kind}"))),
    }
}

/// The same of a refund.
fn given_back((kind, text): (String, Option<String>)) -> Result<RefundAnswer, GatewayError> {
    match (kind.as_str(), text) {
        ("refunded", reference) => Ok(RefundAnswer::Refunded { reference: reference.map(Arc::from) }),
        ("refused", Some(reason)) => Ok(RefundAnswer::Refused { reason: reason.into() }),
        ("pending", None) => Ok(RefundAnswer::Pending),
        (kind, _) => Err(GatewayError(format!("the gateway gave an answer of no kind: {kind}"))),
    }
}

/// An exception as the failure of a gateway.
fn failure(py: Python<'_>, error: &PyErr) -> GatewayError {
    GatewayError(error.value(py).to_string())
}

/// What becomes of calls once the interpreter has ended.
fn gone() -> GatewayError {
    GatewayError("the Python interpreter has ended".into())
}

/// Ends a call that nobody waits for any more, after its time is up.
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

/// Runs the conformance suite of gateways; what the gateway does wrong, one sentence a fault.
#[pyfunction]
pub(crate) fn check_gateway(
    py: Python<'_>,
    gateway: &Bound<'_, PyAny>,
    charged_token: &str,
    declined_token: &str,
) -> PyResult<Vec<String>> {
    let runtime = runtime().map_err(|error| exception(py, &error))?;
    let gateway = PythonGateway::new(gateway, None, runtime.handle().clone())?;
    Ok(py.detach(|| {
        let faults = runtime.block_on(testing::check_gateway(&gateway, charged_token, declined_token));
        runtime.shutdown_background();
        faults
    }))
}
