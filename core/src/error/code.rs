//! Stable codes of errors. The codes of refusals are declared beside them in the domains; the others are declared here.

use super::ErrorKind;
use crate::domain::auth::codes as auth_codes;
use crate::domain::cluster::codes as cluster_codes;
use crate::domain::expiration::codes as expiration_codes;
use crate::domain::ledger::codes as ledger_codes;
use crate::domain::order::codes as order_codes;
use crate::domain::payment::codes as payment_codes;
use crate::domain::ticket::codes as ticket_codes;
use crate::domain::webhook::codes as webhook_codes;

/// Lists the codes that no refusal has. Together with the domains' lists they are all codes.
macro_rules! codes {
    ($($list:tt)*) => {
        auth_codes! {
            [ticket_codes order_codes expiration_codes payment_codes ledger_codes cluster_codes webhook_codes all_codes]
            { $($list)* }
        }
    };
}

/// Defines [`Code`] from all lists, and maps each refusal to its code.
macro_rules! all_codes {
    (
        []
        { $($(#[$doc:meta])* $code:ident = $kind:ident $text:literal $message:literal;)* }
        $(
            $domain:ident $(or $other:ident)?
            has {
                $($(#[$own_doc:meta])* $name:ident: $own:ident = $own_kind:ident $own_text:literal $own_message:literal;)*
            }
            shares { $($shared:ident: $shared_code:ident;)* }
        )*
    ) => {
        /// Stable code of an [`Error`](crate::Error). Codes are never renamed and never change their meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[$doc])* $code,)*
            $($($(#[$own_doc])* $own,)*)*
        }

        impl Code {
            /// All codes.
            pub const ALL: &'static [Self] = &[$(Self::$code,)* $($(Self::$own,)*)*];

            /// Returns the stable text, such as `ticket.locked`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$code => $text,)*
                    $($(Self::$own => $own_text,)*)*
                }
            }

            /// Returns the kind of error of the code.
            pub const fn kind(self) -> ErrorKind {
                match self {
                    $(Self::$code => ErrorKind::$kind,)*
                    $($(Self::$own => ErrorKind::$own_kind,)*)*
                }
            }

            /// Returns the default message of errors of this code.
            pub const fn message(self) -> &'static str {
                match self {
                    $(Self::$code => $message,)*
                    $($(Self::$own => $own_message,)*)*
                }
            }
        }

        $(
            impl From<crate::domain::$domain::Rejection> for Code {
                fn from(rejection: crate::domain::$domain::Rejection) -> Self {
                    use crate::domain::$domain::Rejection;
                    match rejection {
                        $(Rejection::$other(rejection) => rejection.into(),)?
                        $(Rejection::$name { .. } => Self::$own,)*
                        $(Rejection::$shared { .. } => Self::$shared_code,)*
                    }
                }
            }
        )*
    };
}

codes! {
    /// A field of the input is invalid; the faults name it.
    Validation = Validation "validation" "The input is not valid";

    /// No user is signed in, or the session has ended.
    AuthRequired = Unauthenticated "auth.required" "Not signed in";
    /// The email is unknown or the password is wrong; the error does not tell which.
    AuthInvalidCredentials = Unauthenticated "auth.invalid_credentials" "Invalid credentials";
    /// Only an operator may do this.
    AuthOperatorRequired = Forbidden "auth.operator_required" "Only an operator may do this";

    /// The card processor refused the card.
    PaymentDeclined = PaymentDeclined "payment.declined" "The card was declined";
    /// The charge belongs to another user's order.
    PaymentNotYours = Forbidden "payment.not_yours" "The charge is not yours";
    /// The message is not from the card processor, or is too old.
    PaymentNoticeRefused = Validation "payment.notice_refused" "The message is not from the card processor";
    /// Too many payments wait for the card processor, so no more are accepted.
    PaymentUnavailable = Unavailable "payment.unavailable" "Payments are not available right now";
    /// The card processor does not accept the shop's own requests: its key, account or settings are wrong. No money was taken.
    PaymentMisconfigured = Unavailable "payment.misconfigured" "Payments are not set up right; no money was taken";

    /// The idempotency key belongs to another command.
    CommandKeyReused = IdempotencyMismatch "command.key_reused" "The idempotency key was used for another request";
    /// The command comes to more than a cluster can record at once. Nothing has changed.
    CommandTooLarge = Validation "command.too_large" "That is too much for one command, split it";
    /// There were too many attempts.
    RateLimited = TooManyRequests "rate.limited" "Too many attempts, try again later";

    /// The program has a bug; the details are only in the trace.
    Internal = Internal "internal" "Something went wrong";
    /// The journal is damaged, and the engine does not guess its content.
    JournalDamaged = Internal "journal.damaged" "The journal is damaged";
    /// The journal could not be written or read. The outcome of the command is unknown.
    JournalUnavailable = Unavailable "journal.unavailable" "The journal is not available right now";
    /// The directory is already open, in this process or another.
    JournalInUse = Unavailable "journal.in_use" "The data directory is open already";
    /// The directory was written by a newer version of boxoffice.
    JournalNewerFormat = Unavailable "journal.newer_format" "The data directory has a newer format";
    /// The cursor lies beyond the end of the journal, or in a history that a restored backup has replaced.
    JournalCursorUnknown = Conflict "journal.cursor_unknown" "The journal has no such place; read it again from a place that it has";
    /// The clock is far from the journal's last time.
    ClockJumped = Unavailable "clock.jumped" "The clock is far from the journal's last time";
    /// The engine is closed.
    EngineClosed = Unavailable "engine.closed" "The box office is closed";
    /// The queue of commands is full.
    EngineOverloaded = Unavailable "engine.overloaded" "Too busy, try again in a moment";
}
