use pyo3::prelude::*;

use crate::convert::Time;
use crate::values::value;

value! {
    /// A user, as the user themself may see it.
    User(boxoffice::UserProfile);
    /// The user's id.
    id: String = |user| user.id.to_string();
    /// The email as it was typed.
    email: String = |user| user.email.clone();
    /// Whether the user is an operator.
    operator: bool = |user| user.operator;
    /// When the user signed up.
    created_at: Time = |user| Time(user.created_at);
    /// 1 after sign-up, one more after every change.
    version: u64 = |user| user.version;
}

value! {
    /// Who is signed in, and until when.
    Session(boxoffice::Session);
    /// Who is signed in.
    user_id: String = |session| session.user_id.to_string();
    /// The session.
    session_id: String = |session| session.session_id.to_string();
    /// When the session ends by itself.
    expires_at: Time = |session| Time(session.expires_at);
    /// Whether the user is an operator right now.
    operator: bool = |session| session.operator;
}

/// A user with a session.
#[pyclass(frozen, module = "boxoffice")]
#[derive(Debug)]
pub(crate) struct SignedIn(pub(crate) boxoffice::SignedIn);

#[pymethods]
impl SignedIn {
    /// The user.
    #[getter]
    fn user(&self) -> User {
        User(self.0.user.clone())
    }

    /// The session.
    #[getter]
    fn session(&self) -> Session {
        Session(self.0.session.clone())
    }

    /// The session's token, to be shown with every request. It is in no `repr`.
    #[getter]
    fn token(&self) -> &str {
        &self.0.token
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        crate::values::repr(slf.as_any(), "SignedIn", &["user", "session"])
    }
}
