//! Errors of webhooks.

use std::error::Error as StdError;

/// Errors of webhooks.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// The input is invalid; the error names the field.
    #[error(transparent)]
    Invalid(#[from] boxoffice::Error),
    /// The subscription does not exist.
    #[error("Webhook not found")]
    NotFound,
    /// The log does not contain the delivery, or no longer.
    #[error("Delivery not found")]
    DeliveryNotFound,
    /// The maximum number of subscriptions is reached.
    #[error("There are as many webhooks as there may be")]
    LimitReached,
    /// Too many manual deliveries are in progress.
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

    /// Returns the stable code.
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
