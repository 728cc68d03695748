//! Clocks for tests: the manual clock, and clocks written in Python.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use boxoffice::{Clock, Timestamp, Waker};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDelta;

use crate::convert::Time;

/// A clock that stands still until it is moved, for tests.
///
/// >>> from datetime import timedelta
/// >>> from boxoffice import ManualClock
/// >>> clock = ManualClock("2027-01-01T12:00:00Z")
/// >>> clock.advance(timedelta(minutes=15))
/// >>> clock.now().isoformat()
/// '2027-01-01T12:15:00+00:00'
#[pyclass(frozen, module = "boxoffice")]
#[derive(Debug)]
pub(crate) struct ManualClock(Arc<boxoffice::testing::ManualClock>);

#[pymethods]
impl ManualClock {
    #[new]
    fn new(now: crate::convert::When) -> PyResult<Self> {
        let now =
            now.0.parse().map_err(|error: boxoffice::TimestampParseError| PyValueError::new_err(error.to_string()))?;
        Ok(Self(Arc::new(boxoffice::testing::ManualClock::at(now))))
    }

    /// Returns the current time of the clock.
    fn now(&self) -> Time {
        Time(self.0.now())
    }

    /// Moves the clock forwards.
    fn advance(&self, py: Python<'_>, by: &Bound<'_, PyDelta>) -> PyResult<()> {
        let by = by.extract::<Duration>().map_err(|_| PyValueError::new_err("by must not be negative"))?;
        py.detach(|| self.0.advance(by));
        Ok(())
    }

    /// Sets the clock, forwards or backwards.
    fn set(&self, py: Python<'_>, now: Time) {
        py.detach(|| self.0.set(now.0));
    }
}

/// Converts a Python object to a clock.
pub(crate) fn clock_of(object: &Bound<'_, PyAny>) -> PyResult<Arc<dyn Clock>> {
    if let Ok(manual) = object.cast::<ManualClock>() {
        return Ok(manual.get().0.clone());
    }
    if !object.hasattr("now")? {
        return Err(PyTypeError::new_err("a clock has a method now() that returns an aware datetime"));
    }
    let now: Time = object.call_method0("now")?.extract()?;
    let wakes = object.hasattr("wake_by")?;
    let last = AtomicU64::new(now.0.as_millis());
    Ok(Arc::new(PythonClock { object: object.clone().unbind(), last, wakes }))
}

/// A clock written in Python.
///
/// If it raises, time stands still and the exception is reported as unraisable.
#[derive(Debug)]
struct PythonClock {
    object: Py<PyAny>,
    /// Last time that `now` returned, in milliseconds since 1970.
    last: AtomicU64,
    /// `true` if the clock has `wake_by`: it then wakes waiters itself and no timeout is needed.
    wakes: bool,
}

impl Clock for PythonClock {
    fn now(&self) -> Timestamp {
        Python::try_attach(|py| match self.object.call_method0(py, "now").and_then(|now| now.extract::<Time>(py)) {
            Ok(now) => self.last.store(now.0.as_millis(), Ordering::Relaxed),
            Err(error) => error.write_unraisable(py, Some(self.object.bind(py))),
        });
        Timestamp::from_millis(self.last.load(Ordering::Relaxed))
    }

    fn wait_for(&self, until: Timestamp) -> Option<Duration> {
        if self.wakes { None } else { Some(until.since(self.now())) }
    }

    fn wake_by(&self, waker: Waker) {
        if !self.wakes {
            return;
        }
        Python::try_attach(|py| {
            if let Err(error) = self.object.call_method1(py, "wake_by", (Wake(waker),)) {
                error.write_unraisable(py, Some(self.object.bind(py)));
            }
        });
    }
}

/// Callable that a clock in Python calls after a jump.
#[pyclass(frozen)]
struct Wake(Waker);

#[pymethods]
impl Wake {
    fn __call__(&self, py: Python<'_>) {
        py.detach(|| (self.0)());
    }
}
