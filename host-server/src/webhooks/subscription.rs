//! What is kept of a subscription: what its operator wants, how far it is, and the log of what was tried.

use boxoffice::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::message::Secret;

/// Who wants to hear of what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Subscription {
    /// Its id.
    pub id: Uuid,
    /// Where deliveries go.
    pub url: String,
    /// The events that are delivered; all if there are none here.
    pub event_types: Vec<String>,
    /// What deliveries are signed with.
    pub secret: Secret,
    /// The secret of before, for as long as both sign.
    pub previous_secret: Option<PreviousSecret>,
    /// Whether it is delivered to.
    pub status: Status,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A secret that was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviousSecret {
    /// The secret.
    pub secret: Secret,
    /// Until when it signs too.
    pub until: Timestamp,
}

/// Whether a subscription is delivered to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Status {
    /// It is.
    Active,
    /// It is not, until it is resumed.
    Disabled {
        /// Why.
        reason: String,
        /// Since when.
        at: Timestamp,
    },
}

impl Subscription {
    /// Whether events of this type are delivered.
    pub(super) fn wants(&self, event_type: &str) -> bool {
        self.event_types.is_empty() || self.event_types.iter().any(|wanted| wanted == event_type)
    }

    /// The secrets that sign at this time.
    pub(super) fn secrets(&self, now: Timestamp) -> impl Iterator<Item = &Secret> {
        let previous = self.previous_secret.iter().filter(move |previous| now < previous.until);
        std::iter::once(&self.secret).chain(previous.map(|previous| &previous.secret))
    }

    pub(crate) fn is_active(&self) -> bool {
        self.status == Status::Active
    }
}

/// How far a subscription is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Progress {
    /// The last record that needs no delivery any more.
    pub cursor: u64,
    /// How often the next one was tried in vain.
    pub attempts: u32,
    /// Before when it is not tried again.
    pub next_try: Option<Timestamp>,
    /// The number of the last delivery in the log.
    pub last_delivery: u64,
}

/// One attempt to deliver, in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Delivery {
    /// Its number in the log of its subscription, from 1.
    pub id: u64,
    /// The record that it is about; none for a ping.
    pub seq: Option<u64>,
    /// The type of its event.
    pub event_type: String,
    /// The `webhook-id` that it was sent with.
    pub message_id: String,
    /// The number of the attempt; 0 if an operator asked for it.
    pub attempt: u32,
    /// When it was sent.
    pub at: Timestamp,
    /// How long it took.
    pub took_ms: u64,
    /// The HTTP status of the answer, if there was one.
    pub status: Option<u16>,
    /// Why it failed; none if it was delivered.
    pub error: Option<String>,
}
