//! Conversion between Python's types and the core's: ids are `str`, times are aware `datetime`s, money is exact.

use std::fmt::Display;
use std::marker::PhantomData;
use std::str::FromStr;

use boxoffice::{Actor, Change, Code, Error, IdParseError, IdempotencyKey, Timestamp, UserId};
use jiff::tz::TimeZone;
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::inspect::PyStaticExpr;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyBytes, PyDateTime, PyInt, PyNone, PyString, PyTuple, PyType, PyTzInfo};
use pyo3::{Borrowed, PyTypeInfo, type_hint_identifier, type_hint_union};

/// Parses an id.
///
/// # Errors
/// `validation` on `field` if the text is not an id.
pub(crate) fn id<I: FromStr<Err = IdParseError>>(field: &'static str, text: &str) -> Result<I, Error> {
    text.parse().map_err(|reason| Error::invalid(field, format_args!("is {reason}")))
}

/// A text that has a form of its own, such as a cursor of the journal.
pub(crate) fn parsed<T: FromStr<Err: Display>>(field: &'static str, text: &str) -> Result<T, Error> {
    text.parse().map_err(|reason| Error::invalid(field, reason))
}

/// Who acts: a user by their id, the box office itself, or nobody.
#[derive(Debug)]
pub(crate) enum Who {
    Nobody,
    User(String),
    System,
}

impl Who {
    /// Returns who acts, unless it is nobody: that never means the box office itself.
    pub(crate) fn actor(self, field: &'static str) -> Result<Actor, Error> {
        match self {
            Self::System => Ok(Actor::System),
            Self::User(_) | Self::Nobody => self.user(field).map(Actor::User),
        }
    }

    /// Returns the user who acts.
    pub(crate) fn user(self, field: &'static str) -> Result<UserId, Error> {
        match self {
            Self::User(text) => id(field, &text),
            Self::Nobody => Err(Code::AuthRequired.into()),
            Self::System => Err(Error::invalid(field, "must be the id of a user")),
        }
    }
}

impl FromPyObject<'_, '_> for Who {
    type Error = PyErr;

    // `None` is taken, to be refused with the code that says so; type checkers find it before.
    const INPUT_TYPE: PyStaticExpr = PyString::TYPE_HINT;

    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        if object.is_none() {
            Ok(Self::Nobody)
        } else if object.is_instance_of::<TheSystem>() {
            Ok(Self::System)
        } else {
            object.extract().map(Self::User)
        }
    }
}

/// Stands for the box office itself where somebody acts; the package hands it on for `as_system`.
#[pyclass(frozen, module = "boxoffice._native")]
#[derive(Debug)]
pub(crate) struct TheSystem;

#[pymethods]
impl TheSystem {
    #[new]
    fn new() -> Self {
        Self
    }
}

/// Parses the caller's idempotency key, if any.
pub(crate) fn key(text: Option<String>) -> Result<Option<IdempotencyKey>, Error> {
    let parse = |text: String| text.parse().map_err(|reason| Error::invalid("idempotencyKey", reason));
    text.map(parse).transpose()
}

/// A point in time as an aware `datetime` in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Time(pub(crate) Timestamp);

impl<'py> IntoPyObject<'py> for Time {
    type Target = PyDateTime;
    type Output = Bound<'py, PyDateTime>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("datetime", "datetime");

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        let millis = i64::try_from(self.0.as_millis()).unwrap_or(i64::MAX);
        let at = jiff::Timestamp::from_millisecond(millis).map_err(|error| PyValueError::new_err(error.to_string()))?;
        let at = TimeZone::UTC.to_datetime(at);
        let small = |part: i8| u8::try_from(part).unwrap_or_default();
        let micros = u32::try_from(at.subsec_nanosecond() / 1000).unwrap_or_default();
        let (year, month, day) = (i32::from(at.year()), small(at.month()), small(at.day()));
        let (hour, minute, second) = (small(at.hour()), small(at.minute()), small(at.second()));
        let utc = PyTzInfo::utc(py)?;
        PyDateTime::new(py, year, month, day, hour, minute, second, micros, Some(&*utc))
    }
}

impl FromPyObject<'_, '_> for Time {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = type_hint_identifier!("datetime", "datetime");

    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let text = written(object)?;
        text.parse().map(Self).map_err(|error: boxoffice::TimestampParseError| PyValueError::new_err(error.to_string()))
    }
}

/// Formats an aware `datetime` as RFC 3339.
fn written(object: Borrowed<'_, '_, PyAny>) -> PyResult<String> {
    let at = object.cast::<PyDateTime>()?;
    if at.getattr("tzinfo")?.is_none() {
        return Err(PyValueError::new_err("the datetime has no time zone; give it one, such as datetime.timezone.utc"));
    }
    at.call_method0("isoformat")?.extract()
}

/// A start time: RFC 3339 or an aware `datetime`, kept as text.
#[derive(Debug, Clone)]
pub(crate) struct When(pub(crate) String);

impl FromPyObject<'_, '_> for When {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr =
        type_hint_union!(type_hint_identifier!("builtins", "str"), type_hint_identifier!("datetime", "datetime"));

    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        if let Ok(text) = object.cast::<PyString>() {
            return Ok(Self(text.extract()?));
        }
        written(object).map(Self)
    }
}

/// A closed set of values with a name in `boxoffice._types`.
pub(crate) trait Named: Copy {
    /// Name of the set.
    const NAME: &'static str;

    /// Returns the text of a value.
    fn text(self) -> &'static str;
}

/// Returns the type hint of a closed set.
const fn hint_of<T: Named>() -> PyStaticExpr {
    PyStaticExpr::Attribute { value: &PyStaticExpr::Name { id: "boxoffice._types" }, attr: T::NAME }
}

/// A value of a closed set, converted to Python as its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Name<T>(pub(crate) T);

impl<'py, T: Named> IntoPyObject<'py> for Name<T> {
    type Target = PyString;
    type Output = Bound<'py, PyString>;
    type Error = std::convert::Infallible;

    const OUTPUT_TYPE: PyStaticExpr = hint_of::<T>();

    fn into_pyobject(self, py: Python<'py>) -> Result<Self::Output, Self::Error> {
        Ok(PyString::intern(py, self.0.text()))
    }
}

/// A text from Python that should name a value of a closed set.
#[derive(Debug, Clone)]
pub(crate) struct Given<T>(String, PhantomData<fn() -> T>);

impl<T> Given<T> {
    /// Returns the text as given.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// Parses the value.
    ///
    /// # Errors
    /// `validation` on `field` if the text names no value of the set.
    pub(crate) fn checked(&self, field: &'static str) -> Result<T, Error>
    where
        T: FromStr<Err: Display>,
    {
        self.0.parse().map_err(|reason| Error::invalid(field, reason))
    }
}

impl<T: Named> FromPyObject<'_, '_> for Given<T> {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = hint_of::<T>();

    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        Ok(Self(object.cast::<PyString>()?.extract()?, PhantomData))
    }
}

/// The steps of a policy: a comma-separated text or a sequence of texts, kept as comma-separated text.
#[derive(Debug, Clone)]
pub(crate) struct Steps(pub(crate) String);

impl FromPyObject<'_, '_> for Steps {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        if let Ok(text) = object.cast::<PyString>() {
            return Ok(Self(text.extract()?));
        }
        let steps: Vec<String> = object.extract()?;
        Ok(Self(steps.join(",")))
    }
}

/// What an edit does: `None` takes away; an argument that is not given leaves it as it is.
#[derive(Debug, Clone)]
pub(crate) struct Edit<T>(pub(crate) Change<T>);

impl<T> Edit<T> {
    /// What it is if it is not given.
    pub(crate) const KEEP: Self = Self(Change::Keep);
}

impl<'a, 'py, T: FromPyObject<'a, 'py>> FromPyObject<'a, 'py> for Edit<T> {
    type Error = T::Error;

    const INPUT_TYPE: PyStaticExpr = type_hint_union!(T::INPUT_TYPE, PyNone::TYPE_HINT);

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> Result<Self, T::Error> {
        if object.is_none() { Ok(Self(Change::Clear)) } else { object.extract().map(Change::Set).map(Self) }
    }
}

/// The reason for which a number is no [`Natural`].
pub(crate) const NO_NATURAL: &str = "must be a whole number from 0 on, and not beyond all measure";

/// A whole number that can't be negative and fits; any other is refused by the name of its argument.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Natural<N>(pub(crate) N);

impl<N: TryFrom<u64>> FromPyObject<'_, '_> for Natural<N> {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = <u64 as FromPyObject<'_, '_>>::INPUT_TYPE;

    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let wrong = || PyTypeError::new_err(NO_NATURAL);
        match object.extract::<u64>() {
            Ok(number) => N::try_from(number).map(Self).map_err(|_| wrong()),
            Err(error) if error.is_instance_of::<PyOverflowError>(object.py()) => Err(wrong()),
            Err(error) => Err(error),
        }
    }
}

/// A whole number whose bounds the core knows. What is out of reach is as far out as can be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Whole(pub(crate) i64);

impl FromPyObject<'_, '_> for Whole {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = <i64 as FromPyObject<'_, '_>>::INPUT_TYPE;

    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        match object.extract::<i64>() {
            Err(error) if error.is_instance_of::<PyOverflowError>(object.py()) => Ok(Self(i64::MAX)),
            number => number.map(Self),
        }
    }
}

/// A list, tuple or other sequence of values. A single text is refused, because Python treats it as a sequence of
/// characters.
#[derive(Debug)]
pub(crate) struct Items<T>(pub(crate) Vec<T>);

impl<'a, 'py, T: FromPyObjectOwned<'py>> FromPyObject<'a, 'py> for Items<T> {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr =
        pyo3::type_hint_subscript!(type_hint_identifier!("boxoffice._items", "Items"), T::INPUT_TYPE);

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if object.is_instance_of::<PyString>() || object.is_instance_of::<PyBytes>() {
            let kind = object.get_type().name()?;
            return Err(PyTypeError::new_err(format!("a list is wanted here, even of one: write [it], not a {kind}")));
        }
        object.extract().map(Self)
    }
}

/// A progress callback. An exception that it raises is reported as unraisable and stops nothing.
pub(crate) struct Progress(Py<PyAny>);

impl FromPyObject<'_, '_> for Progress {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = pyo3::type_hint_subscript!(
        type_hint_identifier!("collections.abc", "Callable"),
        PyStaticExpr::List { elts: &[INT, INT] },
        type_hint_identifier!("builtins", "object")
    );

    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        Ok(Self(object.to_owned().unbind()))
    }
}

const INT: PyStaticExpr = type_hint_identifier!("builtins", "int");

/// Returns a function that reports progress to the callback, if any.
pub(crate) fn telling(callable: Option<Progress>) -> impl FnMut(u64, u64) {
    move |done, total| {
        let Some(Progress(callable)) = &callable else { return };
        Python::try_attach(|py| {
            if let Err(error) = callable.call1(py, (done, total)) {
                error.write_unraisable(py, Some(callable.bind(py)));
            }
        });
    }
}

/// A decimal number, kept as text. Floats are refused, because they can't represent 0.1 exactly.
#[derive(Debug, Clone)]
pub(crate) struct Amount(pub(crate) String);

impl FromPyObject<'_, '_> for Amount {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = type_hint_union!(
        type_hint_identifier!("builtins", "str"),
        type_hint_identifier!("builtins", "int"),
        type_hint_identifier!("decimal", "Decimal")
    );

    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let exact = object.is_instance_of::<PyString>()
            || (object.is_instance_of::<PyInt>() && !object.is_instance_of::<PyBool>())
            || object.is_instance(decimal_class(object.py())?)?;
        if !exact {
            let kind = object.get_type().name()?;
            return Err(PyTypeError::new_err(format!("an amount of money is a Decimal, int or str, not {kind}")));
        }
        Ok(Self(object.str()?.extract()?))
    }
}

/// An exact decimal number, converted to Python as `decimal.Decimal`.
#[derive(Debug, Clone)]
pub(crate) struct Decimal(pub(crate) String);

impl<'py> IntoPyObject<'py> for Decimal {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("decimal", "Decimal");

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        decimal_class(py)?.call1((self.0,))
    }
}

fn decimal_class(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    CLASS.import(py, "decimal", "Decimal")
}

/// The text of a JSON object, converted to Python by `json.loads`.
#[derive(Debug, Clone)]
pub(crate) struct Json(pub(crate) String);

impl<'py> IntoPyObject<'py> for Json {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = pyo3::type_hint_subscript!(
        type_hint_identifier!("builtins", "dict"),
        type_hint_identifier!("builtins", "str"),
        type_hint_identifier!("typing", "Any")
    );

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        static LOADS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        LOADS.import(py, "json", "loads")?.call1((self.0,))
    }
}

/// The headers of a request: a mapping or pairs, of text or bytes. Names are converted to lower case.
#[derive(Debug)]
pub(crate) struct Headers(pub(crate) Vec<(String, Vec<u8>)>);

impl FromPyObject<'_, '_> for Headers {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = type_hint_union!(
        pyo3::type_hint_subscript!(type_hint_identifier!("collections.abc", "Mapping"), PyString::TYPE_HINT, OCTETS),
        pyo3::type_hint_subscript!(
            type_hint_identifier!("collections.abc", "Iterable"),
            pyo3::type_hint_subscript!(PyTuple::TYPE_HINT, OCTETS, OCTETS)
        )
    );

    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let pairs = if object.hasattr("items")? { object.call_method0("items")? } else { object.to_owned() };
        let mut headers = Vec::new();
        for pair in pairs.try_iter()? {
            let (name, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair?.extract()?;
            let mut name = octets(&name)?;
            name.make_ascii_lowercase();
            let name = String::from_utf8(name).map_err(|_| PyValueError::new_err("the name of a header is ASCII"))?;
            headers.push((name, octets(&value)?));
        }
        Ok(Self(headers))
    }
}

/// Type hint of the name or value of a header.
const OCTETS: PyStaticExpr = type_hint_union!(PyString::TYPE_HINT, PyBytes::TYPE_HINT);

/// Returns the bytes of the name or value of a header. In a text, each character stands for one byte.
fn octets(part: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    let Ok(text) = part.cast::<PyString>() else { return part.extract() };
    let bytes: Option<Vec<u8>> =
        text.to_str()?.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect();
    bytes.ok_or_else(|| PyValueError::new_err("a header has a character that no header can have"))
}

/// No value, converted to Python as `None`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Nothing;

impl<'py> IntoPyObject<'py> for Nothing {
    type Target = PyNone;
    type Output = Borrowed<'py, 'py, PyNone>;
    type Error = std::convert::Infallible;

    const OUTPUT_TYPE: PyStaticExpr = PyNone::TYPE_HINT;

    fn into_pyobject(self, py: Python<'py>) -> Result<Self::Output, Self::Error> {
        Ok(PyNone::get(py))
    }
}
