//! One life of the box office: the real engine, without threads.

use std::sync::Arc;
use std::time::Duration;

use boxoffice::gateway::PaymentGateway;
#[cfg(feature = "cluster")]
use boxoffice::simulation::SimulatedCluster;
use boxoffice::simulation::SteppedOffice;
use boxoffice::{BoxOffice, Builder, Clock, Code, Error, IdSource, KeyRing, Limits};

use crate::actors::Act;
use crate::disks::Disks;
use crate::watch::{Watch, Watched};

/// Number of times that tasks are polled before the run continues, because tasks wake each other.
const TURNS: usize = 12;

/// Parts of the world that survive a process.
#[derive(Debug, Clone)]
pub(crate) struct Outside {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) gateway: Arc<dyn PaymentGateway>,
    pub(crate) watch: Watch,
    pub(crate) limits: Limits,
}

/// A running box office.
#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) engine: SteppedOffice,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Process {
    /// Starts the box office on the content of the disks.
    pub(crate) fn start(disks: &Disks, outside: &Outside) -> Result<Self, Error> {
        Self::start_by(outside, |builder, gateway, runtime| {
            let watch = Arc::new(outside.watch.clone());
            SteppedOffice::open(builder, disks.storage(), gateway, runtime, watch)
        })
    }

    /// Starts the box office as a host of a cluster, on the content of the disks.
    #[cfg(feature = "cluster")]
    pub(crate) fn start_in_cluster(
        disks: &Disks,
        outside: &Outside,
        (cluster, host): (&mut SimulatedCluster, usize),
    ) -> Result<Self, Error> {
        Self::start_by(outside, |builder, gateway, runtime| {
            let watch = Arc::new(outside.watch.clone());
            SteppedOffice::open_in_cluster(builder, disks.storage(), gateway, runtime, watch, (cluster, host))
        })
    }

    fn start_by(
        outside: &Outside,
        open: impl FnOnce(Builder, Arc<dyn PaymentGateway>, &tokio::runtime::Handle) -> Result<SteppedOffice, Error>,
    ) -> Result<Self, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .map_err(|_| Error::from(Code::Internal))?;
        let gateway = Watched { gateway: Arc::clone(&outside.gateway), watch: outside.watch.clone() };
        let builder = BoxOffice::builder()
            .clock(Arc::clone(&outside.clock))
            .ids(Arc::clone(&outside.ids))
            .limits(outside.limits)
            // No session outlives the run, so the key needs no secret.
            .key_ring(KeyRing::new(&[7; 32])?);
        let engine = open(builder, Arc::new(gateway), runtime.handle())?;
        let process = Self { engine, runtime: Some(runtime) };
        process.pump();
        Ok(process)
    }

    pub(crate) fn office(&self) -> &BoxOffice {
        self.engine.office()
    }

    /// Runs the tasks that can make progress: callers, the gateway's worker.
    pub(crate) fn pump(&self) {
        self.block_on(async {
            for _ in 0..TURNS {
                tokio::task::yield_now().await;
            }
        });
    }

    /// Advances the timers by this time.
    pub(crate) fn pass(&self, time: Duration) {
        self.block_on(tokio::time::advance(time));
    }

    pub(crate) fn spawn(&self, act: Act) {
        if let Some(runtime) = &self.runtime {
            runtime.spawn(act);
        }
    }

    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        self.runtime.as_ref().map(|runtime| runtime.block_on(future))
    }

    /// Writes a last checkpoint, and ends.
    pub(crate) fn end(self) {
        self.pump();
        // A checkpoint that can't be written loses no data.
        let _ = self.engine.checkpoint();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.engine.abandon();
        // Tasks stop at once, as in a crash.
        self.runtime = None;
    }
}
