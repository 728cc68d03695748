//! Content of the journal after its storage has failed, at every single storage call.

use std::sync::Arc;

use boxoffice_faulty_disk::FaultyDisk;

use super::tests::START;
use super::*;
use crate::domain::VaultChange;
use crate::journal::StoredResult;
use crate::journal::conformance::{NOON, all, command, proposal};
use crate::types::UserId;

const KEY: [u8; 32] = [7; 32];
const BATCHES: u8 = 6;

/// Returns a batch that writes to every table.
fn batch(number: u8) -> Vec<Proposal> {
    let user_id = UserId::from_bytes([number; 16]);
    let email: Email = format!("user{number}@example.com").parse().unwrap();
    let key = keyed_email(&KEY, &email);
    let result = StoredResult { at: NOON, fingerprint: [number; 16], answer: vec![number; 30] };
    let put = VaultChange::Put { user_id, email: Some((key, email)), password_hash: Some("phc".into()) };
    let first = Proposal { command_id: command(number), vault: Some(put), result: Some(result), ..proposal(2) };
    vec![first, proposal(usize::from(number) * 3)]
}

/// Returns the number of records after `batches` batches.
fn records_of(batches: u8) -> u64 {
    (1..=batches).map(|number| 2 + u64::from(number) * 3).sum()
}

/// Appends batches until one fails, and archives all it can between them. Returns the number of acknowledged batches.
fn append_all(journal: &RedbJournal) -> u8 {
    append_while(journal, |_| true)
}

/// Appends like [`append_all`], as long as `goes_on` returns `true` after a failure to archive.
fn append_while(journal: &RedbJournal, goes_on: impl Fn(JournalError) -> bool) -> u8 {
    let mut acknowledged = 0;
    for number in 1..=BATCHES {
        if journal.append(batch(number)).is_err() {
            break;
        }
        acknowledged = number;
        let failure = std::iter::repeat_with(|| journal.archive()).find(|more| !matches!(more, Ok(true)));
        if failure.and_then(Result::err).is_some_and(|error| !goes_on(error)) {
            break;
        }
    }
    acknowledged
}

/// Checks that the journal holds whole batches: all acknowledged ones and at most one more, each with all that belongs
/// to it.
#[track_caller]
fn check(journal: &RedbJournal, acknowledged: u8, when: &str) {
    let records = all(journal);
    let head = u64::try_from(records.len()).unwrap();
    let batches = (0..=BATCHES).find(|batches| records_of(*batches) == head);
    let batches = batches.unwrap_or_else(|| panic!("{when}: {head} records are not whole batches"));
    assert!((acknowledged..=acknowledged + 1).contains(&batches), "{when}: {batches} after {acknowledged}");
    for number in 1..=BATCHES {
        let there = number <= batches;
        let user = UserId::from_bytes([number; 16]);
        assert_eq!(journal.vault_row(user).unwrap().is_some(), there, "{when}: vault of {number}");
        assert_eq!(journal.result(command(number), NOON).unwrap().is_some(), there, "{when}: result of {number}");
    }
    check_records(journal, when);
    assert_eq!(journal.append(vec![proposal(1)]).unwrap().len(), 1, "{when}: it goes on");
}

/// Checks that every way of reading gives the same records.
#[track_caller]
fn check_records(journal: &RedbJournal, when: &str) {
    let records = all(journal);
    for from in [1, 2, journal.archive.end(), journal.archive.end() + 1, lock(&journal.writer).first] {
        let from = from.max(1);
        let there = records.get(usize::try_from(from - 1).unwrap()..).unwrap_or_default();
        assert_eq!(journal.read(from, usize::MAX).unwrap(), there, "{when}: from {from}");
        assert_eq!(journal.read(from, 1).unwrap(), there[..there.len().min(1)], "{when}: {from}");
    }
}

/// Disks of a journal's own file, of its archive, and of the vault's keys.
type Disks = [FaultyDisk; 3];

fn open(disks: &Disks) -> Result<RedbJournal, JournalError> {
    RedbJournal::open_on(disks.clone().map(|disk| Arc::new(disk) as _), KEY, Sizes { kept: 6, ..Sizes::smallest() })
}

/// Creates an empty journal, and returns it with its disks.
fn made(seed: u64) -> (Disks, RedbJournal) {
    let disks = [FaultyDisk::new(seed), FaultyDisk::new(!seed), FaultyDisk::new(seed ^ 0xff)];
    let journal = open(&disks).unwrap();
    (disks, journal)
}

/// Returns the number of writes and syncs that each disk sees until everything is appended.
fn calls() -> [u64; 3] {
    let (disks, journal) = made(0);
    let before = disks.each_ref().map(FaultyDisk::calls);
    assert_eq!(append_all(&journal), BATCHES);
    assert!(journal.archive.end() > records_of(3), "{:?}", journal.archive);
    assert!(lock(&journal.writer).first > 1, "something was removed");
    [0, 1, 2].map(|disk| disks[disk].calls() - before[disk])
}

/// Iterates over every call, with the disk that it belongs to.
fn every_call() -> impl Iterator<Item = (usize, u64)> {
    calls().into_iter().enumerate().flat_map(|(disk, calls)| (0..calls).map(move |at| (disk, at)))
}

#[test]
fn a_power_cut_at_any_call_loses_nothing_that_was_acknowledged() {
    for seed in 0..3 {
        for (disk, at) in every_call() {
            let what = format!("call {at} of disk {disk}, seed {seed}");
            let (disks, journal) = made(seed);
            disks[disk].cut_power_after(at);
            // Both disks are in one machine, which stops here.
            let acknowledged = append_while(&journal, |_| false);
            assert!(disk == 1 || disks[disk].is_dead(), "{what}");
            disks.iter().filter(|disk| !disk.is_dead()).for_each(FaultyDisk::cut_power);
            let journal = open(&disks).unwrap_or_else(|err| panic!("{what}: {err}"));
            check(&journal, acknowledged, &what);
        }
    }
}

#[test]
fn an_error_at_any_call_loses_nothing_that_was_acknowledged() {
    for (disk, at) in every_call() {
        let what = format!("call {at} of disk {disk}");
        let (disks, journal) = made(at);
        disks[disk].fail_after(at, 1);
        let acknowledged = append_all(&journal);
        disks[disk].mend();
        if acknowledged < BATCHES {
            assert_ne!(disk, 1, "{what}: the archive's troubles are none of those who append");
            assert!(journal.append(batch(BATCHES)).is_err(), "{what}: nothing is appended before it is reopened");
        }
        journal.reopen().unwrap();
        check(&journal, acknowledged, &what);
        while journal.archive().unwrap() {}
        let left = journal.head().unwrap().seq - journal.archive.end();
        assert!(left <= 6 + 20, "{what}: all but the last {left} are archived, by whole rows");
        check_records(&journal, &what);
    }
}

#[test]
fn a_full_disk_is_an_error_until_there_is_room() {
    let ([disk, ..], journal) = made(1);
    journal.append(batch(1)).unwrap();
    disk.set_capacity(Some(disk.len()));
    let full = std::iter::repeat_with(|| journal.append(vec![proposal(5_000)])).take(100).find_map(Result::err);
    assert!(matches!(full, Some(JournalError::Storage(_))), "{full:?}");
    assert!(matches!(journal.append(batch(2)), Err(JournalError::Storage(_))));
    disk.mend();
    journal.reopen().unwrap();
    let head = journal.head().unwrap().seq;
    assert!(head == records_of(1) || (head - records_of(1)).is_multiple_of(5_000), "{head}");
    journal.append(batch(2)).unwrap();
    assert_eq!(u64::try_from(all(&journal).len()).unwrap(), head + 8);
}

#[test]
fn reads_that_fail_are_errors_and_never_other_records() {
    let (disks, journal) = made(1);
    append_all(&journal);
    let records = all(&journal);
    for disk in &disks {
        disk.fail_reads(true);
    }
    // Data in redb's cache needs no disk.
    if let Ok(read) = journal.read(1, 1000) {
        assert_eq!(read, records);
    }
    assert!(journal.reopen().is_err());
    assert!(journal.replay(START, &mut |_| Ok(())).is_err());
    assert_eq!(journal.head().unwrap().seq, records_of(BATCHES));
    disks.iter().for_each(FaultyDisk::mend);
    journal.reopen().unwrap();
    check(&journal, BATCHES, "after reads failed");
}

#[test]
fn an_archive_that_could_not_be_opened_anew_is_opened_by_the_next_reader() {
    let (disks, journal) = made(1);
    append_all(&journal);
    let records = all(&journal);
    journal.append(vec![proposal(30)]).unwrap();
    disks[1].fail_after(0, u64::MAX);
    assert!(journal.archive().is_err());
    assert!(journal.archive().is_err(), "it stays closed");
    assert!(journal.read(1, 10).is_err());
    assert_eq!(journal.append(vec![proposal(1)]).unwrap().len(), 1, "appends need it not");
    disks[1].mend();
    assert_eq!(journal.read(1, records.len()).unwrap(), records);
    assert!(journal.archive().unwrap());
    check_records(&journal, "after all");
}

#[test]
fn a_crash_while_the_file_is_made_leaves_none_or_a_whole_one() {
    let dir = tempfile::tempdir().unwrap();
    drop(RedbJournal::open(dir.path()).unwrap());
    let unfinished = dir.path().join(format!("{DATABASE_FILE}.new-{}", std::process::id()));
    // As if the power was cut before the file got its name.
    std::fs::remove_file(database_file(dir.path())).unwrap();
    std::fs::write(&unfinished, vec![0; 9000]).unwrap();
    let journal = RedbJournal::open(dir.path()).unwrap();
    assert_eq!(append_all(&journal), BATCHES);
    assert!(!unfinished.exists());
    // As if another process was a moment faster: its file stays.
    format::make(&database_file(dir.path()), &|file| std::fs::write(file, "another one").map_err(format::storage))
        .unwrap();
    drop(journal);
    let journal = RedbJournal::open(dir.path()).unwrap();
    assert_eq!(journal.head().unwrap().seq, records_of(BATCHES));
    assert!(!unfinished.exists());
}
