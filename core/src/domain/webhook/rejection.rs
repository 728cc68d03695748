//! Refusals of the webhook domain.

use crate::domain::rejection::rejections;

rejections! {
    /// Refusal of the webhook domain.
    webhook
    has {
        /// There is no such webhook.
        NotFound: WebhookNotFound = NotFound "webhook.not_found" "Webhook not found";
        /// There are as many webhooks as there may be.
        LimitReached: WebhookLimitReached = Conflict "webhook.limit_reached" "There are as many webhooks as there may be";
    }
    shares {
        /// The actor is neither an operator nor the system.
        OperatorRequired: AuthOperatorRequired;
    }
}
