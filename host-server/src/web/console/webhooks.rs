//! The webhook pages: subscriptions with their progress, and the log of deliveries.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use boxoffice::BoxOffice;
use serde::Deserialize;
use uuid::Uuid;

use super::operator::Operator;
use super::page::{Frame, page};
use crate::error::{Failure, Refusal};
use crate::extract::Query;
use crate::observability::audit_trail::clock;
use crate::web::site::{Chrome, Flash, Form};
use crate::webhooks::{Delivery, Progress, Status, Subscription, WebhookError, Webhooks};

/// Maximum number of deliveries on a page.
const PAGE_LEN: usize = 50;

/// Reason recorded when an operator disables a webhook.
const BY_HAND: &str = "an operator disabled it";

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    before: Option<String>,
}

/// A subscription, formatted for a page.
struct Shown {
    id: String,
    url: String,
    events: String,
    is_active: bool,
    status: String,
    created_at: String,
    cursor: u64,
    lag: u64,
    attempts: u32,
    next_try: String,
}

impl Shown {
    fn of((subscription, progress): &(Subscription, Progress), head: u64) -> Self {
        let status = match &subscription.status {
            Status::Active if progress.attempts > 0 => "failing".to_owned(),
            Status::Active => "active".to_owned(),
            Status::Disabled { reason, at } => format!("disabled at {}: {reason}", clock(*at)),
        };
        let events = &subscription.event_types;
        Self {
            id: subscription.id.to_string(),
            url: subscription.url.clone(),
            events: if events.is_empty() { "all events".to_owned() } else { events.join(", ") },
            is_active: subscription.is_active(),
            status,
            created_at: clock(subscription.created_at),
            cursor: progress.cursor,
            lag: head.saturating_sub(progress.cursor),
            attempts: progress.attempts,
            next_try: progress.next_try.map(clock).unwrap_or_default(),
        }
    }
}

/// A delivery attempt, formatted for a page.
struct Tried {
    id: u64,
    at: String,
    event: String,
    seq: Option<u64>,
    attempt: u32,
    took_ms: u64,
    outcome: String,
    is_delivered: bool,
}

impl Tried {
    fn of(delivery: Delivery) -> Self {
        let is_delivered = delivery.error.is_none();
        let status = delivery.status.map_or("no answer".to_owned(), |status| status.to_string());
        Self {
            id: delivery.id,
            at: clock(delivery.at),
            event: delivery.event_type,
            seq: delivery.seq,
            attempt: delivery.attempt,
            took_ms: delivery.took_ms,
            outcome: delivery.error.unwrap_or(status),
            is_delivered,
        }
    }
}

#[derive(Template)]
#[template(path = "console/webhooks.html")]
struct WebhooksPage {
    chrome: Chrome,
    frame: Frame,
    webhooks: Vec<Shown>,
}

#[derive(Template)]
#[template(path = "console/webhook.html")]
struct WebhookPage {
    chrome: Chrome,
    frame: Frame,
    webhook: Shown,
    deliveries: Vec<Tried>,
    older: Option<u64>,
}

crate::web::site::page!(WebhooksPage, WebhookPage);

pub(super) fn available(webhooks: Option<&Webhooks>) -> Result<&Webhooks, Refusal> {
    webhooks.ok_or(Refusal::WebhooksUnavailable)
}

pub(super) fn webhook(text: &str) -> Result<Uuid, Refusal> {
    text.parse().map_err(|_| Refusal::WebhookNotFound)
}

pub(super) async fn list(
    operator: Operator,
    State(office): State<BoxOffice>,
    State(webhooks): State<Option<Webhooks>>,
) -> Result<Response, Failure> {
    let head = office.metrics().head_seq;
    let all = available(webhooks.as_ref())?.list().await?;
    Ok(page(&WebhooksPage {
        chrome: operator.chrome,
        frame: Frame::new("Webhooks", "/console/webhooks"),
        webhooks: all.iter().map(|one| Shown::of(one, head)).collect(),
    }))
}

pub(super) async fn show(
    operator: Operator,
    State(office): State<BoxOffice>,
    State(webhooks): State<Option<Webhooks>>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let id = webhook(&id)?;
    let webhooks = available(webhooks.as_ref())?;
    let one = webhooks.get(id).await?;
    let before = asked.before.and_then(|text| text.parse().ok()).unwrap_or(u64::MAX);
    let deliveries = webhooks.deliveries(id, before, PAGE_LEN).await?;
    let older = deliveries.last().filter(|last| deliveries.len() == PAGE_LEN && last.id > 1).map(|last| last.id);
    Ok(page(&WebhookPage {
        chrome: operator.chrome,
        frame: Frame::new("Webhook", "/console/webhooks"),
        webhook: Shown::of(&one, office.metrics().head_seq),
        deliveries: deliveries.into_iter().map(Tried::of).collect(),
        older,
    }))
}

/// Performs the action of a button: `remove`, `resume`, `disable` or `ping`.
pub(super) async fn act(
    operator: Operator,
    State(webhooks): State<Option<Webhooks>>,
    Path((id, action)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let (id, webhooks) = (webhook(&id)?, available(webhooks.as_ref())?.clone().by(operator.actor));
    if action == "remove" {
        return match webhooks.remove(id).await {
            // Submitted twice, the form has removed the webhook already.
            Ok(()) | Err(WebhookError::NotFound) => Ok(form.redirect("/console/webhooks", Flash::WebhookRemoved)),
            Err(error) => Err(error.into()),
        };
    }
    let done = match action.as_str() {
        "resume" => webhooks.resume(id).await.map(|_| Flash::WebhookResumed)?,
        "disable" => webhooks.disable(id, BY_HAND.to_owned()).await.map(|_| Flash::WebhookDisabled)?,
        "ping" => webhooks.ping(id).await.map(|_| Flash::WebhookPinged)?,
        _ => return Err(Refusal::RouteNotFound.into()),
    };
    Ok(form.redirect(&format!("/console/webhooks/{id}"), done))
}

pub(super) async fn resend(
    _operator: Operator,
    State(webhooks): State<Option<Webhooks>>,
    Path((id, number)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let (id, webhooks) = (webhook(&id)?, available(webhooks.as_ref())?);
    let number = number.parse().map_err(|_| Refusal::DeliveryNotFound)?;
    webhooks.resend(id, number).await?;
    Ok(form.redirect(&format!("/console/webhooks/{id}"), Flash::WebhookResent))
}
