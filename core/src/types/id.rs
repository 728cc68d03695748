//! Typed ids. A function that takes an order's id does not accept a ticket's id.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Error for text that is not a valid id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid id")]
pub struct IdParseError;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// Ids that boxoffice creates are UUIDs of version 7, so later ids sort after earlier ones. The text form is
        /// lower-case and hyphenated. The stored form is 16 bytes.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Creates an id from its 16 bytes.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// Returns the 16 bytes of the id. The bytes sort in the same order as the ids.
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
    /// Identifier of a user.
    UserId
);
id!(
    /// Identifier of a ticket.
    TicketId
);
id!(
    /// Identifier of an order.
    OrderId
);
id!(
    /// Identifier of a charge, and the idempotency key that is sent to the gateway.
    ChargeId
);
id!(
    /// Identifier of a refund, and the idempotency key that is sent to the gateway.
    RefundId
);
id!(
    /// Identifier of a payout.
    PayoutId
);
id!(
    /// Identifier of a session: the `sid` claim of its token.
    SessionId
);
id!(
    /// Identifier of a host of a cluster: of one data directory on one machine.
    HostId
);
id!(
    /// Identifier of a webhook that the hosts of a cluster share.
    WebhookId
);
id!(
    /// Identifier of a command. Every journal record carries the id of the command that caused it.
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
