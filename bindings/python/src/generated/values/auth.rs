// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! Results of `auth`, as immutable Python objects.

use crate::generated::prelude::*;

/// A user with a session.
#[pyclass(frozen, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone)]
pub(crate) struct SignedIn(pub(crate) boxoffice::SignedIn);

#[pymethods]
impl SignedIn {
    /// Signed-in user.
    #[getter]
    fn user(&self) -> User {
        User(self.0.user.clone())
    }

    /// Token of the session, to be sent with every request.
    ///
    /// It is in no `repr`.
    #[getter]
    fn token(&self) -> String {
        self.0.token.to_string()
    }

    /// Session of the user.
    #[getter]
    fn session(&self) -> Session {
        Session(self.0.session.clone())
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(slf.as_any(), "SignedIn", &["user", "session"])
    }
}

/// A user, as the user themself sees it.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct User(pub(crate) boxoffice::UserProfile);

#[pymethods]
impl User {
    /// Id of the user.
    #[getter]
    fn id(&self) -> String {
        self.0.id.to_string()
    }

    /// Email as typed.
    #[getter]
    fn email(&self) -> String {
        self.0.email.to_string()
    }

    /// `True` if the user is an operator.
    #[getter]
    fn operator(&self) -> bool {
        self.0.operator
    }

    /// Time of sign-up.
    #[getter]
    fn created_at(&self) -> Time {
        Time(self.0.created_at)
    }

    /// Version: 1 after sign-up, incremented by every change.
    #[getter]
    fn version(&self) -> u64 {
        self.0.version
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(slf.as_any(), "User", &["id", "email", "operator", "created_at", "version"])
    }
}

/// A session, read from a checked token.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Session(pub(crate) boxoffice::Session);

#[pymethods]
impl Session {
    /// Id of the signed-in user.
    #[getter]
    fn user_id(&self) -> String {
        self.0.user_id.to_string()
    }

    /// Id of the session.
    #[getter]
    fn session_id(&self) -> String {
        self.0.session_id.to_string()
    }

    /// Time at which the session expires.
    #[getter]
    fn expires_at(&self) -> Time {
        Time(self.0.expires_at)
    }

    /// `True` if the user is an operator now.
    #[getter]
    fn operator(&self) -> bool {
        self.0.operator
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(slf.as_any(), "Session", &["user_id", "session_id", "expires_at", "operator"])
    }
}
