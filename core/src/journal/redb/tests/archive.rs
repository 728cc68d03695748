//! Tests of the archive alone: two files that must match.

use super::*;

const SIZES: Sizes = Sizes { kept: 10, ..Sizes::smallest() };

fn open(dir: &Path) -> Result<RedbJournal, JournalError> {
    RedbJournal::open_sized(dir, SIZES)
}

/// Returns a journal of 60 records in 20 rows, most of them archived, and some of those removed from its own file.
fn archived(dir: &Path) -> RedbJournal {
    let journal = open(dir).unwrap();
    for number in 0..20 {
        journal.append(vec![proposal(3)]).unwrap();
        if number % 5 == 4 {
            while journal.archive().unwrap() {}
        }
    }
    assert_eq!(journal.archive.end(), 48, "a row is archived whole");
    assert_eq!(lock(&journal.writer).first, 34, "what was archived last is removed by the next append");
    journal
}

#[test]
fn a_short_journal_has_no_archive() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path()).unwrap();
    journal.append(vec![proposal(10)]).unwrap();
    assert!(!journal.archive().unwrap());
    assert!(!dir.path().join(ARCHIVE_FILE).exists());
    assert_eq!(fs::read_to_string(dir.path().join("FORMAT")).unwrap(), "boxoffice 1\n");
}

#[test]
fn a_journal_with_an_archive_is_one_that_older_versions_refuse() {
    let dir = tempfile::tempdir().unwrap();
    drop(archived(dir.path()));
    assert_eq!(fs::read_to_string(dir.path().join("FORMAT")).unwrap(), "boxoffice 2\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(dir.path().join(ARCHIVE_FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "only its owner can read it");
    }
}

#[test]
fn its_own_file_stays_small() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path()).unwrap();
    let rows = || {
        let table = journal.begin_read().unwrap().open_table(RECORDS).unwrap();
        redb::ReadableTableMetadata::len(&table).unwrap()
    };
    for _ in 0..100 {
        journal.append(vec![proposal(3)]).unwrap();
        while journal.archive().unwrap() {}
        assert!(rows() <= 5, "{}", rows());
    }
    assert_eq!(all(&journal).len(), 300);
}

#[test]
fn a_backlog_leaves_a_few_rows_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path()).unwrap();
    for _ in 0..100 {
        journal.append(vec![proposal(1)]).unwrap();
    }
    while journal.archive().unwrap() {}
    assert_eq!((journal.archive.end(), lock(&journal.writer).first), (90, 1));
    // An append removes 32 rows, and two more for the one that it writes.
    for first in [35, 69, 91, 91] {
        journal.append(vec![proposal(1)]).unwrap();
        assert_eq!(lock(&journal.writer).first, first);
    }
    assert_eq!(all(&journal).len(), 104);
}

#[test]
fn quick_repair_is_for_what_is_in_its_own_file() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = archived(dir.path());
    journal.sizes.quick_repair_from = 40;
    assert!(journal.head().unwrap().seq > 40);
    journal.append(vec![proposal(3)]).unwrap();
    let copy = tempfile::tempdir().unwrap();
    for file in [DATABASE_FILE, ARCHIVE_FILE, "FORMAT"] {
        fs::copy(dir.path().join(file), copy.path().join(file)).unwrap();
    }
    let walked = Arc::new(AtomicBool::new(false));
    let noted = walked.clone();
    let mut builder = builder(CACHE_BYTES);
    builder.set_repair_callback(move |_| noted.store(true, Ordering::Relaxed));
    drop(builder.create(copy.path().join(DATABASE_FILE)).unwrap());
    assert!(walked.load(Ordering::Relaxed), "commits have one fsync");
    assert_eq!(all(&open(copy.path()).unwrap()), all(&journal));
}

#[test]
fn a_reader_under_way_sees_what_it_began_with() {
    let dir = tempfile::tempdir().unwrap();
    let journal = archived(dir.path());
    let expected = all(&journal);
    let txn = journal.begin_read().unwrap();
    let records = journal.archive.records(&txn, 1).unwrap();
    for _ in 0..10 {
        journal.append(vec![proposal(3)]).unwrap();
        while journal.archive().unwrap() {}
    }
    assert_eq!(records.read(1, 60, 60).unwrap(), expected);
    // A read that began before the removal and opens the archive after it.
    let late = journal.archive.records(&txn, 1).unwrap();
    assert_eq!(late.read(1, 60, 60).unwrap(), expected);
}

#[test]
fn a_backup_has_all_in_one_file() {
    let dir = tempfile::tempdir().unwrap();
    let journal = archived(&dir.path().join("live"));
    let copy = dir.path().join("copy");
    let mut told = Vec::new();
    journal.backup(&copy.join(DATABASE_FILE), &mut |done, of| told.push((done, of))).unwrap();
    assert_eq!(told.last(), Some(&(60, 60)));
    assert!(!copy.join(ARCHIVE_FILE).exists());
    let copy = open(&copy).unwrap();
    assert_eq!(all(&copy), all(&journal));
    while copy.archive().unwrap() {}
    copy.append(vec![proposal(1)]).unwrap();
    assert_eq!(all(&copy)[..60], all(&journal)[..]);
}

/// Returns the damage that opening reports.
fn refused(dir: &Path) -> (u64, String) {
    let Err(JournalError::Damaged { seq, what }) = open(dir).map(drop) else { panic!("it opens, or fails otherwise") };
    (seq, what)
}

#[test]
fn a_lost_archive_is_missed() {
    let dir = tempfile::tempdir().unwrap();
    drop(archived(dir.path()));
    fs::remove_file(dir.path().join(ARCHIVE_FILE)).unwrap();
    let (seq, what) = refused(dir.path());
    assert_eq!(seq, 1);
    assert!(what.contains("archive.redb should have all up to 33, and has 0"), "{what}");
    assert!(!dir.path().join(ARCHIVE_FILE).exists(), "nothing is made in its place");
}

#[test]
fn an_older_archive_is_missed() {
    let dir = tempfile::tempdir().unwrap();
    let (live, old) = (dir.path().join("live"), dir.path().join("old"));
    let journal = archived(&live);
    journal.close();
    fs::create_dir(&old).unwrap();
    fs::copy(live.join(ARCHIVE_FILE), old.join(ARCHIVE_FILE)).unwrap();
    let journal = open(&live).unwrap();
    for _ in 0..10 {
        journal.append(vec![proposal(3)]).unwrap();
        while journal.archive().unwrap() {}
    }
    journal.close();
    fs::copy(old.join(ARCHIVE_FILE), live.join(ARCHIVE_FILE)).unwrap();
    let (seq, what) = refused(&live);
    assert_eq!(seq, 49);
    assert!(what.contains("should have all up to 75, and has 48"), "{what}");
}

#[test]
fn the_archive_of_another_journal_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (one, other) = (dir.path().join("one"), dir.path().join("other"));
    archived(&one).close();
    // As many records, but different ones.
    let journal = open(&other).unwrap();
    journal.append(vec![Proposal { command_id: command(77), ..proposal(3) }]).unwrap();
    for _ in 0..19 {
        journal.append(vec![proposal(3)]).unwrap();
    }
    while journal.archive().unwrap() {}
    journal.close();
    for (from, to) in [(&one, &other), (&other, &one)] {
        let mine = fs::read(to.join(ARCHIVE_FILE)).unwrap();
        fs::copy(from.join(ARCHIVE_FILE), to.join(ARCHIVE_FILE)).unwrap();
        let (seq, what) = refused(to);
        assert!([34, 48].contains(&seq), "{seq}: {what}");
        fs::write(to.join(ARCHIVE_FILE), mine).unwrap();
        assert_eq!(all(&open(to).unwrap()).len(), 60);
    }
}

#[test]
fn an_archive_beside_an_older_journal_is_refused_and_kept() {
    let dir = tempfile::tempdir().unwrap();
    drop(archived(dir.path()));
    let aside = dir.path().join("aside");
    fs::rename(dir.path().join(DATABASE_FILE), &aside).unwrap();
    assert_eq!(refused(dir.path()), (1, "journal.redb is missing, and archive.redb is there".into()));
    // An empty journal.
    let empty = tempfile::tempdir().unwrap();
    drop(open(empty.path()).unwrap());
    fs::copy(empty.path().join(DATABASE_FILE), dir.path().join(DATABASE_FILE)).unwrap();
    let (seq, what) = refused(dir.path());
    assert_eq!(seq, 1);
    assert!(what.contains("archive.redb has 48 records, the journal 0"), "{what}");
    fs::rename(&aside, dir.path().join(DATABASE_FILE)).unwrap();
    assert_eq!(all(&open(dir.path()).unwrap()).len(), 60);
}

#[test]
fn a_flipped_byte_of_the_archive_never_gives_another_record_and_all_before_it_is_saved() {
    let dir = tempfile::tempdir().unwrap();
    let journal = archived(dir.path());
    let whole = all(&journal);
    journal.close();
    let bytes = fs::read(dir.path().join(ARCHIVE_FILE)).unwrap();
    let mut found = 0;
    for at in (0..bytes.len()).step_by(211) {
        let mut bad = bytes.clone();
        bad[at] ^= 0x10;
        fs::write(dir.path().join(ARCHIVE_FILE), &bad).unwrap();
        let mut seen = Vec::new();
        let read = open(dir.path()).and_then(|journal| {
            journal.replay(START, &mut |record| {
                seen.push(record);
                Ok(())
            })
        });
        assert_eq!(seen, whole[..seen.len()], "byte {at}");
        assert!(read.is_err() || seen.len() == 60, "byte {at}");
        found += usize::from(read.is_err());
        fs::write(dir.path().join(ARCHIVE_FILE), &bad).unwrap();
        let mut saved = Vec::new();
        let recovered = recover::recover(dir.path(), &mut |record| {
            saved.push(record);
            std::ops::ControlFlow::Continue(())
        });
        let recovered = recovered.unwrap_or_else(|error| panic!("byte {at}: {error}"));
        assert_eq!(saved, whole[..saved.len()], "byte {at}");
        assert!(saved.len() >= seen.len(), "byte {at}");
        assert_eq!(recovered.head.seq, saved.len() as u64);
    }
    assert!(found > 20, "{found}");
}

#[test]
fn an_archive_of_a_newer_format_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    archived(dir.path()).close();
    let db = Database::create(dir.path().join(ARCHIVE_FILE)).unwrap();
    let txn = db.begin_write().unwrap();
    txn.open_table(META).unwrap().insert("format", 4_u32.to_le_bytes().as_slice()).unwrap();
    txn.commit().unwrap();
    drop(db);
    assert!(matches!(open(dir.path()), Err(JournalError::NewerFormat { found: 4, known: 3 })));
}
