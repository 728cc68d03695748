//! Starts and commands that are refused.

use boxoffice::testing::NatsServers;

use super::{KEY, in_cluster, serve};
use crate::harness::{Finish, Process, command};

/// Runs the program in a directory of its own, and returns its exit status and its errors.
fn run(args: &[&str], key: Option<&str>) -> (Option<i32>, String) {
    let dir = tempfile::tempdir().unwrap();
    let mut command = command(args, &dir.path().join("data"));
    command.envs(key.map(|key| ("JWT_KEY", key)));
    let (status, _, stderr) = command.finish();
    (status, stderr)
}

#[test]
fn a_host_needs_the_key_that_all_share() {
    let serve = ["serve", "--listen", "127.0.0.1:0", "--cluster", "nats://127.0.0.1:1"];
    let init = ["cluster", "init", "--cluster", "nats://127.0.0.1:1"];
    for args in [&serve[..], &init] {
        let (status, stderr) = run(args, None);
        assert_eq!(status, Some(1), "{stderr}");
        assert!(stderr.contains("JWT_KEY must be set for a cluster"), "{stderr}");
    }
}

#[test]
fn options_that_make_no_sense_are_refused_by_name() {
    let listen = ["serve", "--listen", "127.0.0.1:0"];
    for (args, named) in [
        (&["--cluster", "127.0.0.1:4222"][..], "BOXOFFICE_CLUSTER"),
        (&["--cluster", "nats://shop:hidden@a:4222,hidden"], "BOXOFFICE_CLUSTER"),
        (&["--cluster", "nats://a:4222", "--cluster-monitoring", "a:8222"], "BOXOFFICE_CLUSTER_MONITORING"),
        (&["--cluster", "nats://a:4222", "--cluster-credentials", "/no/such.nk"], "BOXOFFICE_CLUSTER_CREDENTIALS"),
        (&["--cluster", "nats://a:4222", "--cluster-ca", "/no/such.pem"], "BOXOFFICE_CLUSTER_CA"),
    ] {
        let (status, stderr) = run(&[&listen[..], args].concat(), Some(KEY));
        assert_eq!(status, Some(1), "{args:?}: {stderr}");
        assert!(stderr.contains(named) && !stderr.contains("hidden"), "{args:?}: {stderr}");
    }
    for args in [
        &["--cluster", "nats://a:4222", "--cluster-name", "Box Office"][..],
        &["--cluster", "nats://a:4222", "--cluster-votes", "sometimes"],
        &["--cluster", "tls://a:4222", "--cluster-certificate", "host.pem"],
    ] {
        assert_eq!(run(&[&listen[..], args].concat(), Some(KEY)).0, Some(2), "{args:?}");
    }
}

#[test]
fn commands_that_need_a_server_say_so() {
    for args in [
        &["cluster", "join", "--within", "300ms"][..],
        &["cluster", "leave"],
        &["cluster", "leave", "boxoffice-2"],
        &["cluster", "take-over", "--alone"],
    ] {
        let (status, stderr) = run(args, Some(KEY));
        assert_eq!(status, Some(1), "{args:?}");
        assert!(stderr.contains("no server has") && stderr.contains("--cluster"), "{args:?}: {stderr}");
    }
    let (status, stderr) = run(&["cluster", "status"], Some(KEY));
    assert_eq!(status, Some(1));
    assert!(stderr.contains("BOXOFFICE_CLUSTER"), "{stderr}");
}

#[tokio::test]
async fn a_server_on_one_machine_is_no_host() {
    let dir = tempfile::tempdir().unwrap();
    let server = Process::start(dir.path());
    for args in [&["status"][..], &["join"], &["leave"], &["take-over", "--alone"]] {
        let (status, _, stderr) = command(&[&["cluster"], args].concat(), dir.path()).finish();
        assert_eq!(status, Some(1), "{args:?}");
        assert!(stderr.contains("no host of a cluster"), "{args:?}: {stderr}");
    }
    let init = ["cluster", "init", "--cluster", "nats://127.0.0.1:1"];
    let mut init = command(&init, dir.path());
    init.env("JWT_KEY", KEY);
    let (status, _, stderr) = init.finish();
    assert_eq!(status, Some(1), "its directory is open");
    assert!(stderr.contains("stop it first"), "{stderr}");
    assert_eq!(server.terminate().0, Some(0));
}

#[tokio::test]
async fn a_directory_that_is_no_copy_makes_no_stream_anew() {
    let dir = tempfile::tempdir().unwrap();
    let remake = |more: &[&str]| {
        let args = [&["cluster", "remake", "--cluster", "nats://127.0.0.1:1"][..], more].concat();
        command(&args, dir.path()).finish()
    };
    let check_refused = || {
        for more in [&[][..], &["--as", "boxoffice-0"]] {
            let (status, _, stderr) = remake(more);
            assert_eq!(status, Some(1), "{more:?}: {stderr}");
            assert!(stderr.contains("no copy of a cluster"), "{more:?}: before any server is asked: {stderr}");
        }
    };
    check_refused();
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    assert_eq!(Process::start(dir.path()).terminate().0, Some(0));
    check_refused();
    assert_eq!(remake(&["--as", "Box Office"]).0, Some(2));
}

#[tokio::test]
async fn a_box_office_is_not_replaced_by_a_copy_of_another() {
    let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for dir in [&old, &new] {
        assert_eq!(Process::start(dir.path()).terminate().0, Some(0));
    }
    let init = ["cluster", "init", "--cluster", "nats://127.0.0.1:1", "--from", old.path().to_str().unwrap()];
    let mut init = command(&init, new.path());
    init.env("JWT_KEY", KEY);
    let (status, _, stderr) = init.finish();
    assert_eq!(status, Some(1), "{stderr}");
    assert!(stderr.contains("without --from"), "before any server is asked: {stderr}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
async fn servers_that_may_lose_the_journal_are_refused_unless_it_is_a_test() {
    let nats = NatsServers::start(1, 1).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let init = |more: &[&str]| {
        let args = in_cluster(&nats, &[&["init", "--replicas", "1"], more].concat());
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let mut init = command(&args, dir.path());
        init.env("JWT_KEY", KEY);
        init.finish()
    };
    let (status, _, stderr) = init(&[]);
    assert_eq!(status, Some(1), "one replica");
    assert!(stderr.contains("replica") || stderr.contains("server"), "{stderr}");
    let (status, _, stderr) = init(&["--cluster-test"]);
    assert_eq!(status, Some(0), "{stderr}");
    let (status, logs) = Process::spawn(serve(&nats, 0, dir.path())).ended();
    assert_eq!(status, Some(1), "{logs}");
    assert!(logs.contains("1 replicas"), "{logs}");
}
