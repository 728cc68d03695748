//! Opening a box office.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use boxoffice::testing::SeededIds;
use boxoffice::{BoxOffice, Builder, Error, KeyRing};
use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::inspect::PyStaticExpr;
use pyo3::prelude::*;
use pyo3::{Borrowed, type_hint_identifier, type_hint_subscript};

use crate::call::{Shared, runtime};
use crate::clock::clock_of;
use crate::convert::NO_NATURAL;
use crate::errors::exception;
use crate::gateway::gateway_of;
use crate::generated::{AsyncOfficeFacade, OfficeFacade, Options};

impl Options<'_> {
    fn builder(&self, runtime: &tokio::runtime::Handle) -> PyResult<Builder> {
        let mut builder = BoxOffice::builder();
        if let Some(gateway) = &self.gateway {
            builder = builder.gateway(gateway_of(gateway, self.gateway_loop.as_ref(), runtime)?);
        }
        if let Some(clock) = &self.clock {
            builder = builder.clock(clock_of(clock)?);
        }
        Ok(builder)
    }

    fn checked(&self, builder: Builder) -> Result<Builder, Error> {
        let mut builder = self.plain(builder)?;
        if let Some(seed) = self.seed {
            builder = builder.ids(Arc::new(SeededIds::new(seed)));
        }
        if let Some(key) = &self.jwt_key {
            let previous = self.previous_jwt_keys.iter().flatten();
            builder = builder.key_ring(previous.fold(KeyRing::new(key), |ring, key| ring?.with_previous(key))?);
        }
        Ok(builder)
    }
}

/// An open box office, wrapped by `BoxOffice` and `AsyncBoxOffice`.
#[pyclass(frozen, weakref, module = "boxoffice._native")]
#[derive(Debug)]
pub(crate) struct Office(pub(crate) Arc<Shared>);

#[pymethods]
impl Office {
    #[new]
    fn new(py: Python<'_>, path: PathBuf, options: Chosen) -> PyResult<Self> {
        let opened = py.detach(move || {
            let Chosen { builder, runtime, session_length } = options;
            let office = builder.open(path)?;
            Ok(Shared::new(office, runtime, session_length))
        });
        opened.map(|shared| Self(Arc::new(shared))).map_err(|error: Error| exception(py, &error))
    }

    /// Returns the blocking façade.
    #[getter]
    fn facade(&self) -> OfficeFacade {
        OfficeFacade(self.0.clone())
    }

    /// Returns the asynchronous façade.
    #[getter]
    fn async_facade(&self) -> AsyncOfficeFacade {
        AsyncOfficeFacade(self.0.clone())
    }

    /// Closes the box office. Callable from any thread.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, async move { office.close().await })
    }

    /// Detaches from the event loop, after all outcomes are delivered.
    fn forget_loop(&self, py: Python<'_>) {
        self.0.forget_loop(py);
    }
}

/// Checked options, ready for opening without the interpreter lock.
pub(crate) struct Chosen {
    builder: Builder,
    runtime: tokio::runtime::Runtime,
    session_length: Option<Duration>,
}

impl FromPyObject<'_, '_> for Chosen {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = type_hint_subscript!(
        type_hint_identifier!("builtins", "dict"),
        type_hint_identifier!("builtins", "str"),
        type_hint_identifier!("typing", "Any")
    );

    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let py = object.py();
        let options = object.extract::<Options<'_>>().map_err(|error| named(py, error))?;
        let runtime = runtime().map_err(|error| exception(py, &error))?;
        let builder = options.builder(runtime.handle())?;
        let builder = options.checked(builder).map_err(|error| exception(py, &error))?;
        Ok(Self { builder, runtime, session_length: options.session_length })
    }
}

/// Returns the failure of an option with the option's name and the reason, which `PyO3` tells in the cause alone.
fn named(py: Python<'_>, error: PyErr) -> PyErr {
    let text = error.value(py).to_string();
    let (Some(option), Some(cause)) = (text.strip_prefix("failed to extract field Options."), error.cause(py)) else {
        return error;
    };
    let is_too_far = cause.is_instance_of::<PyOverflowError>(py);
    let reason = if is_too_far { NO_NATURAL.to_owned() } else { cause.value(py).to_string() };
    let named = PyTypeError::new_err(format!("option {option}: {reason}"));
    named.set_cause(py, Some(cause));
    named
}
