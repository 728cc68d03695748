//! Strangers who attack from one address, all at once, in a process of their own.

use std::cell::Cell;
use std::fmt;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::Duration;

use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::LocalSet;
use tokio::time::sleep;

use crate::client::{Connection, connect};
use crate::output::say;
use crate::{BUYER, Failure, STRANGERS_FROM, size};

/// Environment variable that makes this program attack: the host's address.
const TARGET: &str = "BOXOFFICE_BENCH_TARGET";

/// Environment variable with the session of a stranger who has signed up.
const SESSION: &str = "BOXOFFICE_BENCH_SESSION";

/// The token of a form, in its field and in its cookie.
const FORM_TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// Number of strangers who do each of these things again and again.
const STRANGERS: [(Deed, usize); 7] = [
    (Deed::SlowHead, 250),
    (Deed::SlowBody, 250),
    (Deed::NeverRead, 150),
    (Deed::Idle, 150),
    (Deed::Ask, 10),
    (Deed::Guess, 5),
    (Deed::Preview, 5),
];

/// Pause of a stranger before the next try.
const AGAIN_AFTER: Duration = Duration::from_millis(200);

/// Pause between two pieces of what is sent slowly.
const DRIP_EVERY: Duration = Duration::from_millis(500);

/// Time for which a stranger does not read.
const NEVER_READ_FOR: Duration = Duration::from_secs(20);

/// Pause between two questions.
const ASK_EVERY: Duration = Duration::from_millis(50);

/// What a stranger does.
#[derive(Debug, Clone, Copy)]
enum Deed {
    /// Sends the head of a request slowly, in lines of 4 kB.
    SlowHead,
    /// Sends the body of a request slowly.
    SlowBody,
    /// Asks for a long answer many times, and reads none.
    NeverRead,
    /// Keeps a connection for nothing.
    Idle,
    /// Asks for tickets.
    Ask,
    /// Guesses the buyer's password.
    Guess,
    /// Has an import of 10,000 seats previewed, signed in.
    Preview,
}

/// How often strangers did what they wanted, and how often they were refused or their connections closed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tries {
    done: usize,
    refused: usize,
}

impl fmt::Display for Tries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { done, refused } = self;
        write!(f, "the strangers came {} times and were refused or cut off {refused} times", done + refused)
    }
}

/// The process with the strangers.
#[derive(Debug)]
pub(crate) struct Strangers {
    child: Child,
    output: BufReader<std::process::ChildStdout>,
}

impl Strangers {
    /// Starts the process, and waits until the strangers begin.
    pub(crate) fn set_upon(server: SocketAddr, session: &str) -> Result<Self, Failure> {
        let mut command = Command::new(std::env::current_exe()?);
        command.env(TARGET, server.to_string()).env(SESSION, session);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let output = BufReader::new(child.stdout.take().ok_or("the strangers have no output")?);
        let mut strangers = Self { child, output };
        let line = strangers.line()?;
        if line == "begun" { Ok(strangers) } else { Err(format!("the strangers said {line:?}").into()) }
    }

    /// Stops the strangers, and returns what became of their tries.
    pub(crate) fn stop(mut self) -> Result<Tries, Failure> {
        drop(self.child.stdin.take());
        let line = self.line()?;
        let (done, refused) = line.split_once(' ').ok_or_else(|| format!("the strangers said {line:?}"))?;
        Ok(Tries { done: done.parse()?, refused: refused.parse()? })
    }

    fn line(&mut self) -> Result<String, Failure> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        Ok(line.trim().to_owned())
    }
}

impl Drop for Strangers {
    fn drop(&mut self) {
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}

/// Returns the address of the host, if this process must attack it.
pub(crate) fn asked_to_be() -> Option<String> {
    std::env::var(TARGET).ok()
}

pub(crate) fn run(server: &str) -> Result<(), Failure> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit)?;
    let server: SocketAddr = server.parse()?;
    let session: Rc<str> = std::env::var(SESSION)?.into();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let tries = runtime.block_on(LocalSet::new().run_until(attack(server, session)))?;
    say(&format!("{} {}", tries.done, tries.refused))
}

async fn attack(server: SocketAddr, session: Rc<str>) -> Result<Tries, Failure> {
    let tries = Rc::new(Cell::new(Tries::default()));
    for (deed, count) in STRANGERS {
        for _ in 0..size(count) {
            tokio::task::spawn_local(again_and_again(deed, server, Rc::clone(&session), Rc::clone(&tries)));
        }
    }
    say("begun")?;
    // Runs until the parent process closes standard input.
    let closed = tokio::task::spawn_blocking(|| std::io::stdin().lock().read_to_end(&mut Vec::new()));
    closed.await??;
    Ok(tries.get())
}

async fn again_and_again(deed: Deed, server: SocketAddr, session: Rc<str>, tries: Rc<Cell<Tries>>) {
    loop {
        let is_done = once(deed, server, &session).await.is_ok();
        let Tries { done, refused } = tries.get();
        tries.set(if is_done { Tries { done: done + 1, refused } } else { Tries { done, refused: refused + 1 } });
        sleep(AGAIN_AFTER).await;
    }
}

async fn once(deed: Deed, server: SocketAddr, session: &str) -> Result<(), Failure> {
    let mut stream = connect(STRANGERS_FROM, server).await?;
    match deed {
        Deed::SlowHead => {
            stream.write_all(b"GET / HTTP/1.1\r\n").await?;
            let line = format!("a: {}\r\n", "x".repeat(4000));
            drip(&mut stream, line.as_bytes(), 15).await
        }
        Deed::SlowBody => {
            stream.write_all(post("/api/users/signup", 1_000_000).as_bytes()).await?;
            stream.write_all(b"{").await?;
            drip(&mut stream, &[b' '; 1000], 60).await
        }
        Deed::NeverRead => never_read(&mut stream).await,
        Deed::Idle => {
            stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").await?;
            drip(&mut stream, b"", 20).await
        }
        Deed::Ask => ask(&mut stream).await,
        Deed::Guess => {
            let body = format!(r#"{{"email":"{BUYER}","password":"wrong horse"}}"#);
            stream.write_all((post("/api/users/signin", body.len()) + &body).as_bytes()).await?;
            read_some(&mut stream, &mut [0; 4096]).await
        }
        Deed::Preview => {
            Connection::on(stream).send(preview(session).as_bytes()).await?.checked(200)?;
            Ok(())
        }
    }
}

/// Returns the form that sells many tickets, with ten rows of 1,000 seats.
fn preview(session: &str) -> String {
    let rows: Vec<String> = ('A'..='J').map(|row| format!("{row}+1-1000+45")).collect();
    let body = format!(
        "form-token={FORM_TOKEN}&do=preview&title=&show.name=Any&show.startsAt=2039-05-01T19%3A30&show.venue=&show.category=\
         &rows={}",
        rows.join("%0A")
    );
    format!(
        "POST /sell/many HTTP/1.1\r\nhost: a\r\naccept: text/html\r\nauthorization: Bearer {session}\r\n\
         cookie: form={FORM_TOKEN}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Returns the head of a request with a body of JSON.
fn post(path: &str, len: usize) -> String {
    format!("POST {path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: {len}\r\n\r\n")
}

/// Sends a piece so many times, slowly, as long as the server has not closed its side.
async fn drip(stream: &mut TcpStream, piece: &[u8], count: usize) -> Result<(), Failure> {
    for _ in 0..count {
        stream.write_all(piece).await?;
        sleep(DRIP_EVERY).await;
        if is_closed(stream) {
            return Err("the server closed the connection".into());
        }
    }
    Ok(())
}

/// Discards what has come, and returns `true` if no more will.
fn is_closed(stream: &TcpStream) -> bool {
    let mut bytes = [0; 4096];
    loop {
        match stream.try_read(&mut bytes) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => return error.kind() != std::io::ErrorKind::WouldBlock,
        }
    }
}

async fn never_read(stream: &mut TcpStream) -> Result<(), Failure> {
    let requests = "GET /openapi.json HTTP/1.1\r\nhost: a\r\n\r\n".repeat(50);
    stream.write_all(requests.as_bytes()).await?;
    // It looks without reading, to come again at once if it was refused.
    let mut start = [0; 12];
    let len = stream.peek(&mut start).await?;
    if !start[..len].starts_with(b"HTTP/1.1 200") {
        return Err("the server refused".into());
    }
    sleep(NEVER_READ_FOR).await;
    Ok(())
}

async fn ask(stream: &mut TcpStream) -> Result<(), Failure> {
    let mut answer = vec![0; 64 * 1024];
    for _ in 0..20 {
        stream.write_all(b"GET /api/tickets HTTP/1.1\r\nhost: a\r\n\r\n").await?;
        read_some(stream, &mut answer).await?;
        sleep(ASK_EVERY).await;
    }
    Ok(())
}

async fn read_some(stream: &mut TcpStream, buffer: &mut [u8]) -> Result<(), Failure> {
    match stream.read(buffer).await? {
        0 => Err("the server closed the connection".into()),
        _ => Ok(()),
    }
}
