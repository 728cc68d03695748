// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! The operations of `orders`.

use crate::generated::prelude::*;

/// Native part of the package's `Orders`.
#[napi]
#[derive(Debug)]
pub struct Orders(pub(crate) Arc<Shared>);

impl Orders {
    /// The façade's, its next command named if there is a name.
    fn named(&self, name: Option<String>) -> Result<boxoffice::Orders, Error> {
        let orders = self.0.office().orders();
        Ok(match key(name)? {
            Some(key) => orders.idempotency_key(key),
            None => orders,
        })
    }
}

#[napi]
impl Orders {
    #[napi]
    pub fn create(
        &self,
        env: Env,
        slot: u32,
        buyer_id: Option<String>,
        ticket_ids: Vec<String>,
        options: Option<CommandOptions>,
    ) -> napi::Result<()> {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.poll(env, slot, async move {
            let CommandOptions { idempotency_key } = options.unwrap_or_default();
            let buyer_id = user("buyerId", buyer_id)?;
            let ticket_ids = ids("ticketIds", &ticket_ids)?;
            this.named(idempotency_key)?.create(buyer_id, &ticket_ids).await
        })
    }

    #[napi]
    pub fn create_at(
        &self,
        env: Env,
        slot: u32,
        buyer_id: Option<String>,
        ticket_ids: Vec<String>,
        agreed_amount: String,
        options: Option<CommandOptions>,
    ) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            let CommandOptions { idempotency_key } = options.unwrap_or_default();
            let buyer_id = user("buyerId", buyer_id)?;
            let ticket_ids = ids("ticketIds", &ticket_ids)?;
            this.named(idempotency_key)?.create_at(buyer_id, &ticket_ids, &agreed_amount).await
        });
    }

    #[napi]
    pub fn create_at_prices(
        &self,
        env: Env,
        slot: u32,
        buyer_id: Option<String>,
        ticket_ids: Vec<String>,
        agreed_prices: Vec<String>,
        options: Option<CommandOptions>,
    ) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            let CommandOptions { idempotency_key } = options.unwrap_or_default();
            let buyer_id = user("buyerId", buyer_id)?;
            let ticket_ids = ids("ticketIds", &ticket_ids)?;
            this.named(idempotency_key)?.create_at_prices(buyer_id, &ticket_ids, &agreed_prices).await
        });
    }

    #[napi]
    pub fn cancel(
        &self,
        env: Env,
        slot: u32,
        buyer_id: Option<String>,
        order_id: String,
        options: Option<CommandOptions>,
    ) -> napi::Result<()> {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.poll(env, slot, async move {
            let CommandOptions { idempotency_key } = options.unwrap_or_default();
            let buyer_id = user("buyerId", buyer_id)?;
            let order_id = id("orderId", &order_id)?;
            this.named(idempotency_key)?.cancel(buyer_id, order_id).await
        })
    }

    #[napi]
    pub fn get(&self, env: Env, slot: u32, buyer_id: Option<String>, order_id: String) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            let buyer_id = user("buyerId", buyer_id)?;
            let order_id = id("orderId", &order_id)?;
            this.0.office().orders().get(buyer_id, order_id)
        });
    }

    #[napi]
    pub fn list(&self, env: Env, slot: u32, buyer_id: Option<String>, query: Option<OrderQuery>) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            reading(|| {
                let buyer_id = user("buyerId", buyer_id)?;
                let query = query.unwrap_or_default().given()?;
                this.0.office().orders().list(buyer_id, &query)
            })
        });
    }

    #[napi]
    pub fn iter(&self, buyer_id: Option<String>, query: Option<OrderQuery>) -> napi::Result<OrderParts> {
        let call = || {
            let buyer_id = user("buyerId", buyer_id)?;
            let query = query.unwrap_or_default().given()?;
            let most = query.limit.get();
            Ok(Parts::new(self.0.office().blocking().orders().iter(buyer_id, query), most))
        };
        call().map(OrderParts).map_err(rejection)
    }
}
