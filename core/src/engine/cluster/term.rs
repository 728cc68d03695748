//! The epoch in which this host writes: the fence before the card processor.

use std::sync::{Arc, Mutex, PoisonError};

use super::Link;
use crate::failpoint::Failpoint;
use crate::gateway::worker::{Fence, Permission, Term};
use crate::types::Timestamp;

/// The epoch in which this host writes, as the gateway's worker has to know it.
#[derive(Debug)]
pub(crate) struct Terms {
    link: Arc<dyn Link>,
    term: Mutex<Option<Term>>,
}

impl Terms {
    /// Creates the terms of a host that does not write yet.
    pub(crate) fn new(link: Arc<dyn Link>) -> Arc<Self> {
        Arc::new(Self { link, term: Mutex::default() })
    }

    /// Begins a term: from now on this host writes.
    pub(super) fn begin(&self, epoch: u64, began_at: Timestamp) {
        self.set(Some(Term { epoch, began_at }));
    }

    /// Ends the term, if there is one.
    pub(super) fn end(&self) {
        if !Failpoint::OldWorkerCharges.is_active() {
            self.set(None);
        }
    }

    fn set(&self, term: Option<Term>) {
        *self.term.lock().unwrap_or_else(PoisonError::into_inner) = term;
    }
}

impl Fence for Terms {
    fn term(&self) -> Option<Term> {
        *self.term.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn permission(&self, epoch: u64) -> Permission {
        if Failpoint::OldWorkerCharges.is_active() {
            return Permission::Granted;
        }
        match self.term() {
            Some(term) if term.epoch == epoch => {
                if self.link.may_charge(epoch) {
                    Permission::Granted
                } else {
                    Permission::NotNow
                }
            }
            Some(_) | None => Permission::Ended,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::FakeLink;
    use super::*;

    #[test]
    fn the_right_to_charge_is_that_of_the_epoch() {
        let link = FakeLink::new();
        let terms = Terms::new(link.clone());
        assert_eq!((terms.term(), terms.permission(3)), (None, Permission::Ended));
        let began_at = Timestamp::from_millis(7);
        terms.begin(3, began_at);
        assert_eq!(terms.term(), Some(Term { epoch: 3, began_at }));
        assert_eq!(terms.permission(3), Permission::NotNow);
        link.charges_in(Some(3));
        assert_eq!((terms.permission(3), terms.permission(2)), (Permission::Granted, Permission::Ended));
        terms.end();
        assert_eq!((terms.term(), terms.permission(3)), (None, Permission::Ended));
    }
}
