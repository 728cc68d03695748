//! Facts of the journal: all events, and the record that contains them. Each event is described beside its struct, in a
//! file of its domain; this file lists all of them.
//!
//! **Invariant:** the serde form of these types is stored for ever. A field may be added with a default; nothing is
//! renamed, removed or given another meaning. `core/tests/it/golden/` holds a fixture of every event ever released.

mod cursor;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smallvec::SmallVec;

pub use self::cursor::{JournalCursor, JournalCursorError};
pub use crate::domain::auth::{SessionRevoked, UserCreated, UserErased, UserUpdated};
pub use crate::domain::cluster::{HostJoined, HostLeft};
pub use crate::domain::expiration::OrderExpired;
pub use crate::domain::ledger::PayoutRecorded;
pub use crate::domain::order::{CancelReason, OrderCancelled, OrderCreated, OrderedTicket, TicketVersion};
pub use crate::domain::payment::{
    ChargeAuthorized, ChargeCreated, ChargeDisputed, ChargeEscalated, ChargeFailed, ChargeRefunded, ChargeTransferred,
    ChargeVoided, DisputeClosed, EscalationResolved, LateMoneyReceived, PaymentStarted, RefundFailed, RefundReason,
    RefundStarted, Resolution, UnknownResolution, VoidStarted,
};
pub use crate::domain::ticket::{TicketCreated, TicketUpdated, TicketWithdrawn};
pub use crate::domain::webhook::{WebhookAdvanced, WebhookDisabled, WebhookRemoved, WebhookResumed, WebhookSaved};
use crate::domain::{Apply, Circumstances, Fact, Inconsistency, State, Then};
use crate::types::{CommandId, HostId, OrderId, TicketId, Timestamp, UserId, WebhookId, decode_text};

/// Defines the enum of all events. Each is a struct that implements [`Apply`].
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

            /// Returns `true` if the event may change an entity that is already terminal; see [`Apply::MAY_REVIVE`].
            pub(crate) const fn may_revive(&self) -> bool {
                match self {
                    $(Self::$name(_) => $body::MAY_REVIVE,)*
                }
            }

            /// Returns `true` if an entity that the event changes may become terminal; see [`Apply::MAY_SETTLE`].
            pub(crate) const fn may_settle(&self) -> bool {
                match self {
                    $(Self::$name(_) => $body::MAY_SETTLE,)*
                }
            }

            /// Returns the action that the engine takes once the event is durable; see [`Apply::THEN`].
            pub(crate) fn then(&self) -> Option<Then> {
                match self {
                    $(Self::$name(event) => $body::THEN.map(|then| then(event)),)*
                }
            }

            /// Applies the event to the state, and posts its ledger entries.
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

            /// Checks the rules for the event that the state's transitions don't enforce; see [`Apply::DEMANDS`].
            pub(crate) fn demands(&self, state: &State, circumstances: &Circumstances) -> Result<(), Inconsistency> {
                match self {
                    $(Self::$name(event) => $body::DEMANDS.map_or(Ok(()), |demands| demands(event, state, circumstances)),)*
                }
            }
        }
    };
}

events! {
    /// Fact of the journal, named in the past tense.
    ///
    /// Published as `{"type": "OrderCreated", "data": {…}}`.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(tag = "type", content = "data")]
    #[cfg_attr(not(feature = "simulation"), non_exhaustive)]
    pub enum DomainEvent {
        /// A user signed up.
        UserCreated(UserCreated),
        /// A user's email, password or role changed.
        UserUpdated(UserUpdated),
        /// A user's personal data was deleted.
        UserErased(UserErased),
        /// A session was ended before it expired.
        SessionRevoked(SessionRevoked),
        /// A ticket was listed.
        TicketCreated(TicketCreated),
        /// A ticket's title, price or show changed.
        TicketUpdated(TicketUpdated),
        /// A ticket was taken off sale by its seller.
        TicketWithdrawn(TicketWithdrawn),
        /// An order locked its tickets.
        OrderCreated(OrderCreated),
        /// An order was cancelled and freed its tickets.
        OrderCancelled(OrderCancelled),
        /// An order reached its deadline and freed its tickets.
        OrderExpired(OrderExpired),
        /// The gateway is about to be asked for the money of an order.
        PaymentStarted(PaymentStarted),
        /// The money was taken. The order is complete and its tickets are sold.
        ChargeCreated(ChargeCreated),
        /// The money was not taken.
        ChargeFailed(ChargeFailed),
        /// The gateway is about to be asked to give the money back.
        RefundStarted(RefundStarted),
        /// Money was given back.
        ChargeRefunded(ChargeRefunded),
        /// The money was authorized. The order keeps its tickets until the money is captured.
        ChargeAuthorized(ChargeAuthorized),
        /// The gateway permanently refused to give the money back.
        RefundFailed(RefundFailed),
        /// Money came for an order that had ended.
        LateMoneyReceived(LateMoneyReceived),
        /// Late money pays a new order.
        ChargeTransferred(ChargeTransferred),
        /// Late money could not be given back. An operator has to resolve it.
        ChargeEscalated(ChargeEscalated),
        /// An operator resolved late money.
        EscalationResolved(EscalationResolved),
        /// Money was authorized too late. The gateway is about to be asked to void the authorization.
        VoidStarted(VoidStarted),
        /// A late authorization was voided. No money was taken.
        ChargeVoided(ChargeVoided),
        /// The buyer's bank took money back until the dispute is closed.
        ChargeDisputed(ChargeDisputed),
        /// A dispute was closed.
        DisputeClosed(DisputeClosed),
        /// A seller was paid all or part of what they were owed.
        PayoutRecorded(PayoutRecorded),
        /// A host joined the cluster, or got another name or vote.
        HostJoined(HostJoined),
        /// A host left the cluster.
        HostLeft(HostLeft),
        /// A webhook that the hosts share was created, or delivers something else or elsewhere.
        WebhookSaved(WebhookSaved),
        /// The deliveries of a webhook that the hosts share have come so far.
        WebhookAdvanced(WebhookAdvanced),
        /// Nothing is delivered to a webhook that the hosts share, until it is resumed.
        WebhookDisabled(WebhookDisabled),
        /// An operator resumed the deliveries of a webhook that the hosts share.
        WebhookResumed(WebhookResumed),
        /// A webhook that the hosts share was removed.
        WebhookRemoved(WebhookRemoved),
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

/// Stream of the events of one entity. Its versions are 1, 2, 3, ….
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StreamKey {
    /// A user.
    User(UserId),
    /// Owner of an email address, which is identified by its keyed hash.
    Email(EmailKey),
    /// A ticket.
    Ticket(TicketId),
    /// An order, with its charge.
    Order(OrderId),
    /// A host of a cluster.
    Host(HostId),
    /// A webhook that the hosts of a cluster share.
    Webhook(WebhookId),
}

impl fmt::Display for StreamKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user/{id}"),
            Self::Email(key) => write!(f, "email/{key}"),
            Self::Ticket(id) => write!(f, "ticket/{id}"),
            Self::Order(id) => write!(f, "order/{id}"),
            Self::Host(id) => write!(f, "host/{id}"),
            Self::Webhook(id) => write!(f, "webhook/{id}"),
        }
    }
}

/// Keyed hash of a case-folded email address. It is unique like the address, and reveals nothing about it without the
/// key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EmailKey([u8; 16]);

impl EmailKey {
    /// Creates a key from its bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes of the key.
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

#[cfg(feature = "cluster")]
impl Serialize for EmailKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

#[cfg(feature = "cluster")]
impl<'de> Deserialize<'de> for EmailKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(<serde_bytes::ByteArray<16>>::deserialize(deserializer)?.into_array()))
    }
}

/// Actor who gave a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Actor {
    /// The box office itself: a deadline, the gateway's answer, an administrator at the machine.
    System,
    /// A signed-in user.
    User(UserId),
}

impl Actor {
    /// Returns the user, if the actor is one.
    pub const fn user(self) -> Option<UserId> {
        match self {
            Self::System => None,
            Self::User(id) => Some(id),
        }
    }
}

/// Event with the circumstances of its decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// Position in the journal: 1, 2, 3, … without a gap.
    pub seq: u64,
    /// Time of the decision, by the engine's own time, which never runs backwards.
    pub at: Timestamp,
    /// Actor that caused it.
    pub actor: Actor,
    /// Command that caused it.
    pub command_id: CommandId,
    /// Version of the event's entity after the event.
    pub version: u64,
    /// Event of the record.
    pub event: DomainEvent,
    /// Hash over this record and, through its predecessor's hash, over all records before it.
    #[serde(default, skip_serializing_if = "Hash::is_zero")]
    pub hash: Hash,
}

/// A BLAKE3 hash, published as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Hash([u8; 32]);

impl Hash {
    /// Hash that precedes the first record.
    pub const ZERO: Self = Self([0; 32]);

    /// Creates a hash from its bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes of the hash.
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
