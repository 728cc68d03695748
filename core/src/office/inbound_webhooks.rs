//! Inbound webhooks of the card processor, converted to commands.

use std::sync::Arc;

use super::payments::Payments;
use super::reports::Reports;
use super::{Inner, Named};
use crate::command::Command;
use crate::domain::payment::{
    Charge, ChargeOutcome, ChargeStatus, CloseDispute, MISCONFIGURED, OpenDispute, RecordRefund, RefundOutcome,
    SettleCharge, SettleRefund,
};
use crate::error::{Code, Error};
use crate::gateway::{ChargeAnswer, GatewayError, GatewayReport, RefundAnswer, WebhookError, WebhookMessage};
use crate::types::{IdempotencyKey, OrderId, RefundId};

impl Payments {
    /// Returns `true` if webhooks of this card processor are for this box office: if it is the gateway's name, ignoring
    /// the `-test` suffix of a processor's test mode. A host of a cluster that has no keys takes those of the hosts that have some,
    /// once it has heard of one.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) {
    /// if office.payments().takes_webhooks_of("stripe") {
    ///     println!("have Stripe send its events here");
    /// }
    /// # }
    /// ```
    pub fn takes_webhooks_of(&self, processor: &str) -> bool {
        let own = self.office.0.gateway_name();
        own.is_some_and(|own| *own == *processor || own.strip_suffix("-test") == Some(processor))
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
        inner.views()?;
        let reports = Reports::of(inner);
        if let GatewayReport::RefundsChanged { charge_id, .. } = report {
            return reports.look_up_refunds(charge_id).await;
        }
        let key: IdempotencyKey = event.id.parse().map_err(|_| refused(&"its id is not visible ASCII"))?;
        let gateway = inner.gateway_name().unwrap_or_default();
        let name = Named::by(Some(&key), gateway.as_bytes(), "payments.receive_notice", &event.id);
        reports.record(report, name).await
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
}

/// Returns `true` if the report is about money that is not yet known to be taken.
pub(super) fn is_early(charge: &Charge, report: &GatewayReport) -> bool {
    use ChargeStatus::{Authorized, Failed, Pending, Voided, Voiding};
    let is_taken = !matches!(charge.status, Pending | Authorized | Failed | Voiding | Voided);
    !is_taken && !matches!(report, GatewayReport::Charge { .. })
}

fn refused(reason: &dyn std::fmt::Display) -> Error {
    Error::with_message(Code::PaymentNoticeRefused, format!("The message is refused: {reason}"))
}

pub(super) fn unavailable(error: GatewayError) -> Error {
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
                ChargeAnswer::Misconfigured { .. } => ChargeOutcome::NotCharged { reason: MISCONFIGURED.into() },
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
        // The refunds themselves are recorded, once they are looked up.
        GatewayReport::RefundsChanged { .. } => return None,
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
pub(super) fn refund_elsewhere(reference: &Arc<str>) -> RefundId {
    let hash = blake3::derive_key("boxoffice 2026-11-23 refunds made elsewhere", reference.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    RefundId::from_bytes(bytes)
}
