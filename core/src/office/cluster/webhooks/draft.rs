//! A webhook as it is to be saved.

use std::fmt;
use std::sync::Arc;

use crate::domain::webhook::WebhookProgress;
use crate::error::Error;
use crate::types::WebhookId;

/// Maximum length of the secret part of a webhook, in bytes.
pub(super) const SECRET_LEN_MAX: usize = 16 * 1024;

/// Maximum number of event types of a webhook, and the maximum length of each, in bytes.
pub(super) const EVENT_TYPES_MAX: usize = 256;
pub(super) const EVENT_TYPE_LEN_MAX: usize = 64;

/// A webhook as it is to be saved.
///
/// ```
/// use boxoffice::{Hash, WebhookDraft, WebhookId, WebhookProgress};
///
/// let id = WebhookId::from_bytes([7; 16]);
/// let draft = WebhookDraft::new(id, b"https://example.com/hooks").event_types(["OrderCreated"]);
/// let new = draft.begins_at(WebhookProgress::new(0, Hash::ZERO));
/// ```
#[derive(Clone)]
#[must_use]
pub struct WebhookDraft {
    pub(super) id: WebhookId,
    pub(super) expected_version: u64,
    pub(super) event_types: Vec<Arc<str>>,
    pub(super) secret: Vec<u8>,
    pub(super) progress: Option<WebhookProgress>,
}

impl fmt::Debug for WebhookDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookDraft").field("id", &self.id).finish_non_exhaustive()
    }
}

impl WebhookDraft {
    /// Creates a draft of a webhook for all events, with the part that is encrypted: where deliveries go and what signs them, in
    /// a form of the host's own, of at most 16 KiB.
    ///
    /// ```
    /// use boxoffice::{WebhookDraft, WebhookId};
    ///
    /// let draft = WebhookDraft::new(WebhookId::from_bytes([7; 16]), b"https://example.com/hooks");
    /// ```
    pub fn new(id: WebhookId, secret: impl Into<Vec<u8>>) -> Self {
        Self { id, expected_version: 0, event_types: Vec::new(), secret: secret.into(), progress: None }
    }

    /// Sets the types of the delivered events; none for all. Everybody who may read the journal can read them.
    ///
    /// ```
    /// use boxoffice::{WebhookDraft, WebhookId};
    ///
    /// let draft = WebhookDraft::new(WebhookId::from_bytes([7; 16]), b"secret").event_types(["OrderCreated"]);
    /// ```
    pub fn event_types(mut self, names: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.event_types = names.into_iter().map(|name| name.as_ref().into()).collect();
        self
    }

    /// Sets the progress from which deliveries go on. A new webhook needs one.
    ///
    /// ```
    /// use boxoffice::{Hash, WebhookDraft, WebhookId, WebhookProgress};
    ///
    /// let draft = WebhookDraft::new(WebhookId::from_bytes([7; 16]), b"secret");
    /// let draft = draft.begins_at(WebhookProgress::new(17, Hash::ZERO));
    /// ```
    pub fn begins_at(mut self, progress: WebhookProgress) -> Self {
        self.progress = Some(progress);
        self
    }

    /// Sets the version of the webhook on which the change rests. Without it, the webhook is to be created.
    ///
    /// ```
    /// use boxoffice::{WebhookDraft, WebhookId};
    ///
    /// let draft = WebhookDraft::new(WebhookId::from_bytes([7; 16]), b"secret").rests_on(3);
    /// ```
    pub fn rests_on(mut self, version: u64) -> Self {
        self.expected_version = version;
        self
    }

    /// Refuses what is too long.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.secret.len() > SECRET_LEN_MAX {
            return Err(Error::invalid("secret", format_args!("must have at most {SECRET_LEN_MAX} bytes")));
        }
        let is_long = |name: &Arc<str>| name.len() > EVENT_TYPE_LEN_MAX;
        if self.event_types.len() > EVENT_TYPES_MAX || self.event_types.iter().any(is_long) {
            return Err(Error::invalid("eventTypes", "must be names of events"));
        }
        Ok(())
    }
}
