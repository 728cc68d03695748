//! Refusals of the domains.

use super::{auth, cluster, expiration, ledger, order, payment, ticket, webhook};
use crate::types::TicketId;

/// Defines a domain's `Rejection`, and its `codes`: the list of each refusal's public code.
///
/// A refusal under `has` has its own code, which is declared with it (`Refusal: Code = Kind "the.code" "The message"`;
/// the sentence before it documents both). A refusal under `shares` uses a code that is declared elsewhere (`Refusal:
/// Code`). A domain that asks another first can pass on that one's refusals (`or Order(order::Rejection)`).
///
/// The list is a macro. It takes the names of further macros, and passes its input and its own list to the first of
/// them. `core/src/error/code.rs` joins all lists in this way.
macro_rules! rejections {
    ($($list:tt)*) => {
        $crate::domain::rejection::list_rejections! { ($) $($list)* }
    };
}
pub(super) use rejections;

macro_rules! list_rejections {
    (
        ($d:tt)
        $(#[$meta:meta])*
        $domain:ident $(or $other:ident($inner:path) $why:literal)?
        has {
            $($(#[$doc:meta])* $name:ident $(($about:ident))?: $code:ident = $kind:ident $text:literal $message:literal;)*
        }
        shares {
            $($(#[$shared_doc:meta])* $shared:ident $(($shared_about:ident))?: $shared_code:ident;)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Rejection {
            $(#[doc = $why] $other($inner),)?
            $($(#[$doc])* $name $(($about))?,)*
            $($(#[$shared_doc])* $shared $(($shared_about))?,)*
        }

        macro_rules! codes {
            ([$d next:ident $d($d rest:ident)*] $d($d given:tt)*) => {
                $d next! {
                    [$d($d rest)*] $d($d given)*
                    $domain $(or $other)?
                    has { $($(#[$doc])* $name: $code = $kind $text $message;)* }
                    shares { $($shared: $shared_code;)* }
                }
            };
        }
        pub(crate) use codes;
    };
}
pub(in crate::domain) use list_rejections;

/// Defines the union of the domains' refusals.
macro_rules! domains {
    ($($(#[$doc:meta])* $name:ident($domain:ident),)*) => {
        /// Refusal of a domain.
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
    /// Refusal of the auth domain.
    Auth(auth),
    /// Refusal of the ticket domain.
    Ticket(ticket),
    /// Refusal of the order domain.
    Order(order),
    /// Refusal of the expiration domain.
    Expiration(expiration),
    /// Refusal of the payment domain.
    Payment(payment),
    /// Refusal of the ledger domain.
    Ledger(ledger),
    /// Refusal of the cluster domain.
    Cluster(cluster),
    /// Refusal of the webhook domain.
    Webhook(webhook),
}

impl Rejection {
    /// Returns `true` if the refusal may be caused only by holds that have ended by the clock but are still counted.
    pub(crate) const fn counts_holds(self) -> bool {
        match self {
            Self::Auth(rejection) => rejection.counts_holds(),
            Self::Order(rejection) => rejection.counts_holds(),
            Self::Ticket(_)
            | Self::Expiration(_)
            | Self::Payment(_)
            | Self::Ledger(_)
            | Self::Cluster(_)
            | Self::Webhook(_) => false,
        }
    }

    /// Returns the ticket that caused the refusal, if it is about one of several.
    pub(crate) const fn ticket(self) -> Option<TicketId> {
        match self {
            Self::Order(rejection) => rejection.ticket(),
            Self::Payment(rejection) => rejection.ticket(),
            Self::Auth(_)
            | Self::Ticket(_)
            | Self::Expiration(_)
            | Self::Ledger(_)
            | Self::Cluster(_)
            | Self::Webhook(_) => None,
        }
    }

    /// Returns the place in its list of what is refused, if the command lists several.
    pub(crate) const fn row(self) -> Option<usize> {
        match self {
            Self::Ticket(rejection) => rejection.row(),
            Self::Auth(_)
            | Self::Order(_)
            | Self::Expiration(_)
            | Self::Payment(_)
            | Self::Ledger(_)
            | Self::Cluster(_)
            | Self::Webhook(_) => None,
        }
    }
}
