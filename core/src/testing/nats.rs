//! NATS servers for tests of clusters.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::BoxOffice;

/// Variable of the environment with the path of the program `nats-server`.
const PROGRAM: &str = "BOXOFFICE_NATS_SERVER";

/// Number of looks, a moment apart, for which servers may take to be ready.
const LOOKS: u32 = 600;

/// Pause between two looks.
const MOMENT: Duration = Duration::from_millis(50);

/// NATS servers on this machine, for tests: each with its own directory, syncing every write, with accounts that see nothing of
/// each other. They are killed when dropped.
///
/// The program is the one that `BOXOFFICE_NATS_SERVER` names.
#[derive(Debug)]
pub struct NatsServers {
    servers: Vec<Server>,
    program: PathBuf,
    _dir: TempDir,
}

#[derive(Debug)]
struct Server {
    child: Option<Child>,
    config: PathBuf,
    log: PathBuf,
    port: u16,
    monitoring: u16,
}

impl NatsServers {
    /// Starts servers, and waits until they are ready. The accounts have the names and passwords `shop0`, `shop1`, ….
    ///
    /// # Errors
    /// An I/O error if the program is not named, can't be started, or is not ready after half a minute.
    pub fn start(servers: usize, accounts: usize) -> io::Result<Self> {
        Self::start_with(servers, accounts, 1 << 20)
    }

    /// Starts servers as [`NatsServers::start`] does, whose messages have at most so many bytes.
    ///
    /// # Errors
    /// As [`NatsServers::start`].
    pub fn start_with(servers: usize, accounts: usize, message_bytes_max: usize) -> io::Result<Self> {
        let program = std::env::var_os(PROGRAM).map(PathBuf::from);
        let program =
            program.ok_or_else(|| io::Error::other(format!("{PROGRAM} does not name the program nats-server")))?;
        let dir = tempfile::tempdir()?;
        // They are chosen together, so that they differ.
        let listeners: Vec<TcpListener> =
            (0..servers * 3).map(|_| TcpListener::bind("127.0.0.1:0")).collect::<io::Result<_>>()?;
        let ports: Vec<u16> = listeners.iter().map(|it| Ok(it.local_addr()?.port())).collect::<io::Result<_>>()?;
        drop(listeners);
        let routes: Vec<u16> = ports.iter().copied().skip(2).step_by(3).collect();
        let mut all = Vec::new();
        for (number, ports) in ports.chunks_exact(3).enumerate() {
            let [port, monitoring, route] = ports else { continue };
            let folder = dir.path().join(format!("nats-{number}"));
            fs::create_dir(&folder)?;
            let config = folder.join("nats.conf");
            let mut text = format!("max_payload: {message_bytes_max}\n");
            text += &config_of(number, &folder.join("jetstream"), [*port, *monitoring, *route], &routes, accounts);
            fs::write(&config, text)?;
            let log = folder.join("nats.log");
            all.push(Server { child: None, config, log, port: *port, monitoring: *monitoring });
        }
        let mut started = Self { servers: all, program, _dir: dir };
        (0..servers).try_for_each(|number| started.spawn(number))?;
        started.wait_until_ready()?;
        Ok(started)
    }

    /// Returns the addresses for an account.
    pub fn urls(&self, account: usize) -> Vec<String> {
        let url = |server: &Server| format!("nats://shop{account}:shop{account}@127.0.0.1:{}", server.port);
        self.servers.iter().map(url).collect()
    }

    /// Returns the address of one server for an account.
    pub fn url_of(&self, account: usize, number: usize) -> Option<String> {
        self.urls(account).into_iter().nth(number)
    }

    /// Returns the addresses of the monitoring.
    pub fn monitoring(&self) -> Vec<String> {
        self.servers.iter().map(|server| format!("http://127.0.0.1:{}", server.monitoring)).collect()
    }

    /// Kills a server, as a power cut would.
    ///
    /// # Errors
    /// An I/O error if there is no such server.
    pub fn kill(&mut self, number: usize) -> io::Result<()> {
        let server = self.servers.get_mut(number).ok_or_else(unknown)?;
        if let Some(mut child) = server.child.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    /// Starts a server that was killed, and waits until all are ready.
    ///
    /// # Errors
    /// An I/O error if it can't be started, or is not ready after half a minute.
    pub fn restart(&mut self, number: usize) -> io::Result<()> {
        self.spawn(number)?;
        self.wait_until_ready()
    }

    /// Starts a server that was killed, and doesn't wait for it.
    ///
    /// # Errors
    /// An I/O error if it can't be started.
    pub fn spawn(&mut self, number: usize) -> io::Result<()> {
        let server = self.servers.get_mut(number).ok_or_else(unknown)?;
        let log = fs::File::options().create(true).append(true).open(&server.log)?;
        let mut command = Command::new(&self.program);
        command.arg("-c").arg(&server.config).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        server.child = Some(command.spawn()?);
        Ok(())
    }

    fn wait_until_ready(&self) -> io::Result<()> {
        for server in self.servers.iter().filter(|server| server.child.is_some()) {
            let mut looks = 0;
            while !is_healthy(server.monitoring) {
                looks += 1;
                if looks > LOOKS {
                    let log = fs::read_to_string(&server.log).unwrap_or_default();
                    return Err(io::Error::other(format!("a NATS server is not ready; it says:\n{log}")));
                }
                a_moment();
            }
        }
        Ok(())
    }
}

impl Drop for NatsServers {
    fn drop(&mut self) {
        for child in self.servers.iter_mut().filter_map(|server| server.child.as_mut()) {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Ends a host of a cluster as a crash would, without a word to the others. It answers nothing any more; its directory stays in
/// use until it is dropped.
pub fn end_abruptly(office: &BoxOffice) {
    if let Some(cluster) = office.cluster() {
        cluster.end_abruptly();
    }
}

fn unknown() -> io::Error {
    io::Error::other("there is no such server")
}

#[expect(clippy::disallowed_methods, reason = "the servers tell nobody when they are ready")]
fn a_moment() {
    std::thread::sleep(MOMENT);
}

/// Returns the configuration of a server: its ports for clients, monitoring and the other servers, whose ports are `routes`.
fn config_of(number: usize, store: &std::path::Path, ports: [u16; 3], routes: &[u16], accounts: usize) -> String {
    let [port, monitoring, route] = ports;
    let store = store.display();
    let routes: Vec<String> = routes.iter().map(|port| format!("nats-route://127.0.0.1:{port}")).collect();
    let mut text = format!(
        "server_name: nats-{number}\nlisten: 127.0.0.1:{port}\nhttp: 127.0.0.1:{monitoring}\n\
         jetstream {{ store_dir: \"{store}\", sync_interval: always, max_mem: 256MB, max_file: 8GB }}\n"
    );
    if routes.len() > 1 {
        let routes = routes.join(", ");
        // Writing to a text does not fail.
        let _ = writeln!(text, "cluster {{ name: test, listen: 127.0.0.1:{route}, routes: [{routes}] }}");
    }
    text.push_str("system_account: SYS\naccounts {\n  SYS { users: [{ user: sys, password: sys }] }\n");
    for account in 0..accounts {
        let name = format!("shop{account}");
        let _ = writeln!(text, "  {name} {{ jetstream: enabled, users: [{{ user: {name}, password: {name} }}] }}");
    }
    text.push_str("}\n");
    text
}

/// Returns `true` if the server's monitoring says that it is ready.
fn is_healthy(monitoring: u16) -> bool {
    let ask = || -> io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", monitoring))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        stream.write_all(b"GET /healthz HTTP/1.0\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.lines().next().is_some_and(|status| status.contains(" 200 ")))
}
