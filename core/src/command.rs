//! Everything that the engine can be told to do: one closed enum.
//!
//! A command carries whatever was slow or random to make: fresh ids, password hashes, the gateway's answer. Deciding it
//! needs nothing but the state and the time.

use crate::domain::State;
use crate::domain::auth::{CreateUser, EraseUser, RevokeSession, SetOperator, UpdateUser};
use crate::domain::expiration::ExpireOrder;
use crate::domain::ledger::RecordPayout;
use crate::domain::order::{CancelOrder, CreateOrder};
use crate::domain::payment::{
    CloseDispute, OpenDispute, RecordRefund, ResolveEscalation, SettleCharge, SettleRefund, StartPayment, StartRefund,
};
use crate::domain::ticket::{CreateTickets, UpdateTicket, WithdrawTicket};
use crate::event::{Actor, StreamKey};
use crate::types::OrderId;
use smallvec::SmallVec;

/// What the engine is told to do, in the imperative.
#[derive(Debug, Clone)]
pub(crate) enum Command {
    /// Sign a person up.
    CreateUser(CreateUser),
    /// Change a user's email or password.
    UpdateUser(UpdateUser),
    /// Give or take the operator role.
    SetOperator(SetOperator),
    /// Delete a user's personal data.
    EraseUser(EraseUser),
    /// End a session before its time.
    RevokeSession(RevokeSession),
    /// List tickets, all or none.
    CreateTickets(CreateTickets),
    /// Change a ticket's title, price or show.
    UpdateTicket(UpdateTicket),
    /// Take a ticket off sale.
    WithdrawTicket(WithdrawTicket),
    /// Lock tickets for a buyer, all or none.
    CreateOrder(CreateOrder),
    /// End an order for its buyer.
    CancelOrder(CancelOrder),
    /// End an order whose time is up.
    ExpireOrder(ExpireOrder),
    /// Note that the gateway is about to be asked for the money.
    StartPayment(StartPayment),
    /// Note the gateway's answer to a charge.
    SettleCharge(SettleCharge),
    /// Note that the gateway is about to be asked to give money back.
    StartRefund(StartRefund),
    /// Note what became of a refund.
    SettleRefund(SettleRefund),
    /// Note that money was given back at the gateway's own desk.
    RecordRefund(RecordRefund),
    /// Note that the buyer's bank took money back.
    OpenDispute(OpenDispute),
    /// Note whose disputed money is.
    CloseDispute(CloseDispute),
    /// Note what became of money that was nobody's.
    ResolveEscalation(ResolveEscalation),
    /// Note that a seller was paid.
    RecordPayout(RecordPayout),
}

/// The streams that a command reads to be decided: few for all commands but the listing of many tickets.
pub(crate) type StreamKeys = SmallVec<[StreamKey; 4]>;

impl Command {
    /// The streams whose state decides the command when this actor gives it: the entities that it is about, whoever gives it,
    /// and of an order its buyer, its tickets and their sellers, as far as the state has the order.
    ///
    /// The engine sees to it that these entities are in memory before it decides, and a journal that several hosts share
    /// refuses the decision if one of them has moved on. How much a user has under way counts as that user's.
    pub(crate) fn reads(&self, actor: Actor, state: &State) -> StreamKeys {
        let mut keys = StreamKeys::new();
        match self {
            Self::CreateUser(command) => keys.push(StreamKey::Email(command.email_key)),
            Self::UpdateUser(command) => {
                keys.push(StreamKey::User(command.user_id));
                keys.extend(command.email.as_ref().map(|email| StreamKey::Email(email.key)));
            }
            Self::SetOperator(command) => keys.push(StreamKey::User(command.user_id)),
            Self::EraseUser(command) => keys.push(StreamKey::User(command.user_id)),
            Self::RevokeSession(command) => keys.push(StreamKey::User(command.user_id)),
            Self::UpdateTicket(command) => keys.push(StreamKey::Ticket(command.ticket_id)),
            Self::WithdrawTicket(command) => keys.push(StreamKey::Ticket(command.ticket_id)),
            Self::CreateOrder(command) => keys.extend(command.ticket_ids.iter().map(|id| StreamKey::Ticket(*id))),
            Self::CreateTickets(_)
            | Self::CancelOrder(_)
            | Self::ExpireOrder(_)
            | Self::StartPayment(_)
            | Self::SettleCharge(_)
            | Self::StartRefund(_)
            | Self::SettleRefund(_)
            | Self::RecordRefund(_)
            | Self::OpenDispute(_)
            | Self::CloseDispute(_)
            | Self::ResolveEscalation(_) => {}
            Self::RecordPayout(command) => keys.push(StreamKey::User(command.seller_id)),
        }
        if let Some(id) = self.order() {
            keys.push(StreamKey::Order(id));
            if let Some(order) = state.order(id) {
                keys.push(StreamKey::User(order.buyer_id));
                keys.extend(order.tickets.iter().map(|ticket| StreamKey::Ticket(ticket.id)));
                keys.extend(order.tickets.iter().map(|ticket| StreamKey::User(ticket.seller_id)));
            }
        }
        keys.extend(actor.user().map(StreamKey::User));
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// The order that exists already and that the command is about.
    pub(crate) const fn order(&self) -> Option<OrderId> {
        match self {
            Self::CancelOrder(command) => Some(command.order_id),
            Self::ExpireOrder(command) => Some(command.order_id),
            Self::StartPayment(command) => Some(command.order_id),
            Self::SettleCharge(command) => Some(command.order_id),
            Self::StartRefund(command) => Some(command.order_id),
            Self::SettleRefund(command) => Some(command.order_id),
            Self::RecordRefund(command) => Some(command.order_id),
            Self::OpenDispute(command) => Some(command.order_id),
            Self::CloseDispute(command) => Some(command.order_id),
            Self::ResolveEscalation(command) => Some(command.order_id),
            Self::CreateUser(_)
            | Self::UpdateUser(_)
            | Self::SetOperator(_)
            | Self::EraseUser(_)
            | Self::RevokeSession(_)
            | Self::CreateTickets(_)
            | Self::UpdateTicket(_)
            | Self::WithdrawTicket(_)
            | Self::CreateOrder(_)
            | Self::RecordPayout(_) => None,
        }
    }

    /// Whether it notes what the card processor has told. That comes in any order, so what is refused today, such as the end of a
    /// dispute of whose beginning nobody has heard, may be right when it is sent again.
    pub(crate) const fn is_told(&self) -> bool {
        matches!(
            self,
            Self::SettleCharge(_)
                | Self::SettleRefund(_)
                | Self::RecordRefund(_)
                | Self::OpenDispute(_)
                | Self::CloseDispute(_)
        )
    }

    /// The name of the command, for metrics and traces.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::CreateUser(_) => "CreateUser",
            Self::UpdateUser(_) => "UpdateUser",
            Self::SetOperator(_) => "SetOperator",
            Self::EraseUser(_) => "EraseUser",
            Self::RevokeSession(_) => "RevokeSession",
            Self::CreateTickets(_) => "CreateTickets",
            Self::UpdateTicket(_) => "UpdateTicket",
            Self::WithdrawTicket(_) => "WithdrawTicket",
            Self::CreateOrder(_) => "CreateOrder",
            Self::CancelOrder(_) => "CancelOrder",
            Self::ExpireOrder(_) => "ExpireOrder",
            Self::StartPayment(_) => "StartPayment",
            Self::SettleCharge(_) => "SettleCharge",
            Self::StartRefund(_) => "StartRefund",
            Self::SettleRefund(_) => "SettleRefund",
            Self::RecordRefund(_) => "RecordRefund",
            Self::OpenDispute(_) => "OpenDispute",
            Self::CloseDispute(_) => "CloseDispute",
            Self::ResolveEscalation(_) => "ResolveEscalation",
            Self::RecordPayout(_) => "RecordPayout",
        }
    }
}
