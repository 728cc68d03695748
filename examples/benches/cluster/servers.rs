//! Three NATS servers that sync every write, each at an address of its own.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::{Failure, LONG, within};

/// Variable of the environment with the path of the program `nats-server`.
const PROGRAM: &str = "BOXOFFICE_NATS_SERVER";

/// User and password of everybody.
const USER: &str = "shop";

pub(crate) const COUNT: usize = 3;

/// Place of a server and of the host beside it.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) address: String,
    /// Command that runs another one there; empty for this machine's own network.
    pub(crate) enter: Vec<String>,
    /// Ports for clients, for monitoring, and for the other servers.
    ports: [u16; 3],
}

impl Site {
    /// Returns three sites on loopback.
    pub(crate) fn on_loopback() -> io::Result<Vec<Self>> {
        // They are chosen together, so that they differ.
        let taken: Vec<TcpListener> =
            (0..3 * COUNT).map(|_| TcpListener::bind("127.0.0.1:0")).collect::<io::Result<_>>()?;
        let ports: Vec<u16> = taken.iter().map(|it| Ok(it.local_addr()?.port())).collect::<io::Result<_>>()?;
        let site = |ports: &[u16]| Self {
            address: "127.0.0.1".to_owned(),
            enter: Vec::new(),
            ports: [ports[0], ports[1], ports[2]],
        };
        Ok(ports.chunks_exact(3).map(site).collect())
    }

    /// Returns a site at an address that nobody else uses. Sites at one address need different numbers.
    pub(crate) fn at(address: &str, number: u16, enter: Vec<String>) -> Self {
        Self { address: address.to_owned(), enter, ports: [4222, 8222, 6222].map(|port| port + 10 * number) }
    }

    /// Returns the command of a program that runs there.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let Some((first, rest)) = self.enter.split_first() else { return Command::new(program) };
        let mut command = Command::new(first);
        command.args(rest).arg(program);
        command
    }
}

/// The servers. They are killed when dropped.
#[derive(Debug)]
pub(crate) struct Servers {
    program: PathBuf,
    dir: PathBuf,
    sites: Vec<Site>,
    running: Vec<Option<Child>>,
}

impl Servers {
    /// Starts the servers, and waits until they are ready.
    pub(crate) fn start(dir: &Path, sites: Vec<Site>) -> Result<Self, Failure> {
        let program = std::env::var_os(PROGRAM).map(PathBuf::from);
        let program = program.ok_or_else(|| format!("{PROGRAM} does not name the program nats-server"))?;
        let running = sites.iter().map(|_| None).collect();
        let mut servers = Self { program, dir: dir.to_owned(), sites, running };
        for number in 0..servers.sites.len() {
            let folder = servers.folder(number);
            fs::create_dir_all(&folder)?;
            fs::write(folder.join("nats.conf"), servers.config(number))?;
            servers.spawn(number)?;
        }
        servers.wait_until_ready()?;
        Ok(servers)
    }

    /// Returns the address of a server for clients.
    pub(crate) fn url(&self, number: usize) -> String {
        let Site { address, ports, .. } = &self.sites[number];
        format!("nats://{USER}:{USER}@{address}:{}", ports[0])
    }

    pub(crate) fn urls(&self) -> Vec<String> {
        (0..self.sites.len()).map(|number| self.url(number)).collect()
    }

    pub(crate) fn monitoring(&self) -> Vec<String> {
        self.sites.iter().map(|site| format!("http://{}:{}", site.address, site.ports[1])).collect()
    }

    pub(crate) fn site(&self, number: usize) -> &Site {
        &self.sites[number]
    }

    /// Returns the number of the server with this name.
    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        (0..self.sites.len()).find(|number| name_of(*number) == name)
    }

    /// Kills a server, as a power cut would.
    pub(crate) fn kill(&mut self, number: usize) -> Result<(), Failure> {
        if let Some(mut server) = self.running[number].take() {
            server.kill()?;
            server.wait()?;
        }
        Ok(())
    }

    /// Starts a server that was killed, and waits until all are ready: until each has what the others have.
    pub(crate) fn restart(&mut self, number: usize) -> Result<(), Failure> {
        self.spawn(number)?;
        self.wait_until_ready()
    }

    fn spawn(&mut self, number: usize) -> Result<(), Failure> {
        let folder = self.folder(number);
        let log = File::options().create(true).append(true).open(folder.join("nats.log"))?;
        let mut command = self.sites[number].command(&self.program);
        command.arg("-c").arg(folder.join("nats.conf")).stdin(Stdio::null());
        self.running[number] = Some(command.stdout(log.try_clone()?).stderr(log).spawn()?);
        Ok(())
    }

    fn wait_until_ready(&self) -> Result<(), Failure> {
        for (site, _) in self.sites.iter().zip(&self.running).filter(|(_, server)| server.is_some()) {
            let what = format!("the server at {}:{} is ready", site.address, site.ports[0]);
            within(LONG, &what, || Ok(is_healthy(&site.address, site.ports[1])))?;
        }
        Ok(())
    }

    fn folder(&self, number: usize) -> PathBuf {
        self.dir.join(name_of(number))
    }

    fn config(&self, number: usize) -> String {
        let Site { address, ports: [clients, monitoring, route], .. } = &self.sites[number];
        let routes = self.sites.iter().map(|site| format!("nats-route://{}:{}", site.address, site.ports[2]));
        let (name, routes) = (name_of(number), routes.collect::<Vec<_>>().join(", "));
        let store = self.folder(number).join("store");
        format!(
            "server_name: {name}\nlisten: \"{address}:{clients}\"\nhttp: \"{address}:{monitoring}\"\n\
             cluster {{ name: bench, listen: \"{address}:{route}\", routes: [{routes}] }}\n\
             jetstream {{ store_dir: \"{}\", sync_interval: always, max_mem: 256MB, max_file: 64GB }}\n\
             system_account: SYS\naccounts {{\n  SYS {{ users: [{{ user: sys, password: sys }}] }}\n\
             \x20 SHOP {{ jetstream: enabled, users: [{{ user: {USER}, password: {USER} }}] }}\n}}\n",
            store.display()
        )
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        for server in self.running.iter_mut().flatten() {
            // It may have ended by itself.
            let _ = server.kill().and_then(|()| server.wait());
        }
    }
}

fn name_of(number: usize) -> String {
    format!("nats-{number}")
}

/// Returns `true` if the server's monitoring says that it is ready.
fn is_healthy(address: &str, monitoring: u16) -> bool {
    let ask = || -> io::Result<String> {
        let mut stream = TcpStream::connect(format!("{address}:{monitoring}"))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        stream.write_all(b"GET /healthz HTTP/1.0\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.lines().next().is_some_and(|status| status.contains(" 200 ")))
}
