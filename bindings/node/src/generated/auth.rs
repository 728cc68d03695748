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
    pub fn sign_up(&self, env: Env, slot: u32, email: String, password: String, options: Option<CommandOptions>) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            let CommandOptions { idempotency_key } = options.unwrap_or_default();
            let sign_up = boxoffice::SignUp::new(email, password);
            this.named(idempotency_key)?.sign_up(sign_up).await
        });
    }

    #[napi]
    pub fn sign_in(&self, env: Env, slot: u32, email: String, password: String, options: Option<SignInOptions>) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            let SignInOptions { client } = options.unwrap_or_default();
            let mut errors = FieldErrors::default();
            let mut sign_in = boxoffice::SignIn::new(email, password);
            sign_in.client = errors.parse_as("client", client.as_deref(), "must be an IP address");
            errors.into_result(())?;
            this.0.office().auth().sign_in(sign_in).await
        });
    }

    #[napi]
    pub fn authenticate(&self, env: Env, slot: u32, token: String) -> napi::Result<Option<Session>> {
        if self.0.asks_javascript {
            // This thread tells the time, and would wait for itself.
            let this = Self(Arc::clone(&self.0));
            self.0.completions.spawn(env, slot, async move { this.0.office().auth().authenticate(&token) });
            return Ok(None);
        }
        let call = || self.0.office().auth().authenticate(&token);
        call().map(|it| Some(it.shown())).map_err(rejection)
    }

    #[napi]
    pub fn current_user(&self, env: Env, slot: u32, session: &Session) {
        let (this, session) = (Self(Arc::clone(&self.0)), session.0.clone());
        self.0.completions.spawn(env, slot, async move { this.0.office().auth().current_user(&session) });
    }

    #[napi]
    pub fn sign_out(&self, env: Env, slot: u32, session: &Session) -> napi::Result<()> {
        let (this, session) = (Self(Arc::clone(&self.0)), session.0.clone());
        self.0.completions.poll(env, slot, async move { this.0.office().auth().sign_out(&session).await })
    }

    #[napi]
    pub fn update_user(&self, env: Env, slot: u32, session: &Session, current_password: String, changes: UserChanges) {
        let (this, session) = (Self(Arc::clone(&self.0)), session.0.clone());
        self.0.completions.spawn(env, slot, async move {
            let UserChanges { email, password } = changes;
            let mut update = boxoffice::UserUpdate::new(current_password);
            update.email = email;
            update.password = password;
            this.0.office().auth().update_user(&session, update).await
        });
    }

    #[napi]
    pub fn erase_user(&self, env: Env, slot: u32, session: &Session, current_password: String) {
        let (this, session) = (Self(Arc::clone(&self.0)), session.0.clone());
        self.0
            .completions
            .spawn(env, slot, async move { this.0.office().auth().erase_user(&session, &current_password).await });
    }

    #[napi]
    pub fn set_operator(&self, env: Env, slot: u32, email: String, operator: bool) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move { this.0.office().auth().set_operator(&email, operator).await });
    }
}
