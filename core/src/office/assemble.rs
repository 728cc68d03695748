//! Assembles a box office from its parts, and starts it.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use super::builder::Builder;
#[cfg(feature = "cluster")]
use super::cluster::{Member, envelopes};
use super::reports::Reports;
use super::settler::Settler;
use super::{BoxOffice, Inner, clock};
#[cfg(feature = "cluster")]
use crate::clock::Clock;
use crate::clock::{EngineTime, SystemClock};
#[cfg(feature = "cluster")]
use crate::engine::cluster::ClusterParts;
#[cfg(all(feature = "cluster", any(test, feature = "simulation")))]
use crate::engine::cluster::polled::Polled;
use crate::engine::{Checkpointer, EngineMetrics, Handle, Recent, Waiters, Writer, WriterParts, catch_up};
use crate::error::{Code, Error};
use crate::failures::Failures;
use crate::gateway::PaymentGateway;
use crate::gateway::worker::{RetryPolicy, Work, Worker};
use crate::identity::{KeyRing, KnownPlaces, Passwords, Throttle, Tokens};
use crate::ids::{IdSource, RandomIds};
use crate::journal::Journal;
use crate::views::Views;

/// What was opened in a directory, and what was chosen beside it.
pub(super) struct Opened {
    pub(super) journal: Arc<dyn Journal>,
    pub(super) views: Views,
    pub(super) known: KnownPlaces,
    pub(super) gateway: Arc<dyn PaymentGateway>,
    pub(super) failures: Arc<Failures>,
    /// The cluster that the box office is a host of. In a simulation there is no connection to one.
    #[cfg(feature = "cluster")]
    pub(super) cluster: Option<(Option<Arc<Member>>, ClusterParts)>,
}

impl Opened {
    /// Creates the gateway's worker. In a cluster, it asks the card processor only while this host writes.
    fn worker(
        &self,
        handle: &Arc<Handle>,
        ids: &Arc<dyn IdSource>,
        time: Arc<EngineTime>,
        policy: RetryPolicy,
    ) -> Arc<Worker> {
        let settle = Arc::new(Settler { handle: Arc::clone(handle), ids: Arc::clone(ids) });
        let (gateway, failures) = (Arc::clone(&self.gateway), Arc::clone(&self.failures));
        #[cfg(feature = "cluster")]
        if let Some((member, parts)) = &self.cluster {
            if let Some(member) = member {
                member.serve(handle);
            }
            return match member.as_ref().and_then(|member| member.remote()) {
                Some(remote) => Worker::remote(remote, settle, time, failures, policy, parts.terms.clone()),
                None => Worker::fenced(gateway, settle, time, failures, policy, parts.terms.clone()),
            };
        }
        Worker::new(gateway, settle, time, failures, policy)
    }
}

impl Builder {
    /// Starts a box office whose directory is open. The clock must be chosen.
    pub(super) fn start_opened(self, opened: Opened, keys: &KeyRing) -> Result<BoxOffice, Error> {
        if self.limits_in_force().hold.is_zero() {
            return Err(Error::invalid("hold", "must be longer than nothing"));
        }
        let runtime = runtime()?;
        let (views, journal) = (opened.views.clone(), Arc::clone(&opened.journal));
        let checkpointer = Checkpointer::start(views, journal, Arc::clone(&opened.failures));
        let (queue_len, refuse_when_full) = (self.settings.queue_len, self.settings.refuse_when_full);
        #[cfg(feature = "cluster")]
        let parts_of_cluster = opened.cluster.as_ref().map(|(_, parts)| parts.clone());
        let make_writer = |parts| {
            #[cfg(feature = "cluster")]
            if let Some(cluster) = parts_of_cluster {
                return Writer::in_cluster(parts, cluster, queue_len, refuse_when_full);
            }
            Writer::new(parts, queue_len, refuse_when_full)
        };
        let assembled = self.assemble(opened, Arc::clone(&checkpointer), keys, runtime.handle(), make_writer);
        let (inner, writer) = match assembled {
            Ok(assembled) => assembled,
            Err(error) => {
                checkpointer.stop();
                // Waiting for its threads would panic if an async caller opens the box office.
                runtime.shutdown_background();
                return Err(error);
            }
        };
        let reports = Reports::of(&inner);
        runtime.spawn(reports.look_for_refunds(inner.closed.subscribe()));
        *inner.writer.lock().unwrap_or_else(PoisonError::into_inner) = Some(start_writer(writer));
        *inner.runtime.lock().unwrap_or_else(PoisonError::into_inner) = Some(runtime);
        Ok(BoxOffice(Arc::new(inner)))
    }

    /// Opens a box office without threads. The caller steps the writer, drives the runtime, and writes checkpoints of
    /// the views.
    #[cfg(any(test, feature = "simulation"))]
    pub(crate) fn open_stepped(
        self,
        journal: Arc<dyn Journal>,
        views: Views,
        gateway: Arc<dyn PaymentGateway>,
        runtime: &tokio::runtime::Handle,
    ) -> Result<(BoxOffice, Writer), Error> {
        // No session outlives the run, so the key needs no secret.
        let keys = self.key_ring.clone().map_or_else(|| KeyRing::new(&[7; 32]), Ok)?;
        let (builder, failures) = self.with_clock();
        let known = KnownPlaces::in_memory();
        let opened = Opened {
            journal,
            views,
            known,
            gateway,
            failures,
            #[cfg(feature = "cluster")]
            cluster: None,
        };
        let (inner, writer) = builder.assemble(opened, Checkpointer::by_hand(), &keys, runtime, Writer::stepped)?;
        Ok((BoxOffice(Arc::new(inner)), writer))
    }

    /// Opens a host of a cluster without threads, as [`Builder::open_stepped`] does. `polled` is the journal, as the writer
    /// appends to it. Returns the callers' end of the queue, too, for what other hosts ask.
    #[cfg(all(feature = "cluster", any(test, feature = "simulation")))]
    pub(crate) fn open_stepped_in_cluster(
        self,
        (journal, views): (Arc<dyn Journal>, Views),
        gateway: Arc<dyn PaymentGateway>,
        runtime: &tokio::runtime::Handle,
        parts: ClusterParts,
        polled: Box<dyn Polled>,
    ) -> Result<(BoxOffice, Writer, Arc<Handle>), Error> {
        let keys = self.key_ring.clone().map_or_else(|| KeyRing::new(&[7; 32]), Ok)?;
        let (builder, failures) = self.with_clock();
        let (known, cluster) = (KnownPlaces::in_memory(), Some((None, parts.clone())));
        let opened = Opened { journal, views, known, gateway, failures, cluster };
        let make_writer = |writer_parts| Writer::stepped_in_cluster(writer_parts, parts, polled);
        let (inner, writer) = builder.assemble(opened, Checkpointer::by_hand(), &keys, runtime, make_writer)?;
        let handle = Arc::clone(&inner.handle);
        Ok((BoxOffice(Arc::new(inner)), writer, handle))
    }

    /// Chooses the clock, if none was, and what notes failures by it.
    pub(super) fn with_clock(mut self) -> (Self, Arc<Failures>) {
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::new()));
        self.clock = Some(Arc::clone(&clock));
        (self, Failures::new(clock))
    }

    /// Returns the clock that was chosen.
    #[cfg(feature = "cluster")]
    pub(super) fn clock_in_use(&self) -> Arc<dyn Clock> {
        self.clock.clone().unwrap_or_else(|| Arc::new(SystemClock::new()))
    }

    /// Assembles the parts, up to the first command. The writer is not running yet.
    fn assemble(
        mut self,
        opened: Opened,
        checkpointer: Arc<Checkpointer>,
        keys: &KeyRing,
        runtime: &tokio::runtime::Handle,
        make_writer: impl FnOnce(WriterParts) -> (Writer, Handle),
    ) -> Result<(Inner, Writer), Error> {
        self.settings.limits = self.limits_in_force();
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::new()));
        if !self.accept_clock_jump {
            // Before anything is decided by it: what expires can't be taken back.
            clock::check(clock.now(), opened.journal.head()?)?;
        }
        let state = catch_up(opened.journal.as_ref(), &opened.views)?;
        let head = opened.views.covers();
        let time = Arc::new(EngineTime::new(clock, head.at));
        let ids = self.ids.unwrap_or_else(|| Arc::new(RandomIds));
        let recent = Arc::new(Recent::new(head.seq));
        let waiters = Arc::new(Waiters::default());
        let metrics = Arc::new(EngineMetrics::default());
        let (work, todo) = flume::unbounded::<Work>();
        let parts = WriterParts {
            journal: Arc::clone(&opened.journal),
            views: opened.views.clone(),
            recent: Arc::clone(&recent),
            waiters: Arc::clone(&waiters),
            metrics: Arc::clone(&metrics),
            checkpointer: Arc::clone(&checkpointer),
            failures: Arc::clone(&opened.failures),
            time: Arc::clone(&time),
            ids: Arc::clone(&ids),
            limits: self.settings.limits,
            work,
            state,
        };
        let (mut writer, handle) = make_writer(parts);
        let handle = Arc::new(handle);
        let worker = opened.worker(&handle, &ids, time, self.settings.retry_policy);
        #[cfg(feature = "cluster")]
        if let Some((Some(member), _)) = &opened.cluster {
            member.pay_by(&worker, runtime);
        }
        writer.expire_backlog()?;
        writer.resume_work();
        runtime.spawn(Arc::clone(&worker).run(todo));
        let Opened { journal, views, known, failures, .. } = opened;
        let inner = Inner {
            handle,
            journal,
            views,
            recent,
            waiters,
            metrics,
            worker,
            checkpointer,
            failures,
            ids,
            tokens: Tokens::new(keys),
            passwords: Arc::new(Passwords::new(cores())),
            throttle: Throttle::default(),
            known,
            closed: watch::Sender::new(false),
            closing: Mutex::default(),
            writer: Mutex::new(None),
            runtime_handle: runtime.clone(),
            runtime: Mutex::new(None),
            settings: self.settings,
            #[cfg(feature = "cluster")]
            cluster: opened.cluster.and_then(|(member, _)| member),
            #[cfg(feature = "cluster")]
            envelopes: envelopes(keys),
        };
        Ok((inner, writer))
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Creates the runtime for timers, the gateway's calls and, on its blocking threads, password hashing.
fn runtime() -> Result<tokio::runtime::Runtime, Error> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .max_blocking_threads(cores())
        .thread_name("boxoffice")
        // The core itself needs timers only; a gateway may need the network.
        .enable_all()
        .build()
        .map_err(|error| Error::from(Code::Internal).with_source(error))
}

#[expect(clippy::disallowed_methods, reason = "the writer is the one long-lived thread that decides")]
fn start_writer(writer: Writer) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || writer.run())
}
