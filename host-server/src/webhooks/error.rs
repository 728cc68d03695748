//! Errors of webhooks.

use std::error::Error as StdError;
use std::panic::{AssertUnwindSafe, catch_unwind};

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
    /// The file is not what was written.
    #[error("webhooks.redb is damaged: {0}")]
    Damaged(String),
    /// The file can't be used.
    #[error("Webhooks are not available")]
    Unavailable(#[source] Box<dyn StdError + Send + Sync>),
}

impl WebhookError {
    pub(super) fn unavailable(source: impl StdError + Send + Sync + 'static) -> Self {
        Self::Unavailable(Box::new(source))
    }

    /// Converts the refusal of a command about a webhook that the hosts of a cluster share.
    #[cfg(feature = "cluster")]
    pub(super) fn of_command(error: boxoffice::Error) -> Self {
        match error.code() {
            boxoffice::Code::WebhookNotFound => Self::NotFound,
            boxoffice::Code::WebhookLimitReached => Self::LimitReached,
            _ => Self::Invalid(error),
        }
    }

    /// Returns the stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid(error) => error.code().as_str(),
            Self::NotFound => "webhook.not_found",
            Self::DeliveryNotFound => "webhook.delivery_not_found",
            Self::LimitReached => "webhook.limit_reached",
            Self::Busy => "webhook.busy",
            Self::Damaged(_) | Self::Unavailable(_) => "webhook.unavailable",
        }
    }
}

fn from_redb(error: redb::Error) -> WebhookError {
    use std::io::ErrorKind::{InvalidData, UnexpectedEof};
    match error {
        redb::Error::Io(error) if !matches!(error.kind(), InvalidData | UnexpectedEof) => {
            WebhookError::unavailable(error)
        }
        error @ (redb::Error::Corrupted(_)
        | redb::Error::Io(_)
        | redb::Error::TableDoesNotExist(_)
        | redb::Error::TableTypeMismatch { .. }
        | redb::Error::TableIsMultimap(_)
        | redb::Error::TypeDefinitionChanged { .. }) => WebhookError::Damaged(error.to_string()),
        error => WebhookError::unavailable(error),
    }
}

/// Runs work on the file. redb may panic where a damaged file breaks what it relies on; to the caller that is damage.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, WebhookError>) -> Result<T, WebhookError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
        Err(WebhookError::Damaged(format!("redb panicked: {}", text.unwrap_or("no details"))))
    })
}

macro_rules! impl_from_redb {
    ($($error:ident)*) => {
        $(impl From<redb::$error> for WebhookError {
            fn from(error: redb::$error) -> Self {
                from_redb(error.into())
            }
        })*
    };
}

impl_from_redb!(DatabaseError TransactionError TableError StorageError CommitError);
