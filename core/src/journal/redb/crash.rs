//! What the journal holds after its storage has failed, at every single call that it makes.

use super::tests::START;
use super::*;
use crate::domain::VaultChange;
use crate::journal::StoredResult;
use crate::journal::conformance::{NOON, all, command, proposal};
use crate::testing::FaultyDisk;
use crate::types::UserId;

const KEY: [u8; 32] = [7; 32];
const BATCHES: u8 = 6;

/// A batch that writes to every table.
fn batch(number: u8) -> Vec<Proposal> {
    let user_id = UserId::from_bytes([number; 16]);
    let email: Email = format!("user{number}@example.com").parse().unwrap();
    let key = keyed_email(&KEY, &email);
    let result = StoredResult { at: NOON, fingerprint: [number; 16], answer: vec![number; 30] };
    let put = VaultChange::Put { user_id, email: Some((key, email)), password_hash: Some("phc".into()) };
    let first = Proposal { command_id: command(number), vault: Some(put), result: Some(result), ..proposal(2) };
    vec![first, proposal(usize::from(number) * 3)]
}

/// How many records there are after so many batches.
fn records_of(batches: u8) -> u64 {
    (1..=batches).map(|number| 2 + u64::from(number) * 3).sum()
}

/// Appends batches until one fails; answers with how many were acknowledged.
fn append_all(journal: &RedbJournal) -> u8 {
    (1..=BATCHES).take_while(|number| journal.append(batch(*number)).is_ok()).count().try_into().unwrap()
}

/// The journal holds whole batches, all that were acknowledged and at most one more, each with all that belongs to it.
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
    assert_eq!(journal.append(vec![proposal(1)]).unwrap().len(), 1, "{when}: it goes on");
}

/// A journal that is made and empty, on its disk.
fn made(seed: u64) -> (FaultyDisk, RedbJournal) {
    let disk = FaultyDisk::new(seed);
    let journal = RedbJournal::open_on(&disk, KEY).unwrap();
    (disk, journal)
}

/// How many writes and syncs it takes to append everything.
fn calls() -> u64 {
    let (disk, journal) = made(0);
    let before = disk.calls();
    assert_eq!(append_all(&journal), BATCHES);
    disk.calls() - before
}

#[test]
fn a_power_cut_at_any_call_loses_nothing_that_was_acknowledged() {
    for seed in 0..3 {
        for at in 0..calls() {
            let (disk, journal) = made(seed);
            disk.cut_power_after(at);
            let acknowledged = append_all(&journal);
            assert!(disk.is_dead(), "call {at}");
            let journal =
                RedbJournal::open_on(&disk, KEY).unwrap_or_else(|err| panic!("call {at}, seed {seed}: {err}"));
            check(&journal, acknowledged, &format!("call {at}, seed {seed}"));
        }
    }
}

#[test]
fn an_error_at_any_call_loses_nothing_that_was_acknowledged() {
    for at in 0..calls() {
        let (disk, journal) = made(at);
        disk.fail_after(at, 1);
        let acknowledged = append_all(&journal);
        disk.mend();
        if acknowledged < BATCHES {
            assert!(journal.append(batch(BATCHES)).is_err(), "call {at}: nothing is appended before it is reopened");
        }
        journal.reopen().unwrap();
        check(&journal, acknowledged, &format!("call {at}"));
    }
}

#[test]
fn a_full_disk_is_an_error_until_there_is_room() {
    let (disk, journal) = made(1);
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
    let (disk, journal) = made(1);
    append_all(&journal);
    let records = all(&journal);
    disk.fail_reads(true);
    // What redb has in memory needs no disk.
    if let Ok(read) = journal.read(1, 1000) {
        assert_eq!(read, records);
    }
    assert!(journal.reopen().is_err());
    assert!(journal.replay(START, &mut |_| Ok(())).is_err());
    assert_eq!(journal.head().unwrap().seq, records_of(BATCHES));
    disk.mend();
    journal.reopen().unwrap();
    check(&journal, BATCHES, "after reads failed");
}

#[test]
fn a_crash_while_the_file_is_made_leaves_none_or_a_whole_one() {
    let dir = tempfile::tempdir().unwrap();
    drop(RedbJournal::open(dir.path()).unwrap());
    let unfinished = format::unfinished(dir.path(), DATABASE_FILE);
    // As if the power had been cut before the file got its name.
    std::fs::remove_file(database_file(dir.path())).unwrap();
    std::fs::write(&unfinished, vec![0; 9000]).unwrap();
    let journal = RedbJournal::open(dir.path()).unwrap();
    assert_eq!(append_all(&journal), BATCHES);
    assert!(!unfinished.exists());
    // As if another process had been a moment quicker: its file stays.
    make(&database_file(dir.path())).unwrap();
    drop(journal);
    let journal = RedbJournal::open(dir.path()).unwrap();
    assert_eq!(journal.head().unwrap().seq, records_of(BATCHES));
    assert!(!unfinished.exists());
}
