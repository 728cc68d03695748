//! Refusals of the payment domain.

use crate::domain::order;
use crate::domain::rejection::rejections;
use crate::types::TicketId;

rejections! {
    /// Refusal of the payment domain.
    payment
    or Order(order::Rejection) "The order domain says no: there is no such order, it is somebody else's, or it can't be paid."
    has {
        /// There is no such charge.
        NotFound: PaymentNotFound = NotFound "payment.not_found" "No such charge";
        /// Only a charge that took money can be refunded.
        NotRefundable: PaymentNotRefundable = Conflict "payment.not_refundable" "Only a successful charge can be refunded";
        /// The charge is refunded, or its refund is pending.
        AlreadyRefunded: PaymentAlreadyRefunded = Conflict "payment.already_refunded" "The charge is refunded";
        /// The refund is larger than what is left of the charge.
        RefundTooLarge: PaymentRefundTooLarge = Conflict "payment.refund_too_large" "More than is left of the charge";
        /// The refund must have the currency of its charge.
        RefundCurrency: PaymentRefundCurrency = Validation "payment.refund_currency" "A refund has the currency of its charge";
        /// Tickets go back on sale only if all of their money goes back.
        ReturnNeedsFullRefund: PaymentReturnNeedsFullRefund = Conflict "payment.return_needs_full_refund" "Tickets go back on sale only with all of their money";
        /// The charge is not escalated to an operator.
        NotEscalated: PaymentNotEscalated = Conflict "payment.not_escalated" "Nothing about this charge waits for an operator";
    }
    shares {
        /// The actor may not refund the order.
        RefundNotYours: OrderNotYours;
        /// Only an operator may do this.
        OperatorRequired: AuthOperatorRequired;
    }
}

impl Rejection {
    /// Returns the ticket that caused the refusal, if it is about one of several.
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
