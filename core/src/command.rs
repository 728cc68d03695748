//! Commands of the engine: one closed enum.
//!
//! A command carries everything that was slow or random to make: fresh ids, password hashes, the gateway's answer.
//! Deciding it needs only the state and the time. Each command is described beside its struct, in a file of its domain;
//! this file lists all of them.

use smallvec::SmallVec;

use crate::domain::auth::{CreateUser, EraseUser, RevokeSession, SetOperator, UpdateUser};
use crate::domain::cluster::{JoinHost, LeaveHost};
use crate::domain::expiration::ExpireOrder;
use crate::domain::ledger::RecordPayout;
use crate::domain::order::{CancelOrder, CreateOrder};
use crate::domain::payment::{
    CloseDispute, OpenDispute, RecordRefund, ResolveEscalation, SettleCharge, SettleRefund, StartPayment, StartRefund,
};
use crate::domain::ticket::{CreateTickets, RescheduleTickets, SeatKeys, UpdateTicket, WithdrawTicket};
use crate::domain::webhook::{AdvanceWebhook, DisableWebhook, RemoveWebhook, ResumeWebhook, SaveWebhook};
use crate::domain::{Context, Decide, Decision, Rejection, Reply, State};
use crate::event::{Actor, StreamKey};
use crate::types::{OrderId, Timestamp};

/// Streams that a command's decision reads. They are few for all commands except listings of many tickets.
pub(crate) type StreamKeys = SmallVec<[StreamKey; 4]>;

/// Defines the enum of all commands. Each is a struct that implements [`Decide`].
macro_rules! commands {
    ($($name:ident,)*) => {
        /// Command to the engine, named in the imperative.
        #[derive(Debug, Clone)]
        #[cfg_attr(feature = "cluster", derive(serde::Serialize, serde::Deserialize))]
        pub(crate) enum Command {
            $($name($name),)*
        }

        $(
            impl From<$name> for Command {
                fn from(command: $name) -> Self {
                    Self::$name(command)
                }
            }
        )*

        impl Command {
            /// Returns the name of the command, for metrics and traces.
            pub(crate) const fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => stringify!($name),)*
                }
            }

            /// Returns `true` if the command records a report of the card processor; see [`Decide::IS_TOLD`].
            pub(crate) const fn is_told(&self) -> bool {
                match self {
                    $(Self::$name(_) => $name::IS_TOLD,)*
                }
            }

            /// Returns the existing order that the command is about.
            pub(crate) fn order(&self) -> Option<OrderId> {
                match self {
                    $(Self::$name(command) => command.order(),)*
                }
            }

            /// Decides the command without the events that follow from its own; [`decide`](crate::domain::decide) adds
            /// them.
            pub(crate) fn decide_alone(&self, state: &State, context: &Context) -> Result<Decision, Rejection> {
                match self {
                    $(Self::$name(command) => command.decide(state, context).map_err(Rejection::from),)*
                }
            }

            /// Returns the command's answer, once it is decided and applied.
            pub(crate) fn answer(&self, state: &State, now: Timestamp) -> Option<Reply> {
                match self {
                    $(Self::$name(command) => command.answer(state, now).map(Reply::from),)*
                }
            }

            fn streams(&self) -> StreamKeys {
                match self {
                    $(Self::$name(command) => command.streams(),)*
                }
            }

            /// Returns the seats that the command puts on sale, as far as the state has what it is about.
            pub(crate) fn seats(&self, state: &State) -> SeatKeys {
                match self {
                    $(Self::$name(command) => command.seats(state),)*
                }
            }
        }
    };
}

commands! {
    CreateUser,
    UpdateUser,
    SetOperator,
    EraseUser,
    RevokeSession,
    CreateTickets,
    UpdateTicket,
    RescheduleTickets,
    WithdrawTicket,
    CreateOrder,
    CancelOrder,
    ExpireOrder,
    StartPayment,
    SettleCharge,
    StartRefund,
    SettleRefund,
    RecordRefund,
    OpenDispute,
    CloseDispute,
    ResolveEscalation,
    RecordPayout,
    JoinHost,
    LeaveHost,
    SaveWebhook,
    AdvanceWebhook,
    DisableWebhook,
    ResumeWebhook,
    RemoveWebhook,
}

impl Command {
    /// Returns the streams whose state decides the command when this actor gives it: the entities that it is about, whoever gives
    /// it, of an order its buyer, its tickets and their sellers, and of a seat the tickets for it with the orders that have them, as
    /// far as the state has these.
    ///
    /// The engine loads these entities into memory before it decides. A journal shared by several hosts refuses the
    /// decision if one of them has changed. A user's open orders and active tickets count as part of the user's stream.
    pub(crate) fn reads(&self, actor: Actor, state: &State) -> StreamKeys {
        let mut keys = self.streams();
        if let Some(id) = self.order() {
            keys.push(StreamKey::Order(id));
            if let Some(order) = state.order(id) {
                keys.push(StreamKey::User(order.buyer_id));
                keys.extend(order.tickets.iter().map(|ticket| StreamKey::Ticket(ticket.id)));
                keys.extend(order.tickets.iter().map(|ticket| StreamKey::User(ticket.seller_id)));
            }
        }
        for holder in self.seats(state).into_iter().flat_map(|seat| state.seat_holders(seat)) {
            keys.push(StreamKey::Ticket(holder));
            keys.extend(state.ticket(holder).and_then(|ticket| ticket.holder).map(StreamKey::Order));
        }
        keys.extend(actor.user().map(StreamKey::User));
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}
