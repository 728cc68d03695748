//! Typed ids: a ticket's id can't be handed to a function that wants an order's.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A text that is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid id")]
pub struct IdParseError;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// A UUID of version 7 where boxoffice made it: ids made later sort later. Shown as lower-case hyphenated text,
        /// stored as 16 bytes.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The id that these 16 bytes stand for.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The 16 bytes of the id, in the order in which ids sort.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl FromStr for $name {
            type Err = IdParseError;

            fn from_str(text: &str) -> Result<Self, IdParseError> {
                if text.len() != 36 {
                    return Err(IdParseError);
                }
                Uuid::try_parse(text).map(Self).map_err(|_| IdParseError)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
    };
}

id!(
    /// Names a user.
    UserId
);
id!(
    /// Names a ticket.
    TicketId
);
id!(
    /// Names an order.
    OrderId
);
id!(
    /// Names a charge; also the idempotency key that the gateway gets.
    ChargeId
);
id!(
    /// Names a refund; also the idempotency key that the gateway gets.
    RefundId
);
id!(
    /// Names a payout.
    PayoutId
);
id!(
    /// Names a session, the `sid` of its token.
    SessionId
);
id!(
    /// Names a command; every journal record carries the id of the command that caused it.
    CommandId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        let text = "01938f6e-8c7a-7b2e-8f00-0123456789ab";
        assert_eq!(text.parse::<TicketId>().unwrap().to_string(), text);
    }

    #[test]
    fn only_the_hyphenated_form_is_an_id() {
        for bad in [
            "",
            "1",
            "01938f6e8c7a7b2e8f000123456789ab",
            "{01938f6e-8c7a-7b2e-8f00-0123456789ab}",
            "01938f6e-8c7a-7b2e-8f00-0123456789ag",
        ] {
            assert_eq!(bad.parse::<OrderId>(), Err(IdParseError), "{bad}");
        }
    }

    #[test]
    fn order_of_ids_is_order_of_bytes() {
        let a = UserId::from_bytes([1; 16]);
        let b = UserId::from_bytes([2; 16]);
        assert!(a < b && a.as_bytes() < b.as_bytes());
    }
}
