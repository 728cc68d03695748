//! Tests of damaged directories, and of copies during sales, with the real binary.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::harness::{Finish, Process, command};

/// Creates a directory with six records, whose server was stopped in an orderly way.
async fn stopped(data: &Path) {
    let server = Process::start(data);
    let token = server.person("ann").await;
    for at in 1..=5 {
        let body = json!({ "title": format!("Hamlet number {at}"), "price": at });
        assert_eq!(server.post("/api/tickets", &body).bearer_auth(&token).send().await.unwrap().status(), 201);
    }
    assert_eq!(server.terminate().0, Some(0));
}

/// Runs the recovery; returns its exit status, the numbers of the records, and the standard error.
fn recover(data: &Path) -> (Option<i32>, Vec<u64>, String) {
    let (status, stdout, stderr) = command(&["export", "--salvage"], data).finish();
    let seq = |line: &str| serde_json::from_str::<Value>(line).unwrap()["seq"].as_u64().unwrap();
    (status, stdout.lines().map(seq).collect(), stderr)
}

/// Alters every copy of these bytes in the journal's file.
fn alter(data: &Path, what: &[u8]) {
    let file = data.join("journal.redb");
    let mut bytes = fs::read(&file).unwrap();
    let places: Vec<_> = (0..bytes.len() - what.len()).filter(|at| bytes[*at..].starts_with(what)).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at] ^= 0x20;
    }
    fs::write(file, bytes).unwrap();
}

#[tokio::test]
async fn a_damaged_record_is_named_and_all_before_it_is_brought_out() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    stopped(&data).await;
    let (status, seqs, said) = recover(&data);
    assert_eq!((status, seqs), (Some(0), (1..=6).collect()), "{said}");
    assert!(said.contains("whole: 6 records"), "{said}");

    alter(&data, b"Hamlet number 3");
    let (status, stdout, stderr) = command(&["verify"], &data).finish();
    assert_eq!(status, Some(1), "{stdout}{stderr}");
    assert!(stdout.contains("record 4"), "{stdout}");
    let (status, seqs, said) = recover(&data);
    assert_eq!((status, seqs), (Some(1), vec![1, 2, 3]), "{said}");
    assert!(said.contains("stopped at record 4: "), "{said}");

    let before = fs::read(data.join("journal.redb")).unwrap();
    assert_eq!(command(&["export", "--salvage", "--after", "2"], &data).finish().1.lines().count(), 1);
    assert!(before == fs::read(data.join("journal.redb")).unwrap(), "nothing is changed");
}

#[tokio::test]
async fn a_file_without_its_header_or_its_end_still_gives_its_records() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    stopped(&data).await;
    let file = data.join("journal.redb");
    let whole = fs::read(&file).unwrap();
    let last = whole.windows(15).rposition(|bytes| bytes == b"Hamlet number 2").unwrap();
    let headless = [vec![0; 4096], whole[4096..].to_vec()].concat();
    for (what, bytes, saved) in
        [("headless", headless, 6), ("cut", whole[..last].to_vec(), 2), ("empty", Vec::new(), 0)]
    {
        fs::write(&file, bytes).unwrap();
        let (status, seqs, said) = recover(&data);
        assert!(seqs.len() >= saved && seqs.iter().copied().eq(1..=seqs.len() as u64), "{what}: {seqs:?}, {said}");
        assert_eq!(status, Some(1), "{what}: {said}");
        assert!(said.contains(&format!("stopped at record {}: ", seqs.len() + 1)), "{what}: {said}");
        let (status, stdout, _) = command(&["verify"], &data).finish();
        assert_eq!(status, Some(1), "{what}: {stdout}");
        assert!(stdout.contains("damaged"), "{what}: {stdout}");
    }
}

#[tokio::test]
async fn what_can_not_be_recovered_is_an_error_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let (status, seqs, said) = recover(dir.path());
    assert_eq!((status, seqs.len()), (Some(2), 0), "{said}");
    let data = dir.path().join("data");
    let server = Process::start(&data);
    let (status, _, said) = recover(&data);
    assert_eq!(status, Some(2));
    assert!(said.contains("stop it first"), "{said}");
    drop(server);
}

#[tokio::test]
async fn a_copy_made_under_load_has_all_that_was_answered_before() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let server = Arc::new(Process::start(&data));
    let token = server.person("ann").await;
    let answered = Arc::new(Mutex::new(BTreeSet::new()));
    let stop = Arc::new(AtomicBool::new(false));
    let mut sellers = JoinSet::new();
    for _ in 0..8 {
        let (server, token, answered, stop) = (server.clone(), token.clone(), answered.clone(), stop.clone());
        sellers.spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                let body = json!({ "title": "Hamlet", "price": 5 });
                let answer = server.post("/api/tickets", &body).bearer_auth(&token).send().await.unwrap();
                let ticket: Value = answer.json().await.unwrap();
                answered.lock().await.insert(ticket["id"].as_str().unwrap().to_owned());
            }
        });
    }
    for round in 0..3 {
        // Each copy contains new records.
        let enough = 50 * (round + 1);
        while answered.lock().await.len() < enough {
            tokio::task::yield_now().await;
        }
        let before = answered.lock().await.clone();
        let copy = dir.path().join(format!("copy{round}"));
        let (from, to) = (data.clone(), copy.clone());
        let backup = move || command(&["backup", to.to_str().unwrap()], &from).finish();
        let (status, _, stderr) = tokio::task::spawn_blocking(backup).await.unwrap();
        assert_eq!(status, Some(0), "{stderr}");
        let (status, stdout, stderr) = command(&["verify"], &copy).finish();
        assert_eq!(status, Some(0), "{stdout}{stderr}");
        let (_, export, _) = command(&["export"], &copy).finish();
        let missing: Vec<_> = before.iter().filter(|id| !export.contains(id.as_str())).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
    stop.store(true, Ordering::Relaxed);
    while sellers.join_next().await.transpose().unwrap().is_some() {}
}
