//! The engine's way to its cluster.

#[cfg(any(test, feature = "simulation"))]
mod stepped;

use std::collections::BTreeSet;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::domain::Reply;
use crate::engine::cluster::{Link, News, unknown, wire};
use crate::engine::{Handle, Repetition, Request};
use crate::error::{Code, Error};
use crate::journal::jetstream::Position;
use crate::journal::jetstream::nats::{self, Driver, Executor, Response, Unanswered};
use crate::journal::jetstream::outlet::Outlet as _;
use crate::types::{Acknowledgement, CommandId, HostId, HostName};

/// Time that a caller is asked to wait when too many commands wait for the writer.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Part of a message that the proposals of one batch may take, in tenths: they are counted before they are encoded.
const PROPOSALS_TENTHS: usize = 9;

/// This box office as a member of its cluster.
pub(in crate::office) struct Member {
    driver: Arc<Driver>,
    news: flume::Receiver<News>,
    /// Name of this host.
    name: HostName,
    /// `true` if it has the card processor's keys.
    has_keys: bool,
    acknowledgement: Acknowledgement,
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Member").field("driver", &self.driver).finish_non_exhaustive()
    }
}

impl Member {
    pub(super) fn new(
        driver: Arc<Driver>,
        news: flume::Receiver<News>,
        name: HostName,
        has_keys: bool,
        acknowledgement: Acknowledgement,
    ) -> Arc<Self> {
        Arc::new(Self { driver, news, name, has_keys, acknowledgement })
    }

    pub(super) fn name(&self) -> &HostName {
        &self.name
    }

    pub(super) fn has_keys(&self) -> bool {
        self.has_keys
    }

    pub(in crate::office) fn driver(&self) -> &Arc<Driver> {
        &self.driver
    }

    /// Lets other hosts' commands come to this engine, while this host writes.
    pub(in crate::office) fn serve(&self, handle: &Arc<Handle>) {
        self.driver.serve(Arc::new(Deliverer(Arc::clone(handle))));
    }
}

impl Link for Member {
    fn news(&self) -> flume::Receiver<News> {
        self.news.clone()
    }

    fn forward(&self, request: Request, reply: oneshot::Sender<Result<Reply, Error>>) {
        give_away(request.id, wire::encode(&request), reply, |command, reply| self.driver.forward(command, reply));
    }

    fn forward_repetition(&self, repetition: Repetition, reply: oneshot::Sender<Result<Reply, Error>>) {
        let encoded = wire::encode_repetition(&repetition);
        give_away(repetition.id, encoded, reply, |question, reply| self.driver.forward(question, reply));
    }

    fn leads(&self, epoch: u64) {
        self.driver.leads(epoch);
    }

    fn applied(&self, position: Position, voters: &BTreeSet<HostId>) {
        self.driver.applied(position, voters);
    }

    fn alarm(&self, why: &str) {
        self.driver.alarm(why);
    }

    fn may_charge(&self, epoch: u64) -> bool {
        self.driver.may_charge(epoch)
    }

    fn batch_bytes_max(&self) -> usize {
        proposals_max(self.driver.bytes_max())
    }

    fn needs_second_host(&self) -> bool {
        self.acknowledgement == Acknowledgement::SecondHost
    }

    fn is_acknowledged(&self, n: u64) -> bool {
        self.driver.is_acknowledged(n)
    }
}

/// Gives a command away by `forward`, unless it can't be encoded. Its caller hears what is answered.
fn give_away(
    id: CommandId,
    encoded: Result<Vec<u8>, Error>,
    caller: oneshot::Sender<Result<Reply, Error>>,
    forward: impl FnOnce(Vec<u8>, nats::Reply),
) {
    match encoded {
        Ok(command) => forward(
            command,
            Box::new(move |answered| {
                // A command takes effect even if its caller no longer waits.
                let _ = caller.send(answer(id, answered));
            }),
        ),
        Err(error) => drop(caller.send(Err(error))),
    }
}

/// Returns the most bytes that the proposals of one batch may take, if its message may have this many.
fn proposals_max(bytes_max: usize) -> usize {
    bytes_max / 10 * PROPOSALS_TENTHS
}

/// Returns the answer to a command that was given away.
fn answer(id: CommandId, answered: Result<Vec<u8>, Unanswered>) -> Result<Reply, Error> {
    let unknown = |why: &str| Err(unknown(id, why));
    match answered {
        Ok(bytes) => wire::decode_answer(&bytes),
        Err(Unanswered::Overloaded) => Err(Error::from(Code::EngineOverloaded).with_retry_after(RETRY_AFTER)),
        Err(Unanswered::TimedOut) => unknown("The host that writes has not answered the command"),
        Err(Unanswered::Closed) => unknown("The box office was closed before the command was answered"),
        Err(Unanswered::Alarm(why)) => {
            tracing::debug!(why, %id, "a command has no answer");
            unknown("This host does not know the outcome of the command")
        }
    }
}

/// Returns `true` for what is no answer, so that the writer, whoever it is by then, is asked again under the same id: this host
/// stops, is in alarm, doesn't understand the command, or has itself got no answer from another host.
fn is_none(error: &Error) -> bool {
    matches!(error.code(), Code::EngineClosed | Code::JournalUnavailable)
}

/// Returns what is said to whoever gave a command. That there is too much to do is told apart: a command that was given before may
/// have been carried out then, so it is an answer to the first time alone.
fn response(answer: &Result<Reply, Error>) -> Response {
    if answer.as_ref().is_err_and(is_none) {
        return Response::Nothing;
    }
    let is_busy = answer.as_ref().is_err_and(|error| error.code() == Code::EngineOverloaded);
    match wire::encode_answer(answer) {
        Ok(bytes) if is_busy => Response::Busy(bytes),
        Ok(bytes) => Response::Decided(bytes),
        Err(error) => {
            tracing::error!(%error, "an answer can't be sent");
            Response::Nothing
        }
    }
}

/// Gives other hosts' commands to the engine.
struct Deliverer(Arc<Handle>);

impl Executor for Deliverer {
    fn execute(&self, command: Vec<u8>) -> Pin<Box<dyn Future<Output = Response> + Send>> {
        let handle = Arc::clone(&self.0);
        Box::pin(async move {
            let answer = match wire::decode_given(&command) {
                Ok(wire::Given::Decision(request)) => handle.deliver(request).await,
                Ok(wire::Given::FirstAnswer(repetition)) => handle.deliver_repetition(repetition).await,
                Err(error) => Err(error.into()),
            };
            response(&answer)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: CommandId = CommandId::from_bytes([7; 16]);

    #[test]
    fn whoever_has_no_answer_is_told_what_to_do() {
        let check = |unanswered, code, words: &str| {
            let error = answer(ID, Err(unanswered)).unwrap_err();
            assert_eq!(error.code(), code);
            assert!(error.to_string().contains(words), "{error}");
        };
        let id = ID.to_string();
        check(Unanswered::TimedOut, Code::JournalUnavailable, &id);
        check(Unanswered::Closed, Code::JournalUnavailable, &id);
        check(Unanswered::Alarm("why".into()), Code::JournalUnavailable, &id);
        check(Unanswered::Overloaded, Code::EngineOverloaded, "");
        assert!(answer(ID, Err(Unanswered::Overloaded)).unwrap_err().retry_after().is_some());
    }

    #[test]
    fn whoever_does_not_know_gives_no_answer() {
        for code in Code::ALL {
            let expected = matches!(code.as_str(), "engine.closed" | "journal.unavailable");
            assert_eq!(is_none(&Error::from(*code)), expected, "{code}");
        }
        assert!(is_none(&unknown(ID, "The stream is gone")));
    }

    #[test]
    fn too_much_to_do_is_told_apart_from_answers_that_decide() {
        for code in Code::ALL {
            let refused = response(&Err(Error::from(*code)));
            match code.as_str() {
                "engine.closed" | "journal.unavailable" => assert_eq!(refused, Response::Nothing, "{code}"),
                "engine.overloaded" => assert!(matches!(refused, Response::Busy(_)), "{code}"),
                _ => assert!(matches!(refused, Response::Decided(_)), "{code}"),
            }
        }
        assert!(matches!(response(&Ok(Reply::Tickets(Vec::new()))), Response::Decided(_)));
        // Whoever is told so hears when to come again.
        let busy = Err(Error::from(Code::EngineOverloaded).with_retry_after(RETRY_AFTER));
        let Response::Busy(bytes) = response(&busy) else { panic!("another response") };
        let told = answer(ID, Ok(bytes)).unwrap_err();
        assert_eq!((told.code(), told.retry_after()), (Code::EngineOverloaded, Some(RETRY_AFTER)));
    }

    #[test]
    fn an_answer_comes_back_as_it_was_given() {
        let refusal = Err(Error::from(Code::TicketSold));
        let bytes = wire::encode_answer(&refusal).unwrap();
        assert_eq!(answer(ID, Ok(bytes)).unwrap_err().code(), Code::TicketSold);
        let bytes = wire::encode_answer(&Ok(Reply::Tickets(Vec::new()))).unwrap();
        assert_eq!(answer(ID, Ok(bytes)).unwrap(), Reply::Tickets(Vec::new()));
        assert_eq!(answer(ID, Ok(vec![9])).unwrap_err().code(), Code::JournalUnavailable);
    }
}
