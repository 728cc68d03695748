//! The process of a host, as seen by who tells it what to do.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::arguments::Place;
use crate::servers::Site;
use crate::{Failure, within};

/// Time within which a host must answer: it may have to write a million records meanwhile.
const ANSWER_WITHIN: Duration = Duration::from_mins(10);

/// Time within which a host must end that is asked to.
const END_WITHIN: Duration = Duration::from_secs(30);

/// A host. It is killed when dropped.
#[derive(Debug)]
pub(crate) struct Host {
    child: Child,
    orders: ChildStdin,
    answers: Receiver<String>,
}

/// State of a host.
#[derive(Debug, Clone)]
pub(crate) struct Status {
    pub(crate) state: String,
    /// Number of the last message that it has read.
    pub(crate) message: u64,
    /// Number of the last message that its views include.
    pub(crate) applied: u64,
    /// Number of hosts that vote.
    pub(crate) voters: usize,
    pub(crate) is_ready: bool,
    /// Number of the last record.
    pub(crate) head: u64,
}

impl Host {
    /// Starts a host, and doesn't wait until it is open.
    pub(crate) fn spawn(place: &Place, site: &Site, log: &Path) -> Result<Self, Failure> {
        let mut command = site.command(&std::env::current_exe()?);
        let log = File::options().create(true).append(true).open(log)?;
        command.args(place.arguments()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn()?;
        let orders = child.stdin.take().ok_or("the host has no input")?;
        let answers = lines(child.stdout.take().ok_or("the host has no output")?);
        Ok(Self { child, orders, answers })
    }

    /// Waits until the host is open.
    pub(crate) fn wait_until_open(&self) -> Result<(), Failure> {
        let answer = self.answer("open")?;
        if answer == "open" { Ok(()) } else { Err(format!("the host said {answer:?}").into()) }
    }

    /// Tells the host to do something, and returns the result.
    pub(crate) fn tell(&mut self, words: &[&str]) -> Result<String, Failure> {
        self.begin(words)?;
        self.answer(words.first().copied().unwrap_or_default())
    }

    /// Tells the host to do something, whose result is still to be waited for.
    pub(crate) fn begin(&mut self, words: &[&str]) -> Result<(), Failure> {
        writeln!(self.orders, "{}", words.join("\t"))?;
        Ok(self.orders.flush()?)
    }

    /// Waits for the result of what the host was told.
    pub(crate) fn answer(&self, what: &str) -> Result<String, Failure> {
        let line = self.answers.recv_timeout(ANSWER_WITHIN).map_err(|error| match error {
            RecvTimeoutError::Timeout => format!("a host has not answered: {what}"),
            RecvTimeoutError::Disconnected => format!("a host has ended before it answered: {what}; see its log"),
        })?;
        match line.split_once('\t') {
            Some(("ok", result)) => Ok(result.to_owned()),
            Some((_, reason)) => Err(format!("{what}: {reason}").into()),
            None => Err(format!("{what}: the host said {line:?}").into()),
        }
    }

    pub(crate) fn status(&mut self) -> Result<Status, Failure> {
        let text = self.tell(&["status"])?;
        let words: Vec<&str> = text.split('\t').collect();
        let [state, message, applied, voters, ready, head] = words[..] else {
            return Err(format!("the host's status is {text:?}").into());
        };
        Ok(Status {
            state: state.to_owned(),
            message: message.parse()?,
            applied: applied.parse()?,
            voters: voters.parse()?,
            is_ready: ready == "1",
            head: head.parse()?,
        })
    }

    /// Returns the number of sales, and the longest time without one since it was marked.
    pub(crate) fn sold(&mut self) -> Result<(u64, Duration), Failure> {
        let text = self.tell(&["sold"])?;
        let (count, micros) = text.split_once('\t').ok_or("the host does not say what it has sold")?;
        Ok((count.parse()?, Duration::from_micros(micros.parse()?)))
    }

    /// Kills the host, as a power cut would.
    pub(crate) fn kill(&mut self) -> Result<(), Failure> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks the host to stop, and doesn't wait for it.
    pub(crate) fn terminate(&self) -> Result<(), Failure> {
        let id = Pid::from_raw(i32::try_from(self.child.id())?).ok_or("the host has no process")?;
        Ok(kill_process(id, Signal::TERM)?)
    }

    /// Waits until the host has ended by itself.
    pub(crate) fn wait_until_ended(&mut self) -> Result<(), Failure> {
        let mut status = None;
        within(END_WITHIN, "the host has ended", || {
            status = self.child.try_wait()?;
            Ok(status.is_some())
        })?;
        if status.is_some_and(|status| status.success()) { Ok(()) } else { Err("the host failed to close".into()) }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}

/// Reads lines in a thread of their own, so that they can be waited for.
#[expect(clippy::disallowed_methods, reason = "it ends with the process whose output it reads")]
fn lines(output: ChildStdout) -> Receiver<String> {
    let (read, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if read.send(line).is_err() {
                break;
            }
        }
    });
    lines
}
