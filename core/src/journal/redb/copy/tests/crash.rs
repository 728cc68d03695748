//! A copy after a crash: it is as it was at an earlier position, and goes on from there.

use super::*;

/// What a writer tells of all batches, and its tables after each number of them.
fn story() -> (Vec<Told>, Vec<[Vec<String>; 5]>) {
    let writer = copy();
    let (mut told, mut tables) = (Vec::new(), vec![dump(&writer)]);
    for (number, batch) in (1..).zip(batches()) {
        told.push(append(&writer, number, batch));
        tables.push(dump(&writer));
    }
    (told, tables)
}

/// Follows all messages from this one on and syncs after every third, until something fails. Returns the number of messages
/// that were synced.
fn follow_all(journal: &RedbJournal, told: &[Told], from: usize) -> usize {
    let mut synced = from;
    for (at, told) in told.iter().enumerate().skip(from) {
        if follow_one(journal, told).is_err() {
            break;
        }
        if at % 3 == 2 {
            match journal.sync() {
                Ok(is_done) => assert!(is_done, "no batch is begun"),
                Err(_) => break,
            }
            synced = at + 1;
        }
    }
    synced
}

/// Returns the number of messages that the copy has followed by its position.
fn followed(journal: &RedbJournal) -> usize {
    let found = journal.position().unwrap().unwrap();
    let number = u8::try_from(found.n - position(0).n).unwrap();
    assert_eq!(found, position(number), "the whole position is that of one message");
    usize::from(number)
}

#[test]
fn a_power_cut_at_any_call_leaves_an_earlier_copy_that_goes_on() {
    let (told, tables) = story();
    let made = |seed| {
        let disks = disks(seed);
        let journal = open(&disks).unwrap();
        journal.set_position(&position(0)).unwrap();
        (disks, journal)
    };
    let (disks, journal) = made(0);
    let before = disks.each_ref().map(FaultyDisk::calls);
    follow_all(&journal, &told, 0);
    let calls = [0, 2].map(|disk: usize| (disk, disks[disk].calls() - before[disk]));
    assert!(calls.iter().all(|(_, calls)| *calls > 5), "{calls:?}");
    let mut fell_back = 0;
    for (disk, at) in calls.into_iter().flat_map(|(disk, calls)| (0..calls).map(move |at| (disk, at))) {
        let what = format!("call {at} of disk {disk}");
        let (disks, journal) = made(at);
        disks[disk].cut_power_after(at);
        let synced = follow_all(&journal, &told, 0);
        assert!(disks[disk].is_dead(), "{what}");
        disks.iter().filter(|disk| !disk.is_dead()).for_each(FaultyDisk::cut_power);

        let journal = open(&disks).unwrap_or_else(|error| panic!("{what}: {error}"));
        let reached = followed(&journal);
        assert!(reached >= synced, "{what}: {reached} of {synced}");
        assert!(dump(&journal) == tables[reached], "{what}: it is not as it was after {reached} messages");
        assert_eq!(journal.missing_keys().unwrap(), [], "{what}");
        fell_back += usize::from(reached < told.len());
        assert_eq!(follow_all(&journal, &told, reached), 6, "{what}: the last sync");
        assert_eq!(followed(&journal), told.len(), "{what}");
        assert!(dump(&journal) == tables[told.len()], "{what}: it is not as if nothing had happened");
        for erased in [1, 3] {
            assert!(!journal.keeps_key(user(erased)), "{what}: key of {erased}");
        }
    }
    assert!(fell_back > 10, "{fell_back}");
}

#[test]
fn an_erasure_is_durable_and_what_was_before_it_too() {
    let (told, tables) = story();
    let disks = disks(3);
    let journal = open(&disks).unwrap();
    journal.set_position(&position(0)).unwrap();
    for told in &told[..4] {
        follow_one(&journal, told).unwrap();
    }
    assert_eq!(journal.synced(), 0, "nothing was synced so far");
    follow_one(&journal, &told[4]).unwrap();
    assert_eq!(journal.synced(), journal.head().unwrap().seq);
    assert!(!journal.keeps_key(user(1)));
    disks.iter().for_each(FaultyDisk::cut_power);
    let journal = open(&disks).unwrap();
    assert_eq!(followed(&journal), 5);
    assert!(dump(&journal) == tables[5]);
}

#[test]
fn a_sync_that_meets_a_batch_comes_true_when_that_is_settled() {
    for is_stored in [true, false] {
        let disks = disks(5);
        let journal = open(&disks).unwrap();
        journal.set_position(&position(0)).unwrap();
        append(&journal, 1, vec![proposal(3)]);
        assert_eq!(journal.synced(), 0);
        let begun = journal.begin(vec![proposal(2)]).unwrap();
        assert!(!journal.sync().unwrap(), "it would wait for the batch");
        assert_eq!(journal.synced(), 0);
        journal.settle(begun, is_stored.then(|| position(2))).unwrap();
        let expected = if is_stored { 5 } else { 3 };
        assert_eq!((journal.synced(), journal.head().unwrap().seq), (expected, expected));
        // The wish was granted: the next batch is not synced.
        append(&journal, 3, vec![proposal(1)]);
        assert_eq!(journal.synced(), expected);
        disks.iter().for_each(FaultyDisk::cut_power);
        let journal = open(&disks).unwrap();
        assert_eq!(journal.head().unwrap().seq, expected);
        assert_eq!(followed(&journal), if is_stored { 2 } else { 1 });
    }
}

#[test]
fn a_long_way_without_a_sync_is_synced() {
    let writer = copy();
    append(&writer, 1, vec![proposal(usize::try_from(UNSYNCED_MAX).unwrap() - 1)]);
    assert_eq!(writer.synced(), 0);
    append(&writer, 2, vec![proposal(1)]);
    assert_eq!(writer.synced(), UNSYNCED_MAX);
}

#[test]
fn a_copy_at_rest_is_written_seldom() {
    let disks = disks(1);
    let journal = open(&disks).unwrap();
    journal.set_position(&position(0)).unwrap();
    let at = |messages: u64| Position { n: position(0).n + messages, seq: position(0).seq + messages, ..position(1) };
    let calls = disks[0].calls();
    for messages in 1..1_000 {
        journal.apply(&at(messages), &[]).unwrap();
        assert!(journal.sync().unwrap());
    }
    assert_eq!(disks[0].calls(), calls, "nothing but ticks");
    journal.apply(&at(1_000), &[]).unwrap();
    assert!(journal.sync().unwrap());
    let written = disks[0].calls();
    assert!(written > calls);
    assert!(journal.sync().unwrap());
    journal.apply(&at(1_001), &[]).unwrap();
    assert!(journal.sync().unwrap());
    assert_eq!(disks[0].calls(), written);
    // Whoever closes it leaves nothing to read once more.
    assert!(journal.sync_all().unwrap());
    disks.iter().for_each(FaultyDisk::cut_power);
    assert_eq!(open(&disks).unwrap().position().unwrap(), Some(at(1_001)));
}

#[test]
fn the_archive_gets_only_what_a_crash_leaves() {
    let disks = disks(7);
    let sizes = Sizes { kept: 2, ..Sizes::smallest() };
    let journal = open_sized(&disks, sizes).unwrap();
    journal.set_position(&position(0)).unwrap();
    for number in 1..=6 {
        append(&journal, number, vec![proposal(5)]);
        assert!(!journal.archive().unwrap(), "nothing is synced");
    }
    assert!(journal.sync().unwrap());
    append(&journal, 7, vec![proposal(5)]);
    while journal.archive().unwrap() {}
    assert_eq!(journal.archive.end(), 25, "of 30 that are synced, by whole rows");
    // What is archived is removed from the file by the next batch, and by none that a crash undoes.
    append(&journal, 8, vec![proposal(5)]);
    let records = all(&journal);
    disks.iter().for_each(FaultyDisk::cut_power);

    let journal = open_sized(&disks, sizes).unwrap();
    assert_eq!(followed(&journal), 6);
    assert_eq!(all(&journal), records[..30]);
    append(&journal, 7, vec![proposal(5)]);
    append(&journal, 8, vec![proposal(5)]);
    assert_eq!(all(&journal), records);
}

#[test]
fn a_disk_that_fails_leaves_a_copy_that_is_opened_anew() {
    let (told, tables) = story();
    let disks = disks(9);
    let journal = open(&disks).unwrap();
    journal.set_position(&position(0)).unwrap();
    assert_eq!(follow_all(&journal, &told[..4], 0), 3);
    disks[0].fail_after(0, u64::MAX);
    assert!(journal.sync().is_err());
    assert!(matches!(journal.apply(&told[4].0, &told[4].1), Err(JournalError::Storage(_))));
    assert!(matches!(journal.begin(vec![proposal(1)]), Err(JournalError::Storage(_))));
    disks[0].mend();
    assert!(journal.sync().is_err(), "not before it is opened anew");
    journal.reopen().unwrap();
    let reached = followed(&journal);
    assert!((3..=4).contains(&reached), "{reached}");
    assert!(dump(&journal) == tables[reached]);
    follow_all(&journal, &told, reached);
    assert!(dump(&journal) == tables[told.len()]);
}

#[test]
fn what_is_secured_survives_a_power_cut() {
    let (told, tables) = story();
    let disks = disks(11);
    let journal = open(&disks).unwrap();
    journal.set_position(&position(0)).unwrap();
    assert_eq!(journal.secure().unwrap(), Some(position(0)));
    for told in &told[..3] {
        follow_one(&journal, told).unwrap();
    }
    // One sync is enough for all of them, and none is needed for what brings no rows.
    assert_eq!(journal.secure().unwrap(), Some(position(3)));
    let tick = Position { n: position(3).n + 1, seq: position(3).seq + 1, ..position(30) };
    let calls = disks[0].calls();
    journal.apply(&tick, &[]).unwrap();
    assert_eq!((journal.secure().unwrap(), disks[0].calls()), (Some(tick), calls));
    disks.iter().for_each(FaultyDisk::cut_power);

    // What an earlier process has synced is not taken for granted.
    let journal = open(&disks).unwrap();
    assert_eq!(followed(&journal), 3);
    assert!(dump(&journal) == tables[3]);
    assert_eq!(journal.secure().unwrap(), Some(position(3)));
    follow_one(&journal, &told[3]).unwrap();
    let begun = journal.begin(vec![proposal(2)]).unwrap();
    assert_eq!(journal.secure().unwrap(), Some(position(3)), "it would wait for the batch");
    journal.settle(begun, Some(position(5))).unwrap();
    assert_eq!(journal.secure().unwrap(), Some(position(5)));
}
