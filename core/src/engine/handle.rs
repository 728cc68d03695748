//! The callers' end of the queue.

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
use crate::types::{CardToken, CommandId};

/// How long a caller is told to wait when the queue is full.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// A command with its circumstances.
#[derive(Debug)]
pub(crate) struct Request {
    /// The command.
    pub(crate) command: Command,
    /// Its id; the caller's own if it is to be recognised when it comes again.
    pub(crate) id: CommandId,
    /// Who gives it.
    pub(crate) actor: Actor,
    /// What the command was, for one that is to be recognised when it comes again.
    pub(crate) fingerprint: Option<[u8; 16]>,
    /// The card that a payment takes the money from. It goes to the gateway once the intent is durable, and is never written down.
    pub(crate) card: Option<CardToken>,
}

impl Request {
    /// Creates a request that makes another command each time that it comes, and brings no card.
    pub(crate) fn new(command: impl Into<Command>, id: CommandId, actor: Actor) -> Self {
        Self { command: command.into(), id, actor, fingerprint: None, card: None }
    }
}

/// A request in the queue, with whoever waits for its answer.
#[derive(Debug)]
pub(super) struct Submission {
    pub(super) request: Request,
    pub(super) reply: oneshot::Sender<Result<Reply, Error>>,
}

/// What the writer's queue holds.
#[derive(Debug)]
pub(super) enum Message {
    /// Decide this.
    Submit(Submission),
    /// Tell once everything that is due by now is durable and visible.
    CatchUp(flume::Sender<()>),
    /// The clock has jumped: look what is due.
    Wake,
    /// Decide what came before this, then stop.
    Close,
}

/// The callers' end of the queue.
#[derive(Debug)]
pub(crate) struct Handle {
    queue: flume::Sender<Message>,
    time: Arc<EngineTime>,
    closed: AtomicBool,
    /// Set once the writer answers nobody any more, whatever still comes into the queue.
    stopped: Arc<AtomicBool>,
    /// Whether a full queue refuses at once instead of making callers wait.
    refuse_when_full: bool,
    metrics: CommandMetrics,
    /// Who hears of every command and its answer.
    #[cfg(any(test, feature = "simulation"))]
    pub(crate) tap: std::sync::OnceLock<Arc<dyn Tap>>,
}

/// Hears of every command that is given and every answer that somebody gets: what a caller knows, and nothing more.
#[cfg(any(test, feature = "simulation"))]
pub(crate) trait Tap: std::fmt::Debug + Send + Sync {
    /// The command is given.
    fn asked(&self, request: &Request);

    /// Whoever gave the command has its answer.
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
            #[cfg(any(test, feature = "simulation"))]
            tap: std::sync::OnceLock::new(),
        }
    }

    /// Has the command decided, and waits until its outcome is durable.
    ///
    /// Once the command is in the queue it is decided whether or not the future is polled again.
    pub(crate) async fn submit(&self, request: Request) -> Result<Reply, Error> {
        let watch = Stopwatch::start();
        let name = request.command.name();
        #[cfg(any(test, feature = "simulation"))]
        let (id, tap) = (request.id, self.tap.get());
        #[cfg(any(test, feature = "simulation"))]
        tap.inspect(|tap| tap.asked(&request));
        let answer = self.enqueue_and_wait(request).await;
        #[cfg(any(test, feature = "simulation"))]
        tap.inspect(|tap| tap.answered(id, &answer));
        self.metrics.count(name, answer.as_ref().err().map(|error| error.code().as_str()), watch.elapsed());
        answer
    }

    async fn enqueue_and_wait(&self, request: Request) -> Result<Reply, Error> {
        if self.closed.load(Ordering::Acquire) {
            return Err(Code::EngineClosed.into());
        }
        let (reply, mut answer) = oneshot::channel();
        let message = Message::Submit(Submission { request, reply });
        if self.refuse_when_full {
            self.queue.try_send(message).map_err(|error| match error {
                flume::TrySendError::Full(_) => Error::from(Code::EngineOverloaded).with_retry_after(RETRY_AFTER),
                flume::TrySendError::Disconnected(_) => Code::EngineClosed.into(),
            })?;
        } else {
            self.queue.send_async(message).await.map_err(|_| Error::from(Code::EngineClosed))?;
        }
        if self.stopped.load(Ordering::SeqCst) {
            // It may have come too late to be let go of with the rest of the queue.
            return answer.try_recv().unwrap_or_else(|_| Err(Code::EngineClosed.into()));
        }
        answer.await.unwrap_or_else(|_| Err(Code::EngineClosed.into()))
    }

    /// Takes no more commands, and has the writer stop after those that were taken.
    pub(crate) fn close(&self) {
        if !self.closed.swap(true, Ordering::AcqRel) {
            // Fails only if the writer is gone, which is what is wanted.
            let _ = self.queue.send(Message::Close);
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire) || self.stopped.load(Ordering::SeqCst)
    }

    /// How many commands wait.
    pub(crate) fn queue_len(&self) -> usize {
        self.queue.len()
    }

    /// How many commands can wait.
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

    /// The engine's time.
    pub(crate) fn time(&self) -> &EngineTime {
        &self.time
    }
}

/// A waker that makes the writer look at the clock; it keeps nothing alive.
pub(super) fn waker(queue: &flume::Sender<Message>) -> Waker {
    let queue = queue.downgrade();
    Arc::new(move || {
        if let Some(queue) = queue.upgrade() {
            // A full queue wakes the writer by itself.
            let _ = queue.try_send(Message::Wake);
        }
    })
}
