// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! The operations of `payments`.

use crate::generated::prelude::*;

/// Native part of the package's `Payments`.
#[napi]
#[derive(Debug)]
pub struct Payments(pub(crate) Arc<Shared>);

impl Payments {
    /// The façade's, its next command named if there is a name.
    fn named(&self, name: Option<String>) -> Result<boxoffice::Payments, Error> {
        let payments = self.0.office().payments();
        Ok(match key(name)? {
            Some(key) => payments.idempotency_key(key),
            None => payments,
        })
    }
}

#[napi]
impl Payments {
    #[napi]
    pub async fn pay(
        &self,
        buyer_id: Option<String>,
        order_id: String,
        token: String,
        options: Option<CommandOptions>,
    ) -> napi::Result<Charge> {
        let call = async {
            let CommandOptions { idempotency_key } = options.unwrap_or_default();
            let buyer_id = user("buyerId", buyer_id)?;
            let order_id = id("orderId", &order_id)?;
            self.named(idempotency_key)?.pay(buyer_id, order_id, &token).await
        };
        call.await.map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub async fn get(&self, user_id: Option<String>, charge_id: String) -> napi::Result<Charge> {
        let call = || {
            let user_id = user("userId", user_id)?;
            let charge_id = id("chargeId", &charge_id)?;
            self.0.office().payments().get(user_id, charge_id)
        };
        call().map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub async fn client_secret(&self, buyer_id: Option<String>, charge_id: String) -> napi::Result<Option<String>> {
        let call = || {
            let buyer_id = user("buyerId", buyer_id)?;
            let charge_id = id("chargeId", &charge_id)?;
            self.0.office().payments().client_secret(buyer_id, charge_id)
        };
        call().map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub async fn refund(&self, actor_id: Acting, order_id: String, options: RefundOptions) -> napi::Result<Charge> {
        let call = async {
            let RefundOptions { return_to_sale, idempotency_key } = options;
            let actor_id = actor_id.actor("actorId")?;
            let order_id = id("orderId", &order_id)?;
            self.named(idempotency_key)?.refund(actor_id, order_id, return_to_sale).await
        };
        call.await.map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub async fn refund_part(
        &self,
        actor_id: Acting,
        order_id: String,
        amount: String,
        options: Option<CommandOptions>,
    ) -> napi::Result<Charge> {
        let call = async {
            let CommandOptions { idempotency_key } = options.unwrap_or_default();
            let actor_id = actor_id.actor("actorId")?;
            let order_id = id("orderId", &order_id)?;
            self.named(idempotency_key)?.refund_part(actor_id, order_id, &amount).await
        };
        call.await.map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub async fn escalated(&self, actor_id: Acting) -> napi::Result<Vec<Charge>> {
        let call = || {
            let actor_id = actor_id.actor("actorId")?;
            self.0.office().payments().escalated(actor_id)
        };
        call().map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub async fn resolve(
        &self,
        actor_id: Acting,
        order_id: String,
        resolution: String,
        note: String,
        options: Option<CommandOptions>,
    ) -> napi::Result<Charge> {
        let call = async {
            let CommandOptions { idempotency_key } = options.unwrap_or_default();
            let actor_id = actor_id.actor("actorId")?;
            let order_id = id("orderId", &order_id)?;
            let resolution = parsed("resolution", &resolution)?;
            self.named(idempotency_key)?.resolve(actor_id, order_id, resolution, &note).await
        };
        call.await.map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub fn takes_webhooks_of(&self, processor: String) -> bool {
        self.0.office().payments().takes_webhooks_of(&processor).shown()
    }

    #[napi]
    pub async fn receive_webhook(&self, headers: Vec<(String, String)>, body: Buffer) -> napi::Result<()> {
        let call = async {
            let headers = header_bytes(&headers)?;
            let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
            self.0.office().payments().receive_webhook(&headers, &body).await
        };
        call.await.map(|it| it.shown()).map_err(rejection)
    }
}
