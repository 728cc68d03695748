// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! The operations of `cluster`.

use crate::generated::prelude::*;

/// Native part of the package's `Cluster`.
#[napi]
#[derive(Debug)]
pub struct Cluster(pub(crate) Arc<Shared>);

#[napi]
impl Cluster {
    #[napi]
    pub fn status(&self, env: Env, slot: u32) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(
            env,
            slot,
            async move { Ok::<_, Error>(present(this.0.office().cluster())?.status()) },
        );
    }

    #[napi]
    pub fn message(&self, env: Env, slot: u32) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(
            env,
            slot,
            async move { Ok::<_, Error>(present(this.0.office().cluster())?.message()) },
        );
    }

    #[napi]
    pub fn level_with(&self, env: Env, slot: u32, message: f64, within_ms: f64) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            let message = natural("message", message)?;
            let within_ms = millis("withinMs", within_ms)?;
            Ok::<_, Error>(present(this.0.office().cluster())?.level_with(message, within_ms).await)
        });
    }

    #[napi]
    pub fn join(&self, env: Env, slot: u32, actor_id: Acting) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            let actor_id = actor_id.actor("actorId")?;
            present(this.0.office().cluster())?.join(actor_id).await
        });
    }

    #[napi]
    pub fn remove(&self, env: Env, slot: u32, actor_id: Acting, host_id: String) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            let actor_id = actor_id.actor("actorId")?;
            let host_id = id("hostId", &host_id)?;
            present(this.0.office().cluster())?.remove(actor_id, host_id).await
        });
    }

    #[napi]
    pub fn take_over_alone(&self, env: Env, slot: u32, actor_id: Acting) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            let actor_id = actor_id.actor("actorId")?;
            present(this.0.office().cluster())?.take_over_alone(actor_id)
        });
    }
}
