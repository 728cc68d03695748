//! A gateway of an embedder's own, with the card processor behind it.

use std::fmt;
use std::sync::Arc;

use boxoffice::gateway::{GatewayReport, PaymentGateway};
use boxoffice::{ChargeId, Money, RefundId};

/// A gateway of your own, for [`Simulation::gateway`](crate::Simulation::gateway), with the [`Processor`] that it talks to.
///
/// Requests and answers between the box office and the gateway are lost, delayed and repeated by the seed, unless the gateway is
/// [`reliable`](OwnGateway::reliable) to reach.
#[derive(Debug)]
#[must_use]
pub struct OwnGateway {
    pub(crate) gateway: Arc<dyn PaymentGateway>,
    pub(crate) processor: Option<Arc<dyn Processor>>,
    pub(crate) is_reliable: bool,
}

impl OwnGateway {
    /// Takes a gateway of which only its answers are known: that it took the money once is believed.
    pub fn new(gateway: impl PaymentGateway) -> Self {
        Self { gateway: Arc::new(gateway), processor: None, is_reliable: false }
    }

    /// Adds the card processor behind the gateway, so that the auditor compares its books with the journal.
    pub fn processor(mut self, processor: Arc<dyn Processor>) -> Self {
        self.processor = Some(processor);
        self
    }

    /// Delivers every request once and every answer at once. What the gateway does by itself is left to it.
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

/// The card processor behind a gateway of your own, played by your test.
///
/// It outlives the crashes of the box office, as real ones do.
pub trait Processor: fmt::Debug + Send + Sync {
    /// Returns every movement of money so far, the oldest first. The list only grows.
    fn movements(&self) -> Vec<Movement>;

    /// Returns everything that the processor would report by webhook by now. The simulation delivers any of it at any time, late
    /// and more than once.
    fn reports(&self) -> Vec<GatewayReport> {
        Vec::new()
    }

    /// Ends all faults: from now on every request arrives and every answer comes. Called once, near the end of a run.
    fn recover(&self) {}
}

/// Money that a card processor has moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Movement {
    /// It took money from a card.
    Taken {
        /// The charge for which it was asked.
        charge_id: ChargeId,
        /// How much.
        amount: Money,
    },
    /// It gave money back.
    Returned {
        /// The charge of which the money was.
        charge_id: ChargeId,
        /// The refund for which it was asked; `None` if somebody gave the money back at the processor's own site.
        refund_id: Option<RefundId>,
        /// How much.
        amount: Money,
    },
}
