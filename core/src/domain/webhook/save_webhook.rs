//! Creates a webhook, or changes what it delivers and where.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::state::{WEBHOOKS_MAX, demand_operator};
use super::{Rejection, Webhook, WebhookProgress};
use crate::command::StreamKeys;
use crate::domain::apply::{After, Applied, Apply, Demands, LeadsTo, Posts, Tickets};
use crate::domain::decide::Decide;
use crate::domain::ticket::SeatKeys;
use crate::domain::{Context, Decision, Fact, State};
use crate::event::{DomainEvent, StreamKey};
use crate::types::{OrderId, Timestamp, WebhookId};

/// Command that creates a webhook, or changes what it delivers and where.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cluster", derive(Serialize, Deserialize))]
#[cfg_attr(not(feature = "cluster"), allow(dead_code, reason = "only a cluster shares webhooks"))]
pub(crate) struct SaveWebhook {
    /// Id of the webhook.
    pub webhook_id: WebhookId,
    /// Version on which the change rests; 0 for a webhook that is to be created.
    pub expected_version: u64,
    /// Types of the delivered events; empty for all.
    pub event_types: Vec<Arc<str>>,
    /// Where deliveries go and what signs them, encrypted.
    pub sealed: Arc<str>,
    /// Progress from which it goes on; none to leave it as it is.
    pub progress: Option<Box<WebhookProgress>>,
}

impl Decide for SaveWebhook {
    type Answer = Arc<Webhook>;
    type Rejection = Rejection;
    const IS_TOLD: bool = false;

    fn order(&self) -> Option<OrderId> {
        None
    }

    fn streams(&self) -> StreamKeys {
        StreamKeys::from_iter([StreamKey::Webhook(self.webhook_id)])
    }

    fn seats(&self, _: &State) -> SeatKeys {
        SeatKeys::new()
    }

    /// Refuses: [`Rejection::OperatorRequired`], [`Rejection::NotFound`] for a change of a webhook that there is not or no more,
    /// and for a new one without progress, [`Rejection::LimitReached`] for a new one. Changes nothing if the webhook has another
    /// version than expected.
    fn decide(&self, state: &State, context: &Context) -> Result<Decision, Rejection> {
        demand_operator(state, context)?;
        let known = state.webhook(self.webhook_id).filter(|webhook| !webhook.removed);
        let is_new = known.is_none();
        if is_new && (self.expected_version > 0 || self.progress.is_none()) {
            return Err(Rejection::NotFound);
        }
        if is_new && state.webhooks().iter().filter(|webhook| !webhook.removed).count() >= WEBHOOKS_MAX {
            return Err(Rejection::LimitReached);
        }
        if known.is_some_and(|webhook| webhook.version != self.expected_version) {
            return Ok(Decision::nothing());
        }
        Ok(Decision::event(DomainEvent::WebhookSaved(WebhookSaved {
            webhook_id: self.webhook_id,
            event_types: self.event_types.clone(),
            sealed: Arc::clone(&self.sealed),
            progress: self.progress.as_deref().copied(),
        })))
    }

    fn answer(&self, state: &State, _: Timestamp) -> Option<Arc<Webhook>> {
        state.webhook(self.webhook_id).cloned()
    }
}

/// A webhook that the hosts share was created, or delivers something else or elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookSaved {
    /// Id of the webhook.
    pub webhook_id: WebhookId,
    /// Types of the delivered events; empty for all.
    pub event_types: Vec<Arc<str>>,
    /// Where deliveries go and what signs them, encrypted.
    pub sealed: Arc<str>,
    /// Progress from which it goes on; none if that is as it was.
    pub progress: Option<WebhookProgress>,
}

impl Apply for WebhookSaved {
    const MAY_SETTLE: bool = false;
    const MAY_REVIVE: bool = false;
    const TICKETS: Tickets<Self> = None;
    const POSTS: Posts<Self> = None;
    const LEADS_TO: LeadsTo<Self> = None;
    const THEN: After<Self> = None;
    const DEMANDS: Demands<Self> = None;

    fn stream(&self) -> StreamKey {
        StreamKey::Webhook(self.webhook_id)
    }

    fn apply(&self, state: &mut State, fact: Fact) -> Applied {
        state.webhook_saved(self, fact)
    }
}
