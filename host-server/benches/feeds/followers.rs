//! Pages that follow a show, reduced to their connections, in a process of their own. The connections read and discard.

use std::cell::Cell;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;

use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

use crate::output::say;
use crate::{FOLLOWERS, Failure};

/// Environment variable that makes this program follow: the host's address, a space and the path of the feed.
const FEED: &str = "BOXOFFICE_BENCH_FEED";

/// The process with the followers.
pub(crate) struct Followers {
    child: Child,
    output: BufReader<std::process::ChildStdout>,
}

impl Followers {
    /// Starts the process, and waits until all followers are connected.
    pub(crate) fn open(feed: &str) -> Result<Self, Failure> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut child = command.env(FEED, feed).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let output = BufReader::new(child.stdout.take().ok_or("the followers have no output")?);
        let mut followers = Self { child, output };
        let line = followers.line()?;
        if line == "open" { Ok(followers) } else { Err(format!("the followers said {line:?}").into()) }
    }

    /// Stops the followers, and returns the number of them that received an order.
    pub(crate) fn close(mut self) -> Result<usize, Failure> {
        drop(self.child.stdin.take());
        Ok(self.line()?.parse()?)
    }

    fn line(&mut self) -> Result<String, Failure> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        Ok(line.trim().to_owned())
    }
}

impl Drop for Followers {
    fn drop(&mut self) {
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}

/// Returns the feed, if this process must follow it.
pub(crate) fn asked_to_be() -> Option<String> {
    std::env::var(FEED).ok()
}

pub(crate) fn run(feed: &str) -> Result<(), Failure> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let heard = runtime.block_on(LocalSet::new().run_until(follow(feed)))?;
    say(&heard.to_string())
}

async fn follow(feed: &str) -> Result<usize, Failure> {
    let (address, path) = feed.split_once(' ').ok_or("no feed")?;
    let heard = Rc::new(Cell::new(0));
    for _ in 0..FOLLOWERS {
        let mut stream = TcpStream::connect(address).await?;
        let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = [0; 1024];
        let read = stream.read(&mut answer).await?;
        if !answer[..read].starts_with(b"HTTP/1.1 200") {
            return Err(format!("a feed was refused: {}", String::from_utf8_lossy(&answer[..read])).into());
        }
        tokio::task::spawn_local(listen(stream, Rc::clone(&heard)));
    }
    say("open")?;
    // Runs until the parent process closes standard input.
    let closed = tokio::task::spawn_blocking(|| std::io::stdin().lock().read_to_end(&mut Vec::new()));
    closed.await??;
    Ok(heard.get())
}

/// Reads to the end, and scans the data until an event about a ticket has arrived.
async fn listen(mut stream: TcpStream, heard: Rc<Cell<usize>>) {
    let mut buffer = vec![0; 32 * 1024];
    let mut is_new = true;
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        if is_new && buffer[..read].windows(5).any(|five| five == b"data:") {
            is_new = false;
            heard.set(heard.get() + 1);
        }
    }
}
