//! What a box office knows of its card processor, which may be that of other hosts.

use std::sync::Arc;

use super::Inner;

impl Inner {
    /// Returns the name under which charges are recorded; `None` if the card processor's keys are on other hosts, and none of
    /// them was heard yet.
    pub(super) fn gateway_name(&self) -> Option<Arc<str>> {
        self.worker.gateway_name()
    }

    /// Returns the number of charges and refunds that wait for the card processor. Those of a cluster wait at the host that
    /// writes, and the others count what they have read of.
    pub(super) fn payments_under_way(&self) -> usize {
        #[cfg(feature = "cluster")]
        if !self.worker.writes() {
            return self.views.metrics().charges_pending;
        }
        self.worker.under_way()
    }
}
