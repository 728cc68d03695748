//! Holds and purchases.

use boxoffice::TicketId;
use boxoffice_bindings::order_query;

use crate::convert::{Nothing, id, key};
use crate::faces::faces;
use crate::operations::reading;
use crate::values::{Order, OrderPage};

/// The orders of `office`, their next command named if there is a name.
fn orders(office: &boxoffice::BoxOffice, name: Option<String>) -> Result<boxoffice::Orders, boxoffice::Error> {
    let orders = office.orders();
    Ok(match key(name)? {
        Some(key) => orders.idempotency_key(key),
        None => orders,
    })
}

faces! {
    /// Holds and purchases.
    Orders,
    /// Holds and purchases; as `Orders`, for asyncio.
    AsyncOrders;

    /// Locks tickets of one currency for a buyer, all or none, until the order's `expires_at`.
    ///
    /// Of any number of buyers at once, exactly one gets a ticket. Raises `ValidationError`, `NotFoundError`; `ForbiddenError` for the
    /// buyer's own ticket; `ConflictError` with `ticket.locked`, `ticket.sold`, `ticket.withdrawn`, `ticket.show_started` or
    /// `order.too_many_open`; `UnauthenticatedError` if there is no such user.
    fn create(office, buyer_id: String, ticket_ids: Vec<String>, idempotency_key: Option<String>)
        (buyer_id, ticket_ids, *, idempotency_key=None) -> Order {
        async move {
            let buyer = id("buyerId", &buyer_id)?;
            let tickets: Result<Vec<TicketId>, _> = ticket_ids.iter().map(|text| id("ticketIds", text)).collect();
            orders(&office, idempotency_key)?.create(buyer, &tickets?).await.map(Order)
        }
    }

    /// Ends an order and frees its tickets at once. Only its buyer can, and only before a payment has started.
    ///
    /// Raises `NotFoundError`, `ForbiddenError`; `ConflictError` if it is not open any more.
    fn cancel(office, buyer_id: String, order_id: String, idempotency_key: Option<String>)
        (buyer_id, order_id, *, idempotency_key=None) -> Nothing {
        async move {
            let (buyer, order) = (id("buyerId", &buyer_id)?, id("orderId", &order_id)?);
            orders(&office, idempotency_key)?.cancel(buyer, order).await.map(|()| Nothing)
        }
    }

    /// The buyer's order, as of the last durable batch.
    ///
    /// Raises `NotFoundError`, `ForbiddenError`.
    fn get(office, buyer_id: String, order_id: String) (buyer_id, order_id) -> Order {
        async move { office.orders().get(id("buyerId", &buyer_id)?, id("orderId", &order_id)?).map(Order) }
    }

    /// A page of the buyer's orders, the newest first.
    ///
    /// `status` is `created`, `awaiting_payment`, `complete`, `cancelled` or `expired`; `limit` 1 to 100; `cursor` the `next` of
    /// the page before. Raises `ValidationError`.
    fn list(office, buyer_id: String, status: Option<String>, limit: Option<i64>, cursor: Option<String>)
        (buyer_id, *, status=None, limit=None, cursor=None) -> OrderPage {
        async move {
            let buyer = id("buyerId", &buyer_id)?;
            let query = order_query(status.as_deref(), limit, cursor.as_deref())?;
            reading(|| office.orders().list(buyer, &query)).map(OrderPage)
        }
    }
}
