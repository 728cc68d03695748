//! Tests of a host's copy: a writer's, followers', and either after a crash.

mod crash;
mod keys;
mod newer;

use std::fmt::Debug;

use boxoffice_faulty_disk::FaultyDisk;
use redb::{ReadTransaction, TableDefinition};

use super::*;
use crate::event::Hash;
use crate::journal::conformance::{NOON, all, command, proposal};
use crate::journal::redb::Sizes;
use crate::journal::redb::schema::{EMAILS, RECORDS, RESULTS, RESULTS_BY_TIME};
use crate::journal::{Journal as _, RESULT_KEPT_MS, StoredResult};
use crate::types::{Email, HostId};

/// Key of email hashes, and seed of all keys.
const KEY: [u8; 32] = [7; 32];

/// Identity of the shared journal.
const JOURNAL: Hash = Hash::from_bytes([9; 32]);

/// Disks of a journal's own file, of its archive, and of the vault's keys.
type Disks = [FaultyDisk; 3];

fn disks(seed: u64) -> Disks {
    [FaultyDisk::new(seed), FaultyDisk::new(!seed), FaultyDisk::new(seed ^ 0xff)]
}

fn open_sized(disks: &Disks, sizes: Sizes) -> Result<RedbJournal, JournalError> {
    RedbJournal::open_on(disks.clone().map(|disk| Arc::new(disk) as _), KEY, sizes)
}

fn open(disks: &Disks) -> Result<RedbJournal, JournalError> {
    open_sized(disks, Sizes::default())
}

/// Returns a new copy.
fn copy() -> RedbJournal {
    let journal = open(&disks(1)).unwrap();
    journal.set_position(&position(0)).unwrap();
    journal
}

/// Returns the position after so many messages.
fn position(messages: u8) -> Position {
    Position {
        journal: JOURNAL,
        generation: 2,
        seq: u64::from(messages) + 5,
        n: u64::from(messages) + 100,
        head: Hash::from_bytes([messages; 32]),
        epoch: 3,
        writer: HostId::from_bytes([4; 16]),
    }
}

fn user(number: u8) -> UserId {
    UserId::from_bytes([number; 16])
}

fn email(number: u8) -> Email {
    format!("user{number}@example.com").parse().unwrap()
}

/// Returns the proposal that gives a user this email.
fn put(number: u8, address: u8) -> Proposal {
    let key = crate::journal::keyed_email(&KEY, &email(address));
    let change = VaultChange::Put {
        user_id: user(number),
        email: Some((key, email(address))),
        password_hash: Some(format!("phc {number}")),
    };
    Proposal { vault: Some(change), ..proposal(2) }
}

fn erase(number: u8) -> Proposal {
    Proposal { vault: Some(VaultChange::Erase { user_id: user(number) }), ..proposal(1) }
}

/// Returns the proposal of a command with a result and this many events.
fn named(name: u8, events: usize, at: Timestamp) -> Proposal {
    let result = StoredResult { at, fingerprint: [name; 16], answer: vec![name; 40] };
    Proposal { command_id: command(name), at, result: Some(result), ..proposal(events) }
}

/// Returns batches that change everything that a batch can change.
fn batches() -> Vec<Vec<Proposal>> {
    let expired = Timestamp::from_millis(NOON.as_millis() + RESULT_KEPT_MS + 1);
    let password = VaultChange::Put { user_id: user(2), email: None, password_hash: Some("other".into()) };
    vec![
        vec![put(1, 1), named(1, 2, NOON), proposal(0)],
        vec![put(2, 2), proposal(300)],
        // The first user gives up an email, and the second takes it.
        vec![put(1, 3), put(2, 1)],
        vec![named(2, 0, NOON), named(1, 0, NOON)],
        vec![erase(1), named(3, 1, NOON)],
        vec![put(3, 3), erase(3), put(4, 4), Proposal { vault: Some(password), ..proposal(0) }],
        vec![named(4, 3, expired)],
        vec![Proposal { at: expired, ..put(5, 5) }, Proposal { at: expired, ..proposal(1) }],
    ]
}

fn rows<K: redb::Key + 'static, V: redb::Value + 'static>(
    txn: &ReadTransaction,
    table: TableDefinition<'static, K, V>,
) -> Vec<String> {
    let table = txn.open_table(table).unwrap();
    let show = |key: &dyn Debug, value: &dyn Debug| format!("{key:?}: {value:?}");
    let entries = table.range::<K::SelfType<'_>>(..).unwrap().map(Result::unwrap);
    entries.map(|(key, value)| show(&key.value(), &value.value())).collect()
}

/// Returns the rows of all tables that are the same on all hosts.
fn dump(journal: &RedbJournal) -> [Vec<String>; 5] {
    let txn = journal.begin_read().unwrap();
    [rows(&txn, RECORDS), rows(&txn, VAULT), rows(&txn, EMAILS), rows(&txn, RESULTS), rows(&txn, RESULTS_BY_TIME)]
}

#[track_caller]
fn check_equal(one: &RedbJournal, other: &RedbJournal, what: &str) {
    assert!(dump(one) == dump(other), "{what}: {:#?} {:#?}", dump(one), dump(other));
    assert_eq!(one.head().unwrap(), other.head().unwrap(), "{what}");
    assert_eq!(all(one), all(other), "{what}");
    for number in 1..=5 {
        assert_eq!(one.vault_row(user(number)).unwrap(), other.vault_row(user(number)).unwrap(), "{what}: {number}");
        let key = one.email_key(&email(number));
        assert_eq!(one.email_owner(key).unwrap(), other.email_owner(key).unwrap(), "{what}: {number}");
        let at = one.head().unwrap().at;
        assert_eq!(one.result(command(number), at).unwrap(), other.result(command(number), at).unwrap(), "{what}");
    }
    assert_eq!(one.erased_elsewhere(), other.erased_elsewhere(), "{what}");
    for journal in [one, other] {
        let mut wrong = Vec::new();
        journal.check_beside(&mut |sentence| wrong.push(sentence)).unwrap();
        assert_eq!(wrong, Vec::<String>::new(), "{what}");
    }
}

fn records(outcomes: &[Outcome]) -> Vec<Vec<Arc<Record>>> {
    let records = |outcome: &Outcome| match outcome {
        Outcome::Committed(records) => records.to_vec(),
        Outcome::Conflict => panic!("one writer has no conflicts"),
    };
    outcomes.iter().map(records).collect()
}

/// What a writer tells of a batch: the position after it, its body, and the keys of new users.
type Told = (Position, Arc<[u8]>, Vec<(UserId, Key)>);

/// Appends a batch to the copy of a writer, as message number `number`.
fn append(writer: &RedbJournal, number: u8, proposals: Vec<Proposal>) -> Told {
    let begun = writer.begin(proposals).unwrap();
    let told = (position(number), Arc::clone(begun.body()), writer.keys_of(begun.keyed()));
    writer.settle(begun, Some(position(number))).unwrap();
    told
}

fn follow_one(follower: &RedbJournal, (position, body, keys): &Told) -> Result<Vec<Arc<Record>>, JournalError> {
    assert!(follower.take_keys(keys)?, "nobody else gives keys");
    follower.apply(position, body)
}

#[test]
fn a_settled_batch_is_what_an_append_writes_and_a_follower_has_it_byte_for_byte() {
    let (plain, writer, follower) = (open(&disks(1)).unwrap(), copy(), copy());
    for (number, batch) in (1..).zip(batches()) {
        let what = format!("batch {number}");
        let appended = plain.append(batch.clone()).unwrap();
        let begun = writer.begin(batch).unwrap();
        let told = (position(number), Arc::clone(begun.body()), writer.keys_of(begun.keyed()));
        let settled = writer.settle(begun, Some(position(number))).unwrap();
        assert_eq!(records(&settled), records(&appended), "{what}");
        check_equal(&plain, &writer, &what);

        let brought = follow_one(&follower, &told).unwrap();
        assert_eq!(brought, records(&appended).concat(), "{what}");
        check_equal(&writer, &follower, &what);
        for journal in [&writer, &follower] {
            assert_eq!(journal.position().unwrap(), Some(position(number)), "{what}");
            assert_eq!(journal.keys.as_ref().unwrap().all(), plain.keys.as_ref().unwrap().all(), "{what}");
        }
    }
    assert_eq!(plain.erased_elsewhere(), [user(1), user(3)]);
    assert!(plain.vault_row(user(2)).unwrap().is_some_and(|row| row.password_hash == "other"));
}

#[test]
fn a_batch_is_seen_by_nobody_before_it_is_settled() {
    let writer = copy();
    append(&writer, 1, vec![put(1, 1), proposal(3)]);
    let (before, head) = (dump(&writer), writer.head().unwrap());
    let begun = writer.begin(batches().swap_remove(2)).unwrap();
    assert!(!begun.body().is_empty());
    assert_eq!((dump(&writer), writer.head().unwrap()), (before.clone(), head));
    assert!(writer.settle(begun, None).unwrap().is_empty());
    assert_eq!((dump(&writer), writer.head().unwrap()), (before.clone(), head), "an aborted one leaves nothing");
    assert_eq!(writer.position().unwrap(), Some(position(1)));

    // One that is dropped is aborted as well.
    drop(writer.begin(batches().swap_remove(2)).unwrap());
    assert_eq!((dump(&writer), writer.head().unwrap()), (before, head));

    let plain = open(&disks(1)).unwrap();
    plain.append(vec![put(1, 1), proposal(3)]).unwrap();
    plain.append(batches().swap_remove(2)).unwrap();
    append(&writer, 2, batches().swap_remove(2));
    check_equal(&plain, &writer, "after both");
}

#[test]
fn nothing_else_writes_while_a_batch_is_begun() {
    let writer = copy();
    let begun = writer.begin(vec![proposal(1)]).unwrap();
    assert!(matches!(writer.begin(vec![proposal(1)]), Err(JournalError::Storage(_))));
    assert!(matches!(writer.append(vec![proposal(1)]), Err(JournalError::Storage(_))));
    assert!(matches!(writer.compact(), Err(JournalError::Storage(_))));
    assert!(matches!(writer.reopen(), Err(JournalError::Storage(_))));
    assert!(matches!(writer.set_position(&position(1)), Err(JournalError::Storage(_))));
    let other = append(&copy(), 1, vec![proposal(2)]);
    assert!(matches!(writer.apply(&other.0, &other.1), Err(JournalError::Storage(_))));
    // What has no rows may come, such as the claim of the next writer.
    assert!(writer.apply(&position(1), &[]).unwrap().is_empty());
    writer.settle(begun, None).unwrap();
    assert_eq!(follow_one(&writer, &append(&copy(), 2, vec![proposal(2)])).unwrap().len(), 2);
    writer.compact().unwrap();
    writer.reopen().unwrap();
    assert_eq!((writer.head().unwrap().seq, writer.position().unwrap()), (2, Some(position(2))));
}

#[test]
fn a_batch_of_nothing_is_a_tick_and_writes_nothing() {
    let disks = disks(1);
    let writer = open(&disks).unwrap();
    writer.set_position(&position(0)).unwrap();
    let calls = disks[0].calls();
    for (number, proposals) in [(1, vec![]), (2, vec![proposal(0), proposal(0)])] {
        let outcomes = proposals.len();
        let begun = writer.begin(proposals).unwrap();
        assert!(begun.body().is_empty() && begun.keyed().is_empty());
        assert_eq!(writer.settle(begun, Some(position(number))).unwrap().len(), outcomes);
        assert_eq!(writer.position().unwrap(), Some(position(number)));
    }
    let late = writer.begin(vec![]).unwrap();
    assert!(writer.apply(&position(4), &[]).unwrap().is_empty());
    writer.settle(late, Some(position(3))).unwrap();
    assert_eq!(writer.position().unwrap(), Some(position(4)), "it never goes back");
    assert_eq!(disks[0].calls(), calls);
}

#[test]
fn what_does_not_continue_the_copy_is_refused_and_changes_nothing() {
    let (writer, follower, other) = (copy(), copy(), copy());
    let told: Vec<Told> = (1..).zip(batches()).map(|(number, batch)| append(&writer, number, batch)).collect();
    let fork = append(&other, 1, vec![proposal(9)]);
    follow_one(&follower, &told[0]).unwrap();
    let before = dump(&follower);
    let refuse = |position: Position, body: &[u8], what: &str| {
        let refused = follower.apply(&position, body);
        assert!(matches!(refused, Err(JournalError::Damaged { .. })), "{what}: {refused:?}");
        assert_eq!(dump(&follower), before, "{what}");
    };
    refuse(position(1), &told[0].1, "the same message");
    refuse(position(0), &[], "an earlier position");
    refuse(position(2), &told[0].1, "the same rows");
    refuse(position(2), &told[2].1, "a batch is missing");
    refuse(position(2), &fork.1, "the rows of another journal");
    refuse(Position { journal: Hash::ZERO, ..position(2) }, &told[1].1, "the message of another journal");
    refuse(position(2), b"\x02rows", "another form");
    follow_one(&follower, &told[1]).unwrap();
    // The end of the other journal is as long, and another.
    let longer = append(&other, 2, vec![proposal(1)]);
    let (short, follower) = (append(&copy(), 1, vec![proposal(8), proposal(1)]), copy());
    follow_one(&follower, &short).unwrap();
    let forked = follower.apply(&position(2), &longer.1);
    assert!(matches!(forked, Err(JournalError::Damaged { seq: 10, .. })), "{forked:?}");
}

#[test]
fn hostile_bodies_are_damage_and_change_nothing() {
    let writer = copy();
    let first = append(&writer, 1, vec![put(1, 1)]);
    let (position, body, keys) = append(&writer, 2, vec![put(1, 2), named(1, 2, NOON), erase(7)]);
    let anew = || {
        let follower = copy();
        follow_one(&follower, &first).unwrap();
        follower
    };
    let mut follower = anew();
    let before = dump(&follower);
    let mut refused = 0;
    for at in 0..body.len() {
        let mut bad = body.to_vec();
        bad[at] ^= 1 << (at % 8);
        match follower.apply(&position, &bad) {
            Err(JournalError::Damaged { .. }) => {
                assert_eq!(dump(&follower), before, "byte {at}");
                refused += 1;
            }
            // What the hash of the message covers alone: times, owners, answers.
            Ok(records) => {
                assert_eq!(records, all(&writer)[2..].iter().cloned().map(Arc::new).collect::<Vec<_>>(), "byte {at}");
                follower = anew();
            }
            Err(error) => panic!("byte {at}: {error}"),
        }
    }
    assert!(refused > body.len() / 2, "{refused} of {}", body.len());
    follow_one(&follower, &(position, body, keys)).unwrap();
    check_equal(&writer, &follower, "after all");
}

#[test]
fn a_position_is_durable_and_names_the_history() {
    let disks = disks(1);
    let journal = open(&disks).unwrap();
    let own = journal.history().unwrap();
    journal.append(vec![proposal(3)]).unwrap();
    assert_eq!(journal.position().unwrap(), None);
    journal.set_position(&position(1)).unwrap();
    let shared = journal.history().unwrap();
    assert_eq!((shared.id, shared.common), (JOURNAL, Some(3)));
    disks.iter().for_each(FaultyDisk::cut_power);

    let journal = open(&disks).unwrap();
    assert_eq!((journal.position().unwrap(), journal.history().unwrap()), (Some(position(1)), shared));
    let generation = Position { generation: 3, seq: 1, ..position(2) };
    journal.set_position(&generation).unwrap();
    assert_eq!((journal.position().unwrap(), journal.history().unwrap()), (Some(generation), shared));
    journal.set_position(&Position { journal: own.id, ..position(3) }).unwrap();
    assert_eq!(journal.history().unwrap().id, own.id);
}

#[test]
fn a_copy_that_went_on_alone_is_noticed() {
    let disks = disks(1);
    let journal = open(&disks).unwrap();
    journal.set_position(&position(0)).unwrap();
    append(&journal, 1, vec![proposal(2)]);
    journal.close();
    // As an earlier version does, which knows no positions.
    let alone = open(&disks).unwrap();
    alone.append(vec![proposal(1)]).unwrap();
    alone.close();
    let journal = open(&disks).unwrap();
    for _ in 0..2 {
        let noticed = journal.position();
        assert!(matches!(noticed, Err(JournalError::Damaged { seq: 3, .. })), "{noticed:?}");
        assert!(journal.apply(&position(2), &[]).is_err());
    }
    // The operator makes it the one that all others are copied from.
    journal.set_position(&position(5)).unwrap();
    assert_eq!(journal.position().unwrap(), Some(position(5)));
    append(&journal, 6, vec![proposal(1)]);
    assert_eq!(all(&journal).len(), 4);
}

#[test]
fn a_backup_is_a_copy_that_catches_up() {
    let dir = tempfile::tempdir().unwrap();
    let writer = RedbJournal::open(&dir.path().join("live")).unwrap();
    writer.set_position(&position(0)).unwrap();
    let with_its_key = |proposal: &mut Proposal| {
        if let Some(VaultChange::Put { email: Some((key, email)), .. }) = &mut proposal.vault {
            *key = writer.email_key(email);
        }
    };
    let file = dir.path().join("copy/journal.redb");
    let mut told = Vec::new();
    for (number, mut batch) in (1..).zip(batches()) {
        batch.iter_mut().for_each(with_its_key);
        told.push(append(&writer, number, batch));
        if number == 3 {
            writer.backup(&file, &mut |_, _| {}).unwrap();
        }
    }
    let copy = RedbJournal::open(&dir.path().join("copy")).unwrap();
    assert_ne!(copy.history().unwrap().id, JOURNAL, "alone, it is another history");
    assert_eq!(copy.position().unwrap(), Some(position(3)));
    copy.set_position(&position(3)).unwrap();
    assert_eq!(copy.history().unwrap().id, JOURNAL);
    assert!(copy.missing_keys().unwrap().is_empty());
    for told in &told[3..] {
        follow_one(&copy, told).unwrap();
    }
    check_equal(&writer, &copy, "at the end");
    assert!(copy.missing_keys().unwrap().is_empty());
}
