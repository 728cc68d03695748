//! Refusals of the order domain.

use crate::domain::rejection::rejections;
use crate::types::TicketId;

rejections! {
    /// Refusal of the order domain.
    order
    has {
        /// The show has started.
        ShowStarted(TicketId): TicketShowStarted = Conflict "ticket.show_started" "The show has started";
        /// There is no such order.
        NotFound: OrderNotFound = NotFound "order.not_found" "No such order";
        /// The order belongs to another user.
        NotYours: OrderNotYours = Forbidden "order.not_yours" "The order is not yours";
        /// A buyer can't order their own ticket.
        OwnTicket(TicketId): OrderOwnTicket = Forbidden "order.own_ticket" "You can't buy your own ticket";
        /// The tickets of one order must have one currency.
        MixedCurrencies: OrderMixedCurrencies = Validation "order.mixed_currencies" "All tickets of an order must have the same currency";
        /// The sum of the tickets' prices is larger than an order can be.
        TotalTooLarge: OrderTotalTooLarge = Validation "order.total_too_large" "The total is too large for one order";
        /// The tickets cost something else than the buyer has agreed to.
        PriceChanged: OrderPriceChanged = Conflict "order.price_changed" "A price has changed";
        /// The buyer has the maximum number of open orders.
        TooManyOpen: OrderTooManyOpen = Conflict "order.too_many_open" "You have too many open orders";
        /// The order has expired.
        Expired: OrderExpired = Conflict "order.expired" "The order has expired";
        /// The order was cancelled.
        Cancelled: OrderCancelled = Conflict "order.cancelled" "The order was cancelled";
        /// The order is paid.
        AlreadyPaid: OrderAlreadyPaid = Conflict "order.already_paid" "The order is paid";
        /// A payment of the order is under way, and its outcome is not yet known.
        PaymentPending: OrderPaymentPending = Conflict "order.payment_pending" "A payment of this order is under way";
    }
    shares {
        /// There is no such ticket.
        TicketNotFound(TicketId): TicketNotFound;
        /// An open order holds the ticket.
        TicketLocked(TicketId): TicketLocked;
        /// The ticket is sold.
        TicketSold(TicketId): TicketSold;
        /// The ticket was withdrawn.
        TicketWithdrawn(TicketId): TicketWithdrawn;
        /// The buyer is erased or does not exist, or the actor is the system, which buys nothing.
        NoBuyer: AuthRequired;
    }
}

impl Rejection {
    /// Returns `true` if the refusal may be caused only by holds that have ended by the clock but are still counted.
    pub(in crate::domain) const fn counts_holds(self) -> bool {
        match self {
            Self::TooManyOpen => true,
            Self::NotFound
            | Self::NotYours
            | Self::TicketNotFound(_)
            | Self::OwnTicket(_)
            | Self::TicketLocked(_)
            | Self::TicketSold(_)
            | Self::TicketWithdrawn(_)
            | Self::ShowStarted(_)
            | Self::MixedCurrencies
            | Self::TotalTooLarge
            | Self::PriceChanged
            | Self::Expired
            | Self::Cancelled
            | Self::AlreadyPaid
            | Self::PaymentPending
            | Self::NoBuyer => false,
        }
    }

    /// Returns the ticket that caused the refusal, if it is about one of several.
    pub(in crate::domain) const fn ticket(self) -> Option<TicketId> {
        match self {
            Self::TicketNotFound(id)
            | Self::OwnTicket(id)
            | Self::TicketLocked(id)
            | Self::TicketSold(id)
            | Self::TicketWithdrawn(id)
            | Self::ShowStarted(id) => Some(id),
            Self::NotFound
            | Self::NotYours
            | Self::MixedCurrencies
            | Self::TotalTooLarge
            | Self::PriceChanged
            | Self::TooManyOpen
            | Self::Expired
            | Self::Cancelled
            | Self::AlreadyPaid
            | Self::PaymentPending
            | Self::NoBuyer => None,
        }
    }
}
