//! Why the payment domain says no.

use crate::domain::order;
use crate::types::TicketId;

/// Why the payment domain says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// The order domain says no: there is no such order, it is somebody else's, or it can't be paid.
    Order(order::Rejection),
    /// The order has no such charge.
    NotFound,
    /// The actor may not refund the order.
    RefundNotYours,
    /// The order's money was not taken.
    NotRefundable,
    /// The money was given back, or is about to be.
    AlreadyRefunded,
    /// More is to be given back than is left of the charge.
    RefundTooLarge,
    /// The refund is to be in another currency than the charge.
    RefundCurrency,
    /// Tickets are to be sold anew though not all of their money goes back.
    ReturnNeedsFullRefund,
    /// Only an operator may do this.
    OperatorRequired,
    /// Nothing about the charge waits for an operator.
    NotEscalated,
}

impl Rejection {
    /// Returns the ticket that is in the way, if the refusal is about one of several.
    pub(in crate::domain) const fn ticket(self) -> Option<TicketId> {
        match self {
            Self::Order(rejection) => rejection.ticket(),
            Self::NotFound
            | Self::RefundNotYours
            | Self::NotRefundable
            | Self::AlreadyRefunded
            | Self::RefundTooLarge
            | Self::RefundCurrency
            | Self::ReturnNeedsFullRefund
            | Self::OperatorRequired
            | Self::NotEscalated => None,
        }
    }
}
