//! What a host says of itself while it waits, and while servers are away.

use boxoffice::testing::NatsServers;

use super::{Trio, in_cluster, serve, until};
use crate::harness::{Finish, Process, command};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
async fn without_a_majority_of_servers_no_host_is_ready() {
    let mut trio = Trio::start().await;
    trio.nats.kill(0).unwrap();
    trio.nats.kill(1).unwrap();
    for number in 0..3 {
        until("the host is not ready", async || trio.readiness(number).await.0 == 503).await;
        let (_, body) = trio.readiness(number).await;
        assert!(body.contains("Not ready: "), "{body}");
        let alive = trio.hosts[number].get("/healthz").send().await.unwrap();
        assert_eq!(alive.status(), 200, "a restart would mend nothing");
    }
    let address = trio.hosts[0].url.strip_prefix("http://").unwrap().to_owned();
    let mut health = std::process::Command::new(env!("CARGO_BIN_EXE_boxoffice-server"));
    health.args(["health", "--listen", &address]);
    let (status, _, stderr) = health.finish();
    assert_eq!(status, Some(1));
    assert!(stderr.contains("Not ready: "), "{stderr}");
    trio.nats.spawn(0).unwrap();
    trio.nats.restart(1).unwrap();
    trio.ready(&[0, 1, 2]).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
async fn a_host_waits_for_its_cluster() {
    let nats = NatsServers::start(3, 1).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let host = Process::spawn(serve(&nats, 0, dir.path()));
    let readiness = async || {
        let answer = host.get("/readyz").send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    until("it says what it waits for", async || readiness().await.1.contains("cluster init")).await;
    assert_eq!(readiness().await.0, 503);
    assert_eq!(host.get("/healthz").send().await.unwrap().status(), 200);
    assert_eq!(host.get("/api/tickets").send().await.unwrap().status(), 503);

    let args = in_cluster(&nats, &["init"]);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let mut init = command(&args, dir.path());
    init.env("JWT_KEY", super::KEY);
    let (status, stdout, stderr) = init.finish();
    assert_eq!(status, Some(0), "{stderr}");
    assert!(stdout.contains("JOURNAL-1"), "{stdout}");
    until("it is ready", async || readiness().await.0 == 200).await;
    host.person("ann").await;
    let (status, logs) = host.terminate();
    assert_eq!(status, Some(0), "{logs}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
async fn a_host_that_waits_can_be_stopped() {
    let nats = NatsServers::start(1, 1).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let host = Process::spawn(serve(&nats, 0, dir.path()));
    until("it waits", async || {
        host.get("/readyz").send().await.unwrap().text().await.unwrap().contains("cluster init")
    })
    .await;
    let (status, logs) = host.terminate();
    assert_eq!(status, Some(0), "{logs}");
    assert!(!dir.path().join("journal.redb").exists(), "it has begun nothing by itself");
}
