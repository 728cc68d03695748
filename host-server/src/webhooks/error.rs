//! Why something about webhooks was not done.

use std::error::Error as StdError;

/// Why something about webhooks was not done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// What was asked for is not valid; the fault names the field.
    #[error(transparent)]
    Invalid(#[from] boxoffice::Error),
    /// There is no such subscription.
    #[error("Webhook not found")]
    NotFound,
    /// The log has no such delivery, or no longer.
    #[error("Delivery not found")]
    DeliveryNotFound,
    /// There are as many subscriptions as there may be.
    #[error("There are as many webhooks as there may be")]
    LimitReached,
    /// Too many deliveries by hand are under way.
    #[error("Too many deliveries by hand are under way")]
    Busy,
    /// The file can't be used.
    #[error("Webhooks are not available")]
    Unavailable(#[source] Box<dyn StdError + Send + Sync>),
}

impl WebhookError {
    pub(super) fn unavailable(source: impl StdError + Send + Sync + 'static) -> Self {
        Self::Unavailable(Box::new(source))
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid(error) => error.code().as_str(),
            Self::NotFound => "webhook.not_found",
            Self::DeliveryNotFound => "webhook.delivery_not_found",
            Self::LimitReached => "webhook.limit_reached",
            Self::Busy => "webhook.busy",
            Self::Unavailable(_) => "webhook.unavailable",
        }
    }
}

macro_rules! from_redb {
    ($($error:ident)*) => {
        $(impl From<redb::$error> for WebhookError {
            fn from(error: redb::$error) -> Self {
                Self::unavailable(error)
            }
        })*
    };
}

from_redb!(DatabaseError TransactionError TableError StorageError CommitError);
