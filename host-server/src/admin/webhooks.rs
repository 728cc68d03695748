//! Administrative tasks about webhooks.

use std::future::Future;

use tokio::runtime::{Builder, Handle};

use super::protocol::Problem;
use super::{Answer, Reply, Tools, WebhookTask};
use crate::dto::{DeliveryOut, WebhookOut};
use crate::webhooks::{NewSubscription, WebhookError, Webhooks};

/// Performs the task. Blocks.
pub(super) fn perform(tools: &Tools, task: &WebhookTask) -> Reply {
    let Some(webhooks) = &tools.webhooks else {
        return Reply::Failed(Problem {
            code: "internal".to_owned(),
            message: "there are no webhooks here".to_owned(),
        });
    };
    match wait(act(webhooks, task)) {
        Ok(Ok(answer)) => Reply::Done(answer),
        Ok(Err(error)) => Reply::Failed(Problem::from(&error)),
        Err(error) => Reply::Failed(Problem { code: "internal".to_owned(), message: error.to_string() }),
    }
}

/// Blocks on the server's runtime or, without a server, on a new runtime.
pub(super) fn wait<T>(work: impl Future<Output = T>) -> std::io::Result<T> {
    match Handle::try_current() {
        Ok(runtime) => Ok(runtime.block_on(work)),
        Err(_) => Ok(Builder::new_current_thread().enable_all().build()?.block_on(work)),
    }
}

async fn act(webhooks: &Webhooks, task: &WebhookTask) -> Result<Answer, WebhookError> {
    let one = |webhook| Answer::Webhooks(vec![webhook]);
    Ok(match *task {
        WebhookTask::Add { ref url, ref event_types, after } => {
            let new = NewSubscription { url: url.clone(), event_types: event_types.clone(), secret: None, after };
            one(WebhookOut::with_secret(&webhooks.add(new).await?))
        }
        WebhookTask::List => Answer::Webhooks(webhooks.list().await?.iter().map(WebhookOut::of).collect()),
        WebhookTask::Remove { id } => {
            webhooks.remove(id).await?;
            Answer::Webhooks(Vec::new())
        }
        WebhookTask::Resume { id } => one(WebhookOut::of(&webhooks.resume(id).await?)),
        WebhookTask::RotateSecret { id } => one(WebhookOut::with_secret(&webhooks.rotate_secret(id).await?)),
        WebhookTask::Ping { id } => Answer::Deliveries(vec![webhooks.ping(id).await?.into()]),
        WebhookTask::Deliveries { id, limit } => {
            let log = webhooks.deliveries(id, u64::MAX, limit).await?;
            Answer::Deliveries(log.into_iter().map(DeliveryOut::from).collect())
        }
        WebhookTask::Resend { id, delivery } => Answer::Deliveries(vec![webhooks.resend(id, delivery).await?.into()]),
    })
}
