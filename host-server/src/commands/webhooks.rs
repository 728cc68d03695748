//! `webhooks`: manages the webhooks, through the server if one is running.

use crate::admin::{self, Answer, Task, WebhookTask};
use crate::config::{WebhooksAction, WebhooksArgs};
use crate::dto::{DeliveryOut, WebhookOut};
use crate::terminal::{Outcome, say};

pub(super) fn run(args: &WebhooksArgs) -> Outcome {
    let action = match args.action {
        WebhooksAction::Add { ref url, ref events, after } => {
            WebhookTask::Add { url: url.clone(), event_types: events.clone(), after }
        }
        WebhooksAction::List => WebhookTask::List,
        WebhooksAction::Remove { id } => WebhookTask::Remove { id },
        WebhooksAction::Resume { id } => WebhookTask::Resume { id },
        WebhooksAction::RotateSecret { id } => WebhookTask::RotateSecret { id },
        WebhooksAction::Ping { id } => WebhookTask::Ping { id },
        WebhooksAction::Deliveries { id, limit } => WebhookTask::Deliveries { id, limit: limit as usize },
        WebhooksAction::Resend { id, delivery } => WebhookTask::Resend { id, delivery },
    };
    match admin::run(&args.data(), &Task::Webhooks { action }, &mut |_| Ok(()))? {
        Answer::Webhooks(webhooks) => webhooks.iter().for_each(show),
        Answer::Deliveries(deliveries) => deliveries.iter().for_each(show_delivery),
        _ => {}
    }
    Ok(())
}

fn show(webhook: &WebhookOut) {
    let events = if webhook.event_types.is_empty() { "all".to_owned() } else { webhook.event_types.join(",") };
    let status = webhook.disabled_reason.as_deref().map_or(String::new(), |reason| format!(" ({reason})"));
    let (id, url, cursor) = (webhook.id, &webhook.url, webhook.cursor);
    say(format_args!("{id}  {}{status}  {url}  events: {events}  cursor: {cursor}", webhook.status));
    if let Some(secret) = &webhook.secret {
        say(format_args!("secret, shown only now: {secret}"));
    }
}

fn show_delivery(delivery: &DeliveryOut) {
    let outcome = delivery.error.as_deref().unwrap_or("delivered");
    let seq = delivery.seq.map_or_else(|| "-".to_owned(), |seq| seq.to_string());
    let (id, at, event) = (delivery.id, &delivery.at, &delivery.event_type);
    say(format_args!("{id}  {at}  record {seq}  {event}  {} ms  {outcome}", delivery.took_ms));
}
