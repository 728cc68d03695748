// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! The operations of `auth`.

use crate::generated::prelude::*;

/// Native part of the package's `Auth`.
#[napi]
#[derive(Debug)]
pub struct Auth(pub(crate) Arc<Shared>);

impl Auth {
    /// The façade's, its next command named if there is a name.
    fn named(&self, name: Option<String>) -> Result<boxoffice::Auth, Error> {
        let auth = self.0.office().auth();
        Ok(match key(name)? {
            Some(key) => auth.idempotency_key(key),
            None => auth,
        })
    }
}

#[napi]
impl Auth {
    #[napi]
    pub async fn sign_up(
        &self,
        email: String,
        password: String,
        options: Option<CommandOptions>,
    ) -> napi::Result<SignedIn> {
        let call = async {
            let CommandOptions { idempotency_key } = options.unwrap_or_default();
            let sign_up = boxoffice::SignUp::new(email, password);
            self.named(idempotency_key)?.sign_up(sign_up).await
        };
        call.await.map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub async fn sign_in(
        &self,
        email: String,
        password: String,
        options: Option<SignInOptions>,
    ) -> napi::Result<SignedIn> {
        let call = async {
            let SignInOptions { client } = options.unwrap_or_default();
            let mut errors = FieldErrors::default();
            let mut sign_in = boxoffice::SignIn::new(email, password);
            sign_in.client = errors.parse_as("client", client.as_deref(), "must be an IP address");
            errors.into_result(())?;
            self.0.office().auth().sign_in(sign_in).await
        };
        call.await.map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub fn authenticate<'env>(&self, env: &'env Env, token: String) -> napi::Result<PromiseRaw<'env, Session>> {
        let call = || self.0.office().auth().authenticate(&token);
        known(env, call().map(|it| it.shown()))
    }

    #[napi]
    pub fn current_user<'env>(&self, env: &'env Env, session: &Session) -> napi::Result<PromiseRaw<'env, User>> {
        let (shared, session) = (Arc::clone(&self.0), session.0.clone());
        env.spawn_future(async move {
            let call = || shared.office().auth().current_user(&session);
            call().map(|it| it.shown()).map_err(rejection)
        })
    }

    #[napi]
    pub fn sign_out<'env>(&self, env: &'env Env, session: &Session) -> napi::Result<PromiseRaw<'env, ()>> {
        let (shared, session) = (Arc::clone(&self.0), session.0.clone());
        env.spawn_future(async move {
            let call = async { shared.office().auth().sign_out(&session).await };
            call.await.map(|it| it.shown()).map_err(rejection)
        })
    }

    #[napi]
    pub fn update_user<'env>(
        &self,
        env: &'env Env,
        session: &Session,
        current_password: String,
        changes: UserChanges,
    ) -> napi::Result<PromiseRaw<'env, SignedIn>> {
        let (shared, session) = (Arc::clone(&self.0), session.0.clone());
        env.spawn_future(async move {
            let call = async {
                let UserChanges { email, password } = changes;
                let mut update = boxoffice::UserUpdate::new(current_password);
                update.email = email;
                update.password = password;
                shared.office().auth().update_user(&session, update).await
            };
            call.await.map(|it| it.shown()).map_err(rejection)
        })
    }

    #[napi]
    pub fn erase_user<'env>(
        &self,
        env: &'env Env,
        session: &Session,
        current_password: String,
    ) -> napi::Result<PromiseRaw<'env, ()>> {
        let (shared, session) = (Arc::clone(&self.0), session.0.clone());
        env.spawn_future(async move {
            let call = async { shared.office().auth().erase_user(&session, &current_password).await };
            call.await.map(|it| it.shown()).map_err(rejection)
        })
    }

    #[napi]
    pub async fn set_operator(&self, email: String, operator: bool) -> napi::Result<User> {
        let call = async { self.0.office().auth().set_operator(&email, operator).await };
        call.await.map(|it| it.shown()).map_err(rejection)
    }
}
