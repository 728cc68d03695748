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
    pub async fn create(
        &self,
        buyer_id: Option<String>,
        ticket_ids: Vec<String>,
        options: Option<CommandOptions>,
    ) -> napi::Result<Order> {
        let call = async {
            let CommandOptions { idempotency_key } = options.unwrap_or_default();
            let buyer_id = user("buyerId", buyer_id)?;
            let ticket_ids = ids("ticketIds", &ticket_ids)?;
            self.named(idempotency_key)?.create(buyer_id, &ticket_ids).await
        };
        call.await.map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub async fn create_at(
        &self,
        buyer_id: Option<String>,
        ticket_ids: Vec<String>,
        agreed_amount: String,
        options: Option<CommandOptions>,
    ) -> napi::Result<Order> {
        let call = async {
            let CommandOptions { idempotency_key } = options.unwrap_or_default();
            let buyer_id = user("buyerId", buyer_id)?;
            let ticket_ids = ids("ticketIds", &ticket_ids)?;
            self.named(idempotency_key)?.create_at(buyer_id, &ticket_ids, &agreed_amount).await
        };
        call.await.map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub async fn create_at_prices(
        &self,
        buyer_id: Option<String>,
        ticket_ids: Vec<String>,
        agreed_prices: Vec<String>,
        options: Option<CommandOptions>,
    ) -> napi::Result<Order> {
        let call = async {
            let CommandOptions { idempotency_key } = options.unwrap_or_default();
            let buyer_id = user("buyerId", buyer_id)?;
            let ticket_ids = ids("ticketIds", &ticket_ids)?;
            self.named(idempotency_key)?.create_at_prices(buyer_id, &ticket_ids, &agreed_prices).await
        };
        call.await.map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub async fn cancel(
        &self,
        buyer_id: Option<String>,
        order_id: String,
        options: Option<CommandOptions>,
    ) -> napi::Result<()> {
        let call = async {
            let CommandOptions { idempotency_key } = options.unwrap_or_default();
            let buyer_id = user("buyerId", buyer_id)?;
            let order_id = id("orderId", &order_id)?;
            self.named(idempotency_key)?.cancel(buyer_id, order_id).await
        };
        call.await.map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub async fn get(&self, buyer_id: Option<String>, order_id: String) -> napi::Result<Order> {
        let call = || {
            let buyer_id = user("buyerId", buyer_id)?;
            let order_id = id("orderId", &order_id)?;
            self.0.office().orders().get(buyer_id, order_id)
        };
        call().map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub async fn list(&self, buyer_id: Option<String>, query: Option<OrderQuery>) -> napi::Result<OrderPage> {
        let call = || {
            let buyer_id = user("buyerId", buyer_id)?;
            let query = query.unwrap_or_default().given()?;
            self.0.office().orders().list(buyer_id, &query)
        };
        reading(call).map(|it| it.shown()).map_err(rejection)
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
