//! Gateway of a run, and the processor behind it.

use std::sync::Arc;

use boxoffice::gateway::{GatewayReport, PaymentGateway};

use crate::Rng;
use crate::gateway::{Line, OwnGateway, Processor, SeededGateway, WorldTime};

/// Gateway of a run, and the processor behind it.
#[derive(Debug)]
pub(crate) struct Till {
    /// Gateway that the box office calls.
    pub(crate) gateway: Arc<dyn PaymentGateway>,
    /// Built-in gateway, if it is used.
    seeded: Option<Arc<SeededGateway>>,
    line: Option<Arc<Line>>,
    pub(crate) processor: Option<Arc<dyn Processor>>,
    /// Number of the processor's movements that were compared with the journal.
    pub(crate) compared: usize,
}

impl Till {
    pub(crate) fn seeded(gateway: Arc<SeededGateway>) -> Self {
        Self { gateway: gateway.clone(), seeded: Some(gateway), line: None, processor: None, compared: 0 }
    }

    pub(crate) fn own(own: OwnGateway, rng: Rng, time: WorldTime) -> Self {
        let OwnGateway { gateway, processor, is_reliable } = own;
        let line = (!is_reliable).then(|| Arc::new(Line::new(Arc::clone(&gateway), rng, time)));
        let gateway = line.clone().map_or(gateway, |line| line as _);
        Self { gateway, seeded: None, line, processor, compared: 0 }
    }

    /// Returns a random unsolicited report of the card processor, possibly late, possibly repeated.
    pub(crate) fn report(&self, rng: &mut Rng) -> Option<GatewayReport> {
        if let Some(gateway) = &self.seeded {
            if rng.per_mille(100) {
                gateway.work_at_processor(rng);
            }
            return gateway.report(rng);
        }
        rng.pick(&self.processor.as_ref()?.reports()).cloned()
    }

    /// Ends all faults: from now on every request and answer arrives.
    pub(crate) fn recover(&self) {
        if let Some(gateway) = &self.seeded {
            gateway.behave();
        }
        if let Some(line) = &self.line {
            line.recover();
        }
        if let Some(processor) = &self.processor {
            processor.recover();
        }
    }
}
