//! The rules of tickets. Each function lists its refusals in order: the first that holds is the answer.

use super::command::{CreateTickets, UpdateTicket, WithdrawTicket};
use super::event::{TicketCreated, TicketUpdated, TicketWithdrawn};
use super::state::{Ticket, TicketStatus};
use crate::domain::{Context, Decision, State};
use crate::event::DomainEvent;
use crate::types::{TicketId, UserId};

/// Why the ticket domain says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// There is no such ticket.
    NotFound,
    /// The actor is not the seller.
    NotYours,
    /// An open order holds the ticket.
    Locked,
    /// The ticket is sold.
    Sold,
    /// The ticket was withdrawn.
    Withdrawn,
    /// The ticket has another version than the caller expected.
    VersionMismatch,
    /// The seller is gone, or it is the system, which sells nothing.
    NoSeller,
}

type Result<T = Decision> = std::result::Result<T, Rejection>;

/// Refuses: [`Rejection::NoSeller`].
pub(in crate::domain) fn create_tickets(state: &State, command: &CreateTickets, context: &Context) -> Result {
    let seller_id = active_seller(state, context)?;
    let events = command.listings.iter().map(|(ticket_id, listing)| {
        DomainEvent::TicketCreated(TicketCreated {
            ticket_id: *ticket_id,
            seller_id,
            title: listing.title.clone(),
            price: listing.price,
            show: listing.show.clone(),
            seat: listing.seat.clone(),
        })
    });
    Ok(Decision::events(events))
}

/// Refuses: [`Rejection::NotFound`], [`Rejection::NotYours`], [`Rejection::Locked`], [`Rejection::Sold`],
/// [`Rejection::Withdrawn`], [`Rejection::VersionMismatch`].
pub(in crate::domain) fn update_ticket(state: &State, command: &UpdateTicket, context: &Context) -> Result {
    let ticket = editable(state, command.ticket_id, command.expected_version, context)?;
    Ok(Decision::event(DomainEvent::TicketUpdated(TicketUpdated {
        ticket_id: ticket.id,
        title: command.title.clone(),
        price: command.price,
        show: command.show.clone().or_else(|| ticket.show.clone()),
    })))
}

/// Refuses as [`update_ticket`] does.
pub(in crate::domain) fn withdraw_ticket(state: &State, command: &WithdrawTicket, context: &Context) -> Result {
    let ticket = editable(state, command.ticket_id, command.expected_version, context)?;
    Ok(Decision::event(DomainEvent::TicketWithdrawn(TicketWithdrawn { ticket_id: ticket.id })))
}

fn active_seller(state: &State, context: &Context) -> Result<UserId> {
    let seller = context.actor.user().and_then(|id| state.user(id)).filter(|user| !user.erased);
    seller.map(|user| user.id).ok_or(Rejection::NoSeller)
}

fn editable<'s>(state: &'s State, id: TicketId, expected: Option<u64>, context: &Context) -> Result<&'s Ticket> {
    let ticket = state.ticket(id).ok_or(Rejection::NotFound)?;
    if context.actor.user() != Some(ticket.seller_id) {
        return Err(Rejection::NotYours);
    }
    match ticket.status {
        TicketStatus::Available => {}
        TicketStatus::Locked => return Err(Rejection::Locked),
        TicketStatus::Sold => return Err(Rejection::Sold),
        TicketStatus::Withdrawn => return Err(Rejection::Withdrawn),
    }
    if expected.is_some_and(|version| version != ticket.version) {
        return Err(Rejection::VersionMismatch);
    }
    Ok(ticket)
}
