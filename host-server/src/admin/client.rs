//! The client of administrative tasks. It sends the task over the socket if a server listens, and otherwise performs it
//! directly.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use boxoffice::{BoxOffice, Error, KeyRing};

use super::protocol::{Answer, Problem};
use super::{Listener, Reply, Task, Tools, perform, socket};
use crate::config::DataArgs;
use crate::webhooks::{self, WebhookSettings, Webhooks};

/// Name of the file that every data directory contains.
const JOURNAL: &str = "journal.redb";

/// Error of a task.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TaskError {
    /// The box office refused the task.
    #[error(transparent)]
    Refused(Problem),
    /// The directory contains no box office.
    #[error("there is no box office in {0}")]
    NoOffice(String),
    /// The connection to the server broke, or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Does a task on the box office of a directory and gives its outcome; `listener` hears all that comes before it.
pub(crate) fn run(data: &DataArgs, task: &Task, listener: Listener<'_>) -> Result<Answer, TaskError> {
    let dir = data.data.as_path();
    if !dir.join(JOURNAL).exists() {
        return Err(TaskError::NoOffice(dir.display().to_string()));
    }
    let mut outcome = None;
    let mut sort = |reply| match reply {
        Reply::Done(answer) => {
            outcome = Some(Ok(answer));
            Ok(())
        }
        Reply::Failed(problem) => {
            outcome = Some(Err(problem));
            Ok(())
        }
        other => listener(other),
    };
    match connect(dir)? {
        Some(server) => ask(server, task, &mut sort)?,
        None => perform(&tools(data, task)?, task, &mut sort)?,
    }
    let broken =
        || TaskError::Io(io::Error::new(io::ErrorKind::UnexpectedEof, "the server stopped in the middle of it"));
    outcome.ok_or_else(broken)?.map_err(TaskError::Refused)
}

/// Returns `true` if a server has the directory open.
pub(crate) fn is_served(dir: &Path) -> io::Result<bool> {
    Ok(connect(dir)?.is_some())
}

fn connect(dir: &Path) -> io::Result<Option<UnixStream>> {
    let address = socket::address(dir, socket::NAME)?;
    match UnixStream::connect(&address.path) {
        Ok(stream) => Ok(Some(stream)),
        // No socket, or one that an earlier server left behind.
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => Ok(None),
        Err(error) => Err(error),
    }
}

fn ask(mut server: UnixStream, task: &Task, listener: Listener<'_>) -> io::Result<()> {
    let mut line = serde_json::to_string(task)?;
    line.push('\n');
    server.write_all(line.as_bytes())?;
    for line in BufReader::new(server).lines() {
        listener(serde_json::from_str(&line?)?)?;
    }
    Ok(())
}

/// Opens the box office of a directory without a server, with its webhooks if the task needs them. Their addresses are
/// not checked here, because nothing is delivered; the server checks them on each delivery.
fn tools(data: &DataArgs, task: &Task) -> Result<Tools, TaskError> {
    let (office, dir) = (open(data)?, data.data.as_path());
    if matches!(task, Task::Verify) {
        let damage = webhooks::damage_in(dir);
        return Ok(Tools { damage, ..Tools::new(office, None) });
    }
    let needed =
        matches!(task, Task::Webhooks { .. }) || (matches!(task, Task::Backup { .. }) && webhooks::are_in(dir));
    if !needed {
        return Ok(Tools::new(office, None));
    }
    let opened = Webhooks::open(office.clone(), dir, WebhookSettings::default());
    let webhooks = opened.map_err(|error| TaskError::Refused(Problem::from(&error)))?;
    if let Some(file) = webhooks.set_aside() {
        eprintln!("warning: the webhooks were damaged and are set aside: {file}");
    }
    Ok(Tools::new(office, Some(webhooks)))
}

fn open(data: &DataArgs) -> Result<BoxOffice, TaskError> {
    let builder = BoxOffice::builder().accept_clock_jump(data.accept_clock_jump);
    // Nobody signs in here, so no key is needed. No key may be created, because a server would later use it.
    let opened = KeyRing::new(&[0; 32]).and_then(|keys| builder.key_ring(keys).open(&data.data));
    opened.map_err(super::explained).map_err(|error: Error| TaskError::Refused(Problem::from(&error)))
}
