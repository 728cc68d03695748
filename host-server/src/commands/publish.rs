//! `publish`: publishes the events of the server of a data directory on NATS.

use std::io;
use std::path::{Path, PathBuf};
use std::thread;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, oneshot};

use crate::admin::{self, Reply, Task};
use crate::config::{PublishArgs, log_filter};
use crate::logging::{self, LogFormat};
use crate::publisher::{self, Event, Feed, PublishError};
use crate::terminal::Outcome;

/// Maximum number of records that wait to be published.
const WAITING_MAX: usize = 256;

pub(super) fn run(args: &PublishArgs) -> Outcome {
    let _log = logging::start(LogFormat::Text, &log_filter());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(publish(args))
}

/// Publishes until the process is asked to stop. What was not answered by then is sent again at the next start.
async fn publish(args: &PublishArgs) -> Outcome {
    let (dir, options) = (args.dir.data.as_path(), args.options());
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        () = publisher::publish(&options, |after| follow(dir.to_owned(), after)) => {}
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// Follows the journal of the server that has the directory open.
async fn follow(dir: PathBuf, after: u64) -> Result<Feed, PublishError> {
    let (events, coming) = mpsc::channel(WAITING_MAX);
    let (opened, history) = oneshot::channel();
    let listener = Listening { opened: Some(opened), events };
    // It ends with the server, or a few seconds after nobody listens any more.
    let thread = thread::Builder::new().name("journal".to_owned());
    thread.spawn(move || listener.run(&dir, after)).map_err(|error| PublishError::Journal(error.to_string()))?;
    let history = history.await.unwrap_or_else(|_| Err("the server has given no answer".to_owned()));
    Ok(Feed::coming(history.map_err(PublishError::Journal)?, coming))
}

/// What takes the replies of the server.
struct Listening {
    /// Waits for the history, or why there is none; none once it is known.
    opened: Option<oneshot::Sender<Result<String, String>>>,
    events: mpsc::Sender<Event>,
}

impl Listening {
    fn run(mut self, dir: &Path, after: u64) {
        let why = match admin::hear_server(dir, &Task::Follow { after }, &mut |reply| self.take(reply)) {
            Ok(Some(_)) => return,
            Ok(None) => format!("no server has {} open", dir.display()),
            Err(error) => error.to_string(),
        };
        if let Some(opened) = self.opened.take() {
            // Nobody may wait any more.
            drop(opened.send(Err(why)));
        } else {
            tracing::warn!(why, "the journal is not followed any more");
        }
    }

    fn take(&mut self, reply: Reply) -> io::Result<()> {
        let gone = || io::Error::from(io::ErrorKind::BrokenPipe);
        match reply {
            Reply::History(history) => match self.opened.take() {
                Some(opened) => opened.send(Ok(history)).map_err(|_| gone()),
                None => Ok(()),
            },
            Reply::Record(record) => {
                let event = Event::read(&record).map_err(io::Error::other)?;
                self.events.blocking_send(event).map_err(|_| gone())
            }
            Reply::Progress { .. } | Reply::Done(_) | Reply::Failed(_) if self.events.is_closed() => Err(gone()),
            Reply::Progress { .. } | Reply::Done(_) | Reply::Failed(_) => Ok(()),
        }
    }
}
