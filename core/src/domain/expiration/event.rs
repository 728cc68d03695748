//! The facts of the expiration domain.

use serde::{Deserialize, Serialize};

use crate::domain::order::TicketVersions;
use crate::types::OrderId;

/// An order reached its deadline and freed its tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderExpired {
    /// The order.
    pub order_id: OrderId,
    /// The tickets that are free again.
    pub tickets: TicketVersions,
}
