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
    pub fn pay(
        &self,
        env: Env,
        slot: u32,
        buyer_id: Option<String>,
        order_id: String,
        token: String,
        options: Option<CommandOptions>,
    ) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            let CommandOptions { idempotency_key } = options.unwrap_or_default();
            let buyer_id = user("buyerId", buyer_id)?;
            let order_id = id("orderId", &order_id)?;
            this.named(idempotency_key)?.pay(buyer_id, order_id, &token).await
        });
    }

    #[napi]
    pub fn get(&self, env: Env, slot: u32, user_id: Option<String>, charge_id: String) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            let user_id = user("userId", user_id)?;
            let charge_id = id("chargeId", &charge_id)?;
            this.0.office().payments().get(user_id, charge_id)
        });
    }

    #[napi]
    pub fn client_secret(&self, env: Env, slot: u32, buyer_id: Option<String>, charge_id: String) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            let buyer_id = user("buyerId", buyer_id)?;
            let charge_id = id("chargeId", &charge_id)?;
            this.0.office().payments().client_secret(buyer_id, charge_id)
        });
    }

    #[napi]
    pub fn refund(&self, env: Env, slot: u32, actor_id: Acting, order_id: String, options: RefundOptions) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            let RefundOptions { return_to_sale, idempotency_key } = options;
            let actor_id = actor_id.actor("actorId")?;
            let order_id = id("orderId", &order_id)?;
            this.named(idempotency_key)?.refund(actor_id, order_id, return_to_sale).await
        });
    }

    #[napi]
    pub fn refund_part(
        &self,
        env: Env,
        slot: u32,
        actor_id: Acting,
        order_id: String,
        amount: String,
        options: Option<CommandOptions>,
    ) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            let CommandOptions { idempotency_key } = options.unwrap_or_default();
            let actor_id = actor_id.actor("actorId")?;
            let order_id = id("orderId", &order_id)?;
            this.named(idempotency_key)?.refund_part(actor_id, order_id, &amount).await
        });
    }

    #[napi]
    pub fn escalated(&self, env: Env, slot: u32, actor_id: Acting) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            let actor_id = actor_id.actor("actorId")?;
            this.0.office().payments().escalated(actor_id)
        });
    }

    #[napi]
    pub fn resolve(
        &self,
        env: Env,
        slot: u32,
        actor_id: Acting,
        order_id: String,
        resolution: String,
        note: String,
        options: Option<CommandOptions>,
    ) -> napi::Result<()> {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.poll(env, slot, async move {
            let CommandOptions { idempotency_key } = options.unwrap_or_default();
            let actor_id = actor_id.actor("actorId")?;
            let order_id = id("orderId", &order_id)?;
            let resolution = parsed("resolution", &resolution)?;
            this.named(idempotency_key)?.resolve(actor_id, order_id, resolution, &note).await
        })
    }

    #[napi]
    pub fn takes_webhooks_of(&self, processor: String) -> bool {
        self.0.office().payments().takes_webhooks_of(&processor).shown()
    }

    #[napi]
    pub fn receive_webhook(&self, env: Env, slot: u32, headers: Vec<(String, String)>, body: Buffer) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            let headers = header_bytes(&headers)?;
            let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
            this.0.office().payments().receive_webhook(&headers, &body).await
        });
    }
}
