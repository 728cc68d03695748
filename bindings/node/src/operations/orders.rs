//! Holds and purchases.

use std::sync::Arc;

use boxoffice::{Error, TicketId};
use napi_derive::napi;

use crate::convert::{id, key};
use crate::errors::rejection;
use crate::office::Shared;
use crate::operations::reading;
use crate::values::{CommandOptions, Order, OrderPage, OrderQuery};

/// Holds and purchases.
#[napi]
#[derive(Debug)]
pub struct Orders(pub(crate) Arc<Shared>);

impl Orders {
    /// The orders of the front door, their next command named if there is a name.
    fn named(&self, options: Option<CommandOptions>) -> Result<boxoffice::Orders, Error> {
        let orders = self.0.office().orders();
        Ok(match key(options.and_then(|options| options.idempotency_key))? {
            Some(key) => orders.idempotency_key(key),
            None => orders,
        })
    }
}

#[napi]
impl Orders {
    /// Locks tickets of one currency for a buyer, all or none, until the order's `expiresAt`.
    ///
    /// Of any number of buyers at once, exactly one gets a ticket. Rejects with `ValidationError`, `NotFoundError`; `ForbiddenError`
    /// for the buyer's own ticket; `ConflictError` with `ticket.locked`, `ticket.sold`, `ticket.withdrawn`, `ticket.show_started` or
    /// `order.too_many_open`; `UnauthenticatedError` if there is no such user.
    #[napi]
    pub async fn create(
        &self,
        buyer_id: String,
        ticket_ids: Vec<String>,
        options: Option<CommandOptions>,
    ) -> napi::Result<Order> {
        let create = async {
            let tickets: Result<Vec<TicketId>, _> = ticket_ids.iter().map(|text| id("ticketIds", text)).collect();
            self.named(options)?.create(id("buyerId", &buyer_id)?, &tickets?).await
        };
        create.await.map(|order| order.as_ref().into()).map_err(rejection)
    }

    /// Ends an order and frees its tickets at once. Only its buyer can, and only before a payment has started.
    ///
    /// Rejects with `NotFoundError`, `ForbiddenError`; `ConflictError` if it is not open any more.
    #[napi]
    pub async fn cancel(
        &self,
        buyer_id: String,
        order_id: String,
        options: Option<CommandOptions>,
    ) -> napi::Result<()> {
        let cancel = async {
            let (buyer, order) = (id("buyerId", &buyer_id)?, id("orderId", &order_id)?);
            self.named(options)?.cancel(buyer, order).await
        };
        cancel.await.map_err(rejection)
    }

    /// The buyer's order, as of the last durable batch.
    ///
    /// Rejects with `NotFoundError`, `ForbiddenError`.
    #[napi]
    pub async fn get(&self, buyer_id: String, order_id: String) -> napi::Result<Order> {
        let get = || self.0.office().orders().get(id("buyerId", &buyer_id)?, id("orderId", &order_id)?);
        get().map(|order| order.as_ref().into()).map_err(rejection)
    }

    /// A page of the buyer's orders, the newest first.
    ///
    /// Rejects with `ValidationError`, with a fault for each field that is wrong.
    #[napi]
    pub async fn list(&self, buyer_id: String, query: Option<OrderQuery>) -> napi::Result<OrderPage> {
        let query = query.unwrap_or_default();
        let list = || self.0.office().orders().list(id("buyerId", &buyer_id)?, &query.checked()?);
        reading(list).map(OrderPage::from).map_err(rejection)
    }
}
