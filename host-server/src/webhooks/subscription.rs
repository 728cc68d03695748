//! Stored state of a subscription: its settings, its progress, and the log of its deliveries.

use boxoffice::{DomainEvent, Hash, StreamKey, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::message::Secret;

/// A subscription of a receiver to events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Subscription {
    /// Id of the subscription.
    pub id: Uuid,
    /// URL that deliveries are sent to.
    pub url: String,
    /// Types of the delivered events; empty for all.
    pub event_types: Vec<String>,
    /// Secret that signs deliveries.
    pub secret: Secret,
    /// Previous secret, while it also signs.
    pub previous_secret: Option<PreviousSecret>,
    /// Status of the subscription.
    pub status: Status,
    /// Time of creation.
    pub created_at: Timestamp,
}

/// A secret that was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviousSecret {
    /// The replaced secret.
    pub secret: Secret,
    /// Time until which it also signs.
    pub until: Timestamp,
}

/// Status of a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Status {
    /// Events are delivered.
    Active,
    /// Nothing is delivered until the subscription is resumed.
    Disabled {
        /// Reason for which it was disabled.
        reason: String,
        /// Time at which it was disabled.
        at: Timestamp,
    },
}

impl Subscription {
    /// Returns `true` if the event is delivered. What the hosts of a cluster note about webhooks never is: each note of a delivery
    /// would lead to another delivery.
    pub(super) fn wants(&self, event: &DomainEvent) -> bool {
        let is_chosen = self.event_types.is_empty() || self.event_types.iter().any(|wanted| wanted == event.name());
        is_chosen && !matches!(event.stream(), StreamKey::Webhook(_))
    }

    /// Iterates over the secrets that sign at this time.
    pub(super) fn secrets(&self, now: Timestamp) -> impl Iterator<Item = &Secret> {
        let previous = self.previous_secret.iter().filter(move |previous| now < previous.until);
        std::iter::once(&self.secret).chain(previous.map(|previous| &previous.secret))
    }

    pub(crate) fn is_active(&self) -> bool {
        self.status == Status::Active
    }
}

/// Progress of a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Progress {
    /// Last record that needs no more delivery.
    pub cursor: u64,
    /// Number of failed attempts of the next delivery.
    pub attempts: u32,
    /// Time before which the next delivery is not retried.
    pub next_try: Option<Timestamp>,
    /// Number of the last delivery in the log.
    pub last_delivery: u64,
    /// `true` until the receiver is told that the journal goes on with another history.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reset: bool,
}

/// What the file has taken in of a webhook that the hosts of a cluster share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Noted {
    /// Version in the journal.
    pub(super) version: u64,
    /// Version that it had in the journal after it was last resumed.
    pub(super) resumed_version: u64,
    /// Id of the history in which it is delivered.
    pub(super) history: Hash,
    /// Last record of that history whose message is told by its number alone; all are if there is none.
    pub(super) common: Option<u64>,
}

/// A logged attempt of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Delivery {
    /// Number in the log of the subscription, starting at 1.
    pub id: u64,
    /// Sequence number of the record; `None` for a ping.
    pub seq: Option<u64>,
    /// Type of the event.
    pub event_type: String,
    /// The `webhook-id` header that was sent.
    pub message_id: String,
    /// Number of the attempt; 0 for a manual delivery.
    pub attempt: u32,
    /// Time at which it was sent.
    pub at: Timestamp,
    /// Duration of the attempt, in milliseconds.
    pub took_ms: u64,
    /// HTTP status of the answer, if there was one.
    pub status: Option<u16>,
    /// Reason of the failure; `None` if it was delivered.
    pub error: Option<String>,
}
