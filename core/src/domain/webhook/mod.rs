//! Webhooks that the hosts of a cluster share: what is delivered where, and how far that has come.
//!
//! ```text
//!                 ┌──AdvanceWebhook──┐
//!                 ▼                  │
//!   (nothing) ──SaveWebhook──▶ active ──DisableWebhook──▶ disabled ──ResumeWebhook──▶ active
//!                                │                           │
//!                                └──────RemoveWebhook────────┴──▶ removed ──SaveWebhook──▶ active
//! ```
//!
//! The hosts deliver; the journal only remembers for them. So whichever host becomes the writer goes on where the one before it
//! stopped. Where deliveries go and what signs them is encrypted by whoever saves a webhook: the journal can't read it.
//!
//! A journal of one host has none of this: its webhooks lie in a file beside it.
//!
//! **Invariant:** a command that rests on an older version of a webhook changes nothing. So what an operator decides is never
//! undone by a delivery that was under way.

mod advance_webhook;
mod disable_webhook;
mod rejection;
mod remove_webhook;
mod resume_webhook;
mod save_webhook;
mod state;
#[cfg(test)]
mod tests;

pub(crate) use advance_webhook::AdvanceWebhook;
pub use advance_webhook::WebhookAdvanced;
pub(crate) use disable_webhook::DisableWebhook;
pub use disable_webhook::WebhookDisabled;
pub(crate) use rejection::{Rejection, codes};
pub(crate) use remove_webhook::RemoveWebhook;
pub use remove_webhook::WebhookRemoved;
pub(crate) use resume_webhook::ResumeWebhook;
pub use resume_webhook::WebhookResumed;
pub(crate) use save_webhook::SaveWebhook;
pub use save_webhook::WebhookSaved;
pub(crate) use state::Webhooks;
pub use state::{Webhook, WebhookProgress};
