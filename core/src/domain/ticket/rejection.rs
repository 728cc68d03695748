//! Why the ticket domain says no.

use crate::domain::rejection::rejections;

rejections! {
    /// Why the ticket domain says no.
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
        /// The seller has withdrawn the ticket.
        Withdrawn: TicketWithdrawn = Conflict "ticket.withdrawn" "The ticket was withdrawn";
        /// The ticket has another version than the caller expected.
        VersionMismatch: TicketVersionMismatch = PreconditionFailed "ticket.version_mismatch" "The ticket has changed since you read it";
    }
    shares {
        /// The seller is gone, or it is the system, which sells nothing.
        NoSeller: AuthRequired;
    }
}
