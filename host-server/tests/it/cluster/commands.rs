//! What operators do to a cluster from the command line.

use std::path::Path;

use boxoffice::testing::NatsServers;
use serde_json::json;

use super::{KEY, Trio, in_cluster, serve, servers, until};
use crate::harness::{Finish, PASSWORD, Process, command};

fn words(args: &[&str]) -> Vec<String> {
    args.iter().map(ToString::to_string).collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
async fn status_is_told_by_the_host_and_by_the_servers() {
    let trio = Trio::start().await;
    let told = async || trio.runs(1, &words(&["cluster", "status"])).contains("host-2");
    until("the host knows who has joined", told).await;
    let own = trio.runs(1, &words(&["cluster", "status"]));
    for part in ["host-0", "host-1", "host-2", "writer ", "epoch ", "applied", "votes", "ready"] {
        assert!(own.contains(part), "{part}: {own}");
    }
    assert!(!own.contains("JOURNAL-1"), "no servers were named: {own}");
    let both = trio.runs(1, &in_cluster(&trio.nats, &["status"]));
    for part in ["host-0", "JOURNAL-1", "messages, led by nats-", "level"] {
        assert!(both.contains(part), "{part}: {both}");
    }
    let elsewhere = tempfile::tempdir().unwrap();
    let args = in_cluster(&trio.nats, &["status"]);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let mut outside = command(&args, elsewhere.path());
    outside.env("JWT_KEY", KEY);
    let (status, outside, stderr) = outside.finish();
    assert_eq!(status, Some(0), "{stderr}");
    assert!(outside.contains("JOURNAL-1") && outside.matches(" message ").count() >= 3, "{outside}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
async fn a_host_that_is_alone_takes_over_and_lets_the_others_leave() {
    let mut trio = Trio::start().await;
    let writer = trio.writer().await;
    let (other, left) = ((writer + 1) % 3, (writer + 2) % 3);
    trio.hosts[writer].kill();
    trio.hosts[other].kill();
    let (status, _, stderr) = trio.run(left, &words(&["cluster", "take-over"]));
    assert_eq!(status, Some(1), "nothing is done without a word for it: {stderr}");
    assert!(stderr.contains("--alone"), "{stderr}");
    let told = trio.runs(left, &words(&["cluster", "take-over", "--alone"]));
    assert!(told.contains(&format!("host-{left} writes")), "{told}");
    // Now a majority of the voters is one.
    for gone in [writer, other] {
        let told = trio.runs(left, &words(&["cluster", "leave", &format!("host-{gone}")]));
        assert!(told.contains(&format!("host-{gone} (")), "{told}");
    }
    trio.ready(&[left]).await;
    trio.hosts[left].person("ann").await;
    let (status, _, stderr) = trio.run(left, &words(&["cluster", "leave", "nobody"]));
    assert_eq!(status, Some(1));
    assert!(stderr.contains("No such host"), "{stderr}");
    let (status, _, stderr) = trio.run(left, &words(&["cluster", "leave"]));
    assert_eq!(status, Some(1), "one always votes");
    assert!(stderr.contains("has to stay"), "{stderr}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
async fn a_hosts_directory_is_opened_alone_on_purpose_only() {
    let mut trio = Trio::start().await;
    trio.hosts[0].person("ann").await;
    let writer = trio.writer().await;
    let away = (writer + 1) % 3;
    let dir = trio.dirs[away].path().to_owned();
    until("it has the keys of what it has", async || trio.run(away, &words(&["verify"])).0 == Some(0)).await;
    let (status, logs) = trio.hosts.remove(away).terminate();
    assert_eq!(status, Some(0), "{logs}");
    for args in [&["verify"][..], &["operator", "add", "ann@example.com"]] {
        let (status, _, stderr) = command(args, &dir).finish();
        assert_ne!(status, Some(0), "{args:?}");
        assert!(stderr.contains("copy of a shared journal"), "{args:?}: {stderr}");
    }
    // It goes on alone, and does not come back.
    let alone = Process::start(&dir);
    alone.person("bob").await;
    let (status, logs) = alone.terminate();
    assert_eq!(status, Some(0), "{logs}");
    assert!(logs.contains("goes on alone"), "{logs}");
    assert_eq!(command(&["verify"], &dir).finish().0, Some(0), "it belongs to no cluster any more");
    let (status, logs) = Process::spawn(serve(&trio.nats, away, &dir)).ended();
    assert_eq!(status, Some(1), "{logs}");
    assert!(logs.contains("without the other hosts"), "{logs}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
async fn a_backup_goes_on_as_a_voter_that_was_lost() {
    let nats = NatsServers::start(1, 1).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let (lost, backup) = (dir.path().join("lost"), dir.path().join("backup"));
    let run = |action: &str, dir: &Path, more: &[&str]| {
        let args = in_cluster(&nats, &[&[action, "--replicas", "1", "--cluster-test"][..], more].concat());
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let mut command = command(&args, dir);
        command.env("JWT_KEY", KEY);
        command.finish()
    };
    let start = |dir: &Path| {
        let mut host = serve(&nats, 0, dir);
        host.arg("--cluster-test");
        Process::spawn(host)
    };
    let (status, _, stderr) = run("init", &lost, &["--cluster-name", "host-0"]);
    assert_eq!(status, Some(0), "{stderr}");
    let host = start(&lost);
    until("it is ready", async || host.get("/readyz").send().await.unwrap().status() == 200).await;
    host.person("ann").await;
    let (status, _, stderr) = command(&["backup", backup.to_str().unwrap()], &lost).finish();
    assert_eq!(status, Some(0), "{stderr}");
    assert_eq!(host.terminate().0, Some(0));

    let noted = || std::fs::read_to_string(backup.join("host.id")).ok();
    for (more, words) in [
        (&[][..], "--as"),
        (&["--even-if-there"], "--as"),
        (&["--even-if-there", "--as", "host-1"], "host-1 is no voter"),
        (&["--as", "host-0"], "still there"),
    ] {
        let (status, _, stderr) = run("remake", &backup, more);
        assert_eq!(status, Some(1), "{more:?}");
        assert!(stderr.contains(words), "{more:?}: {stderr}");
        assert!(words == "still there" || stderr.contains(": host-0"), "it names the voters: {stderr}");
        assert_eq!(noted(), None, "{more:?}: the directory is nobody's still");
    }
    let (status, stdout, stderr) = run("remake", &backup, &["--even-if-there", "--as", "host-0"]);
    assert_eq!(status, Some(0), "{stderr}");
    assert!(stdout.contains("JOURNAL-2") && stdout.contains("directory of host-0"), "{stdout}");
    assert_eq!(noted(), Some(std::fs::read_to_string(lost.join("host.id")).unwrap()));
    let host = start(&backup);
    until("it writes", async || host.get("/readyz").send().await.unwrap().status() == 200).await;
    let body = json!({ "email": "ann@example.com", "password": PASSWORD });
    assert_eq!(host.post("/api/users/signin", &body).send().await.unwrap().status(), 200);
    host.person("bob").await;
    assert_eq!(host.terminate().0, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
async fn a_cluster_begins_with_a_copy_of_one_machines_directory() {
    let nats = NatsServers::start(1, 1).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let (old, new) = (dir.path().join("old"), dir.path().join("new"));
    let server = Process::start(&old);
    server.person("ann").await;
    let init = |args: &[&str]| {
        let more = servers(&nats);
        let args: Vec<&str> = args.iter().copied().chain(more.iter().map(String::as_str)).collect();
        let from = ["cluster", "init", "--replicas", "1", "--from", old.to_str().unwrap()];
        let mut init = command(&[&from[..], &args[..]].concat(), &new);
        init.env("JWT_KEY", KEY);
        init.finish()
    };
    let (status, _, stderr) = init(&["--cluster-test"]);
    assert_eq!(status, Some(1), "what it sells from now on would be missing");
    assert!(stderr.contains("stop it first"), "{stderr}");
    assert_eq!(server.terminate().0, Some(0));
    let (status, stdout, stderr) = init(&["--cluster-test"]);
    assert_eq!(status, Some(0), "{stderr}");
    assert!(stdout.contains("up to record 1") && stdout.contains("JOURNAL-1"), "{stdout}");
    let (status, _, stderr) = init(&["--cluster-test"]);
    assert_eq!(status, Some(1), "there is one already");
    assert!(stderr.contains("already"), "{stderr}");

    let mut start = serve(&nats, 0, &new);
    start.arg("--cluster-test");
    let host = Process::spawn(start);
    until("it is ready", async || host.get("/readyz").send().await.unwrap().status() == 200).await;
    let body = json!({ "email": "ann@example.com", "password": PASSWORD });
    assert_eq!(host.post("/api/users/signin", &body).send().await.unwrap().status(), 200);
    assert_eq!(host.terminate().0, Some(0));
    assert_eq!(command(&["verify"], &old).finish().0, Some(0), "it stays as it is");
}
