//! Inbound webhooks of the card processor, converted to commands.

use std::sync::Arc;

use super::payments::Payments;
use super::{Inner, Named};
use crate::command::Command;
use crate::domain::payment::{
    Charge, ChargeOutcome, ChargeStatus, CloseDispute, OpenDispute, RecordRefund, RefundOutcome, SettleCharge,
    SettleRefund,
};
use crate::error::{Code, Error};
use crate::event::Actor;
use crate::gateway::{ChargeAnswer, GatewayError, GatewayReport, RefundAnswer, WebhookError, WebhookMessage};
use crate::types::{IdempotencyKey, OrderId, RefundId};

impl Payments {
    /// Returns `true` if webhooks of this card processor are for this box office: if it is the gateway's name, ignoring
    /// the `-test` suffix of a processor's test mode.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) {
    /// if office.payments().takes_webhooks_of("stripe") {
    ///     println!("have Stripe send its events here");
    /// }
    /// # }
    /// ```
    pub fn takes_webhooks_of(&self, processor: &str) -> bool {
        let own = &*self.office.0.gateway_name;
        own == processor || own.strip_suffix("-test") == Some(processor)
    }

    /// Records a webhook message of the card processor. Takes the message unchanged, with header names in lower case.
    ///
    /// Once it returns, the message's content is durable; a repeated message changes nothing. A message that does not
    /// concern this box office, such as one of an unknown kind or about a charge of another system, is accepted and
    /// ignored. Messages may come in any order. A message that comes too early is refused, and is accepted when the
    /// processor sends it again.
    ///
    /// ```
    /// # async fn example(office: boxoffice::BoxOffice, signature: &[u8], body: &[u8]) -> Result<(), boxoffice::Error> {
    /// office.payments().receive_webhook(&[("stripe-signature", signature)], body).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `payment.notice_refused` if the message is not from the card processor, is too old or can't be read;
    /// `payment.unavailable` if the card processor has to be queried about it and does not answer, in which case it
    /// sends the message again; `payment.not_found`, `payment.not_refundable`, `payment.refund_too_large` if the
    /// message does not fit the known state.
    pub async fn receive_webhook(&self, headers: &[(&str, &[u8])], body: &[u8]) -> Result<(), Error> {
        let inner = &self.office.0;
        let event = inner.read_webhook(headers, body).await?;
        let Some(report) = event.report else { return Ok(()) };
        let charge_id = report.charge_id();
        let Some(order) = inner.views()?.order_of_charge(charge_id)? else { return Ok(()) };
        let Some(charge) = order.charge.as_ref().filter(|charge| charge.gateway == inner.gateway_name) else {
            return Ok(());
        };
        if is_early(charge, &report) {
            inner.settle_first(charge).await?;
        }
        // The charge may have been settled on another order.
        let order = inner.views()?.order_of_charge(charge_id)?.unwrap_or(order);
        let Some(command) = command_of(report, order.id, OrderId::from(inner.ids.next())) else { return Ok(()) };
        let key: IdempotencyKey = event.id.parse().map_err(|_| refused(&"its id is not visible ASCII"))?;
        let name = Named::by(Some(&key), inner.gateway_name.as_bytes(), "payments.receive_notice", &event.id);
        inner.submit_any(command, Actor::System, name).await.map(drop)
    }
}

impl Inner {
    async fn read_webhook(
        &self,
        headers: &[(&str, &[u8])],
        body: &[u8],
    ) -> Result<crate::gateway::WebhookEvent, Error> {
        let worker = Arc::clone(&self.worker);
        let headers: Vec<(String, Vec<u8>)> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), value.to_vec())).collect();
        let (body, now) = (body.to_vec(), self.handle.time().now());
        // Runs on the box office's own runtime, because the gateway may use the network and the caller may have no
        // runtime.
        let reading = self.runtime_handle.spawn(async move {
            let headers: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (&**name, &**value)).collect();
            worker.read_webhook(&WebhookMessage { headers: &headers, body: &body, now }).await
        });
        reading.await.map_err(|_| Error::from(Code::EngineClosed))?.map_err(|error| match error {
            WebhookError::Unavailable(reason) => unavailable(GatewayError(reason)),
            error => refused(&error),
        })
    }

    /// Asks the gateway for the outcome of a charge and records it, before a report that requires it.
    async fn settle_first(&self, charge: &Charge) -> Result<(), Error> {
        let (worker, pending) = (Arc::clone(&self.worker), charge.clone());
        let asking = self.runtime_handle.spawn(async move { worker.outcome_of(&pending).await });
        let outcome = asking.await.map_err(|_| Error::from(Code::EngineClosed))?.map_err(unavailable)?;
        let new_order_id = OrderId::from(self.ids.next());
        let (order_id, charge_id) = (charge.order_id, charge.id);
        let command = SettleCharge { order_id, charge_id, outcome, new_order_id };
        self.submit(command, Actor::System, Named::Fresh).await.map(drop)
    }
}

/// Returns `true` if the report is about money that is not yet known to be taken.
fn is_early(charge: &Charge, report: &GatewayReport) -> bool {
    use ChargeStatus::{Authorized, Failed, Pending, Voided, Voiding};
    let is_taken = !matches!(charge.status, Pending | Authorized | Failed | Voiding | Voided);
    !is_taken && !matches!(report, GatewayReport::Charge { .. })
}

fn refused(reason: &dyn std::fmt::Display) -> Error {
    Error::with_message(Code::PaymentNoticeRefused, format!("The message is refused: {reason}"))
}

fn unavailable(error: GatewayError) -> Error {
    Error::from(Code::PaymentUnavailable).with_source(error)
}

/// Returns the command that records the report, about the order that the charge pays now; `None` if there is nothing to
/// record.
pub(crate) fn command_of(report: GatewayReport, order_id: OrderId, new_order_id: OrderId) -> Option<Command> {
    Some(match report {
        GatewayReport::Charge { charge_id, answer, .. } => {
            let outcome = match answer {
                ChargeAnswer::Charged { reference } => ChargeOutcome::Charged { reference },
                ChargeAnswer::Authorized { reference } => ChargeOutcome::Authorized { reference },
                ChargeAnswer::Declined { reason } => ChargeOutcome::NotCharged { reason },
                ChargeAnswer::ActionRequired { .. } | ChargeAnswer::Pending | ChargeAnswer::Unknown => return None,
            };
            Command::SettleCharge(SettleCharge { order_id, charge_id, outcome, new_order_id })
        }
        GatewayReport::Refund { charge_id, refund_id, answer, .. } => {
            let outcome = match answer {
                RefundAnswer::Refunded { reference } => RefundOutcome::Refunded { reference },
                RefundAnswer::Refused { reason } => RefundOutcome::Refused { reason },
                RefundAnswer::Pending => return None,
            };
            Command::SettleRefund(SettleRefund { order_id, charge_id, refund_id, outcome, new_order_id })
        }
        GatewayReport::RefundElsewhere { charge_id, reference, amount, .. } => {
            let refund_id = refund_elsewhere(&reference);
            Command::RecordRefund(RecordRefund { order_id, charge_id, refund_id, reference, amount })
        }
        GatewayReport::DisputeOpened { charge_id, reference, amount, reason, .. } => {
            Command::OpenDispute(OpenDispute { order_id, charge_id, reference, amount, reason })
        }
        GatewayReport::DisputeClosed { charge_id, reference, won, .. } => {
            Command::CloseDispute(CloseDispute { order_id, charge_id, reference, won })
        }
    })
}

/// Returns the id of a refund with this reference at the card processor. It is always the same, so that the refund is
/// recorded once.
fn refund_elsewhere(reference: &Arc<str>) -> RefundId {
    let hash = blake3::derive_key("boxoffice 2026-11-23 refunds made elsewhere", reference.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    RefundId::from_bytes(bytes)
}
