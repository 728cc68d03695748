//! The facts that the journal keeps: every event, and the record that carries it. What an event is stands beside its struct, in
//! a file of its domain; here is the list of all.
//!
//! **Invariant:** the serde form of these types is stored for ever. A field may be added with a default; nothing is renamed,
//! removed or given another meaning. `core/tests/it/golden/` holds a fixture of every event ever released.

mod cursor;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smallvec::SmallVec;

pub use self::cursor::{JournalCursor, JournalCursorError};
pub use crate::domain::auth::{SessionRevoked, UserCreated, UserErased, UserUpdated};
pub use crate::domain::expiration::OrderExpired;
pub use crate::domain::ledger::PayoutRecorded;
pub use crate::domain::order::{CancelReason, OrderCancelled, OrderCreated, OrderedTicket, TicketVersion};
pub use crate::domain::payment::{
    ChargeAuthorized, ChargeCreated, ChargeDisputed, ChargeEscalated, ChargeFailed, ChargeRefunded, ChargeTransferred,
    ChargeVoided, DisputeClosed, EscalationResolved, LateMoneyReceived, PaymentStarted, RefundFailed, RefundReason,
    RefundStarted, Resolution, UnknownResolution, VoidStarted,
};
pub use crate::domain::ticket::{TicketCreated, TicketUpdated, TicketWithdrawn};
use crate::domain::{Apply, Circumstances, Fact, Inconsistency, State, Then};
use crate::types::{CommandId, OrderId, TicketId, Timestamp, UserId, decode_text};

/// Makes the enum of all events. Each is a struct that implements [`Apply`].
macro_rules! events {
    ($(#[$meta:meta])* pub enum DomainEvent { $($(#[$doc:meta])* $name:ident($body:ident),)* }) => {
        $(#[$meta])*
        pub enum DomainEvent {
            $($(#[$doc])* $name($body),)*
        }

        impl DomainEvent {
            /// Returns the name of the event, as published in `type`.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => stringify!($name),)*
                }
            }

            /// Returns the stream that the event belongs to. [`Record::version`] is the version of this stream's entity.
            pub fn stream(&self) -> StreamKey {
                match self {
                    $(Self::$name(event) => event.stream(),)*
                }
            }

            /// Returns the streams whose entities the event changes: its own, and the tickets that an order's event locks, frees or
            /// sells.
            pub fn changes(&self) -> SmallVec<[StreamKey; 4]> {
                match self {
                    $(Self::$name(event) => changes(event),)*
                }
            }

            /// Says that the event may be about something in which nothing was under way any more; see [`Apply::MAY_REVIVE`].
            pub(crate) const fn may_revive(&self) -> bool {
                match self {
                    $(Self::$name(_) => $body::MAY_REVIVE,)*
                }
            }

            /// Says that nothing may be under way any more with something that it changes; see [`Apply::MAY_SETTLE`].
            pub(crate) const fn may_settle(&self) -> bool {
                match self {
                    $(Self::$name(_) => $body::MAY_SETTLE,)*
                }
            }

            /// Returns what the engine does once the event is durable; see [`Apply::THEN`].
            pub(crate) fn then(&self) -> Option<Then> {
                match self {
                    $(Self::$name(event) => $body::THEN.map(|then| then(event)),)*
                }
            }

            /// Changes the state, and enters what that means for whose the money is.
            pub(crate) fn apply(&self, state: &mut State, fact: Fact) -> Result<(), Inconsistency> {
                match self {
                    $(Self::$name(event) => apply(event, state, fact),)*
                }
            }

            /// Returns the event that follows from this one in the same decision; see [`Apply::LEADS_TO`].
            pub(crate) fn leads_to(&self, state: &State) -> Option<DomainEvent> {
                match self {
                    $(Self::$name(event) => $body::LEADS_TO.and_then(|leads_to| leads_to(event, state)),)*
                }
            }

            /// Checks what the rules demand of the event; see [`Apply::DEMANDS`].
            pub(crate) fn demands(&self, state: &State, circumstances: &Circumstances) -> Result<(), Inconsistency> {
                match self {
                    $(Self::$name(event) => $body::DEMANDS.map_or(Ok(()), |demands| demands(event, state, circumstances)),)*
                }
            }
        }
    };
}

events! {
    /// A fact of the journal, always in the past tense.
    ///
    /// Published as `{"type": "OrderCreated", "data": {…}}`.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(tag = "type", content = "data")]
    #[cfg_attr(not(feature = "simulation"), non_exhaustive)]
    pub enum DomainEvent {
        /// Somebody signed up.
        UserCreated(UserCreated),
        /// A user's email, password or role changed.
        UserUpdated(UserUpdated),
        /// A user's personal data was deleted.
        UserErased(UserErased),
        /// A session ended before its time.
        SessionRevoked(SessionRevoked),
        /// A ticket was listed.
        TicketCreated(TicketCreated),
        /// A ticket's title, price or show changed.
        TicketUpdated(TicketUpdated),
        /// A ticket was taken off sale by its seller.
        TicketWithdrawn(TicketWithdrawn),
        /// An order locked its tickets.
        OrderCreated(OrderCreated),
        /// An order ended and freed its tickets.
        OrderCancelled(OrderCancelled),
        /// An order reached its deadline and freed its tickets.
        OrderExpired(OrderExpired),
        /// The gateway is about to be asked for the money of an order.
        PaymentStarted(PaymentStarted),
        /// The money was taken: the order is complete and its tickets are sold.
        ChargeCreated(ChargeCreated),
        /// The money was not taken.
        ChargeFailed(ChargeFailed),
        /// The gateway is about to be asked to give the money back.
        RefundStarted(RefundStarted),
        /// Money was given back.
        ChargeRefunded(ChargeRefunded),
        /// The money is set aside: the order keeps its tickets until it is captured.
        ChargeAuthorized(ChargeAuthorized),
        /// The gateway refused to give money back, for good.
        RefundFailed(RefundFailed),
        /// Money came for an order that had ended.
        LateMoneyReceived(LateMoneyReceived),
        /// A charge that came late pays a new order.
        ChargeTransferred(ChargeTransferred),
        /// Money is nobody's and could not be given back: an operator has to see to it.
        ChargeEscalated(ChargeEscalated),
        /// An operator has seen to money that was nobody's.
        EscalationResolved(EscalationResolved),
        /// Money was set aside too late; the gateway is about to be asked to release it.
        VoidStarted(VoidStarted),
        /// Money that was set aside was released.
        ChargeVoided(ChargeVoided),
        /// The buyer's bank took money back until it is clear whose it is.
        ChargeDisputed(ChargeDisputed),
        /// It is clear whose disputed money is.
        DisputeClosed(DisputeClosed),
        /// A seller was paid what they were owed, or a part of it.
        PayoutRecorded(PayoutRecorded),
    }
}

fn changes<E: Apply>(event: &E) -> SmallVec<[StreamKey; 4]> {
    let mut keys = SmallVec::new();
    keys.push(event.stream());
    if let Some(tickets) = E::TICKETS {
        tickets(event, &mut keys);
    }
    keys
}

fn apply<E: Apply>(event: &E, state: &mut State, fact: Fact) -> Result<(), Inconsistency> {
    event.apply(state, fact)?;
    E::POSTS.map_or(Ok(()), |posts| posts(event, state, fact))
}

/// The entity that an event is about: events of one stream are versioned 1, 2, 3, ….
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StreamKey {
    /// A user.
    User(UserId),
    /// An email address, by its keyed hash: who owns it.
    Email(EmailKey),
    /// A ticket.
    Ticket(TicketId),
    /// An order, with its charge.
    Order(OrderId),
}

impl fmt::Display for StreamKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user/{id}"),
            Self::Email(key) => write!(f, "email/{key}"),
            Self::Ticket(id) => write!(f, "ticket/{id}"),
            Self::Order(id) => write!(f, "order/{id}"),
        }
    }
}

/// A keyed hash of a case-folded email address: unique like the address, and telling nothing about it without the key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EmailKey([u8; 16]);

impl EmailKey {
    /// The key with these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes of the key.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for EmailKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for EmailKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailKey({self})")
    }
}

/// Who gave a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Actor {
    /// The box office itself: a deadline, the gateway's answer, an administrator at the machine.
    System,
    /// A signed-in user.
    User(UserId),
}

impl Actor {
    /// The user, if it is one.
    pub const fn user(self) -> Option<UserId> {
        match self {
            Self::System => None,
            Self::User(id) => Some(id),
        }
    }
}

/// An event with the circumstances under which it became a fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// The place in the journal: 1, 2, 3, … without a gap.
    pub seq: u64,
    /// When it was decided, by the engine's own time, which never runs backwards.
    pub at: Timestamp,
    /// Who caused it.
    pub actor: Actor,
    /// The command that caused it.
    pub command_id: CommandId,
    /// The version of the event's entity after it.
    pub version: u64,
    /// The event.
    pub event: DomainEvent,
    /// The hash over this record and, through its predecessor's hash, over all records before it.
    #[serde(default, skip_serializing_if = "Hash::is_zero")]
    pub hash: Hash,
}

/// A BLAKE3 hash, published as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Hash([u8; 32]);

impl Hash {
    /// The hash "before" the first record.
    pub const ZERO: Self = Self([0; 32]);

    /// The hash with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes of the hash.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn is_zero(&self) -> bool {
        *self == Self::ZERO
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.collect_str(self) } else { serializer.serialize_bytes(&self.0) }
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            decode_text(deserializer, |text| blake3::Hash::from_hex(text).map(|hash| Self(*hash.as_bytes())))
        } else {
            let bytes = <serde_bytes::ByteArray<32>>::deserialize(deserializer)?;
            Ok(Self(bytes.into_array()))
        }
    }
}
