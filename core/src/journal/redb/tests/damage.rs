//! Flips bytes of a closed journal: readers never see anything that was not written, and checks report the damage.

use std::ops::ControlFlow;

use super::super::overlay::Overlay;
use super::super::{recover, schema};
use super::*;

/// All that a journal holds, as its readers see it.
#[derive(Debug, Clone, PartialEq)]
struct Content {
    records: Vec<Record>,
    rows: Vec<Option<VaultRow>>,
    owners: Vec<Option<UserId>>,
    results: Vec<Option<StoredResult>>,
}

const USERS: u8 = 3;

fn user(number: u8) -> UserId {
    UserId::from_bytes([number; 16])
}

fn email(number: u8) -> Email {
    format!("person{number}@example.com").parse().unwrap()
}

/// Returns a closed journal of a few batches, with every kind of row.
fn closed() -> (Vec<u8>, Content) {
    let storage = Arc::new(InMemoryBackend::new());
    let journal = RedbJournal::open_with(in_memory(storage.clone())).unwrap();
    for number in 1..=USERS {
        let email = Some((journal.email_key(&email(number)), email(number)));
        let vault = VaultChange::Put { user_id: user(number), email, password_hash: Some(format!("phc{number}")) };
        let result = StoredResult { at: NOON, fingerprint: [number; 16], answer: vec![number; 5] };
        let named = Proposal { command_id: command(number), ..proposal(2) };
        journal.append(vec![Proposal { vault: Some(vault), result: Some(result), ..named }, proposal(1)]).unwrap();
    }
    let whole = read_all(&journal).unwrap();
    assert_eq!(whole.records.len(), 9);
    journal.close();
    (content(&storage), whole)
}

/// Reads everything; fails as soon as a read reports damage.
fn read_all(journal: &RedbJournal) -> Result<Content, JournalError> {
    let mut records = Vec::new();
    journal.replay(START, &mut |record| {
        records.push(record);
        Ok(())
    })?;
    let users = || (1..=USERS).map(user);
    let keys = (1..=USERS).map(|number| journal.email_key(&email(number)));
    Ok(Content {
        records,
        rows: users().map(|user| journal.vault_row(user)).collect::<Result<_, _>>()?,
        owners: keys.map(|key| journal.email_owner(key)).collect::<Result<_, _>>()?,
        results: (1..=USERS).map(|number| journal.result(command(number), NOON)).collect::<Result<_, _>>()?,
    })
}

/// Opens and checks these bytes. Returns the content if nothing reports damage.
fn examine(bytes: &[u8]) -> Result<Content, JournalError> {
    let opener = bytes.to_vec();
    let journal = RedbJournal::open_with(Box::new(move || {
        builder(CACHE_BYTES).create_with_backend(Overlay::new(opener.clone()).map_err(redb::StorageError::from)?)
    }))?;
    let content = read_all(&journal)?;
    let mut wrong = Vec::new();
    journal.check_beside(&mut |what| wrong.push(what))?;
    // Single records are read as other readers read them.
    for record in &content.records {
        assert_eq!(journal.read(record.seq, 1)?, std::slice::from_ref(record));
    }
    journal.close();
    if wrong.is_empty() { Ok(content) } else { Err(tables_error(&wrong)) }
}

fn tables_error(wrong: &[String]) -> JournalError {
    JournalError::Damaged { seq: 0, what: wrong.join("; ") }
}

/// Recovers what it can, and checks that this is a prefix of the original records.
fn recovered(bytes: &[u8], whole: &Content, what: &str) -> (usize, bool) {
    let mut seen = Vec::new();
    let outcome = recover::from(&[(DATABASE_FILE, || Ok(bytes.to_vec()))], &mut |record| {
        seen.push(record);
        ControlFlow::Continue(())
    });
    let outcome = outcome.unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(seen, whole.records[..seen.len()], "{what}");
    assert_eq!(outcome.head.seq, seen.len() as u64, "{what}");
    (seen.len(), outcome.damage.is_some())
}

/// Returns the ranges of each record's frame in the file.
fn places(bytes: &[u8], whole: &Content) -> Vec<Vec<std::ops::Range<usize>>> {
    let payload = |record: &Record| {
        let mut payload = Vec::new();
        crate::journal::codec::encode(&mut payload, &Record { hash: Hash::ZERO, ..record.clone() }).unwrap();
        [record.hash.as_bytes().as_slice(), &payload].concat()
    };
    let find = |needle: &[u8]| {
        let starts = (0..bytes.len() - needle.len()).filter(|at| bytes[*at..].starts_with(needle));
        starts.map(|start| start - 4..start + needle.len()).collect()
    };
    whole.records.iter().map(|record| find(&payload(record))).collect()
}

#[test]
fn every_byte_of_every_record_flipped_is_found_and_all_before_it_is_saved() {
    let (bytes, whole) = closed();
    for (place, copies) in places(&bytes, &whole).into_iter().enumerate() {
        let range = copies.first().expect("the record is in the file").clone();
        for within in range.clone().map(|at| at - range.start) {
            let mut bad = bytes.clone();
            // Unused pages may contain the record too.
            for copy in &copies {
                bad[copy.start + within] ^= 1 << (within % 8);
            }
            let what = format!("record {}, byte {within}", place + 1);
            let found = examine(&bad);
            let Err(JournalError::Damaged { seq, .. }) = found else { panic!("{what}: {found:?}") };
            assert_eq!(seq, place as u64 + 1, "{what}");
            assert_eq!(recovered(&bad, &whole, &what), (place, true), "{what}");
        }
    }
}

#[test]
fn no_flipped_byte_of_the_file_is_taken_for_what_was_written() {
    let (bytes, whole) = closed();
    // A third of the bytes all over the file. Those of the records are all flipped above.
    let used: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] != 0).step_by(3).collect();
    let (mut found, mut harmless, mut lost) = (0, 0, Vec::new());
    for (number, at) in used.into_iter().enumerate() {
        let mut bad = bytes.clone();
        bad[at] ^= [0x01, 0x80, 0xff][at % 3];
        match examine(&bad) {
            Ok(content) => {
                assert_eq!(content, whole, "byte {at}");
                harmless += 1;
            }
            Err(JournalError::Damaged { .. } | JournalError::NewerFormat { .. } | JournalError::Storage(_)) => {
                found += 1;
            }
            Err(error) => panic!("byte {at}: {error}"),
        }
        // Every record's own bytes are flipped above, and each search of the file takes a while.
        if number % 8 > 0 {
            continue;
        }
        let (saved, _) = recovered(&bad, &whole, &format!("byte {at}"));
        if saved < whole.records.len() {
            lost.push(at);
        }
    }
    assert!(found > 200, "{found} were found, {harmless} changed nothing");
    // Only a byte of the record itself can lose the record.
    let own: Vec<_> = places(&bytes, &whole).concat();
    lost.retain(|at| !own.iter().any(|range| range.contains(at)));
    assert_eq!(lost, Vec::<usize>::new());
}

#[test]
fn a_file_cut_anywhere_is_found_and_gives_what_is_left() {
    let (bytes, whole) = closed();
    let places = places(&bytes, &whole);
    let mut lengths: Vec<usize> = vec![0, 1, 9, 63, 64, 100, 319, 320, 321, 512, 4095, 4096, 4097, 8191, 8192, 12288];
    lengths.extend((0..bytes.len()).step_by(4096 + 512));
    lengths.extend(places.concat().iter().flat_map(|range| [range.start, range.start + 20, range.end - 1, range.end]));
    lengths.extend([bytes.len() - 1, bytes.len() - 4096]);
    for len in lengths.into_iter().filter(|len| *len < bytes.len()) {
        match examine(&bytes[..len]) {
            // redb repairs a file that has only lost unused pages.
            Ok(content) => assert!(content == whole || len == 0, "cut to {len}: {content:?}"),
            Err(JournalError::Damaged { .. } | JournalError::Storage(_)) => {}
            Err(error) => panic!("cut to {len}: {error}"),
        }
        let (saved, _) = recovered(&bytes[..len], &whole, &format!("cut to {len}"));
        let there = |copies: &Vec<std::ops::Range<usize>>| copies.iter().any(|range| range.end <= len);
        assert_eq!(saved, places.iter().take_while(|copies| there(copies)).count(), "cut to {len}");
    }
}

#[test]
fn a_larger_file_with_several_bytes_flipped_gives_nothing_that_was_not_written() {
    let storage = Arc::new(InMemoryBackend::new());
    let journal = RedbJournal::open_with(in_memory(storage.clone())).unwrap();
    for size in [300, 1, 700, 40, 2000] {
        journal.append(vec![proposal(size)]).unwrap();
    }
    let records = all(&journal);
    journal.close();
    let bytes = content(&storage);
    let whole = Content { records, rows: Vec::new(), owners: Vec::new(), results: Vec::new() };
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |bound: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random % bound as u64).unwrap()
    };
    for round in 0..60 {
        let mut bad = bytes.clone();
        for _ in 0..=round % 4 {
            let at = next(bad.len());
            bad[at] ^= 1 << next(8);
        }
        if round % 5 == 4 {
            bad.truncate(next(bytes.len()));
        }
        recovered(&bad, &whole, &format!("round {round}"));
    }
}

#[test]
fn what_an_unfinished_transaction_left_behind_is_not_taken_before_the_longer_chain() {
    let storage = Arc::new(InMemoryBackend::new());
    let journal = RedbJournal::open_with(in_memory(storage.clone())).unwrap();
    journal.append(vec![proposal(2)]).unwrap();
    let head = journal.head().unwrap();
    // Two sets of records after record 2: the journal's, and those of a transaction that was never acknowledged.
    let mut other = RowWriter::default();
    let never = Batch::new(&mut other, head, vec![Proposal { command_id: command(99), ..proposal(1) }]).unwrap();
    assert_eq!(never.head.seq, 3);
    journal.append(vec![proposal(3)]).unwrap();
    let records = all(&journal);
    journal.close();
    let mut bytes = content(&storage);
    let left_behind = other.rows().next().unwrap().1.to_vec();
    bytes.extend(left_behind);
    // The database can't be opened without its header, so all records are found by searching.
    bytes[..8].fill(0);
    let whole = Content { records, rows: Vec::new(), owners: Vec::new(), results: Vec::new() };
    assert_eq!(recovered(&bytes, &whole, "searched"), (5, true));
}

#[test]
fn what_was_checked_beside_the_records_is_what_was_stored() {
    let (bytes, whole) = closed();
    assert_eq!(examine(&bytes).unwrap(), whole);
    assert_eq!(recovered(&bytes, &whole, "whole"), (9, false));
    assert_eq!(schema::checksum(&[b"ab", b"c"]), schema::checksum(&[b"a", b"bc"]));
}
