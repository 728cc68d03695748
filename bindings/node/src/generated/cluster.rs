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
    pub async fn status(&self) -> napi::Result<ClusterStatus> {
        let call = || Ok::<_, Error>(present(self.0.office().cluster())?.status());
        call().map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub async fn message(&self) -> napi::Result<i64> {
        let call = || Ok::<_, Error>(present(self.0.office().cluster())?.message());
        call().map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub async fn level_with(&self, message: f64, within_ms: f64) -> napi::Result<bool> {
        let call = async {
            let message = natural("message", message)?;
            let within_ms = millis("withinMs", within_ms)?;
            Ok::<_, Error>(present(self.0.office().cluster())?.level_with(message, within_ms).await)
        };
        call.await.map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub async fn join(&self, actor_id: Acting) -> napi::Result<Host> {
        let call = async {
            let actor_id = actor_id.actor("actorId")?;
            present(self.0.office().cluster())?.join(actor_id).await
        };
        call.await.map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub async fn remove(&self, actor_id: Acting, host_id: String) -> napi::Result<Host> {
        let call = async {
            let actor_id = actor_id.actor("actorId")?;
            let host_id = id("hostId", &host_id)?;
            present(self.0.office().cluster())?.remove(actor_id, host_id).await
        };
        call.await.map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub async fn take_over_alone(&self, actor_id: Acting) -> napi::Result<()> {
        let call = || {
            let actor_id = actor_id.actor("actorId")?;
            present(self.0.office().cluster())?.take_over_alone(actor_id)
        };
        call().map(|it| it.shown()).map_err(rejection)
    }
}
