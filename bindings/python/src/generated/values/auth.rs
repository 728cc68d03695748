// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! What comes out of `auth`, as immutable Python objects.

use crate::generated::prelude::*;

/// A user with a session.
#[pyclass(frozen, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone)]
pub(crate) struct SignedIn(pub(crate) boxoffice::SignedIn);

#[pymethods]
impl SignedIn {
    /// The user.
    #[getter]
    fn user(&self) -> User {
        User(self.0.user.clone())
    }

    /// The session's token, to be shown with every request.
    ///
    /// It is in no `repr`.
    #[getter]
    fn token(&self) -> String {
        self.0.token.to_string()
    }

    /// The session.
    #[getter]
    fn session(&self) -> Session {
        Session(self.0.session.clone())
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(slf.as_any(), "SignedIn", &["user", "session"])
    }
}

/// A user, as the user themself may see it.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct User(pub(crate) boxoffice::UserProfile);

#[pymethods]
impl User {
    /// The user's id.
    #[getter]
    fn id(&self) -> String {
        self.0.id.to_string()
    }

    /// The email as it was typed.
    #[getter]
    fn email(&self) -> String {
        self.0.email.to_string()
    }

    /// Whether the user is an operator.
    #[getter]
    fn operator(&self) -> bool {
        self.0.operator
    }

    /// When the user signed up.
    #[getter]
    fn created_at(&self) -> Time {
        Time(self.0.created_at)
    }

    /// 1 after sign-up, one more after every change.
    #[getter]
    fn version(&self) -> u64 {
        self.0.version
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(slf.as_any(), "User", &["id", "email", "operator", "created_at", "version"])
    }
}

/// A session as its token tells it, checked.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Session(pub(crate) boxoffice::Session);

#[pymethods]
impl Session {
    /// Who is signed in.
    #[getter]
    fn user_id(&self) -> String {
        self.0.user_id.to_string()
    }

    /// The session.
    #[getter]
    fn session_id(&self) -> String {
        self.0.session_id.to_string()
    }

    /// When the session ends by itself.
    #[getter]
    fn expires_at(&self) -> Time {
        Time(self.0.expires_at)
    }

    /// Whether the user is an operator right now.
    #[getter]
    fn operator(&self) -> bool {
        self.0.operator
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(slf.as_any(), "Session", &["user_id", "session_id", "expires_at", "operator"])
    }
}
