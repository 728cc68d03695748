//! Who may ask the card processor: a box office on one host always, and of the hosts of a cluster the one that writes.
//!
//! A host that was paused or cut off may take itself for the writer when it no longer is one. So a task keeps the epoch in
//! which it began, and asks before each call whether it is still this host's. Between that and the call's end, another host
//! may begin to write; it believes a charge that the processor doesn't know of only after longer than a call takes.

use super::Worker;
use crate::domain::payment::Charge;
#[cfg(feature = "cluster")]
use crate::types::Timestamp;

#[cfg(feature = "cluster")]
pub(crate) use self::clustered::{Fence, Permission, Term};

/// Right of a task to ask the card processor.
#[derive(Debug, Clone, Copy)]
pub(super) struct Right {
    /// Term in which it may; `None` without a cluster.
    #[cfg(feature = "cluster")]
    term: Option<Term>,
}

#[cfg(not(feature = "cluster"))]
mod alone {
    use std::sync::Arc;

    use super::{Charge, Right, Worker};
    use crate::gateway::PaymentGateway;
    use crate::types::Timestamp;

    #[expect(clippy::unused_self, reason = "in a cluster it is used")]
    impl Right {
        /// Returns `false`: there is no earlier term.
        pub(in crate::gateway::worker) const fn is_younger_than(self, _: &Charge) -> bool {
            false
        }

        /// Returns the time since when the card processor may have been asked about the charge.
        pub(in crate::gateway::worker) const fn asked_since(self, charge: &Charge) -> Timestamp {
            charge.created_at
        }
    }

    #[expect(clippy::unused_self, reason = "in a cluster it is used")]
    impl Worker {
        /// Returns the right to ask, which a box office on one host always has.
        #[expect(clippy::unnecessary_wraps, reason = "a host of a cluster may have none")]
        pub(in crate::gateway::worker) const fn right(&self) -> Option<Right> {
            Some(Right {})
        }

        /// Returns `true`.
        pub(crate) const fn writes(&self) -> bool {
            true
        }

        /// Returns the gateway.
        pub(in crate::gateway::worker) fn gateway_for(&self, _: Right, _: &Charge) -> Arc<dyn PaymentGateway> {
            Arc::clone(&self.gateway)
        }

        /// Returns `true`.
        #[expect(clippy::unused_async, reason = "a host of a cluster waits for it")]
        pub(in crate::gateway::worker) async fn may_ask(&self, _: Right, _: &Charge) -> bool {
            true
        }

        /// Returns `true`.
        pub(in crate::gateway::worker) const fn may_ask_now(&self, _: Right) -> bool {
            true
        }

        /// Returns `false`: nothing waits for the right to ask.
        #[expect(clippy::unused_async, reason = "a host of a cluster waits for it")]
        pub(in crate::gateway::worker) async fn is_too_late(&self, _: Right, _: &Charge) -> bool {
            false
        }
    }
}

#[cfg(feature = "cluster")]
mod clustered {
    use std::fmt;
    use std::sync::Arc;
    use std::time::Duration;

    use super::super::{RetryPolicy, Settle};
    use super::{Charge, Right, Timestamp, Worker};
    use crate::clock::EngineTime;
    use crate::failures::Failures;
    use crate::gateway::remote::RemoteGateway;
    use crate::gateway::{GatewayError, PaymentGateway};

    /// Pause before a host that writes, but may not ask now, looks again.
    const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(100);

    /// Pause before it is looked again whether a host with the card processor's keys is there.
    const LOOK_FOR_KEYS_AFTER: Duration = Duration::from_millis(250);

    /// Maximum timeout of one call. A host that follows in writing believes what the card processor doesn't know only after
    /// a minute.
    const CALL_MAX: Duration = Duration::from_secs(19);

    /// What a host has to ask before each call of the card processor.
    pub(crate) trait Fence: fmt::Debug + Send + Sync {
        /// Returns the term in which this host writes; `None` if another host does.
        fn term(&self) -> Option<Term>;

        /// Returns whether what began in this epoch may ask the card processor.
        fn permission(&self, epoch: u64) -> Permission;
    }

    /// Time in which a host writes.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Term {
        /// Number of its claim.
        pub(crate) epoch: u64,
        /// Engine's time when it began.
        pub(crate) began_at: Timestamp,
    }

    /// Answer of a [`Fence`].
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) enum Permission {
        /// It may ask now.
        Granted,
        /// It may not ask now, and perhaps later: the last sign that this host still writes is too old.
        NotNow,
        /// It may never ask again: another term has begun, or another host writes.
        Ended,
    }

    impl Right {
        /// Returns `true` if the charge was decided before the term began: by another host, or in another term of this one.
        pub(in crate::gateway::worker) fn is_younger_than(self, charge: &Charge) -> bool {
            self.term.is_some_and(|term| charge.created_at < term.began_at)
        }

        /// Returns the time since when nobody but this task asks the card processor about the charge.
        pub(in crate::gateway::worker) fn asked_since(self, charge: &Charge) -> Timestamp {
            self.term.map_or(charge.created_at, |term| charge.created_at.max(term.began_at))
        }
    }

    impl Worker {
        /// Creates a worker that asks the fence before each call. A call takes at most 19 seconds then.
        pub(crate) fn fenced(
            gateway: Arc<dyn PaymentGateway>,
            settle: Arc<dyn Settle>,
            time: Arc<EngineTime>,
            failures: Arc<Failures>,
            retry_policy: RetryPolicy,
            fence: Arc<dyn Fence>,
        ) -> Arc<Self> {
            let retry_policy = within_a_term(retry_policy);
            let worker = Self::without_fence(gateway, settle, time, failures, retry_policy);
            Arc::new(Self { fence: Some(fence), ..worker })
        }

        /// Creates such a worker for a host without the card processor's keys: it asks by way of hosts that have them.
        pub(crate) fn remote(
            remote: RemoteGateway,
            settle: Arc<dyn Settle>,
            time: Arc<EngineTime>,
            failures: Arc<Failures>,
            retry_policy: RetryPolicy,
            fence: Arc<dyn Fence>,
        ) -> Arc<Self> {
            let gateway: Arc<dyn PaymentGateway> = Arc::new(remote.clone());
            let retry_policy = within_a_term(retry_policy);
            let worker = Self::without_fence(gateway, settle, time, failures, retry_policy);
            Arc::new(Self { fence: Some(fence), remote: Some(remote), ..worker })
        }

        /// Returns `true` if this host writes, as far as it knows.
        pub(crate) fn writes(&self) -> bool {
            self.fence.as_ref().is_none_or(|fence| fence.term().is_some())
        }

        /// Returns the gateway for what a task asks about a charge. Another host is told the epoch in which the task began.
        pub(in crate::gateway::worker) fn gateway_for(&self, right: Right, charge: &Charge) -> Arc<dyn PaymentGateway> {
            match (&self.remote, right.term) {
                (Some(remote), Some(term)) => Arc::new(remote.in_epoch(term.epoch, &charge.gateway)),
                (Some(_), None) | (None, _) => Arc::clone(&self.gateway),
            }
        }

        /// Returns the right to ask that begins now; `None` if another host has it.
        pub(in crate::gateway::worker) fn right(&self) -> Option<Right> {
            match &self.fence {
                None => Some(Right { term: None }),
                Some(fence) => fence.term().map(|term| Right { term: Some(term) }),
            }
        }

        /// Waits until the card processor may be asked, and somebody can; returns `false` if it never may again.
        pub(in crate::gateway::worker) async fn may_ask(&self, right: Right, charge: &Charge) -> bool {
            let mut has_said = false;
            loop {
                let pause = match self.permission(right) {
                    Permission::Ended => return false,
                    Permission::NotNow => LOOK_AGAIN_AFTER,
                    Permission::Granted => match self.unreachable(charge) {
                        None => return true,
                        Some(why) => {
                            if !std::mem::replace(&mut has_said, true) {
                                tracing::warn!(charge = %charge.id, %why, "a charge waits");
                                self.failures.note("a charge waits", &why);
                            }
                            LOOK_FOR_KEYS_AFTER
                        }
                    },
                };
                tokio::time::sleep(pause).await;
            }
        }

        /// Returns why nobody can ask the card processor of the charge now; `None` if somebody can.
        fn unreachable(&self, charge: &Charge) -> Option<GatewayError> {
            self.remote.as_ref()?.unreachable(&charge.gateway).map(GatewayError)
        }

        /// Waits until the card processor may be asked; returns `true` if a charge that was not sent yet would come too late by
        /// then: whoever asks for its outcome may have believed meanwhile that it never was.
        pub(in crate::gateway::worker) async fn is_too_late(&self, right: Right, charge: &Charge) -> bool {
            let is_fenced = right.term.is_some();
            is_fenced
                && self.may_ask(right, charge).await
                && self.time.now().since(charge.created_at) >= self.retry_policy.unknown_after
        }

        /// Returns `true` if the card processor may be asked now.
        pub(in crate::gateway::worker) fn may_ask_now(&self, right: Right) -> bool {
            self.permission(right) == Permission::Granted
        }

        fn permission(&self, right: Right) -> Permission {
            let asked = self.fence.as_ref().zip(right.term);
            asked.map_or(Permission::Granted, |(fence, term)| fence.permission(term.epoch))
        }
    }

    /// Returns the policy with calls that are over before a host that follows in writing believes anything.
    fn within_a_term(retry_policy: RetryPolicy) -> RetryPolicy {
        let call_timeout = retry_policy.call_timeout.min(CALL_MAX);
        RetryPolicy { call_timeout, ..retry_policy }
    }
}
