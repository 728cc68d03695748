//! What can be asked of the order domain.

use smallvec::SmallVec;

use crate::types::{OrderId, TicketId};

/// The tickets of one order: mostly one.
pub(crate) type TicketIds = SmallVec<[TicketId; 1]>;

/// Lock tickets, all or none; the actor is their buyer.
#[derive(Debug, Clone)]
pub(crate) struct CreateOrder {
    /// The id that the order will have.
    pub order_id: OrderId,
    /// The tickets, each once.
    pub ticket_ids: TicketIds,
}

/// End an order for its buyer.
#[derive(Debug, Clone)]
pub(crate) struct CancelOrder {
    /// The order.
    pub order_id: OrderId,
}
