//! Commands that other hosts send to this one, because it writes.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock};

use async_nats::Subscriber;

use super::desk::{Answered, Response};
use super::forward::{room, send_parcel};
use super::heard::{Heard, Taken};
use super::parcel::{Assembly, Parcel, Piece, pack};
use super::reader::next_of;
use super::seal::Purpose;
use super::shared::{Shared, lock};
use crate::types::HostId;

/// Maximum number of texts that are put together at a time. Hosts that die in the middle of one leave it behind.
const PARTS_MAX: usize = 1_000;

/// What is said to a command, once it is known.
type Executed = Pin<Box<dyn Future<Output = Response> + Send>>;

/// Decides commands.
pub(crate) trait Executor: Send + Sync {
    /// Gives a command to the engine; returns what it says to it, an answer once that is durable. It is called on a runtime.
    fn execute(&self, command: Vec<u8>) -> Pin<Box<dyn Future<Output = Response> + Send>>;
}

/// The engine of this host, once there is one.
#[derive(Clone, Default)]
pub(super) struct Executors(Arc<OnceLock<Arc<dyn Executor>>>);

impl Executors {
    pub(super) fn set(&self, executor: Arc<dyn Executor>) {
        // At most one is ever set.
        let _ = self.0.set(executor);
    }

    pub(super) fn get(&self) -> Option<&Arc<dyn Executor>> {
        self.0.get()
    }
}

/// A process of a host.
pub(super) type Process = (HostId, u64);

/// A command of another host: its process, and its ticket there.
type Asked = (Process, u64);

/// What this host says to a command that came in this epoch.
type Given = (Asked, u64, Response);

/// The task that takes what comes for this host.
pub(super) struct Server {
    pub(super) shared: Arc<Shared>,
    pub(super) executors: Executors,
    /// Way of the answers to this host's own commands.
    pub(super) own_answers: flume::Sender<Answered>,
    /// Way of answers to the task that sends them.
    pub(super) given: flume::Sender<Given>,
    /// Commands that the engine was asked to decide.
    pub(super) heard: Arc<Mutex<Heard<Process>>>,
}

impl Server {
    /// Serves until the process ends.
    pub(super) async fn run(self, mut subscription: Subscriber) {
        let (mut commands, mut answers) = (Assembly::default(), Assembly::default());
        while let Some(message) = next_of(&mut subscription).await {
            let Some(text) = self.shared.open(Purpose::Command, &message.payload) else { continue };
            match rmp_serde::from_slice(&text) {
                Ok(Parcel::Commands { from, instance, oldest, pieces }) => {
                    self.execute(&mut commands, (from, instance), oldest, pieces).await;
                }
                Ok(Parcel::Answers { instance, epoch, n, pieces, is_busy, refused })
                    if instance == self.shared.instance =>
                {
                    let refused = refused.into_iter().map(|ticket| (ticket, Response::Nothing));
                    let answered = assembled(&mut answers, pieces, is_busy);
                    self.answered(epoch, n, refused.chain(answered).collect()).await;
                }
                // It is for an earlier process of this host.
                Ok(Parcel::Answers { .. }) => {}
                Err(error) => tracing::debug!(%error, "a message with commands can't be read"),
            }
            if commands.len() > PARTS_MAX {
                commands.clear();
            }
            if answers.len() > PARTS_MAX {
                answers.clear();
            }
        }
    }

    async fn execute(&self, parts: &mut Assembly<Asked>, process: Process, oldest: u64, pieces: Vec<Piece>) {
        let (is_mine, epoch) = {
            let turn = self.shared.turn.borrow();
            (turn.is_mine, turn.epoch)
        };
        let Some(executor) = self.executors.get().filter(|_| is_mine) else {
            let refused = pieces.iter().map(|piece| piece.ticket).collect();
            let ((from, instance), n, is_busy) = (process, 0, false);
            let answers = Parcel::Answers { instance, epoch, n, pieces: Vec::new(), is_busy, refused };
            return send_parcel(&self.shared, from, &answers);
        };
        lock(&self.heard).hear((self.shared.now)().moment, epoch, process, oldest);
        for piece in pieces {
            let asked = (process, piece.ticket);
            let Some(command) = parts.take(asked, piece) else { continue };
            let taken = lock(&self.heard).take(process, asked.1);
            match taken {
                Taken::New => self.decide(executor.execute(command), epoch, asked),
                // It fails only if the process ends.
                Taken::Answered(answer) => drop(self.given.send_async((asked, epoch, Response::Decided(answer))).await),
                Taken::UnderWay | Taken::Over => {}
            }
        }
    }

    fn decide(&self, executed: Executed, epoch: u64, asked: Asked) {
        let (given, heard) = (self.given.clone(), Arc::clone(&self.heard));
        tokio::spawn(async move {
            let response = executed.await;
            lock(&heard).say(epoch, asked.0, asked.1, &response);
            // It fails only if the process ends.
            let _ = given.send_async((asked, epoch, response)).await;
        });
    }

    async fn answered(&self, epoch: u64, n: u64, responses: Vec<(u64, Response)>) {
        for (ticket, response) in responses {
            // It fails only if the process ends.
            let _ = self.own_answers.send_async(Answered { ticket, epoch, n, response }).await;
        }
    }
}

/// Returns the answers that are complete with these pieces, by their tickets.
fn assembled(parts: &mut Assembly<u64>, pieces: Vec<Piece>, is_busy: bool) -> Vec<(u64, Response)> {
    let mut complete = Vec::new();
    for piece in pieces {
        let ticket = piece.ticket;
        let Some(answer) = parts.take(ticket, piece) else { continue };
        complete.push((ticket, if is_busy { Response::Busy(answer) } else { Response::Decided(answer) }));
    }
    complete
}

/// Answers for one host.
#[derive(Default)]
struct Answers {
    decided: Vec<(u64, Vec<u8>)>,
    busy: Vec<(u64, Vec<u8>)>,
    refused: Vec<u64>,
}

/// Sends answers to the hosts that have asked: those that come together travel together.
pub(super) async fn send_answers(shared: Arc<Shared>, given: flume::Receiver<Given>) {
    while let Ok(first) = given.recv_async().await {
        // What the engine answers at once comes at once.
        tokio::task::yield_now().await;
        let n = lock(&shared.member).position().n;
        let mut by_host: BTreeMap<(Process, u64), Answers> = BTreeMap::new();
        for ((process, ticket), epoch, response) in std::iter::once(first).chain(given.try_iter()) {
            let answers = by_host.entry((process, epoch)).or_default();
            match response {
                Response::Decided(answer) => answers.decided.push((ticket, answer)),
                Response::Busy(answer) => answers.busy.push((ticket, answer)),
                Response::Nothing => answers.refused.push(ticket),
            }
        }
        for (((host, instance), epoch), Answers { decided, busy, refused }) in by_host {
            for (is_busy, answers) in [(false, decided), (true, busy)] {
                for pieces in pack(answers, room(&shared)) {
                    let refused = Vec::new();
                    let answers = Parcel::Answers { instance, epoch, n, pieces, is_busy, refused };
                    send_parcel(&shared, host, &answers);
                }
            }
            if !refused.is_empty() {
                let (pieces, is_busy) = (Vec::new(), false);
                send_parcel(&shared, host, &Parcel::Answers { instance, epoch, n, pieces, is_busy, refused });
            }
        }
    }
}
