//! Why the order domain says no.

use crate::types::TicketId;

/// Why the order domain says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// There is no such order.
    NotFound,
    /// The actor is not the buyer.
    NotYours,
    /// There is no such ticket.
    TicketNotFound(TicketId),
    /// The buyer sells the ticket.
    OwnTicket(TicketId),
    /// An open order holds the ticket.
    TicketLocked(TicketId),
    /// The ticket is sold.
    TicketSold(TicketId),
    /// The ticket was withdrawn.
    TicketWithdrawn(TicketId),
    /// The ticket's show has started.
    ShowStarted(TicketId),
    /// The tickets have several currencies.
    MixedCurrencies,
    /// The sum is larger than money can be.
    TotalTooLarge,
    /// The buyer holds as many open orders as one buyer may.
    TooManyOpen,
    /// The deadline has passed.
    Expired,
    /// The order was cancelled.
    Cancelled,
    /// The order is paid.
    AlreadyPaid,
    /// A payment is under way.
    PaymentPending,
    /// The buyer is gone, or it is the system, which buys nothing.
    NoBuyer,
}

impl Rejection {
    /// Says that the refusal may hold only because holds that have ended by the clock are still counted.
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
            | Self::Expired
            | Self::Cancelled
            | Self::AlreadyPaid
            | Self::PaymentPending
            | Self::NoBuyer => false,
        }
    }

    /// Returns the ticket that is in the way, if the refusal is about one of several.
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
            | Self::TooManyOpen
            | Self::Expired
            | Self::Cancelled
            | Self::AlreadyPaid
            | Self::PaymentPending
            | Self::NoBuyer => None,
        }
    }
}
