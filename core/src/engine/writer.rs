//! The writer: one thread that decides, publishes and answers, while another one appends its decisions.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::appender::{Appended, Appender, Durable, NotAppended, Target};
use super::batch::Batch;
#[cfg(feature = "cluster")]
use super::cluster::{self, Cluster};
use super::engine_metrics::Values;
use super::handle::{Handle, Message, Submission, waker};
use super::{Checkpointer, EngineMetrics, Recent, Waiters, catch_up, checkpointer};
use crate::clock::{EngineTime, Stopwatch};
use crate::domain::{Inconsistency, Limits, State};
use crate::error::{Code, Error};
use crate::event::StreamKey;
use crate::failpoint::Failpoint;
use crate::failures::Failures;
use crate::gateway::worker::Work;
use crate::ids::IdSource;
use crate::journal::{Head, Journal};
use crate::views::Views;

/// Maximum number of commands in one batch. At full load there are two batches, one being decided and one being
/// appended. Together they hold as many callers as one batch of twice the size.
const BATCH_MAX: usize = 2048;

/// Maximum number of commands decided before the clock and the appender are checked again.
const ROUND_MAX: usize = 256;

/// Interval between attempts to reopen a journal that could not be reopened.
const REOPEN_EVERY: Duration = Duration::from_millis(200);

/// Parts that the writer works with.
#[derive(Debug)]
pub(crate) struct WriterParts {
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) views: Views,
    pub(crate) recent: Arc<Recent>,
    pub(crate) waiters: Arc<Waiters>,
    pub(crate) metrics: Arc<EngineMetrics>,
    pub(crate) checkpointer: Arc<Checkpointer>,
    pub(crate) failures: Arc<Failures>,
    pub(crate) time: Arc<EngineTime>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) limits: Limits,
    /// Queue of work for the gateway. It is never full, because every entry is an open payment, and their number is
    /// limited.
    pub(crate) work: flume::Sender<Work>,
    pub(crate) state: State,
}

/// The thread that decides.
#[derive(Debug)]
pub(crate) struct Writer {
    pub(super) parts: WriterParts,
    pub(super) queue: flume::Receiver<Message>,
    pub(super) appender: Appender,
    /// Requests that were taken from the queue and are not yet decided.
    pub(super) incoming: Vec<Submission>,
    /// Commands that depend on holds that have ended by the clock but not yet in the journal. They are decided with the
    /// next batch.
    pub(super) parked: Vec<Submission>,
    /// Decisions that are not yet given to the appender.
    pub(super) open: Batch,
    /// Batch that the appender makes durable.
    pub(super) in_flight: Option<Batch>,
    /// Who waits until everything that is due is durable.
    pub(super) catching_up: Vec<flume::Sender<()>>,
    closing: bool,
    /// `true` if there is no state to decide on, because the journal could not be reopened before the close.
    lost: bool,
    /// `true` if there is temporarily no state to decide on. The next step tries to reopen the journal.
    unavailable: bool,
    /// Signals to the callers' end of the queue that no more answers are sent.
    stopped: Arc<AtomicBool>,
    /// This engine's part in its cluster, if it belongs to one.
    #[cfg(feature = "cluster")]
    pub(super) cluster: Option<Box<Cluster>>,
}

impl Drop for Writer {
    /// Drops all waiting requests, even after a panic: the queue outlives its reader, and the caller of a command that
    /// stays in it would wait for ever.
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        while self.queue.try_recv().is_ok() {}
    }
}

/// Reason why the writer stopped waiting.
pub(super) enum Happened {
    /// The next message came.
    Message(Message),
    /// The batch that was being appended is durable or has failed.
    Appended(Appended),
    /// News of the cluster came.
    #[cfg(feature = "cluster")]
    News(cluster::News),
    /// A deadline may have been reached, or there is more to decide.
    Nothing,
}

impl Writer {
    /// Creates a writer with a queue of this length, and the callers' end of it.
    pub(crate) fn new(parts: WriterParts, queue_len: usize, refuse_when_full: bool) -> (Self, Handle) {
        let appender = Appender::beside(Target::of(&parts));
        let time = Arc::clone(&parts.time);
        let (writer, handle) = Self::with_appender(parts, appender, queue_len, refuse_when_full);
        time.settle_by(handle.settler());
        (writer, handle)
    }

    /// Creates a writer that appends on the thread that steps it, so that a test controls the order of events.
    #[cfg(any(test, feature = "simulation"))]
    pub(crate) fn stepped(parts: WriterParts) -> (Self, Handle) {
        let appender = Appender::inline(Target::of(&parts));
        Self::with_appender(parts, appender, 1024, true)
    }

    pub(super) fn with_appender(
        parts: WriterParts,
        appender: Appender,
        queue_len: usize,
        refuse_when_full: bool,
    ) -> (Self, Handle) {
        let (sender, queue) = flume::bounded(queue_len);
        parts.time.wake_by(waker(&sender));
        let stopped = Arc::new(AtomicBool::new(false));
        let handle = Handle::new(sender, Arc::clone(&parts.time), Arc::clone(&stopped), refuse_when_full);
        let (incoming, parked) = (Vec::new(), Vec::new());
        let (open, in_flight) = (Batch::default(), None);
        (
            Self {
                parts,
                queue,
                appender,
                incoming,
                parked,
                open,
                in_flight,
                catching_up: Vec::new(),
                closing: false,
                lost: false,
                unavailable: false,
                stopped,
                #[cfg(feature = "cluster")]
                cluster: None,
            },
            handle,
        )
    }

    /// Expires all orders that became due while the process was down. Called once, before the first command. A host of a
    /// cluster leaves that to the one that leads.
    pub(crate) fn expire_backlog(&mut self) -> Result<(), Error> {
        #[cfg(feature = "cluster")]
        if self.cluster.is_some() {
            return Ok(());
        }
        loop {
            self.open.now = self.parts.time.now();
            if self.expire().map_err(inconsistent)? == 0 {
                self.parts.metrics.set(Values::of(&self.parts.state));
                return Ok(());
            }
            self.start_append(false);
            if let Some(batch) = self.in_flight.take() {
                let durable = self.appender.wait()?;
                self.publish(batch, &durable);
            }
        }
    }

    /// Runs until it is told to close and all accepted commands are answered.
    pub(crate) fn run(mut self) {
        while !self.is_done() {
            match self.wait() {
                Happened::Message(message) => self.take(message),
                Happened::Appended(appended) => self.complete_append(appended),
                #[cfg(feature = "cluster")]
                Happened::News(news) => self.hold(news),
                Happened::Nothing => {}
            }
            self.turn();
        }
    }

    /// Runs one step: decides some waiting commands, and appends them unless the previous batch is still being
    /// appended.
    pub(crate) fn turn(&mut self) {
        #[cfg(feature = "cluster")]
        if self.cluster.is_some() && !self.attend() {
            return;
        }
        if self.unavailable {
            self.recover();
            if self.unavailable {
                return;
            }
        }
        if let Err(inconsistency) = self.round() {
            // The batch decided before is not affected.
            let open = std::mem::take(&mut self.open);
            self.complete_in_flight();
            self.open = open;
            self.give_up_open(&inconsistent(inconsistency));
        }
        self.start_append(false);
        if let Some(appended) = self.in_flight.as_ref().and_then(|_| self.appender.poll()) {
            self.complete_append(appended);
            // Refusals that depended on it need no append, and no later message may come to trigger their answers.
            self.start_append(false);
        }
    }

    pub(crate) fn is_done(&self) -> bool {
        let is_idle = self.incoming.is_empty() && self.parked.is_empty() && self.in_flight.is_none();
        self.lost || self.closing && is_idle && self.open.is_empty() && self.queue.is_empty()
    }

    /// Returns the number of commands that may be decided now.
    fn room(&self) -> usize {
        #[cfg(feature = "cluster")]
        let max = self.room_in_message(ROUND_MAX);
        #[cfg(not(feature = "cluster"))]
        let max = ROUND_MAX;
        max.min(BATCH_MAX.saturating_sub(self.open.answers.len()))
    }

    pub(super) fn is_full(&self) -> bool {
        self.room() == 0
    }

    /// Waits if there is nothing to do.
    fn wait(&mut self) -> Happened {
        #[cfg(feature = "cluster")]
        if self.cluster.is_some() {
            return self.wait_in_cluster();
        }
        if self.in_flight.is_some() {
            return if self.is_full() {
                Happened::Appended(self.appender.wait())
            } else if self.incoming.is_empty() && self.queue.is_empty() {
                match self.appender.wait_or(&self.queue) {
                    Ok(appended) => Happened::Appended(appended),
                    Err(message) => Happened::Message(message.unwrap_or(Message::Close)),
                }
            } else {
                Happened::Nothing
            };
        }
        if !self.incoming.is_empty() {
            return Happened::Nothing;
        }
        let message = match self.until_due() {
            Some(wait) if wait.is_zero() => return Happened::Nothing,
            Some(wait) => self.queue.recv_timeout(wait),
            None => self.queue.recv().map_err(|_| flume::RecvTimeoutError::Disconnected),
        };
        match message {
            Ok(message) => Happened::Message(message),
            Err(flume::RecvTimeoutError::Timeout) => Happened::Nothing,
            Err(flume::RecvTimeoutError::Disconnected) => Happened::Message(Message::Close),
        }
    }

    /// Returns the time to wait for the next deadline; zero if it has been reached, `None` if the clock tells.
    pub(super) fn until_due(&self) -> Option<Duration> {
        let wait = self.parts.state.deadlines().next().and_then(|at| self.parts.time.wait_for(at))?;
        // Slightly longer than the deadline, so that the clock has reached it.
        Some(if wait.is_zero() { wait } else { wait + Duration::from_millis(1) })
    }

    pub(super) fn take(&mut self, message: Message) {
        match message {
            Message::Submit(submission) => self.incoming.push(submission),
            Message::Close => self.closing = true,
            Message::CatchUp(done) => self.catching_up.push(done),
            Message::Wake => {}
        }
    }

    /// Reads the clock, expires due orders, and decides waiting commands, as far as the open batch has room.
    fn round(&mut self) -> Result<(), Inconsistency> {
        let room = self.room();
        while self.incoming.len() < room {
            let Ok(message) = self.queue.try_recv() else { break };
            self.take(message);
        }
        self.open.now = self.parts.time.now();
        self.parts.state.forget_sessions_until(self.open.now);
        self.expire()?;
        if !self.has_backlog() {
            self.open.caught_up.append(&mut self.catching_up);
        }
        let mut incoming = std::mem::take(&mut self.incoming);
        let later = incoming.split_off(self.room().min(incoming.len()));
        let mut incoming = incoming.into_iter();
        let decided = incoming.by_ref().try_for_each(|submission| self.decide(submission));
        self.incoming.extend(incoming.chain(later));
        if Failpoint::ChargeWithoutIntent.is_active() {
            for work in self.open.work.drain(..) {
                let _ = self.parts.work.send(work);
            }
        }
        decided
    }

    /// Gives the open batch to the appender, unless that is working. `is_busy` means that there is other work to do
    /// meanwhile.
    fn start_append(&mut self, is_busy: bool) {
        if self.in_flight.is_some() || self.open.is_empty() {
            return;
        }
        #[cfg(feature = "cluster")]
        if !self.may_append() {
            return;
        }
        let mut batch = std::mem::take(&mut self.open);
        batch.metrics = Values::of(&self.parts.state);
        // The next batch has room for more expiries, and therefore for the commands that wait for them.
        self.parked.append(&mut self.incoming);
        std::mem::swap(&mut self.parked, &mut self.incoming);
        #[cfg(feature = "cluster")]
        let needs_append = self.answers_after_append(&mut batch);
        #[cfg(not(feature = "cluster"))]
        let needs_append = false;
        if batch.proposals.is_empty() && !needs_append {
            // All batches that it depends on are durable.
            self.answer(batch);
            return;
        }
        if Failpoint::ViewBeforeAppend.is_active() {
            self.parts.views.publish(batch.entities.clone(), self.parts.views.covers());
        }
        let proposals = std::mem::take(&mut batch.proposals);
        let is_alone = !is_busy && batch.answers.len() == 1 && self.queue.is_empty();
        // An append to a cluster's stream takes longer than two thread switches, and as long as its servers are away.
        #[cfg(feature = "cluster")]
        let is_alone = is_alone && self.cluster.is_none();
        self.in_flight = Some(batch);
        #[cfg(feature = "cluster")]
        self.begin_to_wait();
        if let Some(appended) = self.appender.start(proposals, is_alone) {
            self.complete_append(appended);
        }
    }

    /// Completes the batch that was being appended. The next batch is appended while this one is published and
    /// answered.
    pub(super) fn complete_append(&mut self, appended: Appended) {
        match appended {
            Ok(durable) => {
                let appended_batch = self.in_flight.take();
                if !self.open.proposals.is_empty() {
                    self.start_append(true);
                }
                if let Some(batch) = appended_batch {
                    let batch = self.publish(batch, &durable);
                    #[cfg(feature = "cluster")]
                    self.note_applied(durable.position);
                    #[cfg(feature = "cluster")]
                    let batch = self.unless_acknowledged(batch, durable.position);
                    self.answer(batch);
                }
            }
            Err(NotAppended::Failed(error)) => self.fail(&error),
            #[cfg(feature = "cluster")]
            Err(NotAppended::Deposed) => self.not_in_the_stream(),
            #[cfg(feature = "cluster")]
            Err(NotAppended::TooLarge) => self.too_large(),
            #[cfg(feature = "cluster")]
            Err(NotAppended::Unresolved) => self.unresolved(),
        }
    }

    /// Waits for the batch that is being appended, if there is one.
    pub(crate) fn complete_in_flight(&mut self) {
        if self.in_flight.is_some() {
            let appended = self.appender.wait();
            self.complete_append(appended);
        }
    }

    /// Publishes the durable batch.
    pub(super) fn publish(&mut self, mut batch: Batch, durable: &Durable) -> Batch {
        let terminal = batch.no_longer_needed();
        if let Some(last) = durable.records.last() {
            let head = Head { seq: last.seq, hash: last.hash, at: last.at };
            // Followers of the journal are notified last, so that the views and metrics include every record that a
            // follower has got.
            self.parts.views.publish(std::mem::take(&mut batch.entities), head);
            self.parts.metrics.set(batch.metrics);
            self.parts.recent.publish(&durable.records);
        }
        for work in batch.work.drain(..) {
            let _ = self.parts.work.send(work);
        }
        for order in &batch.settled {
            self.parts.waiters.settled(order);
        }
        self.forget(terminal);
        if self.parts.views.dirty() >= checkpointer::DIRTY_MAX {
            self.parts.checkpointer.due();
        }
        batch
    }

    pub(super) fn answer(&mut self, batch: Batch) {
        if !batch.answers.is_empty() {
            #[expect(clippy::cast_precision_loss, reason = "a batch has at most a few thousand commands")]
            metrics::histogram!("boxoffice_batch_commands").record(batch.answers.len() as f64);
        }
        for (reply, answer) in batch.answers {
            // A command takes effect even if its caller no longer waits.
            let _ = reply.send(answer);
        }
        for done in batch.caught_up {
            let _ = done.send(());
        }
        self.forget(batch.loaded);
    }

    /// Drops entities from memory that are terminal at these versions, because the views have them.
    pub(super) fn forget(&mut self, entities: Vec<(StreamKey, u64)>) {
        for (key, version) in entities {
            // The open batch may have changed the entity since, which the views do not have yet.
            if self.parts.state.version(key) == version {
                self.parts.state.drop_terminal(key);
            }
        }
    }

    /// Refuses the decisions of the open batch, which could not all be made, and restarts from the durable state.
    fn give_up_open(&mut self, error: &Error) {
        #[cfg(feature = "cluster")]
        if self.cluster.is_some() {
            self.note_failure(error);
            self.refuse_undurable(error);
            return self.reload();
        }
        self.fail(error);
    }

    /// Refuses all decisions that are not durable, and restarts from the durable state.
    fn fail(&mut self, error: &Error) {
        self.note_failure(error);
        #[cfg(feature = "cluster")]
        if self.cluster.is_some() {
            return self.sound_alarm(error);
        }
        self.refuse_undurable(error);
        self.recover();
    }

    fn note_failure(&self, error: &Error) {
        tracing::error!(error = error as &dyn std::error::Error, "a batch was not appended");
        self.parts.failures.note("a batch was not appended", error);
    }

    /// Refuses all decisions that are not durable.
    pub(super) fn refuse_undurable(&mut self, error: &Error) {
        let code = if error.code() == Code::Internal { Code::Internal } else { Code::JournalUnavailable };
        let refusal = error.recoded(code);
        let in_flight = self.in_flight.take().unwrap_or_default();
        #[cfg(feature = "cluster")]
        let in_flight = self.answered_as_unknown(in_flight);
        let batches = [in_flight, std::mem::take(&mut self.open)];
        for (reply, _) in batches.into_iter().flat_map(|batch| batch.answers) {
            let _ = reply.send(Err(refusal.clone()));
        }
    }

    /// Restarts from the durable state. Until that succeeds, every command is answered with `journal.unavailable`.
    fn recover(&mut self) {
        let limping = Failpoint::LimpOnAfterFailure.is_active().then(|| std::mem::take(&mut self.parts.state));
        self.parts.state = State::default();
        loop {
            match self.reopen() {
                Ok(state) => {
                    self.parts.state = limping.unwrap_or(state);
                    self.parts.metrics.set(Values::of(&self.parts.state));
                    let seq = self.parts.views.covers().seq;
                    self.parts.recent.reset(seq);
                    self.resume_work();
                    self.unavailable = false;
                    tracing::info!(seq, "the journal is open again");
                    return;
                }
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "the journal could not be opened again");
                    self.parts.failures.note("the journal could not be opened again", &error);
                }
            }
            // If the caller steps the writer, the caller decides when it retries.
            let by_hand = self.appender.is_inline();
            self.refuse_for(if by_hand { Duration::ZERO } else { REOPEN_EVERY });
            if self.closing {
                self.lost = true;
                return;
            }
            if by_hand {
                self.unavailable = true;
                return;
            }
        }
    }

    /// Makes the gateway check every charge whose outcome is not known, because its work may have been lost. A host of a
    /// cluster does so once it leads.
    pub(crate) fn resume_work(&self) {
        #[cfg(feature = "cluster")]
        if !self.may_append() {
            return;
        }
        if Failpoint::RestartForgetsPayments.is_active() {
            return;
        }
        let given_up = self.parts.views.watched_charges().unwrap_or_else(|error| {
            tracing::error!(%error, "charges that were given up are not asked about until the next start");
            self.parts.failures.note("charges that were given up could not be read", &Error::from(error));
            Vec::new()
        });
        for order in self.parts.views.pending_charges().into_iter().chain(given_up) {
            let _ = self.parts.work.send(Work::resume(order));
        }
    }

    fn reopen(&self) -> Result<State, Error> {
        self.parts.journal.reopen()?;
        catch_up(self.parts.journal.as_ref(), &self.parts.views)
    }

    /// Answers waiting commands, and those that come within `wait`, with `journal.unavailable`.
    fn refuse_for(&mut self, wait: Duration) {
        let watch = Stopwatch::start();
        self.incoming.append(&mut self.parked);
        loop {
            while let Ok(message) = self.queue.try_recv() {
                self.take(message);
            }
            for submission in self.incoming.drain(..) {
                let _ = submission.reply.send(Err(Code::JournalUnavailable.into()));
            }
            // Nothing becomes durable for now: whoever waits for it waits no longer.
            self.catching_up.clear();
            let Some(rest) = wait.checked_sub(watch.elapsed()) else { return };
            match self.queue.recv_timeout(rest) {
                Ok(message) => self.take(message),
                Err(_) => return,
            }
        }
    }

    /// Iterates over the batches that are decided and not durable, the newest first.
    pub(super) fn undurable(&self) -> impl Iterator<Item = &Batch> {
        std::iter::once(&self.open).chain(&self.in_flight)
    }
}

impl Target {
    fn of(parts: &WriterParts) -> Self {
        Self {
            journal: Arc::clone(&parts.journal),
            #[cfg(feature = "cluster")]
            replica: None,
        }
    }
}

pub(super) fn inconsistent(error: Inconsistency) -> Error {
    Error::from(Code::Internal).with_source(error)
}
