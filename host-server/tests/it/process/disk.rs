//! A disk that takes nothing more, under a running server.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};
use serde_json::json;

use crate::harness::{Finish, Process, command};

/// Adds the command of a server, with its environment, to a command that does something first.
fn after(shell: &mut Command, dir: &Path) {
    let server = command(&["serve", "--listen", "127.0.0.1:0", "--rate-limit", "off"], dir);
    shell.arg(server.get_program()).args(server.get_args());
    for (name, value) in server.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
}

/// Sets how long the server's files may get, in bytes; `None` is what is usual here.
fn limit_files(server: &Process, bytes: Option<u64>) {
    let id = Pid::from_raw(i32::try_from(server.id()).unwrap()).unwrap();
    let usual = getrlimit(Resource::Fsize);
    let limit = Rlimit { current: bytes.or(usual.current), maximum: usual.maximum };
    prlimit(Some(id), Resource::Fsize, limit).unwrap();
}

/// Returns the status and the code of `/readyz`.
async fn readiness(server: &Process) -> (u16, String) {
    let answer = server.get("/readyz").send().await.unwrap();
    let code = answer.headers().get("x-error-code").map_or("", |code| code.to_str().unwrap());
    (answer.status().as_u16(), code.to_owned())
}

/// Waits until the server is ready.
async fn ready_again(server: &Process) {
    for _ in 0..500 {
        if readiness(server).await.0 == 200 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let last = readiness(server).await;
    panic!("{last:?}");
}

fn unavailable() -> (u16, String) {
    (503, "journal.unavailable".to_owned())
}

#[tokio::test]
async fn a_server_whose_disk_takes_nothing_is_not_ready_until_it_does() {
    let dir = tempfile::tempdir().unwrap();
    // A write beyond the limit is then an error, as on a full disk, and not the end of the process.
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ && exec \"$0\" \"$@\""]);
    after(&mut shell, dir.path());
    let server = Process::spawn(shell);
    let token = server.person("ann").await;
    let list = async |title: &str| {
        let body = json!({ "title": title, "price": "20" });
        server.post("/api/tickets", &body).bearer_auth(&token).send().await.unwrap().status().as_u16()
    };
    assert_eq!((readiness(&server).await.0, list("Before").await), (200, 201));

    limit_files(&server, Some(0));
    assert_eq!(list("Lost").await, 503);
    assert_eq!(readiness(&server).await, unavailable());
    assert_eq!(list("Lost too").await, 503);
    assert_eq!(readiness(&server).await, unavailable());
    for path in ["/healthz", "/api/tickets"] {
        assert_eq!(server.get(path).send().await.unwrap().status(), 200, "{path}: what needs no disk goes on");
    }

    limit_files(&server, None);
    ready_again(&server).await;
    assert_eq!(list("After").await, 201);
    let listed = server.get("/api/tickets").send().await.unwrap().text().await.unwrap();
    assert!(listed.contains("Before") && listed.contains("After") && !listed.contains("Lost"), "{listed}");
    let (status, logs) = server.terminate();
    assert_eq!(status, Some(0), "{logs}");
    let (status, stdout, stderr) = command(&["verify"], dir.path()).finish();
    assert_eq!(status, Some(0), "{stdout}{stderr}");
}

/// Mounts an empty disk of 64 MB over the directory, which the following command alone sees.
fn on_a_small_disk(dir: &Path) -> Command {
    let mut unshare = Command::new("unshare");
    unshare.args(["--user", "--map-root-user", "--mount", "sh", "-c"]);
    unshare.arg("mount -t tmpfs -o size=64m,mode=700 small \"$0\" && exec \"$@\"").arg(dir);
    unshare
}

#[tokio::test]
async fn a_server_is_not_ready_while_its_disk_is_full() {
    let dir = tempfile::tempdir().unwrap();
    if !on_a_small_disk(dir.path()).arg("true").output().is_ok_and(|done| done.status.success()) {
        eprintln!("not tested: who runs the tests may mount no disk here");
        return;
    }
    let mut server = on_a_small_disk(dir.path());
    after(&mut server, dir.path());
    let server = Process::spawn(server);
    assert_eq!(readiness(&server).await.0, 200);

    let root = Path::new("/proc").join(server.id().to_string()).join("root");
    let path = root.join(dir.path().strip_prefix("/").unwrap()).join("filler");
    let mut filler = File::create(&path).unwrap();
    let portion = vec![0; 64 * 1024];
    while filler.write_all(&portion).is_ok() {}
    assert_eq!(readiness(&server).await, unavailable());
    assert_eq!(server.get("/healthz").send().await.unwrap().status(), 200);

    drop(filler);
    fs::remove_file(&path).unwrap();
    ready_again(&server).await;
    let token = server.person("ann").await;
    let body = json!({ "title": "After", "price": "20" });
    assert_eq!(server.post("/api/tickets", &body).bearer_auth(&token).send().await.unwrap().status(), 201);
    let (status, logs) = server.terminate();
    assert_eq!(status, Some(0), "{logs}");
}
