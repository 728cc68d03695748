//! What a card processor tells, as commands.

use std::sync::Arc;

use crate::command::Command;
use crate::domain::payment::{
    ChargeOutcome, CloseDispute, OpenDispute, RecordRefund, RefundOutcome, SettleCharge, SettleRefund,
};
use crate::gateway::{ChargeAnswer, NoticeFact, RefundAnswer};
use crate::types::{OrderId, RefundId};

/// The command that notes the fact, about the order that the charge pays now; `None` if there is nothing to note.
pub(crate) fn command_of(fact: NoticeFact, order_id: OrderId, new_order_id: OrderId) -> Option<Command> {
    Some(match fact {
        NoticeFact::Charge { charge_id, answer, .. } => {
            let outcome = match answer {
                ChargeAnswer::Charged { reference } => ChargeOutcome::Charged { reference },
                ChargeAnswer::Authorized { reference } => ChargeOutcome::Authorized { reference },
                ChargeAnswer::Declined { reason } => ChargeOutcome::NotCharged { reason },
                ChargeAnswer::ActionRequired { .. } | ChargeAnswer::Pending | ChargeAnswer::Unknown => return None,
            };
            Command::SettleCharge(SettleCharge { order_id, charge_id, outcome, new_order_id })
        }
        NoticeFact::Refund { charge_id, refund_id, answer, .. } => {
            let outcome = match answer {
                RefundAnswer::Refunded { reference } => RefundOutcome::Refunded { reference },
                RefundAnswer::Refused { reason } => RefundOutcome::Refused { reason },
                RefundAnswer::Pending => return None,
            };
            Command::SettleRefund(SettleRefund { order_id, charge_id, refund_id, outcome, new_order_id })
        }
        NoticeFact::RefundElsewhere { charge_id, reference, amount, .. } => {
            let refund_id = refund_elsewhere(&reference);
            Command::RecordRefund(RecordRefund { order_id, charge_id, refund_id, reference, amount })
        }
        NoticeFact::DisputeOpened { charge_id, reference, amount, reason, .. } => {
            Command::OpenDispute(OpenDispute { order_id, charge_id, reference, amount, reason })
        }
        NoticeFact::DisputeClosed { charge_id, reference, won, .. } => {
            Command::CloseDispute(CloseDispute { order_id, charge_id, reference, won })
        }
    })
}

/// The id of a refund that the card processor knows by this name: always the same, so that it is recorded once.
fn refund_elsewhere(reference: &Arc<str>) -> RefundId {
    let hash = blake3::derive_key("boxoffice 2026-11-23 refunds made elsewhere", reference.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    RefundId::from_bytes(bytes)
}
