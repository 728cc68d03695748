// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! The operations of `auth`.

use crate::generated::prelude::*;

/// Operations on users: sign-up, sign-in, sign-out, and changes of accounts.
///
/// Args:
///     idempotency_key: Sets the idempotency key of the next command, so that it can be repeated: if a user repeats
///         a command with its key within 24 hours, it returns the first answer and changes nothing. A different command
///         with the key is refused with `IdempotencyMismatchError` (`command.key_reused`).
#[pyclass(frozen, module = "boxoffice")]
#[derive(Debug)]
pub(crate) struct Auth(pub(crate) Arc<Shared>);

#[pymethods]
impl Auth {
    /// Creates a user and begins a session.
    ///
    /// Emails are unique regardless of case, and the domain is one whether it is written in its own letters or in
    /// punycode. The password is prepared by the profile `OpaqueString` of RFC 8265, so that it is the same on every
    /// keyboard, and hashed with Argon2id outside the writer.
    ///
    /// Args:
    ///     email: An email address that nobody else has signed up with, whatever its case and the form of its
    ///         domain.
    ///     password: 8 to 128 characters, none of them a control character or invisible.
    ///
    /// Raises `ValidationError`; `ConflictError` (`auth.email_taken`); `UnavailableError` (`engine.overloaded`) if too
    /// many passwords wait to be hashed; `IdempotencyMismatchError` (`command.key_reused`).
    #[pyo3(signature = (email, password, *, idempotency_key=None))]
    fn sign_up(
        &self,
        py: Python<'_>,
        email: String,
        password: String,
        idempotency_key: Option<String>,
    ) -> PyResult<SignedIn> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::sign_up(office, email, password, idempotency_key))
    }

    /// Begins a session for a user who has signed up before.
    ///
    /// It takes as long, and fails in the same way, whether the email is unknown or the password is wrong. After a few
    /// failures further attempts must wait, by account and by client address. Attempts from a place from which the
    /// account was signed in to before, by its address or by a device, are counted by themselves: strangers' guesses
    /// never make its owner wait there.
    ///
    /// Args:
    ///     email: Email, in any case.
    ///     password: Password.
    ///     client: Address of the client. Addresses with many failed attempts must wait.
    ///
    /// Raises `UnauthenticatedError` (`auth.invalid_credentials`); `TooManyRequestsError` (`rate.limited`), with the
    /// time to wait; `UnavailableError` (`engine.overloaded`) if too many passwords wait to be checked.
    #[pyo3(signature = (email, password, *, client=None))]
    fn sign_in(&self, py: Python<'_>, email: String, password: String, client: Option<String>) -> PyResult<SignedIn> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::sign_in(office, email, password, client))
    }

    /// Returns the session of a token. Reads memory only, so it can be called for every request.
    ///
    /// Raises `UnauthenticatedError` (`auth.required`) if the token is malformed, signed with another key, expired,
    /// revoked, or older than the user's password.
    #[pyo3(signature = (token))]
    fn authenticate(&self, py: Python<'_>, token: String) -> PyResult<Session> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::authenticate(office, token))
    }

    /// Returns the user of a session.
    ///
    /// Raises `UnauthenticatedError` (`auth.required`) if the user was erased; `UnavailableError`
    /// (`journal.unavailable`) if the vault can't be read.
    #[pyo3(signature = (session))]
    fn current_user(&self, py: Python<'_>, session: Session) -> PyResult<User> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::current_user(office, session))
    }

    /// Ends a session permanently. Its token is refused from then on, even if it was stolen.
    ///
    /// Raises `UnauthenticatedError` (`auth.required`) if the user was erased.
    #[pyo3(signature = (session))]
    fn sign_out(&self, py: Python<'_>, session: Session) -> PyResult<Nothing> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::sign_out(office, session))
    }

    /// Changes the user's email or password. A new password ends all other sessions; this one continues with the new
    /// token.
    ///
    /// Args:
    ///     current_password: Current password of the user.
    ///     email: New email, if it changes.
    ///     password: New password, if it changes: 8 to 128 characters.
    ///
    /// Raises `ValidationError`; `UnauthenticatedError` (`auth.invalid_credentials`) if the current password is wrong;
    /// `ConflictError` (`auth.email_taken`); `TooManyRequestsError` (`rate.limited`) after a few wrong passwords;
    /// `UnauthenticatedError` (`auth.required`) if the session has ended in the meantime.
    #[pyo3(signature = (session, current_password, *, email=None, password=None))]
    fn update_user(
        &self,
        py: Python<'_>,
        session: Session,
        current_password: String,
        email: Option<String>,
        password: Option<String>,
    ) -> PyResult<SignedIn> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::update_user(office, session, current_password, email, password))
    }

    /// Deletes the user's personal data permanently. The journal stays complete, because it names users by id only.
    ///
    /// Raises `UnauthenticatedError` (`auth.invalid_credentials`) if the password is wrong; `ConflictError`
    /// (`auth.still_trading`) while the user has tickets on sale or open orders; `TooManyRequestsError`
    /// (`rate.limited`); `UnauthenticatedError` (`auth.required`).
    #[pyo3(signature = (session, current_password))]
    fn erase_user(&self, py: Python<'_>, session: Session, current_password: String) -> PyResult<Nothing> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::erase_user(office, session, current_password))
    }

    /// Grants the operator role to the user with this email, or revokes it. For administrators at the machine: hosts
    /// must not offer it to users.
    ///
    /// Raises `ValidationError` for a malformed email; `NotFoundError` (`auth.user_not_found`).
    #[pyo3(signature = (email, operator))]
    fn set_operator(&self, py: Python<'_>, email: String, operator: bool) -> PyResult<User> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::set_operator(office, email, operator))
    }
}

/// Native part of the package's `AsyncAuth`.
#[pyclass(frozen, module = "boxoffice._native")]
#[derive(Debug)]
pub(crate) struct AsyncAuth(pub(crate) Arc<Shared>);

#[pymethods]
impl AsyncAuth {
    #[pyo3(signature = (email, password, idempotency_key))]
    fn sign_up(
        &self,
        py: Python<'_>,
        email: String,
        password: String,
        idempotency_key: Option<String>,
    ) -> PyResult<Awaitable<SignedIn>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::sign_up(office, email, password, idempotency_key))
    }

    #[pyo3(signature = (email, password, client))]
    fn sign_in(
        &self,
        py: Python<'_>,
        email: String,
        password: String,
        client: Option<String>,
    ) -> PyResult<Awaitable<SignedIn>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::sign_in(office, email, password, client))
    }

    #[pyo3(signature = (token))]
    fn authenticate(&self, py: Python<'_>, token: String) -> PyResult<Session> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::authenticate(office, token))
    }

    #[pyo3(signature = (session))]
    fn current_user(&self, py: Python<'_>, session: Session) -> PyResult<Awaitable<User>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::current_user(office, session))
    }

    #[pyo3(signature = (session))]
    fn sign_out(&self, py: Python<'_>, session: Session) -> PyResult<Awaitable<Nothing>> {
        let office = self.0.office(py)?.clone();
        self.0.start_on_loop(py, run::sign_out(office, session))
    }

    #[pyo3(signature = (session, current_password, email, password))]
    fn update_user(
        &self,
        py: Python<'_>,
        session: Session,
        current_password: String,
        email: Option<String>,
        password: Option<String>,
    ) -> PyResult<Awaitable<SignedIn>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::update_user(office, session, current_password, email, password))
    }

    #[pyo3(signature = (session, current_password))]
    fn erase_user(&self, py: Python<'_>, session: Session, current_password: String) -> PyResult<Awaitable<Nothing>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::erase_user(office, session, current_password))
    }

    #[pyo3(signature = (email, operator))]
    fn set_operator(&self, py: Python<'_>, email: String, operator: bool) -> PyResult<Awaitable<User>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::set_operator(office, email, operator))
    }
}

mod run {
    use crate::generated::prelude::*;

    pub(super) async fn sign_up(
        office: BoxOffice,
        email: String,
        password: String,
        idempotency_key: Option<String>,
    ) -> Result<SignedIn, Error> {
        let sign_up = boxoffice::SignUp::new(email, password);

        let handle = office.auth();
        let handle = match key(idempotency_key)? {
            Some(key) => handle.idempotency_key(key),
            None => handle,
        };
        let value = handle.sign_up(sign_up).await?;
        Ok(SignedIn(value))
    }

    pub(super) async fn sign_in(
        office: BoxOffice,
        email: String,
        password: String,
        client: Option<String>,
    ) -> Result<SignedIn, Error> {
        let mut errors = FieldErrors::default();
        let mut sign_in = boxoffice::SignIn::new(email, password);
        sign_in.client =
            client.and_then(|text| errors.check("client", text.parse().map_err(|_| "must be an IP address")));
        errors.into_result(())?;

        let value = office.auth().sign_in(sign_in).await?;
        Ok(SignedIn(value))
    }

    pub(super) async fn authenticate(office: BoxOffice, token: String) -> Result<Session, Error> {
        let value = office.auth().authenticate(&token)?;
        Ok(Session(value))
    }

    pub(super) async fn current_user(office: BoxOffice, session: Session) -> Result<User, Error> {
        let value = office.auth().current_user(&session.0)?;
        Ok(User(value))
    }

    pub(super) async fn sign_out(office: BoxOffice, session: Session) -> Result<Nothing, Error> {
        office.auth().sign_out(&session.0).await?;
        Ok(Nothing)
    }

    pub(super) async fn update_user(
        office: BoxOffice,
        session: Session,
        current_password: String,
        email: Option<String>,
        password: Option<String>,
    ) -> Result<SignedIn, Error> {
        let mut update = boxoffice::UserUpdate::new(current_password);
        update.email = email;
        update.password = password;

        let value = office.auth().update_user(&session.0, update).await?;
        Ok(SignedIn(value))
    }

    pub(super) async fn erase_user(
        office: BoxOffice,
        session: Session,
        current_password: String,
    ) -> Result<Nothing, Error> {
        office.auth().erase_user(&session.0, &current_password).await?;
        Ok(Nothing)
    }

    pub(super) async fn set_operator(office: BoxOffice, email: String, operator: bool) -> Result<User, Error> {
        let value = office.auth().set_operator(&email, operator).await?;
        Ok(User(value))
    }
}
