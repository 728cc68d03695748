//! Who people are.

use std::net::IpAddr;
use std::sync::Arc;

use boxoffice::{Error, SignIn, SignUp, UserUpdate};
use napi::Env;
use napi::bindgen_prelude::PromiseRaw;
use napi_derive::napi;

use crate::convert::key;
use crate::errors::rejection;
use crate::office::Shared;
use crate::operations::known;
use crate::values::{CommandOptions, Session, SignInOptions, SignedIn, User, UserChanges};

fn address(client: Option<String>) -> Result<Option<IpAddr>, Error> {
    let parse = |text: String| text.parse().map_err(|_| Error::invalid("client", "must be an IP address"));
    client.map(parse).transpose()
}

/// Who people are: sign-up, sign-in, sessions.
#[napi]
#[derive(Debug)]
pub struct Auth(pub(crate) Arc<Shared>);

#[napi]
impl Auth {
    /// Signs a person up, and in.
    ///
    /// Rejects with `ValidationError`; `ConflictError` with `auth.email_taken`; `UnavailableError` with `engine.overloaded` if too
    /// many passwords wait to be hashed.
    #[napi]
    pub async fn sign_up(
        &self,
        email: String,
        password: String,
        options: Option<CommandOptions>,
    ) -> napi::Result<SignedIn> {
        let auth = self.0.office().auth();
        let auth = match key(options.and_then(|options| options.idempotency_key)).map_err(rejection)? {
            Some(key) => auth.idempotency_key(key),
            None => auth,
        };
        auth.sign_up(SignUp::new(email, password)).await.map(SignedIn::from).map_err(rejection)
    }

    /// Signs a person in. `client` is the address that the attempt comes from; one that guesses is slowed down.
    ///
    /// Rejects with `UnauthenticatedError` with `auth.invalid_credentials`; `TooManyRequestsError`, with `retryAfterMs`.
    #[napi]
    pub async fn sign_in(
        &self,
        email: String,
        password: String,
        options: Option<SignInOptions>,
    ) -> napi::Result<SignedIn> {
        let client = address(options.and_then(|options| options.client)).map_err(rejection)?;
        let sign_in = SignIn::new(email, password).client(client);
        self.0.office().auth().sign_in(sign_in).await.map(SignedIn::from).map_err(rejection)
    }

    /// The session that a token stands for.
    ///
    /// Rejects with `UnauthenticatedError` for whatever is wrong with the token.
    #[napi]
    pub fn authenticate<'env>(&self, env: &'env Env, token: String) -> napi::Result<PromiseRaw<'env, Session>> {
        known(env, self.0.office().auth().authenticate(&token).map(Session))
    }

    /// Who is signed in.
    ///
    /// Rejects with `UnauthenticatedError` if the user is erased.
    #[napi]
    pub fn current_user<'env>(&self, env: &'env Env, session: &Session) -> napi::Result<PromiseRaw<'env, User>> {
        let (shared, session) = (Arc::clone(&self.0), session.0.clone());
        env.spawn_future(
            async move { shared.office().auth().current_user(&session).map(User::from).map_err(rejection) },
        )
    }

    /// Ends the session for good: its token is dead, also in the hands of somebody who stole it.
    ///
    /// Rejects with `UnauthenticatedError` if the user is erased.
    #[napi]
    pub fn sign_out<'env>(&self, env: &'env Env, session: &Session) -> napi::Result<PromiseRaw<'env, ()>> {
        let (shared, session) = (Arc::clone(&self.0), session.0.clone());
        env.spawn_future(async move { shared.office().auth().sign_out(&session).await.map_err(rejection) })
    }

    /// Changes the user's email or password. A new password ends every other session; this one goes on under the new token.
    ///
    /// Rejects with `ValidationError`; `UnauthenticatedError` if the current password is wrong; `ConflictError` with
    /// `auth.email_taken`; `TooManyRequestsError`.
    #[napi]
    pub fn update_user<'env>(
        &self,
        env: &'env Env,
        session: &Session,
        current_password: String,
        changes: UserChanges,
    ) -> napi::Result<PromiseRaw<'env, SignedIn>> {
        let (shared, session) = (Arc::clone(&self.0), session.0.clone());
        let mut update = UserUpdate::new(current_password);
        update.email = changes.email;
        update.password = changes.password;
        env.spawn_future(async move {
            shared.office().auth().update_user(&session, update).await.map(SignedIn::from).map_err(rejection)
        })
    }

    /// Deletes the user's personal data for good. The journal stays whole: it names users by id only.
    ///
    /// Rejects with `UnauthenticatedError` if the password is wrong; `ConflictError` with `auth.still_trading`.
    #[napi]
    pub fn erase_user<'env>(
        &self,
        env: &'env Env,
        session: &Session,
        current_password: String,
    ) -> napi::Result<PromiseRaw<'env, ()>> {
        let (shared, session) = (Arc::clone(&self.0), session.0.clone());
        env.spawn_future(async move {
            shared.office().auth().erase_user(&session, &current_password).await.map_err(rejection)
        })
    }

    /// Gives the operator role to the user with this email, or takes it. For administrators only.
    ///
    /// Rejects with `ValidationError` for a malformed email; `NotFoundError` with `auth.user_not_found`.
    #[napi]
    pub async fn set_operator(&self, email: String, operator: bool) -> napi::Result<User> {
        self.0.office().auth().set_operator(&email, operator).await.map(User::from).map_err(rejection)
    }
}
