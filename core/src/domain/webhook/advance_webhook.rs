//! Records how far the deliveries of a webhook have come.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::state::{demand_operator, present};
use super::{Rejection, Webhook, WebhookProgress};
use crate::command::StreamKeys;
use crate::domain::apply::{After, Applied, Apply, Demands, LeadsTo, Posts, Tickets};
use crate::domain::decide::Decide;
use crate::domain::ticket::SeatKeys;
use crate::domain::{Context, Decision, Fact, State};
use crate::event::{DomainEvent, StreamKey};
use crate::types::{OrderId, Timestamp, WebhookId};

/// Command that records how far the deliveries of a webhook have come.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cluster", derive(Serialize, Deserialize))]
#[cfg_attr(not(feature = "cluster"), allow(dead_code, reason = "only a cluster shares webhooks"))]
pub(crate) struct AdvanceWebhook {
    /// Id of the webhook.
    pub webhook_id: WebhookId,
    /// Version of the webhook by which it was delivered.
    pub expected_version: u64,
    /// How far deliveries have come. In a box, since all commands take as much room as the longest.
    pub progress: Box<WebhookProgress>,
}

impl Decide for AdvanceWebhook {
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
    /// expected, or has come so far already.
    fn decide(&self, state: &State, context: &Context) -> Result<Decision, Rejection> {
        demand_operator(state, context)?;
        let webhook = present(state, self.webhook_id)?;
        if webhook.version != self.expected_version || webhook.progress == *self.progress {
            return Ok(Decision::nothing());
        }
        let (webhook_id, progress) = (self.webhook_id, *self.progress);
        Ok(Decision::event(DomainEvent::WebhookAdvanced(WebhookAdvanced { webhook_id, progress })))
    }

    fn answer(&self, state: &State, _: Timestamp) -> Option<Arc<Webhook>> {
        state.webhook(self.webhook_id).cloned()
    }
}

/// The deliveries of a webhook that the hosts share have come so far. It is recorded now and then, not for each delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookAdvanced {
    /// Id of the webhook.
    pub webhook_id: WebhookId,
    /// How far deliveries have come.
    pub progress: WebhookProgress,
}

impl Apply for WebhookAdvanced {
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
        state.change_webhook(self.webhook_id, fact, |webhook| webhook.progress = self.progress)
    }
}
