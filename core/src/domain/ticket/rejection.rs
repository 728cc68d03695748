//! Refusals of the ticket domain.

use crate::domain::rejection::rejections;

rejections! {
    /// Refusal of the ticket domain.
    ticket
    has {
        /// There is no such ticket.
        NotFound: TicketNotFound = NotFound "ticket.not_found" "No such ticket";
        /// Only the ticket's seller may do this.
        NotYours: TicketNotYours = Forbidden "ticket.not_yours" "Only the seller may do this";
        /// An open order holds the ticket.
        Locked: TicketLocked = Conflict "ticket.locked" "The ticket is held by an order";
        /// The ticket is sold.
        Sold: TicketSold = Conflict "ticket.sold" "The ticket is sold";
        /// The ticket was withdrawn by its seller.
        Withdrawn: TicketWithdrawn = Conflict "ticket.withdrawn" "The ticket was withdrawn";
        /// The ticket's version differs from the expected one.
        VersionMismatch: TicketVersionMismatch = PreconditionFailed "ticket.version_mismatch" "The ticket has changed since you read it";
        /// Another ticket for this seat of this show is on sale or sold.
        SeatTaken(usize): TicketSeatTaken = Conflict "ticket.seat_taken" "Another ticket for this seat of this show is on sale or sold";
    }
    shares {
        /// The seller is erased or does not exist, or the actor is the system, which sells nothing.
        NoSeller: AuthRequired;
    }
}

impl Rejection {
    /// Returns the place in the list of the ticket that is refused, if the refusal is about one of several.
    pub(in crate::domain) const fn row(self) -> Option<usize> {
        match self {
            Self::SeatTaken(row) => Some(row),
            Self::NotFound
            | Self::NotYours
            | Self::Locked
            | Self::Sold
            | Self::Withdrawn
            | Self::VersionMismatch
            | Self::NoSeller => None,
        }
    }
}
