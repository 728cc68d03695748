//! Bringing the gateway's answers to the engine.

use std::sync::Arc;

use crate::command::Command;
use crate::domain::payment::{Charge, ChargeOutcome, RefundOutcome, SettleCharge, SettleRefund};
use crate::engine::{Handle, Request};
use crate::event::Actor;
use crate::gateway::worker::{Settle, Settling};
use crate::ids::IdSource;
use crate::types::{CommandId, OrderId, RefundId};

/// Brings the gateway's answers to the engine.
#[derive(Debug)]
pub(super) struct Settler {
    pub(super) handle: Arc<Handle>,
    pub(super) ids: Arc<dyn IdSource>,
}

impl Settler {
    fn submit(&self, command: impl Into<Command>) -> Settling<'_> {
        let request = Request::new(command, CommandId::from(self.ids.next()), Actor::System);
        Box::pin(async move { self.handle.submit(request).await.map(drop) })
    }
}

impl Settle for Settler {
    fn charge<'a>(&'a self, charge: &'a Charge, outcome: ChargeOutcome) -> Settling<'a> {
        let (order_id, charge_id, new_order_id) = (charge.order_id, charge.id, OrderId::from(self.ids.next()));
        self.submit(SettleCharge { order_id, charge_id, outcome, new_order_id })
    }

    fn refund<'a>(&'a self, charge: &'a Charge, refund_id: RefundId, outcome: RefundOutcome) -> Settling<'a> {
        let (order_id, charge_id, new_order_id) = (charge.order_id, charge.id, OrderId::from(self.ids.next()));
        self.submit(SettleRefund { order_id, charge_id, refund_id, outcome, new_order_id })
    }
}
