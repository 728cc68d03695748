//! Why the domains say no.

use super::{auth, expiration, ledger, order, payment, ticket};
use crate::types::TicketId;

/// Makes the union of the domains' refusals.
macro_rules! domains {
    ($($(#[$doc:meta])* $name:ident($domain:ident),)*) => {
        /// Why a domain says no.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Rejection {
            $($(#[$doc])* $name($domain::Rejection),)*
        }

        $(
            impl From<$domain::Rejection> for Rejection {
                fn from(rejection: $domain::Rejection) -> Self {
                    Self::$name(rejection)
                }
            }
        )*
    };
}

domains! {
    /// The auth domain.
    Auth(auth),
    /// The ticket domain.
    Ticket(ticket),
    /// The order domain.
    Order(order),
    /// The expiration domain.
    Expiration(expiration),
    /// The payment domain.
    Payment(payment),
    /// The ledger domain.
    Ledger(ledger),
}

impl Rejection {
    /// Says that the refusal may hold only because holds that have ended by the clock are still counted.
    pub(crate) const fn counts_holds(self) -> bool {
        match self {
            Self::Auth(rejection) => rejection.counts_holds(),
            Self::Order(rejection) => rejection.counts_holds(),
            Self::Ticket(_) | Self::Expiration(_) | Self::Payment(_) | Self::Ledger(_) => false,
        }
    }

    /// Returns the ticket that is in the way, if the refusal is about one of several.
    pub(crate) const fn ticket(self) -> Option<TicketId> {
        match self {
            Self::Order(rejection) => rejection.ticket(),
            Self::Payment(rejection) => rejection.ticket(),
            Self::Auth(_) | Self::Ticket(_) | Self::Expiration(_) | Self::Ledger(_) => None,
        }
    }
}
