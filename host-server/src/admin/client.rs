//! The client of administrative tasks. It sends the task over the socket if a server listens, and otherwise performs it
//! directly.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
#[cfg(feature = "cluster")]
use std::time::Duration;

use boxoffice::{BoxOffice, Error, KeyRing};

use super::protocol::{Answer, Problem};
use super::{Listener, Reply, Task, Tools, perform, socket};
use crate::config::DataArgs;
use crate::webhooks::{self, WebhookSettings, Webhooks};

/// Name of the file that every data directory contains.
const JOURNAL: &str = "journal.redb";

/// Pause before it is looked again for a server that starts.
#[cfg(feature = "cluster")]
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Error of a task.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TaskError {
    /// The box office refused the task.
    #[error(transparent)]
    Refused(Problem),
    /// The directory contains no box office.
    #[error("there is no box office in {0}")]
    NoOffice(String),
    /// The directory belongs to a host of a cluster that does not run.
    #[cfg(feature = "cluster")]
    #[error(
        "{0} is a host's copy of a shared journal, and its server does not run: start the server, or ask another host's; opened on its \
         own, the copy could not go back to its cluster"
    )]
    NotAlone(String),
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
    let server = connect(dir)?;
    outcome(listener, |listener| match server {
        Some(server) => Ok(ask(server, task, listener)?),
        None => Ok(perform(&tools(data, task)?, task, listener)?),
    })
}

/// Gives a task to the server of a directory, as soon as there is one; none if there is none within this time.
#[cfg(feature = "cluster")]
pub(crate) fn ask_server(dir: &Path, task: &Task, within: Duration) -> Result<Option<Answer>, TaskError> {
    let looks = within.as_millis() / LOOK_AGAIN.as_millis();
    for look in 0..=looks {
        if let Some(answer) = hear_server(dir, task, &mut |_| Ok(()))? {
            return Ok(Some(answer));
        }
        if look < looks {
            a_moment();
        }
    }
    Ok(None)
}

/// Gives a task to the server of a directory, and never opens it itself; none if there is no server. `listener` hears all that comes
/// before the outcome.
#[cfg(feature = "cluster")]
pub(crate) fn hear_server(dir: &Path, task: &Task, listener: Listener<'_>) -> Result<Option<Answer>, TaskError> {
    let Some(server) = connect(dir)? else { return Ok(None) };
    outcome(listener, |listener| Ok(ask(server, task, listener)?)).map(Some)
}

#[cfg(feature = "cluster")]
#[expect(clippy::disallowed_methods, reason = "a server that starts tells nobody when it listens")]
fn a_moment() {
    std::thread::sleep(LOOK_AGAIN);
}

/// Returns the outcome of a task. `listener` hears all that comes before it.
fn outcome(
    listener: Listener<'_>,
    work: impl FnOnce(Listener<'_>) -> Result<(), TaskError>,
) -> Result<Answer, TaskError> {
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
    work(&mut sort)?;
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
    #[cfg(feature = "cluster")]
    check_alone(&data.data)?;
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

/// Refuses the directory of a host of a cluster: whatever falls due is recorded when it is opened.
#[cfg(feature = "cluster")]
fn check_alone(dir: &Path) -> Result<(), TaskError> {
    let of_host = boxoffice::Cluster::has_directory(dir);
    if of_host.map_err(|error| TaskError::Refused(Problem::from(&error)))? {
        return Err(TaskError::NotAlone(dir.display().to_string()));
    }
    Ok(())
}

fn open(data: &DataArgs) -> Result<BoxOffice, TaskError> {
    let builder = BoxOffice::builder().accept_clock_jump(data.accept_clock_jump);
    // Nobody signs in here, so no key is needed. No key may be created, because a server would later use it.
    let opened = KeyRing::new(&[0; 32]).and_then(|keys| builder.key_ring(keys).open(&data.data));
    opened.map_err(super::explained).map_err(|error: Error| TaskError::Refused(Problem::from(&error)))
}
