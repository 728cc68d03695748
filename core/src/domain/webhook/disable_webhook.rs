//! Stops the deliveries of a webhook.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::state::{demand_operator, present};
use super::{Rejection, Webhook};
use crate::command::StreamKeys;
use crate::domain::apply::{After, Applied, Apply, Demands, LeadsTo, Posts, Tickets};
use crate::domain::decide::Decide;
use crate::domain::ticket::SeatKeys;
use crate::domain::{Context, Decision, Fact, State};
use crate::event::{DomainEvent, StreamKey};
use crate::types::{OrderId, Timestamp, WebhookId};

/// Command that stops the deliveries of a webhook until it is resumed.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cluster", derive(Serialize, Deserialize))]
#[cfg_attr(not(feature = "cluster"), allow(dead_code, reason = "only a cluster shares webhooks"))]
pub(crate) struct DisableWebhook {
    /// Id of the webhook.
    pub webhook_id: WebhookId,
    /// Version of the webhook by which it was delivered; none for an operator, who means any.
    pub expected_version: Option<u64>,
    /// Reason for which nothing is delivered any more.
    pub reason: Arc<str>,
}

impl Decide for DisableWebhook {
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

    /// Refuses: [`Rejection::OperatorRequired`], [`Rejection::NotFound`]. Changes nothing if the webhook has another version than
    /// expected, or is disabled already: it keeps its reason.
    fn decide(&self, state: &State, context: &Context) -> Result<Decision, Rejection> {
        demand_operator(state, context)?;
        let webhook = present(state, self.webhook_id)?;
        let is_other = self.expected_version.is_some_and(|version| version != webhook.version);
        if is_other || webhook.disabled_reason.is_some() {
            return Ok(Decision::nothing());
        }
        let (webhook_id, reason) = (self.webhook_id, Arc::clone(&self.reason));
        Ok(Decision::event(DomainEvent::WebhookDisabled(WebhookDisabled { webhook_id, reason })))
    }

    fn answer(&self, state: &State, _: Timestamp) -> Option<Arc<Webhook>> {
        state.webhook(self.webhook_id).cloned()
    }
}

/// Nothing is delivered to a webhook that the hosts share, until it is resumed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookDisabled {
    /// Id of the webhook.
    pub webhook_id: WebhookId,
    /// Reason for which nothing is delivered.
    pub reason: Arc<str>,
}

impl Apply for WebhookDisabled {
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
        state.change_webhook(self.webhook_id, fact, |webhook| {
            webhook.disabled_reason = Some(Arc::clone(&self.reason));
            webhook.disabled_at = Some(fact.at);
        })
    }
}
