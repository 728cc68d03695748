//! Tests of the redb backend alone: damage, files, backup.

mod archive;
mod damage;
mod erasure;

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use redb::backends::InMemoryBackend;
use redb::{ReadableTableMetadata as _, StorageBackend};

use super::schema::{META, RECORDS, RESULTS, RESULTS_BY_TIME};
use super::*;
use crate::domain::VaultChange;
use crate::event::{DomainEvent, Hash};
use crate::journal::RESULT_KEPT_MS;
use crate::journal::conformance::{NOON, all, command, proposal};
use crate::journal::golden::samples;

/// Storage that outlives the databases opened on it.
#[derive(Debug)]
struct Shared(Arc<InMemoryBackend>);

impl StorageBackend for Shared {
    fn len(&self) -> Result<u64, std::io::Error> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), std::io::Error> {
        StorageBackend::read(&*self.0, offset, out)
    }

    fn set_len(&self, len: u64) -> Result<(), std::io::Error> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> Result<(), std::io::Error> {
        self.0.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), std::io::Error> {
        StorageBackend::write(&*self.0, offset, data)
    }
}

/// Returns an opener of a database in memory.
pub(crate) fn in_memory(storage: Arc<InMemoryBackend>) -> Opener {
    Box::new(move || builder(CACHE_BYTES).create_with_backend(Shared(storage.clone())))
}

fn content(storage: &InMemoryBackend) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(storage.len().unwrap()).unwrap()];
    StorageBackend::read(storage, 0, &mut bytes).unwrap();
    bytes
}

fn storage_of(content: &[u8]) -> Arc<InMemoryBackend> {
    let storage = InMemoryBackend::new();
    storage.set_len(u64::try_from(content.len()).unwrap()).unwrap();
    StorageBackend::write(&storage, 0, content).unwrap();
    Arc::new(storage)
}

pub(super) const START: Head = Head { seq: 0, hash: Hash::ZERO, at: Timestamp::from_millis(0) };

/// Returns a journal of rows 1–256, 257–300 and 301–303 with the given row altered; `None` removes it.
fn altered(row: u64, alter: impl FnOnce(&mut Vec<u8>) -> Option<u64>) -> RedbJournal {
    let journal = RedbJournal::open_with(in_memory(Arc::default())).unwrap();
    journal.append(vec![proposal(300)]).unwrap();
    journal.append(vec![proposal(3)]).unwrap();
    let txn = read(&journal.db).as_ref().unwrap().begin_write().unwrap();
    {
        let mut table = txn.open_table(RECORDS).unwrap();
        let mut bytes = table.remove(row).unwrap().unwrap().value().to_vec();
        if let Some(key) = alter(&mut bytes) {
            table.insert(key, bytes.as_slice()).unwrap();
        }
    }
    txn.commit().unwrap();
    journal
}

/// Returns the record at which a replay finds damage, after it has visited all records before it.
fn damage(journal: &RedbJournal) -> u64 {
    let mut visited = 0;
    let result = journal.replay(START, &mut |record| {
        visited = record.seq;
        Ok(())
    });
    let Err(JournalError::Damaged { seq, .. }) = result else { panic!("{result:?}") };
    assert_eq!(visited, seq - 1);
    seq
}

/// Returns the start of the frame at `place` in a row of equally long frames.
fn frame(row: &[u8], records: usize, place: usize) -> usize {
    1 + (row.len() - 1) / records * place
}

#[test]
fn an_altered_payload_is_found() {
    let journal = altered(257, |row| {
        let at = frame(row, 44, 10) + 60;
        row[at] ^= 1;
        Some(257)
    });
    assert_eq!(damage(&journal), 267);
    assert!(matches!(journal.read(260, 100), Err(JournalError::Damaged { seq: 267, .. })));
    assert_eq!(journal.read(260, 7).unwrap().len(), 7);
}

#[test]
fn an_altered_hash_is_found() {
    let journal = altered(1, |row| {
        let at = frame(row, 256, 99) + 4;
        row[at] ^= 1;
        Some(1)
    });
    assert_eq!(damage(&journal), 100);
}

#[test]
fn a_cut_row_is_found() {
    let journal = altered(257, |row| {
        row.truncate(frame(row, 44, 40) + 20);
        Some(257)
    });
    assert_eq!(damage(&journal), 297);
}

#[test]
fn a_row_that_lost_whole_records_is_found() {
    let journal = altered(257, |row| {
        row.truncate(frame(row, 44, 40));
        Some(257)
    });
    assert_eq!(damage(&journal), 297);
    assert!(matches!(journal.read(290, 100), Err(JournalError::Damaged { seq: 297, .. })));
}

#[test]
fn a_missing_row_is_found_wherever_it_was() {
    for row in [1, 257, 301] {
        assert_eq!(damage(&altered(row, |_| None)), row);
        let journal = altered(row, |_| None);
        assert!(matches!(journal.read(row, 100), Err(JournalError::Damaged { seq, .. }) if seq == row), "{row}");
    }
}

#[test]
fn a_row_in_another_place_is_found() {
    assert_eq!(damage(&altered(257, |_| Some(258))), 257);
    assert_eq!(damage(&altered(301, |_| Some(300))), 301);
}

#[test]
fn an_unknown_row_format_is_found() {
    let journal = altered(301, |row| {
        row[0] = 2;
        Some(301)
    });
    assert_eq!(damage(&journal), 301);
    assert!(matches!(journal.reopen(), Err(JournalError::Damaged { seq: 301, .. })));
    assert!(matches!(journal.append(vec![proposal(1)]), Err(JournalError::Storage(_))));
}

#[test]
fn a_replay_must_follow_the_record_that_it_names() {
    let journal = altered(1, |_| Some(1));
    for seq in [1, 100, 256, 257, 302, 303] {
        let after = Head { seq, hash: Hash::from_bytes([1; 32]), at: NOON };
        let result = journal.replay(after, &mut |_| Ok(()));
        let Err(JournalError::Damaged { seq: found, .. }) = result else { panic!("{result:?}") };
        assert!(found == seq || found == seq + 1, "{seq} {found}");
    }
}

#[test]
fn a_long_replay_is_in_order_and_finds_damage() {
    let journal = RedbJournal::open_with(in_memory(Arc::default())).unwrap();
    for _ in 0..6 {
        journal.append(vec![proposal(5_000)]).unwrap();
    }
    let records = all(&journal);
    assert!(records.iter().map(|record| record.seq).eq(1..=30_000));
    let middle = Head { seq: 15_100, hash: records[15_099].hash, at: NOON };
    let mut next = 15_101;
    journal
        .replay(middle, &mut |record| {
            assert_eq!(record.seq, next);
            next += 1;
            Ok(())
        })
        .unwrap();
    assert_eq!(next, 30_001);

    let txn = read(&journal.db).as_ref().unwrap().begin_write().unwrap();
    txn.open_table(RECORDS).unwrap().remove(20_001).unwrap().unwrap();
    txn.commit().unwrap();
    assert_eq!(damage(&journal), 20_001);
}

#[test]
fn a_journal_is_open_once() {
    let dir = tempfile::tempdir().unwrap();
    let journal = RedbJournal::open(dir.path()).unwrap();
    assert!(matches!(RedbJournal::open(dir.path()), Err(JournalError::InUse)));
    journal.reopen().unwrap();
    drop(journal);
    RedbJournal::open(dir.path()).unwrap();
}

#[test]
fn a_reader_under_way_does_not_keep_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let journal = RedbJournal::open(dir.path()).unwrap();
    journal.append(vec![proposal(3)]).unwrap();
    let txn = journal.begin_read().unwrap();
    journal.reopen().unwrap();
    let records = journal.archive.records(&txn, 1).and_then(|records| records.read(1, 10, 3));
    assert!(records.is_err_and(|err| is_closed(&err)));
    assert_eq!(journal.read(1, 10).unwrap().len(), 3);
}

#[test]
fn an_append_of_nothing_does_not_write() {
    let storage = Arc::new(InMemoryBackend::new());
    let journal = RedbJournal::open_with(in_memory(storage)).unwrap();
    // A second writer would wait for this one.
    let _writer = read(&journal.db).as_ref().unwrap().begin_write().unwrap();
    journal.append(vec![proposal(0)]).unwrap();
}

#[test]
fn a_file_that_is_not_a_database_is_damage() {
    let dir = tempfile::tempdir().unwrap();
    drop(RedbJournal::open(dir.path()).unwrap());
    let file = dir.path().join(DATABASE_FILE);
    let whole = fs::read(&file).unwrap();
    for bad in [vec![b'x'; 9000], whole[..whole.len() / 2].to_vec(), whole[..700].to_vec()] {
        fs::write(&file, bad).unwrap();
        let result = RedbJournal::open(dir.path());
        assert!(matches!(result, Err(JournalError::Damaged { .. })), "{result:?}");
    }
}

#[test]
fn flipped_bytes_in_the_file_never_give_other_records() {
    let storage = Arc::new(InMemoryBackend::new());
    let journal = RedbJournal::open_with(in_memory(storage.clone())).unwrap();
    journal.append(vec![proposal(300)]).unwrap();
    let records = all(&journal);
    drop(journal);
    let whole = content(&storage);
    let used: Vec<usize> = (0..whole.len()).filter(|at| whole[*at] != 0).collect();
    for at in used.iter().step_by(used.len() / 300) {
        let mut bad = whole.clone();
        bad[*at] ^= 0x41;
        let replayed = RedbJournal::open_with(in_memory(storage_of(&bad))).and_then(|journal| {
            let mut seen = Vec::new();
            journal.replay(START, &mut |record| {
                seen.push(record);
                Ok(())
            })?;
            Ok(seen)
        });
        match replayed {
            Ok(seen) => assert_eq!(seen, records[..seen.len()], "byte {at}"),
            Err(JournalError::Damaged { .. } | JournalError::NewerFormat { .. } | JournalError::Storage(_)) => {}
            Err(err) => panic!("byte {at}: {err}"),
        }
    }
}

#[test]
fn a_database_of_a_newer_format_is_refused() {
    let storage = Arc::new(InMemoryBackend::new());
    let journal = RedbJournal::open_with(in_memory(storage.clone())).unwrap();
    let txn = read(&journal.db).as_ref().unwrap().begin_write().unwrap();
    txn.open_table(META).unwrap().insert("format", 4_u32.to_le_bytes().as_slice()).unwrap();
    txn.commit().unwrap();
    assert!(matches!(journal.reopen(), Err(JournalError::NewerFormat { found: 4, known: 3 })));
}

#[test]
fn expired_results_leave_the_file_a_few_at_a_time() {
    let journal = RedbJournal::open_with(in_memory(Arc::default())).unwrap();
    let result = |at| Some(StoredResult { at, fingerprint: [0; 16], answer: vec![1] });
    let named = |name: u16, at| {
        let mut id = [0; 16];
        id[..2].copy_from_slice(&name.to_be_bytes());
        Proposal { command_id: CommandId::from_bytes(id), at, result: result(at), ..proposal(0) }
    };
    journal.append((0..500).map(|name| named(name, NOON)).collect()).unwrap();
    let left = || {
        let txn = journal.begin_read().unwrap();
        let by_time = txn.open_table(RESULTS_BY_TIME).unwrap();
        let results = txn.open_table(RESULTS).unwrap();
        assert_eq!(results.len().unwrap(), by_time.len().unwrap());
        results.len().unwrap()
    };
    let expired = Timestamp::from_millis(NOON.as_millis() + RESULT_KEPT_MS + 1);
    journal.append(vec![Proposal { at: expired, ..proposal(1) }]).unwrap();
    assert_eq!(left(), 500 - 64);
    journal.append((500..600).map(|name| named(name, expired)).collect()).unwrap();
    assert_eq!(left(), 436 - 200 + 100);
    journal.reopen().unwrap();
    for _ in 0..10 {
        journal.append(vec![Proposal { at: expired, ..proposal(1) }]).unwrap();
    }
    assert_eq!(left(), 100);
}

#[test]
fn no_row_spills_into_a_larger_page() {
    let mut sample = samples().into_iter().find(|record| record.event.name() == "ChargeFailed").unwrap();
    for len in 200..260 {
        let DomainEvent::ChargeFailed(event) = &mut sample.event else { unreachable!() };
        event.reason = "x".repeat(len).into();
        let events = (0..400).map(|_| (sample.event.clone(), 1)).collect();
        let journal = RedbJournal::open_with(in_memory(Arc::default())).unwrap();
        journal.append(vec![Proposal { events, ..proposal(0) }]).unwrap();
        let stats = journal.begin_read().unwrap().open_table(RECORDS).unwrap().stats().unwrap();
        // Two full rows and a partial one, which may waste up to half of its page.
        assert!(stats.fragmented_bytes() < 64 * 1024, "{len}: {stats:?}");
    }
}

#[test]
fn a_large_journal_needs_no_walk_after_a_crash() {
    for (quick_repair_from, walks) in [(0, false), (u64::MAX, true)] {
        let storage = Arc::new(InMemoryBackend::new());
        let mut journal = RedbJournal::open_with(in_memory(storage.clone())).unwrap();
        journal.sizes.quick_repair_from = quick_repair_from;
        journal.append(vec![proposal(300)]).unwrap();
        let crashed = storage_of(&content(&storage));
        let walked = Arc::new(AtomicBool::new(false));
        let noted = walked.clone();
        let opener = move || {
            let noted = noted.clone();
            let mut builder = builder(CACHE_BYTES);
            builder.set_repair_callback(move |_| noted.store(true, Ordering::Relaxed));
            builder.create_with_backend(Shared(crashed.clone()))
        };
        assert_eq!(all(&RedbJournal::open_with(Box::new(opener)).unwrap()), all(&journal));
        assert_eq!(walked.load(Ordering::Relaxed), walks);
    }
}

#[test]
fn a_backup_is_a_journal_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let journal = RedbJournal::open(&dir.path().join("live")).unwrap();
    let email: Email = "ann@example.com".parse().unwrap();
    let (key, user_id) = (journal.email_key(&email), UserId::from_bytes([1; 16]));
    let vault = VaultChange::Put { user_id, email: Some((key, email.clone())), password_hash: Some("phc".into()) };
    let answer = StoredResult { at: NOON, fingerprint: [3; 16], answer: vec![1, 2] };
    let signed_up = Proposal { vault: Some(vault), result: Some(answer.clone()), ..proposal(700) };
    journal.append(vec![signed_up, proposal(1)]).unwrap();

    let copy_dir = dir.path().join("copies/monday");
    let file = copy_dir.join(DATABASE_FILE);
    let mut told = Vec::new();
    let head = journal.backup(&file, &mut |done, total| told.push((done, total))).unwrap();
    assert_eq!(head, journal.head().unwrap());
    assert_eq!(told, [(256, 701), (512, 701), (701, 701)]);
    let mut files: Vec<_> = fs::read_dir(&copy_dir).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["FORMAT", DATABASE_FILE, key_file::KEYS_FILE]);

    let copy = RedbJournal::open(&copy_dir).unwrap();
    assert_eq!(all(&copy), all(&journal));
    assert_eq!(copy.email_key(&email), key);
    assert_eq!(copy.email_owner(key).unwrap(), Some(user_id));
    assert_eq!(copy.vault_row(user_id).unwrap(), journal.vault_row(user_id).unwrap());
    assert_eq!(copy.result(command(9), NOON).unwrap(), Some(answer));
    copy.append(vec![proposal(1)]).unwrap();
    assert_eq!(journal.head().unwrap(), head);
    assert!(matches!(journal.backup(&file, &mut |_, _| {}), Err(JournalError::Storage(_))));
}

#[test]
fn damage_is_not_copied() {
    let dir = tempfile::tempdir().unwrap();
    let journal = altered(257, |row| {
        row[50] ^= 1;
        Some(257)
    });
    let result = journal.backup(&dir.path().join("copy").join(DATABASE_FILE), &mut |_, _| {});
    assert!(matches!(result, Err(JournalError::Damaged { seq: 257, .. })), "{result:?}");
    assert_eq!(fs::read_dir(dir.path().join("copy")).unwrap().count(), 0);
}

/// A backend that keeps the content of the file at each of its flushes.
#[derive(Debug)]
struct Flushes(Shared, Arc<Mutex<Vec<Vec<u8>>>>);

impl StorageBackend for Flushes {
    fn len(&self) -> Result<u64, std::io::Error> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), std::io::Error> {
        self.0.read(offset, out)
    }

    fn set_len(&self, len: u64) -> Result<(), std::io::Error> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> Result<(), std::io::Error> {
        lock(&self.1).push(content(&self.0.0));
        self.0.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), std::io::Error> {
        self.0.write(offset, data)
    }
}

#[test]
fn compaction_keeps_all_and_a_crash_in_the_middle_does_too() {
    let storage = Arc::new(InMemoryBackend::new());
    let flushes = Arc::new(Mutex::new(Vec::new()));
    let (shared, noted) = (storage.clone(), flushes.clone());
    let opener = move || builder(CACHE_BYTES).create_with_backend(Flushes(Shared(shared.clone()), noted.clone()));
    let journal = RedbJournal::open_with(Box::new(opener)).unwrap();
    // Results expire after a day and leave unused space behind.
    let answer = vec![7; 20_000];
    let result = |at| Some(StoredResult { at, fingerprint: [0; 16], answer: answer.clone() });
    let named = |name, at| Proposal { command_id: command(name), at, result: result(at), ..proposal(3) };
    journal.append((0..250).map(|name| named(name, NOON)).collect()).unwrap();
    let expired = Timestamp::from_millis(NOON.as_millis() + RESULT_KEPT_MS + 1);
    for _ in 0..10 {
        journal.append(vec![Proposal { at: expired, ..proposal(40) }]).unwrap();
    }
    let (before, records) = (storage.len().unwrap(), all(&journal));

    let reader = journal.begin_read().unwrap();
    assert!(matches!(journal.compact(), Err(JournalError::Storage(_))), "somebody reads");
    drop(reader);
    lock(&flushes).clear();
    assert!(journal.compact().unwrap());
    let steps = std::mem::take(&mut *lock(&flushes));
    assert!(storage.len().unwrap() < before, "{} of {before}", storage.len().unwrap());
    assert_eq!(all(&journal), records);
    journal.append(vec![proposal(1)]).unwrap();

    assert!(steps.len() > 2, "{}", steps.len());
    for step in steps {
        let crashed = RedbJournal::open_with(in_memory(storage_of(&step))).unwrap();
        assert_eq!(all(&crashed), records);
        crashed.append(vec![proposal(1)]).unwrap();
    }
    journal.close();
    assert!(matches!(journal.compact(), Err(JournalError::Closed)));
}
