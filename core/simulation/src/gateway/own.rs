//! Gateway of an embedder, with the card processor behind it.

use std::fmt;
use std::sync::Arc;

use boxoffice::gateway::{GatewayReport, PaymentGateway};
use boxoffice::{ChargeId, Money, RefundId};

/// Your own gateway, for [`Simulation::gateway`](crate::Simulation::gateway), with the [`Processor`] that it talks to.
///
/// The seed decides about lost, delayed and repeated requests and answers between the box office and the gateway,
/// unless the connection is [`reliable`](OwnGateway::reliable).
#[derive(Debug)]
#[must_use]
pub struct OwnGateway {
    pub(crate) gateway: Arc<dyn PaymentGateway>,
    pub(crate) processor: Option<Arc<dyn Processor>>,
    pub(crate) is_reliable: bool,
}

impl OwnGateway {
    /// Creates a gateway whose answers alone are known. The auditor trusts that it took the money once.
    pub fn new(gateway: impl PaymentGateway) -> Self {
        Self { gateway: Arc::new(gateway), processor: None, is_reliable: false }
    }

    /// Adds the card processor behind the gateway, so that the auditor compares its books with the journal.
    pub fn processor(mut self, processor: Arc<dyn Processor>) -> Self {
        self.processor = Some(processor);
        self
    }

    /// Makes the connection reliable: every request and answer arrives once, immediately. Faults of the gateway itself
    /// remain.
    pub fn reliable(mut self) -> Self {
        self.is_reliable = true;
        self
    }
}

impl<G: PaymentGateway> From<G> for OwnGateway {
    fn from(gateway: G) -> Self {
        Self::new(gateway)
    }
}

/// Card processor behind your own gateway, implemented by your test.
///
/// It survives the crashes of the box office, as real ones do.
pub trait Processor: fmt::Debug + Send + Sync {
    /// Returns all movements of money so far, the oldest first. The list only grows.
    fn movements(&self) -> Vec<Movement>;

    /// Returns all reports that the processor would have sent by webhook so far. The simulation delivers any of them at
    /// any time, late and more than once.
    fn reports(&self) -> Vec<GatewayReport> {
        Vec::new()
    }

    /// Ends all faults: from now on every request and answer arrives. Called once, near the end of a run.
    fn recover(&self) {}
}

/// Movement of money at a card processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Movement {
    /// The processor took money from a card.
    Taken {
        /// Charge of the request.
        charge_id: ChargeId,
        /// Amount taken.
        amount: Money,
    },
    /// The processor gave money back.
    Returned {
        /// Charge of the money.
        charge_id: ChargeId,
        /// Refund of the request; `None` if the money was given back at the processor's own site.
        refund_id: Option<RefundId>,
        /// Amount given back.
        amount: Money,
    },
}
