//! Answers to commands: one closed enum, which is stored for repeated commands.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::cluster::Host;
use super::ledger::Payout;
use super::webhook::Webhook;
use super::{Order, Ticket, User};

/// A type that commands are answered with.
pub(crate) trait Answer: Into<Reply> {
    /// Returns the answer of this type, or `None` if the reply has another type.
    fn of(reply: Reply) -> Option<Self>;
}

/// Defines the enum of replies, and implements [`Answer`] for each type.
macro_rules! replies {
    ($($(#[$doc:meta])* $name:ident($answer:ty),)*) => {
        /// Answer to a command, as of the moment it was decided.
        ///
        /// **Invariant:** its serde form is stored.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        pub(crate) enum Reply {
            $($(#[$doc])* $name($answer),)*
        }

        $(
            impl From<$answer> for Reply {
                fn from(answer: $answer) -> Self {
                    Self::$name(answer)
                }
            }

            impl Answer for $answer {
                fn of(reply: Reply) -> Option<Self> {
                    if let Reply::$name(answer) = reply { Some(answer) } else { None }
                }
            }
        )*
    };
}

replies! {
    /// The user.
    User(Arc<User>),
    /// The tickets that were listed.
    Tickets(Vec<Arc<Ticket>>),
    /// The ticket.
    Ticket(Arc<Ticket>),
    /// The order.
    Order(Arc<Order>),
    /// The payout.
    Payout(Payout),
    /// The host of the cluster.
    Host(Arc<Host>),
    /// The webhook.
    Webhook(Arc<Webhook>),
}
