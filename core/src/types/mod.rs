//! Basic value types: ids, money, time and bounded text.
//!
//! **Invariant:** this module depends on no other module of the crate, and no value of these types is ever invalid: a
//! [`Title`] is within its length, a [`Currency`] has minor units, an [`Email`] has one `@`.

mod acknowledgement;
pub(crate) mod change;
mod civil;
mod decode;
pub(crate) mod fold;
mod host_state;
mod id;
mod money;
mod name;
mod signed;
mod text;
mod time;
pub(crate) mod unicode;
mod zone;

pub use acknowledgement::Acknowledgement;
pub use change::Change;
pub use civil::{VenueTime, VenueTimeError};
pub(crate) use decode::text as decode_text;
pub use host_state::HostState;
pub use id::{
    ChargeId, CommandId, HostId, IdParseError, OrderId, PayoutId, RefundId, SessionId, TicketId, UserId, WebhookId,
};
pub use money::{Currency, Money, MoneyError};
pub use name::UnknownName;
pub(crate) use name::by_name;
pub use signed::SignedMoney;
pub use text::{
    CardToken, Category, ClientSecret, Email, HostName, IdempotencyKey, Password, PayoutReference, SeatLabel, ShowName,
    TextError, Title, Venue,
};
pub use time::{Timestamp, TimestampParseError};
pub use zone::{TimeZoneName, UnknownTimeZone, tzdb_version};
