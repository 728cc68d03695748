//! Who people are.

use std::net::IpAddr;

use boxoffice::{Error, SignIn, SignUp, UserUpdate};

use crate::convert::{Nothing, key};
use crate::faces::faces;
use crate::values::{Session, SignedIn, User};

fn address(client: Option<String>) -> Result<Option<IpAddr>, Error> {
    let parse = |text: String| text.parse().map_err(|_| Error::invalid("client", "must be an IP address"));
    client.map(parse).transpose()
}

faces! {
    /// Who people are: sign-up, sign-in, sessions.
    Auth,
    /// Who people are: sign-up, sign-in, sessions.
    AsyncAuth;

    /// Signs a person up, and in.
    ///
    /// Raises `ValidationError`; `ConflictError` with `auth.email_taken`; `UnavailableError` with `engine.overloaded` if too many
    /// passwords wait to be hashed.
    fn sign_up(office, email: String, password: String, idempotency_key: Option<String>)
        (email, password, *, idempotency_key=None) -> SignedIn {
        async move {
            let auth = office.auth();
            let auth = match key(idempotency_key)? { Some(key) => auth.idempotency_key(key), None => auth };
            auth.sign_up(SignUp::new(email, password)).await.map(SignedIn)
        }
    }

    /// Signs a person in. `client` is the address that the attempt comes from; one that guesses is slowed down.
    ///
    /// Raises `UnauthenticatedError` with `auth.invalid_credentials`; `TooManyRequestsError`, with `retry_after`.
    fn sign_in(office, email: String, password: String, client: Option<String>)
        (email, password, *, client=None) -> SignedIn {
        async move {
            let client = address(client)?;
            office.auth().sign_in(SignIn::new(email, password).client(client)).await.map(SignedIn)
        }
    }

    /// The session that a token stands for.
    ///
    /// Raises `UnauthenticatedError` for whatever is wrong with the token.
    fn authenticate(office, token: String) (token) -> Session {
        async move { office.auth().authenticate(&token).map(Session) }
    }

    /// Who is signed in.
    ///
    /// Raises `UnauthenticatedError` if the user is erased.
    fn current_user(office, session: Session) (session) -> User {
        async move { office.auth().current_user(&session.0).map(User) }
    }

    /// Ends the session for good: its token is dead, also in the hands of somebody who stole it.
    ///
    /// Raises `UnauthenticatedError` if the user is erased.
    fn sign_out(office, session: Session) (session) -> Nothing {
        async move { office.auth().sign_out(&session.0).await.map(|()| Nothing) }
    }

    /// Changes the user's email or password. A new password ends every other session; this one goes on under the new token.
    ///
    /// Raises `ValidationError`; `UnauthenticatedError` if the current password is wrong; `ConflictError` with
    /// `auth.email_taken`; `TooManyRequestsError`.
    fn update_user(office, session: Session, current_password: String, email: Option<String>, password: Option<String>)
        (session, current_password, *, email=None, password=None) -> SignedIn {
        async move {
            let mut update = UserUpdate::new(current_password);
            update.email = email;
            update.password = password;
            office.auth().update_user(&session.0, update).await.map(SignedIn)
        }
    }

    /// Deletes the user's personal data for good. The journal stays whole: it names users by id only.
    ///
    /// Raises `UnauthenticatedError` if the password is wrong; `ConflictError` with `auth.still_trading`.
    fn erase_user(office, session: Session, current_password: String) (session, current_password) -> Nothing {
        async move { office.auth().erase_user(&session.0, &current_password).await.map(|()| Nothing) }
    }

    /// Gives the operator role to the user with this email, or takes it. For administrators only.
    ///
    /// Raises `ValidationError` for a malformed email; `NotFoundError` with `auth.user_not_found`.
    fn set_operator(office, email: String, operator: bool) (email, operator) -> User {
        async move { office.auth().set_operator(&email, operator).await.map(User) }
    }
}
