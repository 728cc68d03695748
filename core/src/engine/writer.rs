//! The writer: the one thread that decides, appends, publishes and answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::batch::Batch;
use super::handle::{Handle, Message, Request, Submission, waker};
use super::replay::load;
use super::{Checkpointer, Gauges, Recent, Reply, Waiters, answer, catch_up, checkpointer};
use crate::clock::{EngineTime, Stopwatch};
use crate::command::Command;
use crate::domain::{Context, Inconsistency, Limits, Rejection, State, auth, decide, expiration, order};
use crate::error::{Code, Error};
use crate::event::{Actor, Record, StreamKey};
use crate::gateway::worker::Work;
use crate::ids::IdSource;
use crate::journal::{Head, Journal, Outcome};
use crate::types::{CommandId, Timestamp};
use crate::views::Views;

/// How many commands are decided in one batch at most.
const BATCH_MAX: usize = 4096;

/// How many orders expire in one batch at most, so that many at once do not keep other commands waiting.
const EXPIRIES_MAX: usize = 2048;

/// How long to wait before a journal that could not be reopened is tried again.
const REOPEN_EVERY: Duration = Duration::from_millis(200);

/// What the writer works with.
#[derive(Debug)]
pub(crate) struct WriterParts {
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) views: Views,
    pub(crate) recent: Arc<Recent>,
    pub(crate) waiters: Arc<Waiters>,
    pub(crate) gauges: Arc<Gauges>,
    pub(crate) checkpointer: Arc<Checkpointer>,
    pub(crate) time: Arc<EngineTime>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) limits: Limits,
    /// What the gateway is to do; never full, because every entry is an open payment and those are limited.
    pub(crate) work: flume::Sender<Work>,
    pub(crate) state: State,
}

/// The one thread that decides.
#[derive(Debug)]
pub(crate) struct Writer {
    parts: WriterParts,
    queue: flume::Receiver<Message>,
    /// The end of the journal that the state includes.
    head: Head,
    /// Commands that depend on holds that have ended by the clock but not yet in the journal: decided after that.
    parked: Vec<Submission>,
    closing: bool,
    /// Tells the callers' end of the queue that nobody is answered any more.
    stopped: Arc<AtomicBool>,
}

impl Drop for Writer {
    /// Lets go of everybody who still waits, also after a panic: the queue outlives its reader, and a caller whose command stays
    /// in it would wait for ever.
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        while self.queue.try_recv().is_ok() {}
    }
}

impl Writer {
    /// A writer with a queue of this length, and the callers' end of it.
    pub(crate) fn new(parts: WriterParts, queue_len: usize, refuse_when_full: bool) -> (Self, Handle) {
        let (sender, queue) = flume::bounded(queue_len);
        parts.time.wake_by(waker(&sender));
        let stopped = Arc::new(AtomicBool::new(false));
        let handle = Handle::new(sender, Arc::clone(&parts.time), Arc::clone(&stopped), refuse_when_full);
        let head = parts.views.covers();
        (Self { parts, queue, head, parked: Vec::new(), closing: false, stopped }, handle)
    }

    /// Expires whatever fell due while the process was down. Called once, before the first command.
    pub(crate) fn expire_backlog(&mut self) -> Result<(), Error> {
        loop {
            let mut batch = Batch::new(self.parts.time.now());
            if self.expire(&mut batch).map_err(inconsistent)? == 0 {
                self.parts.gauges.update(&self.parts.state);
                return Ok(());
            }
            self.append(&mut batch)?;
        }
    }

    /// Works until it is told to close, and then until the queue is empty.
    pub(crate) fn run(mut self) {
        while !(self.closing && self.parked.is_empty() && self.queue.is_empty()) {
            let submissions = self.collect();
            self.process(submissions);
        }
    }

    /// Takes what waits; waits itself only if there is nothing to do.
    fn collect(&mut self) -> Vec<Submission> {
        let mut submissions = std::mem::take(&mut self.parked);
        if submissions.is_empty() && !self.closing {
            let first = self.wait();
            self.take(first, &mut submissions);
        }
        while submissions.len() < BATCH_MAX {
            let Ok(message) = self.queue.try_recv() else { break };
            self.take(Some(message), &mut submissions);
        }
        submissions
    }

    fn take(&mut self, message: Option<Message>, submissions: &mut Vec<Submission>) {
        match message {
            Some(Message::Submit(submission)) => submissions.push(submission),
            Some(Message::Close) => self.closing = true,
            Some(Message::Wake) | None => {}
        }
    }

    /// The next message, or `None` when a deadline may have come.
    fn wait(&mut self) -> Option<Message> {
        let wait = self.parts.state.deadlines().next().and_then(|at| self.parts.time.wait_for(at));
        let message = match wait {
            Some(wait) if wait.is_zero() => return None,
            // A little later than the deadline, so that the clock has reached it.
            Some(wait) => self.queue.recv_timeout(wait + Duration::from_millis(1)),
            None => self.queue.recv().map_err(|_| flume::RecvTimeoutError::Disconnected),
        };
        match message {
            Ok(message) => Some(message),
            Err(flume::RecvTimeoutError::Timeout) => None,
            Err(flume::RecvTimeoutError::Disconnected) => Some(Message::Close),
        }
    }

    fn process(&mut self, submissions: Vec<Submission>) {
        let commands = submissions.len();
        let mut batch = Batch::new(self.parts.time.now());
        self.parts.state.forget_sessions_until(batch.now);
        let decided = self.decide_all(&mut batch, submissions).map_err(inconsistent);
        if let Err(error) = decided.and_then(|()| self.append(&mut batch)) {
            tracing::error!(error = &error as &dyn std::error::Error, "a batch was not appended");
            let refusal = if error.code_value() == Code::Internal { Code::Internal } else { Code::JournalUnavailable };
            for (reply, _) in batch.answers {
                let _ = reply.send(Err(refusal.into()));
            }
            self.recover();
            return;
        }
        if commands > 0 {
            #[expect(clippy::cast_precision_loss, reason = "a batch has at most a few thousand commands")]
            metrics::histogram!("boxoffice_batch_commands").record(commands as f64);
        }
        for (reply, answer) in batch.answers {
            // A caller that no longer waits has its effect all the same.
            let _ = reply.send(answer);
        }
        if self.parts.views.dirty() >= checkpointer::DIRTY_MAX {
            self.parts.checkpointer.due();
        }
    }

    fn decide_all(&mut self, batch: &mut Batch, submissions: Vec<Submission>) -> Result<(), Inconsistency> {
        self.expire(batch)?;
        for Submission { request, reply } in submissions {
            if reply.is_closed() && self.closing {
                continue;
            }
            match self.decide_one(batch, request)? {
                Decided::Answer(answer) => batch.answers.push((reply, answer)),
                Decided::Later(request) => self.parked.push(Submission { request, reply }),
            }
        }
        Ok(())
    }

    /// Expires what is due, the earliest deadline first; at most so many that other commands get their turn.
    fn expire(&mut self, batch: &mut Batch) -> Result<usize, Inconsistency> {
        let due = self.parts.state.deadlines().due(batch.now, EXPIRIES_MAX);
        for order_id in &due {
            let request = Request {
                command: Command::ExpireOrder(expiration::ExpireOrder { order_id: *order_id }),
                id: CommandId::from(self.parts.ids.next()),
                actor: Actor::System,
                fingerprint: None,
            };
            let context = self.context(batch.now, Actor::System, None);
            if let Ok(decision) = decide(&self.parts.state, &request.command, &context) {
                // The system has nobody to answer.
                let _ = batch.accept(&mut self.parts.state, &request, decision)?;
            }
        }
        metrics::counter!("boxoffice_expired_orders_total").increment(due.len() as u64);
        Ok(due.len())
    }

    fn decide_one(&mut self, batch: &mut Batch, request: Request) -> Result<Decided, Inconsistency> {
        match self.first_answer(batch, &request) {
            Ok(Some(answer)) => return Ok(Decided::Answer(answer)),
            Ok(None) => {}
            Err(error) => return Ok(Decided::Answer(Err(error))),
        }
        let email_owner = match self.prepare(batch, &request.command) {
            Ok(owner) => owner,
            Err(error) => return Ok(Decided::Answer(Err(error))),
        };
        if self.is_held_by_overdue(&request.command, batch.now) {
            return Ok(Decided::Later(request));
        }
        let context = self.context(batch.now, request.actor, email_owner);
        let answer = match decide(&self.parts.state, &request.command, &context) {
            Ok(decision) => batch.accept(&mut self.parts.state, &request, decision)?,
            Err(rejection) if counts_open_orders(rejection) && self.has_backlog(batch.now) => {
                return Ok(Decided::Later(request));
            }
            Err(rejection) => {
                let answer = Err(rejection.into());
                batch.refuse(&request, &answer);
                answer
            }
        };
        Ok(Decided::Answer(answer))
    }

    fn context(&self, now: Timestamp, actor: Actor, email_owner: Option<crate::types::UserId>) -> Context {
        Context { now, actor, email_owner, limits: self.parts.limits }
    }

    /// The answer that the command got when it came the first time.
    fn first_answer(&self, batch: &Batch, request: &Request) -> Result<Option<Result<Reply, Error>>, Error> {
        let Some(fingerprint) = request.fingerprint else { return Ok(None) };
        let (first, answer) = match batch.result(request.id) {
            Some((first, answer)) => (*first, answer.clone()),
            None => match self.parts.journal.result(request.id, batch.now)? {
                Some(stored) => (stored.fingerprint, answer::decode(&stored.answer)),
                None => return Ok(None),
            },
        };
        Ok(Some(if first == fingerprint { answer } else { Err(Code::CommandKeyReused.into()) }))
    }

    /// Sees to it that what decides the command is in memory; tells who owns the email that it is about.
    fn prepare(&mut self, batch: &mut Batch, command: &Command) -> Result<Option<crate::types::UserId>, Error> {
        let mut owner = None;
        for key in command.reads() {
            if let StreamKey::Email(email) = key {
                owner = match batch.email_owner(email) {
                    Some(owner) => Some(owner),
                    None => self.parts.journal.email_owner(email)?,
                };
                continue;
            }
            if load(&mut self.parts.state, &self.parts.views, key)? {
                batch.loaded.push(key);
            }
            // The tickets of an order may change with it.
            if let StreamKey::Order(id) = key {
                self.load_tickets(batch, id)?;
            }
        }
        Ok(owner)
    }

    fn load_tickets(&mut self, batch: &mut Batch, id: crate::types::OrderId) -> Result<(), Error> {
        let Some(order) = self.parts.state.order(id).cloned() else { return Ok(()) };
        for ticket in order.tickets.iter() {
            let key = StreamKey::Ticket(ticket.id);
            if load(&mut self.parts.state, &self.parts.views, key)? {
                batch.loaded.push(key);
            }
        }
        Ok(())
    }

    /// Whether holds have ended by the clock and not yet in the journal.
    fn has_backlog(&self, now: Timestamp) -> bool {
        self.parts.state.deadlines().next().is_some_and(|at| at <= now)
    }

    /// Whether the command is about a ticket whose hold has ended by the clock, while its expiry is still in the backlog.
    fn is_held_by_overdue(&self, command: &Command, now: Timestamp) -> bool {
        if !self.has_backlog(now) {
            return false;
        }
        command.reads().iter().any(|key| {
            let StreamKey::Ticket(id) = key else { return false };
            let holder = self.parts.state.ticket(*id).and_then(|ticket| ticket.holder);
            holder.and_then(|order| self.parts.state.order(order)).is_some_and(|order| order.is_overdue(now))
        })
    }

    /// Makes the batch durable and then visible.
    fn append(&mut self, batch: &mut Batch) -> Result<(), Error> {
        if !batch.proposals.is_empty() {
            let watch = Stopwatch::start();
            let outcomes = self.parts.journal.append(std::mem::take(&mut batch.proposals))?;
            metrics::histogram!("boxoffice_append_seconds").record(watch.elapsed());
            let records = records(outcomes)?;
            if let Some(last) = records.last() {
                self.head = Head { seq: last.seq, hash: last.hash, at: last.at };
            }
            // Followers of the journal come last: who has heard of a record sees it in the views and figures too.
            self.parts.views.publish(batch.entities(&self.parts.state), self.head);
            self.parts.gauges.update(&self.parts.state);
            self.parts.recent.publish(&records);
        }
        for work in batch.work.drain(..) {
            let _ = self.parts.work.send(work);
        }
        for key in &batch.settled {
            if let StreamKey::Order(id) = key
                && let Some(order) = self.parts.state.order(*id)
            {
                self.parts.waiters.settled(order);
            }
        }
        for key in batch.changed.drain().chain(batch.loaded.drain(..)) {
            self.parts.state.drop_settled(key);
        }
        Ok(())
    }

    /// Starts anew from what is durable. Until that works, every command is answered that the journal is not available.
    fn recover(&mut self) {
        self.parts.state = State::default();
        loop {
            match self.reopen() {
                Ok(state) => {
                    self.parts.state = state;
                    self.parts.gauges.update(&self.parts.state);
                    self.head = self.parts.views.covers();
                    self.parts.recent.reset(self.head.seq);
                    self.resume_work();
                    tracing::info!(seq = self.head.seq, "the journal is open again");
                    return;
                }
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "the journal could not be opened again");
                }
            }
            self.refuse_for(REOPEN_EVERY);
            if self.closing {
                return;
            }
        }
    }

    /// Has the gateway asked about every charge whose outcome is not known: what was to be done may have been lost.
    pub(crate) fn resume_work(&self) {
        for order in self.parts.views.pending_charges() {
            let _ = self.parts.work.send(Work::resume(order));
        }
    }

    fn reopen(&self) -> Result<State, Error> {
        self.parts.journal.reopen()?;
        catch_up(self.parts.journal.as_ref(), &self.parts.views)
    }

    /// Answers what comes for a while that the journal is not available.
    fn refuse_for(&mut self, wait: Duration) {
        let watch = Stopwatch::start();
        let mut submissions = std::mem::take(&mut self.parked);
        while let Some(rest) = wait.checked_sub(watch.elapsed()) {
            match self.queue.recv_timeout(rest) {
                Ok(message) => self.take(Some(message), &mut submissions),
                Err(_) => break,
            }
            for submission in submissions.drain(..) {
                let _ = submission.reply.send(Err(Code::JournalUnavailable.into()));
            }
        }
        for submission in submissions {
            let _ = submission.reply.send(Err(Code::JournalUnavailable.into()));
        }
    }
}

/// What became of a command in its batch.
enum Decided {
    /// This is its answer, once the batch is durable.
    Answer(Result<Reply, Error>),
    /// It has to wait for expiries that are still in the backlog.
    Later(Request),
}

/// Whether the refusal may be one only because holds that have ended are still counted.
fn counts_open_orders(rejection: Rejection) -> bool {
    matches!(
        rejection,
        Rejection::Order(order::Rejection::TooManyOpen) | Rejection::Auth(auth::Rejection::StillTrading)
    )
}

fn records(outcomes: Vec<Outcome>) -> Result<Vec<Arc<Record>>, Error> {
    let mut records = Vec::with_capacity(outcomes.len());
    for outcome in outcomes {
        match outcome {
            Outcome::Committed(committed) => records.extend(committed),
            Outcome::Conflict => return Err(Error::with_message(Code::Internal, "a single writer met a conflict")),
        }
    }
    Ok(records)
}

fn inconsistent(error: Inconsistency) -> Error {
    Error::from(Code::Internal).with_source(error)
}
