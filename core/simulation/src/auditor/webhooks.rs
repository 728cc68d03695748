//! Checks the webhooks that the hosts of a cluster share.

use boxoffice::{
    Actor, Record, WebhookAdvanced, WebhookDisabled, WebhookId, WebhookRemoved, WebhookResumed, WebhookSaved,
};

use super::{Auditor, Verdict, ensure, follows};

#[derive(Debug)]
pub(super) struct Webhook {
    pub(super) version: u64,
    disabled: bool,
    removed: bool,
}

impl Auditor {
    pub(super) fn webhook_saved(&mut self, record: &Record, event: &WebhookSaved) -> Verdict {
        self.may_change_webhooks(record)?;
        let known = self.webhooks.get(&event.webhook_id);
        follows(record.version, known.map_or(0, |webhook| webhook.version))?;
        let is_new = known.is_none_or(|webhook| webhook.removed);
        ensure(!is_new || event.progress.is_some(), || "a new webhook begins nowhere".to_owned())?;
        let disabled = known.is_some_and(|webhook| webhook.disabled && !webhook.removed);
        self.webhooks.insert(event.webhook_id, Webhook { version: record.version, disabled, removed: false });
        Ok(())
    }

    pub(super) fn webhook_advanced(&mut self, record: &Record, event: &WebhookAdvanced) -> Verdict {
        let is_there = event.progress.cursor < record.seq;
        ensure(is_there, || format!("it has delivered record {} already", event.progress.cursor))?;
        self.changes_webhook(record, event.webhook_id, |_| Ok(()))
    }

    pub(super) fn webhook_disabled(&mut self, record: &Record, event: &WebhookDisabled) -> Verdict {
        self.changes_webhook(record, event.webhook_id, |webhook| {
            ensure(!webhook.disabled, || "it is disabled already".to_owned())?;
            webhook.disabled = true;
            Ok(())
        })
    }

    pub(super) fn webhook_resumed(&mut self, record: &Record, event: &WebhookResumed) -> Verdict {
        self.changes_webhook(record, event.webhook_id, |webhook| {
            webhook.disabled = false;
            Ok(())
        })
    }

    pub(super) fn webhook_removed(&mut self, record: &Record, event: &WebhookRemoved) -> Verdict {
        self.changes_webhook(record, event.webhook_id, |webhook| {
            webhook.removed = true;
            Ok(())
        })
    }

    fn changes_webhook(
        &mut self,
        record: &Record,
        id: WebhookId,
        change: impl FnOnce(&mut Webhook) -> Verdict,
    ) -> Verdict {
        self.may_change_webhooks(record)?;
        let webhook = self.webhooks.get_mut(&id).filter(|webhook| !webhook.removed);
        let webhook = webhook.ok_or("there is no such webhook")?;
        follows(record.version, webhook.version)?;
        webhook.version = record.version;
        change(webhook)
    }

    fn may_change_webhooks(&self, record: &Record) -> Verdict {
        let Actor::User(id) = record.actor else { return Ok(()) };
        ensure(self.person(id)?.operator, || format!("{id} is no operator"))
    }
}
