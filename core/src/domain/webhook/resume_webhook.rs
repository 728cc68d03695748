//! Resumes the deliveries of a webhook.

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

/// Command that resumes the deliveries of a webhook at once, from where they stopped.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cluster", derive(Serialize, Deserialize))]
#[cfg_attr(not(feature = "cluster"), allow(dead_code, reason = "only a cluster shares webhooks"))]
pub(crate) struct ResumeWebhook {
    /// Id of the webhook.
    pub webhook_id: WebhookId,
}

impl Decide for ResumeWebhook {
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

    /// Refuses: [`Rejection::OperatorRequired`], [`Rejection::NotFound`]. An active webhook is resumed too: what failed is tried
    /// again at once.
    fn decide(&self, state: &State, context: &Context) -> Result<Decision, Rejection> {
        demand_operator(state, context)?;
        present(state, self.webhook_id)?;
        Ok(Decision::event(DomainEvent::WebhookResumed(WebhookResumed { webhook_id: self.webhook_id })))
    }

    fn answer(&self, state: &State, _: Timestamp) -> Option<Arc<Webhook>> {
        state.webhook(self.webhook_id).cloned()
    }
}

/// An operator resumed the deliveries of a webhook that the hosts share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookResumed {
    /// Id of the webhook.
    pub webhook_id: WebhookId,
}

impl Apply for WebhookResumed {
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
            (webhook.disabled_reason, webhook.disabled_at) = (None, None);
            webhook.resumed_version = fact.version;
            webhook.progress = webhook.progress.failed(0, None);
        })
    }
}
