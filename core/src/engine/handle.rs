//! Callers' end of the queue.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::oneshot;

use super::command_metrics::CommandMetrics;
use crate::clock::{EngineTime, Stopwatch, Waker};
use crate::command::Command;
use crate::domain::Reply;
use crate::error::{Code, Error};
use crate::event::Actor;
use crate::in_progress::{Counted, InProgress};
use crate::types::{CardToken, CommandId};

/// Time that a caller is asked to wait when the queue is full.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// A command with its circumstances.
#[derive(Debug)]
pub(crate) struct Request {
    /// Command to decide.
    pub(crate) command: Command,
    /// Id of the command. It is derived from the caller's key if the command can be repeated.
    pub(crate) id: CommandId,
    /// Actor who gives it.
    pub(crate) actor: Actor,
    /// Fingerprint of the content, for a command that can be repeated.
    pub(crate) fingerprint: Option<[u8; 16]>,
    /// Card to charge. It goes to the gateway once the intent is durable, and is never written to disk.
    pub(crate) card: Option<CardToken>,
    /// `true` if the fingerprint is not the caller's. The result is then kept only for as long as hosts may send the command
    /// again.
    #[cfg(feature = "cluster")]
    pub(crate) is_brief: bool,
    /// `true` if a host of the cluster has given it away and asks again until it is answered. It is never given away once more:
    /// both would be decided.
    #[cfg(feature = "cluster")]
    pub(crate) is_delivered: bool,
}

impl Request {
    /// Creates a request without idempotency key and card. A repetition is another command.
    pub(crate) fn new(command: impl Into<Command>, id: CommandId, actor: Actor) -> Self {
        Self {
            command: command.into(),
            id,
            actor,
            fingerprint: None,
            card: None,
            #[cfg(feature = "cluster")]
            is_brief: false,
            #[cfg(feature = "cluster")]
            is_delivered: false,
        }
    }
}

/// What a caller asks in the queue, with the sender of its answer.
#[derive(Debug)]
pub(super) struct Submission {
    pub(super) asked: Asked,
    pub(super) reply: oneshot::Sender<Result<Reply, Error>>,
}

/// What a caller asks.
#[derive(Debug)]
pub(super) enum Asked {
    /// To decide a command.
    Decision(Request),
    /// For the first answer to a command.
    FirstAnswer(Repetition),
}

/// A command that was refused before it came into the queue, and that may be a repetition.
#[derive(Debug)]
pub(crate) struct Repetition {
    pub(crate) id: CommandId,
    pub(crate) fingerprint: [u8; 16],
    /// Answer if it is none.
    pub(crate) refusal: Error,
    /// `true` if a host of the cluster has given the question away and asks again until it is answered.
    #[cfg(feature = "cluster")]
    pub(crate) is_delivered: bool,
}

/// Entry of the writer's queue.
#[derive(Debug)]
pub(super) enum Message {
    /// Answer this.
    Submit(Submission),
    /// Tell once everything that is due by now is durable and visible.
    CatchUp(flume::Sender<()>),
    /// The clock has jumped: check for due orders.
    Wake,
    /// Decide the preceding requests, then stop.
    Close,
}

/// Callers' end of the queue.
#[derive(Debug)]
pub(crate) struct Handle {
    queue: flume::Sender<Message>,
    time: Arc<EngineTime>,
    closed: AtomicBool,
    /// `true` once the writer no longer answers, even if requests still enter the queue.
    stopped: Arc<AtomicBool>,
    /// `true` if a full queue refuses immediately instead of making callers wait.
    refuse_when_full: bool,
    metrics: CommandMetrics,
    /// Payments that wait for their intents to be durable.
    payments: InProgress,
    /// `true` if no payment may begin any more.
    payments_ended: AtomicBool,
    /// Observer of every command and its answer.
    #[cfg(any(test, feature = "simulation"))]
    pub(crate) tap: std::sync::OnceLock<Arc<dyn Tap>>,
}

/// Observer of every given command and every received answer: the knowledge of a caller, and nothing more.
#[cfg(any(test, feature = "simulation"))]
pub(crate) trait Tap: std::fmt::Debug + Send + Sync {
    /// Called when a command is given.
    fn asked(&self, request: &Request);

    /// Called when the caller has received the answer.
    fn answered(&self, id: CommandId, answer: &Result<Reply, Error>);
}

impl Handle {
    pub(super) fn new(
        queue: flume::Sender<Message>,
        time: Arc<EngineTime>,
        stopped: Arc<AtomicBool>,
        refuse_when_full: bool,
    ) -> Self {
        Self {
            queue,
            time,
            closed: AtomicBool::new(false),
            stopped,
            refuse_when_full,
            metrics: CommandMetrics::default(),
            payments: InProgress::default(),
            payments_ended: AtomicBool::new(false),
            #[cfg(any(test, feature = "simulation"))]
            tap: std::sync::OnceLock::new(),
        }
    }

    /// Submits the command, and waits until its outcome is durable.
    ///
    /// Once the command is in the queue, it is decided even if the future is not polled again.
    pub(crate) async fn submit(&self, request: Request) -> Result<Reply, Error> {
        let watch = Stopwatch::start();
        let name = request.command.name();
        #[cfg(any(test, feature = "simulation"))]
        let (id, tap) = (request.id, self.tap.get());
        #[cfg(any(test, feature = "simulation"))]
        tap.inspect(|tap| tap.asked(&request));
        let answer = self.enqueue_and_wait(Asked::Decision(request)).await;
        #[cfg(any(test, feature = "simulation"))]
        tap.inspect(|tap| tap.answered(id, &answer));
        self.metrics.count(name, answer.as_ref().err().map(|error| error.code().as_str()), watch.elapsed());
        answer
    }

    /// Submits a command that another host gave away, as [`Handle::submit`] does. That host counts it.
    #[cfg(feature = "cluster")]
    pub(crate) async fn deliver(&self, request: Request) -> Result<Reply, Error> {
        self.enqueue_and_wait(Asked::Decision(request)).await
    }

    /// Returns the first answer to a command that another host has refused before it came into the queue there, as
    /// [`Handle::first_answer`] does.
    #[cfg(feature = "cluster")]
    pub(crate) async fn deliver_repetition(&self, repetition: Repetition) -> Result<Reply, Error> {
        self.enqueue_and_wait(Asked::FirstAnswer(repetition)).await
    }

    /// Returns the first answer to a command that is refused before it comes into the queue, if it is a repetition; otherwise the
    /// refusal. Waits until the first answer is durable, so that a repetition never hears less than the first caller.
    pub(crate) async fn first_answer(
        &self,
        id: CommandId,
        fingerprint: [u8; 16],
        refusal: Error,
    ) -> Result<Reply, Error> {
        let repetition = Repetition {
            id,
            fingerprint,
            refusal,
            #[cfg(feature = "cluster")]
            is_delivered: false,
        };
        self.enqueue_and_wait(Asked::FirstAnswer(repetition)).await
    }

    async fn enqueue_and_wait(&self, asked: Asked) -> Result<Reply, Error> {
        if self.closed.load(Ordering::Acquire) {
            return Err(Code::EngineClosed.into());
        }
        let _payment = self.begin_payment(&asked)?;
        let (reply, mut answer) = oneshot::channel();
        let message = Message::Submit(Submission { asked, reply });
        if self.refuse_when_full {
            self.queue.try_send(message).map_err(|error| match error {
                flume::TrySendError::Full(_) => Error::from(Code::EngineOverloaded).with_retry_after(RETRY_AFTER),
                flume::TrySendError::Disconnected(_) => Code::EngineClosed.into(),
            })?;
        } else {
            self.queue.send_async(message).await.map_err(|_| Error::from(Code::EngineClosed))?;
        }
        if self.stopped.load(Ordering::SeqCst) {
            // The request may have entered the queue after the writer emptied it.
            return answer.try_recv().unwrap_or_else(|_| Err(Code::EngineClosed.into()));
        }
        answer.await.unwrap_or_else(|_| Err(Code::EngineClosed.into()))
    }

    /// Counts a command that has a card until its intent is durable, and refuses it if no payment may begin any more.
    fn begin_payment(&self, asked: &Asked) -> Result<Option<Counted>, Error> {
        if !matches!(asked, Asked::Decision(request) if request.card.is_some()) {
            return Ok(None);
        }
        let payment = self.payments.begin();
        if self.payments_ended.load(Ordering::SeqCst) { Err(Code::EngineClosed.into()) } else { Ok(Some(payment)) }
    }

    /// Lets no payment begin any more, from the call on. The future waits until the worker has those that have begun: only this
    /// process has their cards.
    pub(crate) fn end_payments(&self) -> impl Future<Output = ()> + Send + use<> {
        self.payments_ended.store(true, Ordering::SeqCst);
        self.payments.end()
    }

    /// Stops accepting commands, and makes the writer stop after the accepted ones.
    pub(crate) fn close(&self) {
        if !self.closed.swap(true, Ordering::AcqRel) {
            // Fails only if the writer is already gone.
            let _ = self.queue.send(Message::Close);
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire) || self.stopped.load(Ordering::SeqCst)
    }

    /// Returns the number of commands that wait.
    pub(crate) fn queue_len(&self) -> usize {
        self.queue.len()
    }

    /// Returns the maximum number of commands that can wait.
    pub(crate) fn queue_capacity(&self) -> usize {
        self.queue.capacity().unwrap_or(usize::MAX)
    }

    /// Returns a function that waits until everything that is due is durable and visible, or the engine can't go on. It keeps
    /// nothing alive.
    pub(super) fn settler(&self) -> Waker {
        let (queue, stopped) = (self.queue.downgrade(), Arc::clone(&self.stopped));
        Arc::new(move || {
            let (done, wait) = flume::bounded(1);
            let sent = queue.upgrade().is_some_and(|queue| queue.send(Message::CatchUp(done)).is_ok());
            // What comes after the writer's end is never taken out of the queue.
            if sent && !stopped.load(Ordering::SeqCst) {
                // Fails if the journal does, or the engine ends.
                let _ = wait.recv();
            }
        })
    }

    /// Returns the engine's time.
    pub(crate) fn time(&self) -> &EngineTime {
        &self.time
    }
}

/// Returns a waker that makes the writer check the clock. It keeps nothing alive.
pub(super) fn waker(queue: &flume::Sender<Message>) -> Waker {
    let queue = queue.downgrade();
    Arc::new(move || {
        if let Some(queue) = queue.upgrade() {
            // A full queue wakes the writer anyway.
            let _ = queue.try_send(Message::Wake);
        }
    })
}
