//! The real binary as a separate process.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use boxoffice_server::Settings;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

/// Returns the command of the binary, without environment variables that would change its behaviour.
pub(crate) fn command(args: &[&str], dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_boxoffice-server"));
    let settings = std::env::vars_os().map(|(name, _)| name);
    for name in
        settings.filter(|name| ["BOXOFFICE_", "STRIPE_"].iter().any(|start| name.to_string_lossy().starts_with(start)))
    {
        command.env_remove(name);
    }
    command.env_remove("JWT_KEY").env_remove("JWT_KEY_PREVIOUS");
    command.args(args).arg("--data").arg(dir);
    command
}

/// A running server, which is killed when it is dropped.
pub(crate) struct Process {
    child: Child,
    pub(crate) url: String,
    pub(crate) client: Client,
}

impl Process {
    /// Starts the binary, or the program that `BOXOFFICE_TEST_HOST` names.
    pub(crate) fn start(dir: &Path) -> Self {
        let settings = Settings { rate_limit: false, ..Settings::default() };
        Self::spawn(
            super::outside::command(dir, &settings, None, None)
                .unwrap_or_else(|| command(&["serve", "--listen", "127.0.0.1:0", "--rate-limit", "off"], dir)),
        )
    }

    /// Starts a server and waits until it prints its address.
    pub(crate) fn spawn(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let Some(url) = line.trim().strip_prefix("listening on ") else {
            panic!("the server did not start: {line:?} {}", logs(&mut child));
        };
        Self { url: url.to_owned(), client: Client::new(), child }
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.url))
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.url)).json(body)
    }

    pub(crate) fn delete(&self, path: &str) -> RequestBuilder {
        self.client.delete(format!("{}{path}", self.url))
    }

    /// Signs up a user and returns the token.
    pub(crate) async fn person(&self, name: &str) -> String {
        let body = json!({ "email": format!("{name}@example.com"), "password": super::PASSWORD });
        let answer = self.post("/api/users/signup", &body).send().await.unwrap();
        assert_eq!(answer.status(), 201);
        token(answer.headers())
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills the server at once, as a power failure would.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks the server to stop, and returns its exit status and its log.
    pub(crate) fn terminate(self) -> (Option<i32>, String) {
        let id = rustix::process::Pid::from_raw(i32::try_from(self.id()).unwrap()).unwrap();
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
        self.ended()
    }

    /// Waits until the server has ended, and returns its exit status and its log.
    pub(crate) fn ended(mut self) -> (Option<i32>, String) {
        let text = logs(&mut self.child);
        (self.child.wait().unwrap().code(), text)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn logs(child: &mut Child) -> String {
    let mut text = String::new();
    child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    text
}

/// Returns the session token that a response sets.
pub(crate) fn token(headers: &reqwest::header::HeaderMap) -> String {
    let cookie = headers["set-cookie"].to_str().unwrap().strip_prefix("session=").unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

/// Extension that runs a subcommand to its end.
pub(crate) trait Finish {
    fn finish(self) -> (Option<i32>, String, String);
}

impl Finish for Command {
    fn finish(mut self) -> (Option<i32>, String, String) {
        let Output { status, stdout, stderr } = self.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        (status.code(), text(stdout), text(stderr))
    }
}
