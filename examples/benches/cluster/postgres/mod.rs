//! PostgreSQL with one synchronous standby: a commit is answered once both have it on their disks.
//!
//! Programs of PostgreSQL refuse to run as root: then they run as the user `postgres`, or as `nobody`.

mod schema;

use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use boxoffice_examples::disk;
use tempfile::TempDir;

pub(crate) use self::schema::Function;
use self::schema::{SCRIPT, TABLES, listing};
use crate::{Failure, LONG, within};

/// Variable of the environment with the folder of the programs, and where Debian has them.
const PROGRAMS: &str = "BOXOFFICE_POSTGRES";
const DEBIAN: &str = "/usr/lib/postgresql/15/bin";

/// Connections, and threads of the client.
const CONNECTIONS: usize = 64;
const THREADS: usize = 2;

/// Ports, which here are no more than parts of the names of sockets.
const PRIMARY: &str = "5432";
const STANDBY: &str = "5433";

/// Settings of both, beside the defaults, which are durable: memory, and logs that need no checkpoint meanwhile.
const SETTINGS: &str = "
listen_addresses = ''
max_connections = 100
shared_buffers = 512MB
max_wal_size = 16GB
checkpoint_timeout = 1h
synchronous_commit = on
";

/// The two servers. They end when dropped.
pub(crate) struct Postgres {
    programs: PathBuf,
    /// User and group that they run as, if it is not the one of this process.
    user: Option<(u32, u32)>,
    dir: TempDir,
}

impl Postgres {
    /// Starts the primary and the standby, and waits until the standby is synchronous.
    pub(crate) fn start() -> Result<Self, Failure> {
        let programs = std::env::var_os(PROGRAMS).map_or_else(|| PathBuf::from(DEBIAN), PathBuf::from);
        if !programs.join("postgres").exists() {
            let here = programs.display();
            return Err(format!("no PostgreSQL 15 in {here}: apt-get install postgresql-15, or set {PROGRAMS}").into());
        }
        let user = if rustix::process::geteuid().is_root() { Some(unprivileged()?) } else { None };
        let dir = disk::bench_dir()?;
        if let Some((user, group)) = user {
            chown(dir.path(), Some(user), Some(group))?;
        }
        let postgres = Self { programs, user, dir };
        let (primary, sockets) = (postgres.folder("primary"), postgres.dir.path().display().to_string());
        postgres.run("initdb", &["-D", &primary, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale"])?;
        let config = Path::new(&primary).join("postgresql.conf");
        let settings = format!("{SETTINGS}unix_socket_directories = '{sockets}'\n");
        fs::write(&config, fs::read_to_string(&config)? + &settings)?;
        postgres.control(&primary, PRIMARY, "start")?;
        let standby = postgres.folder("standby");
        postgres.run(
            "pg_basebackup",
            &["-D", &standby, "-h", &sockets, "-p", PRIMARY, "-U", "postgres", "-R", "-c", "fast"],
        )?;
        postgres.control(&standby, STANDBY, "start")?;
        postgres.query("ALTER SYSTEM SET synchronous_standby_names = '*'")?;
        postgres.query("SELECT pg_reload_conf()")?;
        within(LONG, "the standby is synchronous", || {
            Ok(postgres.query("SELECT sync_state FROM pg_stat_replication")? == "sync")
        })?;
        Ok(postgres)
    }

    /// Returns the version, such as `15.18`.
    pub(crate) fn version(&self) -> Result<String, Failure> {
        let version = self.query("SHOW server_version")?;
        Ok(version.split_whitespace().next().unwrap_or_default().to_owned())
    }

    /// Lists tickets and lets all connections reserve them in a shuffled order, a transaction each. Returns the reservations a
    /// second.
    pub(crate) fn reserve(&self, function: Function, count: usize) -> Result<f64, Failure> {
        let each = count / CONNECTIONS;
        let count = each * CONNECTIONS;
        self.query(TABLES)?;
        self.query(&listing(count))?;
        self.query(&function.definition())?;
        self.query("VACUUM ANALYZE")?;
        self.query("CHECKPOINT")?;
        let script = self.folder("reserve.sql");
        fs::write(&script, SCRIPT)?;
        let (each, connections, threads) = (each.to_string(), CONNECTIONS.to_string(), THREADS.to_string());
        let mut client = self.client("pgbench");
        client.args(["-n", "-M", "prepared", "-c", &connections, "-j", &threads, "-t", &each, "-D", "n=0"]);
        client.args(["-D", &format!("clients={connections}"), "-D", &format!("tickets={count}"), "-f", &script]);
        let report = output(client.arg("postgres"))?;
        let sold =
            self.query("SELECT count(*) FROM ticket JOIN purchase ON purchase.ticket = ticket.id WHERE holder > 0")?;
        if sold != count.to_string() {
            return Err(format!("PostgreSQL has sold {sold} of {count} tickets:\n{report}").into());
        }
        let rate = report.lines().find_map(|line| line.strip_prefix("tps = ")?.split_whitespace().next());
        Ok(rate.ok_or_else(|| format!("pgbench names no rate:\n{report}"))?.parse()?)
    }

    /// Runs SQL at the primary, and returns the result.
    fn query(&self, sql: &str) -> Result<String, Failure> {
        let mut client = self.client("psql");
        client.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", "postgres", "-c", sql]);
        Ok(output(&mut client)?.trim().to_owned())
    }

    /// Returns the command of a client of the primary.
    fn client(&self, program: &str) -> Command {
        let mut command = self.command(program);
        command.env("PGHOST", self.dir.path()).env("PGPORT", PRIMARY).env("PGUSER", "postgres");
        command
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
            command.env_remove(name);
        }
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        command.env("LC_ALL", "C").current_dir(self.dir.path());
        command
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<(), Failure> {
        output(self.command(program).args(arguments)).map(drop)
    }

    /// Starts a server, and waits until it takes connections.
    fn control(&self, folder: &str, port: &str, what: &str) -> Result<(), Failure> {
        let log = format!("{folder}.log");
        self.run("pg_ctl", &["-D", folder, "-l", &log, "-o", &format!("-p {port}"), "-w", "-t", "120", "-s", what])
    }

    fn folder(&self, name: &str) -> String {
        self.dir.path().join(name).to_string_lossy().into_owned()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        for folder in ["standby", "primary"].map(|name| self.folder(name)) {
            // It may not have been started.
            let _ = self.run("pg_ctl", &["-D", &folder, "-m", "immediate", "-w", "-s", "stop"]);
        }
    }
}

/// Returns what a command prints.
fn output(command: &mut Command) -> Result<String, Failure> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(String::from_utf8(output.stdout)?);
    }
    let [printed, complained] =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned());
    Err(format!("{command:?} failed: {}\n{printed}\n{complained}", output.status).into())
}

/// Returns the ids of a user without rights, and of its group.
fn unprivileged() -> Result<(u32, u32), Failure> {
    let users = fs::read_to_string("/etc/passwd")?;
    let ids = |user: &str| {
        let mut fields = users.lines().find_map(|line| line.strip_prefix(user)?.strip_prefix(':'))?.split(':').skip(1);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    Ok(ids("postgres").or_else(|| ids("nobody")).ok_or("there is no user postgres, and no user nobody")?)
}
