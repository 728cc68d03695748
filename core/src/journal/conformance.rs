//! Contract that every journal must satisfy. Each test runs on each backend; a new backend adds one line at the end.

use std::any::Any;
use std::sync::Arc;

use boxoffice_faulty_disk::FaultyDisk;
use smallvec::{SmallVec, smallvec};

use super::memory::MemoryJournal;
use super::redb::{RedbJournal, tests};
use super::*;
use crate::disk::Disk;
use crate::event::TicketWithdrawn;
use crate::types::TicketId;

/// A journal with the resources that must outlive it.
pub(crate) struct Subject {
    pub(crate) journal: Box<dyn Journal>,
    pub(crate) _keep: Box<dyn Any>,
}

/// Start time of the tests.
pub(crate) const NOON: Timestamp = Timestamp::from_millis(1_800_000_000_000);

const ANN: UserId = UserId::from_bytes([1; 16]);
const BOB: UserId = UserId::from_bytes([2; 16]);

pub(crate) fn command(name: u8) -> CommandId {
    CommandId::from_bytes([name; 16])
}

/// Creates a proposal with `events` events.
pub(crate) fn proposal(events: usize) -> Proposal {
    let event = |at: usize| {
        let id = u128::try_from(at).unwrap().to_be_bytes();
        (DomainEvent::TicketWithdrawn(TicketWithdrawn { ticket_id: TicketId::from_bytes(id) }), 1)
    };
    Proposal {
        command_id: command(9),
        actor: Actor::System,
        at: NOON,
        reads: StreamVersions::new(),
        events: (0..events).map(event).collect(),
        vault: None,
        result: None,
    }
}

fn put(user_id: UserId, email: Option<(EmailKey, Email)>, password_hash: Option<&str>) -> Proposal {
    let password_hash = password_hash.map(str::to_owned);
    Proposal { vault: Some(VaultChange::Put { user_id, email, password_hash }), ..proposal(1) }
}

fn named(name: u8, at: Timestamp) -> (Proposal, StoredResult) {
    let result = StoredResult { at, fingerprint: [name; 16], answer: vec![name; 40] };
    (Proposal { command_id: command(name), at, result: Some(result.clone()), ..proposal(0) }, result)
}

fn keyed(journal: &dyn Journal, text: &str) -> (EmailKey, Email) {
    let email: Email = text.parse().unwrap();
    (journal.email_key(&email), email)
}

fn email_of(journal: &dyn Journal, user: UserId) -> Option<String> {
    journal.vault_row(user).unwrap().map(|row| row.email)
}

fn later(ms: u64) -> Timestamp {
    Timestamp::from_millis(NOON.as_millis() + ms)
}

/// Returns all records by replay, which checks the chain.
pub(crate) fn all(journal: &dyn Journal) -> Vec<Record> {
    let mut records = Vec::new();
    let start = Head { seq: 0, hash: Hash::ZERO, at: Timestamp::default() };
    let head = journal.replay(start, &mut |record| {
        records.push(record);
        Ok(())
    });
    assert_eq!(head.unwrap(), journal.head().unwrap());
    records
}

pub(crate) fn numbers_have_no_gap(subject: &Subject) {
    let journal = &*subject.journal;
    let mut answered: Vec<Record> = Vec::new();
    for sizes in [&[1, 2][..], &[3], &[0, 1, 0]] {
        for outcome in journal.append(sizes.iter().map(|events| proposal(*events)).collect()).unwrap() {
            let Outcome::Committed(records) = outcome else { panic!("no rival, no conflict") };
            answered.extend(records.iter().map(|record| (**record).clone()));
        }
    }
    assert_eq!(answered.iter().map(|record| record.seq).collect::<Vec<_>>(), (1..=7).collect::<Vec<_>>());
    assert_eq!(journal.read(1, 100).unwrap(), answered);
    assert_eq!(all(journal), answered);
}

pub(crate) fn hashes_chain(subject: &Subject) {
    let journal = &*subject.journal;
    journal.append(vec![proposal(2), proposal(1)]).unwrap();
    let mut prev = Hash::ZERO;
    for record in all(journal) {
        let mut bytes = prev.as_bytes().to_vec();
        codec::encode(&mut bytes, &Record { hash: Hash::ZERO, ..record.clone() }).unwrap();
        assert_eq!(record.hash.as_bytes(), blake3::hash(&bytes).as_bytes());
        prev = record.hash;
    }
    assert_eq!(journal.head().unwrap(), Head { seq: 3, hash: prev, at: NOON });
}

pub(crate) fn an_append_of_nothing_changes_nothing(subject: &Subject) {
    let journal = &*subject.journal;
    let before = journal.head().unwrap();
    assert_eq!(before, Head { seq: 0, hash: Hash::ZERO, at: Timestamp::default() });
    assert!(journal.append(Vec::new()).unwrap().is_empty());
    let outcomes = journal.append(vec![proposal(0), proposal(0)]).unwrap();
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Committed(records) if records.is_empty())));
    assert_eq!(outcomes.len(), 2);
    assert_eq!(journal.head().unwrap(), before);
    assert!(all(journal).is_empty());
}

pub(crate) fn reads_stay_in_their_range(subject: &Subject) {
    let journal = &*subject.journal;
    journal.append(vec![proposal(300)]).unwrap();
    journal.append(vec![proposal(2)]).unwrap();
    let records = all(journal);
    let check = |from: u64, limit: usize, first: usize, last: usize| {
        assert_eq!(journal.read(from, limit).unwrap(), records[first..last], "{from} {limit}");
    };
    check(1, 0, 0, 0);
    check(0, 1, 0, 1);
    check(0, usize::MAX, 0, 302);
    check(1, 300, 0, 300);
    check(256, 2, 255, 257);
    check(257, 1, 256, 257);
    check(299, 100, 298, 302);
    check(302, 1, 301, 302);
    check(303, 10, 0, 0);
    check(u64::MAX, 10, 0, 0);
}

pub(crate) fn replay_follows_any_record(subject: &Subject) {
    let journal = &*subject.journal;
    journal.append(vec![proposal(300)]).unwrap();
    journal.append(vec![proposal(2)]).unwrap();
    let records = all(journal);
    for after in [1, 2, 255, 256, 257, 299, 300, 301, 302] {
        let last = &records[after - 1];
        let mut seen = Vec::new();
        let head = journal.replay(Head { seq: last.seq, hash: last.hash, at: last.at }, &mut |record| {
            seen.push(record);
            Ok(())
        });
        assert_eq!(head.unwrap(), journal.head().unwrap());
        assert_eq!(seen, records[after..], "{after}");
    }
}

pub(crate) fn replay_of_what_is_not_there_is_damage(subject: &Subject) {
    let journal = &*subject.journal;
    journal.append(vec![proposal(3)]).unwrap();
    let beyond = Head { seq: 4, hash: Hash::from_bytes([1; 32]), at: NOON };
    let result = journal.replay(beyond, &mut |_| panic!("there is nothing to visit"));
    assert!(matches!(result, Err(JournalError::Damaged { seq: 4, .. })), "{result:?}");
}

pub(crate) fn replay_stops_where_the_visitor_stops(subject: &Subject) {
    let journal = &*subject.journal;
    journal.append(vec![proposal(3)]).unwrap();
    let mut visited = 0;
    let start = Head { seq: 0, hash: Hash::ZERO, at: Timestamp::default() };
    let result = journal.replay(start, &mut |record| {
        visited += 1;
        if record.seq == 2 { Err(JournalError::InUse) } else { Ok(()) }
    });
    assert!(matches!(result, Err(JournalError::InUse)));
    assert_eq!(visited, 2);
}

pub(crate) fn a_large_proposal_spans_rows(subject: &Subject) {
    let journal = &*subject.journal;
    journal.append(vec![proposal(1), proposal(10_000), proposal(1)]).unwrap();
    let records = all(journal);
    assert_eq!(records.len(), 10_002);
    assert_eq!(journal.read(5_000, 3_000).unwrap(), records[4_999..7_999]);
}

pub(crate) fn vault_results_and_events_come_together(subject: &Subject) {
    let journal = &*subject.journal;
    let email = keyed(journal, "Ann@Example.com");
    let (named, result) = named(7, NOON);
    let proposal =
        Proposal { events: proposal(2).events, vault: put(ANN, Some(email.clone()), Some("phc")).vault, ..named };
    journal.append(vec![proposal]).unwrap();
    for _ in 0..2 {
        assert_eq!(journal.head().unwrap().seq, 2);
        assert_eq!(journal.email_owner(email.0).unwrap(), Some(ANN));
        let row = journal.vault_row(ANN).unwrap().unwrap();
        assert_eq!((row.email.as_str(), row.password_hash.as_str()), ("Ann@Example.com", "phc"));
        assert_eq!(journal.result(command(7), NOON).unwrap().as_ref(), Some(&result));
        journal.reopen().unwrap();
    }
}

pub(crate) fn what_is_not_given_stays(subject: &Subject) {
    let journal = &*subject.journal;
    let email = keyed(journal, "ann@example.com");
    journal.append(vec![put(ANN, Some(email.clone()), Some("one"))]).unwrap();
    journal.append(vec![put(ANN, None, Some("two"))]).unwrap();
    assert_eq!(journal.vault_row(ANN).unwrap().unwrap().password_hash, "two");
    assert_eq!(email_of(journal, ANN).unwrap(), "ann@example.com");
    journal.append(vec![put(ANN, Some(keyed(journal, "ANN@example.com")), None)]).unwrap();
    assert_eq!(journal.vault_row(ANN).unwrap().unwrap().password_hash, "two");
    assert_eq!(email_of(journal, ANN).unwrap(), "ANN@example.com");
    assert_eq!(journal.email_owner(email.0).unwrap(), Some(ANN));
}

pub(crate) fn an_email_has_one_owner(subject: &Subject) {
    let journal = &*subject.journal;
    let (old, new) = (keyed(journal, "a@example.com"), keyed(journal, "b@example.com"));
    assert_ne!(old.0, new.0);
    assert_eq!(journal.email_owner(old.0).unwrap(), None);
    journal.append(vec![put(ANN, Some(old.clone()), Some("x"))]).unwrap();
    // In one batch: Ann gives up her email, Bob takes it, and Ann is erased.
    let erase = Proposal { vault: Some(VaultChange::Erase { user_id: ANN }), ..proposal(1) };
    journal.append(vec![put(ANN, Some(new.clone()), None), put(BOB, Some(old.clone()), Some("y"))]).unwrap();
    assert_eq!(journal.email_owner(old.0).unwrap(), Some(BOB));
    assert_eq!(journal.email_owner(new.0).unwrap(), Some(ANN));
    journal.append(vec![erase.clone(), erase]).unwrap();
    assert_eq!(journal.email_owner(new.0).unwrap(), None);
    assert_eq!(email_of(journal, ANN), None);
    assert_eq!(email_of(journal, BOB).unwrap(), "a@example.com");
}

pub(crate) fn an_email_taken_over_is_not_freed_by_its_last_owner(subject: &Subject) {
    let journal = &*subject.journal;
    let email = keyed(journal, "a@example.com");
    journal.append(vec![put(ANN, Some(email.clone()), None), put(BOB, Some(email.clone()), None)]).unwrap();
    let erase = Proposal { vault: Some(VaultChange::Erase { user_id: ANN }), ..proposal(0) };
    journal.append(vec![erase]).unwrap();
    assert_eq!(journal.email_owner(email.0).unwrap(), Some(BOB));
}

pub(crate) fn results_are_kept_a_day(subject: &Subject) {
    let journal = &*subject.journal;
    let (proposal, result) = named(1, NOON);
    journal.append(vec![proposal]).unwrap();
    assert_eq!(journal.head().unwrap().seq, 0);
    assert_eq!(journal.result(command(1), later(RESULT_KEPT_MS)).unwrap(), Some(result));
    assert_eq!(journal.result(command(1), later(RESULT_KEPT_MS + 1)).unwrap(), None);
    assert_eq!(journal.result(command(2), NOON).unwrap(), None);
}

pub(crate) fn a_name_may_come_again_after_its_result_expired(subject: &Subject) {
    let journal = &*subject.journal;
    let again = later(RESULT_KEPT_MS + 1);
    let (_, result) = named(1, again);
    journal.append(vec![named(1, NOON).0, named(2, NOON).0]).unwrap();
    journal.append(vec![named(1, again).0]).unwrap();
    journal.append(vec![Proposal { at: again, ..proposal(1) }]).unwrap();
    assert_eq!(journal.result(command(1), again).unwrap(), Some(result));
    assert_eq!(journal.result(command(2), again).unwrap(), None);
}

pub(crate) fn reopening_keeps_all(subject: &Subject) {
    let journal = &*subject.journal;
    let email = keyed(journal, "ann@example.com");
    journal.append(vec![proposal(300), put(ANN, Some(email.clone()), Some("x"))]).unwrap();
    let before = all(journal);
    journal.reopen().unwrap();
    assert_eq!(all(journal), before);
    assert_eq!(journal.email_key(&email.1), email.0);
    assert_eq!(journal.email_owner(email.0).unwrap(), Some(ANN));
    journal.append(vec![proposal(1)]).unwrap();
    assert_eq!(all(journal).len(), 302);
}

pub(crate) fn readers_see_whole_batches(subject: &Subject) {
    let journal = &*subject.journal;
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut seen = 0;
            while seen < 50 * 7 {
                let records = journal.read(1, usize::MAX).unwrap();
                assert!(records.len() >= seen && records.len() % 7 == 0, "{} after {seen}", records.len());
                seen = records.len();
            }
        });
        for _ in 0..50 {
            let events: SmallVec<[Proposal; 2]> = smallvec![proposal(3), proposal(4)];
            journal.append(events.into_vec()).unwrap();
        }
        reader.join().unwrap();
    });
}

macro_rules! conformance {
    ($backend:ident, $make:expr, [$($test:ident),* $(,)?]) => {
        mod $backend {
            use super::*;

            $(#[test]
            fn $test() {
                super::$test(&$make);
            })*
        }
    };
}

/// A journal that archives all it can after every append.
#[derive(Debug)]
struct Archiving(RedbJournal);

impl Journal for Archiving {
    fn append(&self, proposals: Vec<Proposal>) -> Result<Vec<Outcome>, JournalError> {
        let outcomes = self.0.append(proposals)?;
        while self.0.archive()? {}
        Ok(outcomes)
    }

    fn reopen(&self) -> Result<(), JournalError> {
        self.0.reopen()
    }

    fn close(&self) {
        self.0.close();
    }

    fn head(&self) -> Result<Head, JournalError> {
        self.0.head()
    }

    fn history(&self) -> Result<History, JournalError> {
        self.0.history()
    }

    fn read(&self, from: u64, limit: usize) -> Result<Vec<Record>, JournalError> {
        self.0.read(from, limit)
    }

    fn replay(
        &self,
        after: Head,
        visit: &mut dyn FnMut(Record) -> Result<(), JournalError>,
    ) -> Result<Head, JournalError> {
        self.0.replay(after, visit)
    }

    fn email_key(&self, email: &Email) -> EmailKey {
        self.0.email_key(email)
    }

    fn former_email_key(&self, email: &Email) -> Option<EmailKey> {
        self.0.former_email_key(email)
    }

    fn email_owner(&self, key: EmailKey) -> Result<Option<UserId>, JournalError> {
        self.0.email_owner(key)
    }

    fn vault_row(&self, user: UserId) -> Result<Option<VaultRow>, JournalError> {
        self.0.vault_row(user)
    }

    fn result(&self, id: CommandId, now: Timestamp) -> Result<Option<StoredResult>, JournalError> {
        self.0.result(id, now)
    }

    fn backup(&self, file: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Head, JournalError> {
        self.0.backup(file, progress)
    }
}

/// Calls a macro with the list of all tests at the end.
macro_rules! with_suite {
    ($call:ident, $($argument:tt)*) => {
        $call!($($argument)* [
            numbers_have_no_gap,
            hashes_chain,
            an_append_of_nothing_changes_nothing,
            reads_stay_in_their_range,
            replay_follows_any_record,
            replay_of_what_is_not_there_is_damage,
            replay_stops_where_the_visitor_stops,
            a_large_proposal_spans_rows,
            vault_results_and_events_come_together,
            what_is_not_given_stays,
            an_email_has_one_owner,
            an_email_taken_over_is_not_freed_by_its_last_owner,
            results_are_kept_a_day,
            a_name_may_come_again_after_its_result_expired,
            reopening_keeps_all,
            readers_see_whole_batches,
        ]);
    };
}

macro_rules! backends {
    ($($backend:ident => $make:expr;)*) => {
        $(with_suite!(conformance, $backend, $make,);)*
    };
}

macro_rules! listed {
    ([$($test:ident),* $(,)?]) => {
        /// All tests with their names, for a backend that needs servers.
        #[cfg(feature = "cluster")]
        pub(crate) const ALL: &[(&str, fn(&Subject))] = &[$((stringify!($test), $test)),*];
    };
}

with_suite!(listed,);

fn faulty_disks() -> [Arc<dyn Disk>; 3] {
    [1, 2, 3].map(|seed| Arc::new(FaultyDisk::new(seed)) as _)
}

backends! {
    memory => Subject { journal: Box::new(MemoryJournal::default()), _keep: Box::new(()) };
    redb_file => {
        let dir = tempfile::tempdir().unwrap();
        Subject { journal: Box::new(RedbJournal::open(dir.path()).unwrap()), _keep: Box::new(dir) }
    };
    redb_on_a_faulty_disk => {
        let journal = RedbJournal::open_on(faulty_disks(), [7; 32], Sizes::default()).unwrap();
        Subject { journal: Box::new(journal), _keep: Box::new(()) }
    };
    redb_that_archives => {
        let journal = RedbJournal::open_on(faulty_disks(), [7; 32], Sizes::smallest()).unwrap();
        Subject { journal: Box::new(Archiving(journal)), _keep: Box::new(()) }
    };
    redb_in_memory => {
        let journal = RedbJournal::open_with(tests::in_memory(Arc::default())).unwrap();
        Subject { journal: Box::new(journal), _keep: Box::new(()) }
    };
}

#[cfg(feature = "cluster")]
backends! {
    copy_of_a_stream => {
        Subject { journal: Box::new(crate::journal::jetstream::journal::tests::echoing()), _keep: Box::new(()) }
    };
}
