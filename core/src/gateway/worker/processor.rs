//! Which gateway is asked: this host's own, or that of a host of its cluster which has the card processor's keys.

use std::sync::Arc;

use super::Worker;
use crate::domain::payment::Charge;
use crate::gateway::{GatewayError, PaymentGateway};

impl Worker {
    /// Returns the name under which charges are recorded; `None` while this host has no keys and none that has was heard.
    #[cfg_attr(
        not(feature = "cluster"),
        expect(clippy::unnecessary_wraps, reason = "a host of a cluster may not know it")
    )]
    pub(crate) fn gateway_name(&self) -> Option<Arc<str>> {
        #[cfg(feature = "cluster")]
        if let Some(remote) = &self.remote {
            return remote.processor();
        }
        Some(Arc::clone(&self.name))
    }

    /// Returns `true` if the gateway knows the charge. Which one another host has only that one can tell.
    pub(super) fn knows(&self, charge: &Charge) -> bool {
        #[cfg(feature = "cluster")]
        if self.remote.is_some() {
            return true;
        }
        charge.gateway == self.name
    }

    /// Returns `true` if the card processor was not asked for certain, because no other host has done so.
    #[cfg_attr(not(feature = "cluster"), expect(clippy::unused_self, reason = "a host of a cluster may have no keys"))]
    pub(super) fn was_not_asked<T>(&self, answer: &Result<T, GatewayError>) -> bool {
        #[cfg(feature = "cluster")]
        if self.remote.is_some() {
            return answer.as_ref().is_err_and(crate::gateway::remote::is_not_asked);
        }
        let _ = answer;
        false
    }

    /// Returns the gateway for questions about a charge that move no money.
    pub(super) fn gateway_of(&self, charge: &Charge) -> Arc<dyn PaymentGateway> {
        #[cfg(feature = "cluster")]
        if let Some(remote) = &self.remote {
            return Arc::new(remote.of(&charge.gateway));
        }
        #[cfg(not(feature = "cluster"))]
        let _ = charge;
        Arc::clone(&self.gateway)
    }
}
