//! What can be asked of the expiration domain.

use crate::types::OrderId;

/// End an order whose time is up; only the system asks for it.
#[derive(Debug, Clone)]
pub(crate) struct ExpireOrder {
    /// The order.
    pub order_id: OrderId,
}
