//! Recording what a card processor reports, whether it tells by itself or is asked.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

#[cfg(feature = "cluster")]
use super::cluster::Member;
use super::inbound_webhooks::{command_of, is_early, refund_elsewhere, unavailable};
use super::{Inner, Named};
use crate::command::Command;
use crate::domain::Order;
use crate::domain::payment::{Charge, SettleCharge};
use crate::engine::{Handle, Request};
use crate::error::{Code, Error, ErrorKind};
use crate::event::Actor;
#[cfg(feature = "cluster")]
use crate::gateway::GatewayError;
use crate::gateway::GatewayReport;
use crate::gateway::worker::{RefundLook, Worker};
use crate::ids::IdSource;
use crate::types::{ChargeId, CommandId, OrderId, Timestamp};
use crate::views::Views;

/// Age of the oldest refunds that are looked for at the start.
const LOOK_BACK: Duration = Duration::from_hours(30 * 24);

/// How far a later look reaches back before the one before it: refunds become final late, and clocks differ.
const OVERLAP: Duration = Duration::from_hours(24);

/// Time between two looks.
const EVERY: Duration = Duration::from_hours(1);

/// Time after a look that failed.
const AGAIN_AFTER: Duration = Duration::from_mins(5);

/// Interval in which a host that does not write looks whether it does.
const WRITES_AFTER: Duration = Duration::from_secs(1);

/// Time within which a host reads what the others have written before it says that it does not know a charge.
#[cfg(feature = "cluster")]
const LEVEL_WITHIN: Duration = Duration::from_secs(2);

/// A look for refunds, which may take several attempts.
#[derive(Debug)]
struct Look {
    pages: RefundLook,
    began: Timestamp,
    /// `true` while everything that was found is recorded.
    is_recorded: bool,
}

/// Records reports of the card processor.
#[derive(Debug)]
pub(super) struct Reports {
    handle: Arc<Handle>,
    views: Views,
    worker: Arc<Worker>,
    ids: Arc<dyn IdSource>,
    runtime: tokio::runtime::Handle,
    /// This host's part in its cluster, if it belongs to one.
    #[cfg(feature = "cluster")]
    cluster: Option<Arc<Member>>,
}

impl Reports {
    pub(super) fn of(inner: &Inner) -> Self {
        Self {
            handle: Arc::clone(&inner.handle),
            views: inner.views.clone(),
            worker: Arc::clone(&inner.worker),
            ids: Arc::clone(&inner.ids),
            runtime: inner.runtime_handle.clone(),
            #[cfg(feature = "cluster")]
            cluster: inner.cluster.clone(),
        }
    }

    /// Records a report. One that is about no charge of this box office, or that is recorded already, changes nothing.
    pub(super) async fn record(&self, report: GatewayReport, name: Named) -> Result<(), Error> {
        let charge_id = report.charge_id();
        let Some(order) = self.order_of(charge_id).await? else { return Ok(()) };
        let Some(charge) = order.charge.as_ref().filter(|charge| self.is_own(charge)) else { return Ok(()) };
        if is_recorded(charge, &report) {
            return Ok(());
        }
        if is_early(charge, &report) {
            self.settle_first(charge).await?;
        }
        // The charge may have been settled on another order.
        let order = self.views.order_of_charge(charge_id)?.unwrap_or(order);
        let Some(command) = command_of(report, order.id, OrderId::from(self.ids.next())) else { return Ok(()) };
        self.submit(command, name).await
    }

    /// Looks up the refunds of a charge, and records those that are not known.
    pub(super) async fn look_up_refunds(&self, charge: ChargeId) -> Result<(), Error> {
        let Some(order) = self.order_of(charge).await? else { return Ok(()) };
        let Some(charge) = order.charge.clone().filter(|charge| self.is_own(charge)) else { return Ok(()) };
        let worker = Arc::clone(&self.worker);
        let asking = self.runtime.spawn(async move { worker.refunds_of(&charge).await });
        let found = asking.await.map_err(|_| Error::from(Code::EngineClosed))?.map_err(unavailable)?;
        for report in found {
            self.record(report, Named::Fresh).await?;
        }
        Ok(())
    }

    /// Returns `true` if the charge is one of this box office's card processor.
    fn is_own(&self, charge: &Charge) -> bool {
        self.worker.gateway_name().is_some_and(|own| own == charge.gateway)
    }

    /// Returns the order of a charge. A host of a cluster that knows none first reads what the others have written: the card
    /// processor tells of a charge only once.
    #[cfg_attr(not(feature = "cluster"), expect(clippy::unused_async, reason = "a host of a cluster waits for others"))]
    async fn order_of(&self, charge: ChargeId) -> Result<Option<Arc<Order>>, Error> {
        let known = self.views.order_of_charge(charge)?;
        #[cfg(feature = "cluster")]
        if let Some(member) = self.cluster.as_ref().filter(|_| known.is_none()) {
            if !member.driver().level_with_stream(LEVEL_WITHIN).await {
                return Err(unavailable(GatewayError(
                    "this host does not know yet what the others have written".into(),
                )));
            }
            return Ok(self.views.order_of_charge(charge)?);
        }
        Ok(known)
    }

    /// Looks at once and then every hour for refunds that no message has told of, until the box office closes. A look that
    /// fails goes on where it was; one that has missed something is repeated. Of the hosts of a cluster, the one that writes
    /// looks, from the time when it begins to.
    pub(super) async fn look_for_refunds(self, mut closed: watch::Receiver<bool>) {
        let mut since = before(self.handle.time().now(), LOOK_BACK);
        let mut unfinished = None;
        loop {
            if !self.worker.writes() {
                unfinished = None;
                if tokio::time::timeout(WRITES_AFTER, closed.wait_for(|closed| *closed)).await.is_ok() {
                    return;
                }
                continue;
            }
            let mut look = unfinished.take().unwrap_or_else(|| Look {
                pages: RefundLook::new(since),
                began: self.handle.time().now(),
                is_recorded: true,
            });
            if self.look_on(&mut look).await.is_none() {
                return;
            }
            let wait = if look.pages.is_over() && look.pages.unnamed() == 0 && look.is_recorded {
                since = before(look.began, OVERLAP);
                EVERY
            } else {
                unfinished = Some(look).filter(|look| !look.pages.is_over());
                AGAIN_AFTER
            };
            // A closed sender is a closed box office too.
            if tokio::time::timeout(wait, closed.wait_for(|closed| *closed)).await.is_ok() {
                return;
            }
        }
    }

    /// Goes on with a look until its last page or a page that fails, and records each page before the next. Returns
    /// `None` if there is nothing to look at.
    async fn look_on(&self, look: &mut Look) -> Option<()> {
        while !look.pages.is_over() && self.worker.writes() {
            let found = match self.worker.next_refunds(&mut look.pages).await? {
                Ok(found) => found,
                Err(error) => {
                    tracing::warn!(%error, "refunds at the card processor could not be looked for");
                    return Some(());
                }
            };
            for report in found {
                let charge = report.charge_id();
                if let Err(error) = self.record(report, Named::Fresh).await {
                    if error.code() == Code::EngineClosed {
                        return None;
                    }
                    tracing::warn!(%charge, %error, "a refund at the card processor is not recorded");
                    look.is_recorded &= error.kind() != ErrorKind::Unavailable;
                }
            }
        }
        Some(())
    }

    /// Asks what became of a charge of which more is told than is known here, and notes that before.
    async fn settle_first(&self, charge: &Charge) -> Result<(), Error> {
        let (worker, pending) = (Arc::clone(&self.worker), charge.clone());
        let asking = self.runtime.spawn(async move { worker.outcome_of(&pending).await });
        let outcome = asking.await.map_err(|_| Error::from(Code::EngineClosed))?.map_err(unavailable)?;
        let new_order_id = OrderId::from(self.ids.next());
        let (order_id, charge_id) = (charge.order_id, charge.id);
        let command = SettleCharge { order_id, charge_id, outcome, new_order_id };
        self.submit(Command::SettleCharge(command), Named::Fresh).await
    }

    async fn submit(&self, command: Command, name: Named) -> Result<(), Error> {
        let (id, fingerprint) = match name {
            Named::Fresh => (CommandId::from(self.ids.next()), None),
            Named::Keyed { id, fingerprint } => (id, Some(fingerprint)),
        };
        let request = Request { fingerprint, ..Request::new(command, id, Actor::System) };
        self.handle.submit(request).await.map(drop)
    }
}

/// Returns `true` for a refund that the charge has already.
fn is_recorded(charge: &Charge, report: &GatewayReport) -> bool {
    match report {
        GatewayReport::RefundElsewhere { reference, .. } => charge.refund(refund_elsewhere(reference)).is_some(),
        GatewayReport::Charge { .. }
        | GatewayReport::Refund { .. }
        | GatewayReport::RefundsChanged { .. }
        | GatewayReport::DisputeOpened { .. }
        | GatewayReport::DisputeClosed { .. } => false,
    }
}

fn before(now: Timestamp, by: Duration) -> Timestamp {
    Timestamp::from_millis(now.as_millis().saturating_sub(u64::try_from(by.as_millis()).unwrap_or(u64::MAX)))
}
