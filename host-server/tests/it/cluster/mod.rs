//! Hosts of one cluster as processes, beside real NATS servers that the tests start; `BOXOFFICE_NATS_SERVER` names the
//! program.

mod commands;
mod pages;
mod publish;
mod readiness;
mod refusals;
mod sharing;
mod webhooks;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use boxoffice::testing::NatsServers;
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use crate::harness::{Finish, Process, command};

/// Time that anything may take here.
const LONG: Duration = Duration::from_mins(1);

/// The secret of all hosts.
const KEY: &str = "a secret that all hosts of the test share";

/// Three servers, and three hosts that share one journal there.
struct Trio {
    nats: NatsServers,
    hosts: Vec<Process>,
    dirs: Vec<TempDir>,
}

impl Trio {
    /// Starts three servers and three hosts, which vote, and waits until they are ready. The hosts are there before the cluster,
    /// as in containers.
    async fn start() -> Self {
        Self::start_with(|_| Vec::new()).await
    }

    /// Starts servers and hosts as [`Trio::start`] does, with more arguments. The servers have a second account for other programs.
    async fn start_with(more: impl Fn(&NatsServers) -> Vec<String>) -> Self {
        let nats = NatsServers::start(3, 2).unwrap();
        let dirs: Vec<TempDir> = (0..3).map(|_| tempfile::tempdir().unwrap()).collect();
        let start = |(number, dir): (usize, &TempDir)| {
            let mut host = serve(&nats, number, dir.path());
            host.args(more(&nats));
            Process::spawn(host)
        };
        let hosts = dirs.iter().enumerate().map(start).collect();
        let trio = Self { nats, hosts, dirs };
        trio.runs(0, &in_cluster(&trio.nats, &["init", "--cluster-name", "host-0"]));
        for number in 1..3 {
            trio.runs(number, &["cluster".to_owned(), "join".to_owned()]);
        }
        trio.ready(&[0, 1, 2]).await;
        trio
    }

    /// Runs a command on the directory of a host, and returns what it prints.
    fn runs(&self, number: usize, args: &[String]) -> String {
        let (status, stdout, stderr) = self.run(number, args);
        assert_eq!(status, Some(0), "{args:?}: {stdout}{stderr}");
        stdout
    }

    fn run(&self, number: usize, args: &[String]) -> (Option<i32>, String, String) {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let mut command = command(&args, self.dirs[number].path());
        command.env("JWT_KEY", KEY);
        command.finish()
    }

    /// Waits until these hosts are ready.
    async fn ready(&self, numbers: &[usize]) {
        for number in numbers {
            until("the host is ready", async || self.readiness(*number).await.0 == 200).await;
        }
    }

    /// Returns the status of `/readyz` of a host, and what it says.
    async fn readiness(&self, number: usize) -> (u16, String) {
        let answer = self.hosts[number].get("/readyz").send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Returns the number of the host that writes, by its metrics.
    async fn writer(&self) -> usize {
        let end = Instant::now() + LONG;
        loop {
            for (number, host) in self.hosts.iter().enumerate() {
                let metrics = host.get("/metrics").send().await.unwrap().text().await.unwrap();
                if metrics.contains("boxoffice_cluster_state{state=\"writer\"} 1") {
                    return number;
                }
            }
            assert!(Instant::now() < end, "no host writes");
            sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Returns the command of a host.
fn serve(nats: &NatsServers, number: usize, dir: &Path) -> Command {
    let mut args: Vec<String> = ["serve", "--listen", "127.0.0.1:0", "--rate-limit", "off"].map(str::to_owned).to_vec();
    args.extend(servers(nats));
    args.extend(["--cluster-name".to_owned(), format!("host-{number}")]);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let mut command = command(&args, dir);
    command.env("JWT_KEY", KEY);
    command
}

/// Returns the arguments of `cluster` with the servers.
fn in_cluster(nats: &NatsServers, args: &[&str]) -> Vec<String> {
    ["cluster"].iter().chain(args).map(ToString::to_string).chain(servers(nats)).collect()
}

fn servers(nats: &NatsServers) -> [String; 4] {
    let (servers, monitoring) = (nats.urls(0).join(","), nats.monitoring().join(","));
    ["--cluster".to_owned(), servers, "--cluster-monitoring".to_owned(), monitoring]
}

/// Waits until something is so.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let end = Instant::now() + LONG;
    while !is_so().await {
        assert!(Instant::now() < end, "it has not come to it: {what}");
        sleep(Duration::from_millis(50)).await;
    }
}
