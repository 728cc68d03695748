//! Removes a webhook.

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

/// Command that removes a webhook.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cluster", derive(Serialize, Deserialize))]
#[cfg_attr(not(feature = "cluster"), allow(dead_code, reason = "only a cluster shares webhooks"))]
pub(crate) struct RemoveWebhook {
    /// Id of the webhook.
    pub webhook_id: WebhookId,
}

impl Decide for RemoveWebhook {
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

    /// Refuses: [`Rejection::OperatorRequired`], [`Rejection::NotFound`], also if it was removed before.
    fn decide(&self, state: &State, context: &Context) -> Result<Decision, Rejection> {
        demand_operator(state, context)?;
        present(state, self.webhook_id)?;
        Ok(Decision::event(DomainEvent::WebhookRemoved(WebhookRemoved { webhook_id: self.webhook_id })))
    }

    fn answer(&self, state: &State, _: Timestamp) -> Option<Arc<Webhook>> {
        state.webhook(self.webhook_id).cloned()
    }
}

/// A webhook that the hosts share was removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookRemoved {
    /// Id of the webhook.
    pub webhook_id: WebhookId,
}

impl Apply for WebhookRemoved {
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
            webhook.removed = true;
            webhook.sealed = "".into();
        })
    }
}
