//! Keys of personal data that are on one host and not on another.

use super::*;

/// A key that no host makes.
const STRANGE: Key = [1; 32];

/// Returns whose rows can't be read, counted anew.
fn counted(journal: &RedbJournal) -> Vec<UserId> {
    let is_erased = |user| journal.erasures.has(user);
    let txn = journal.begin_read().unwrap();
    rows::unreadable(&txn, journal.keys.as_ref(), &is_erased).unwrap().into_iter().collect()
}

fn apply(journal: &RedbJournal, (position, body, _): &Told) {
    journal.apply(position, body).unwrap();
}

fn is_unreadable(journal: &RedbJournal, number: u8) -> bool {
    matches!(journal.vault_row(user(number)), Err(JournalError::Damaged { .. }))
}

#[test]
fn keys_are_given_and_taken() {
    let (writer, disks) = (copy(), disks(1));
    let follower = open(&disks).unwrap();
    follower.set_position(&position(0)).unwrap();
    assert!(follower.missing_keys().unwrap().is_empty());
    let begun = writer.begin(vec![put(1, 1), put(2, 2)]).unwrap();
    assert_eq!(begun.keyed(), [user(1), user(2)]);
    let given = writer.keys_of(begun.keyed());
    assert_eq!(given.len(), 2);
    assert_eq!(writer.keys_of(&[user(9)]), []);
    let body = Arc::clone(begun.body());
    writer.settle(begun, Some(position(1))).unwrap();

    // One comes before the batch, the other after it.
    assert!(follower.take_keys(&given[..1]).unwrap());
    follower.apply(&position(1), &body).unwrap();
    assert!(!is_unreadable(&follower, 1) && is_unreadable(&follower, 2));
    assert_eq!(follower.missing_keys().unwrap(), [user(2)]);
    assert!(follower.misses_key(user(2)) && !follower.misses_key(user(1)));
    assert!(!follower.take_keys(&[(user(2), STRANGE)]).unwrap(), "its row says that it is another");
    assert_eq!(follower.keys_of(&[user(2)]), []);
    assert!(follower.take_keys(&given).unwrap());
    assert!(follower.missing_keys().unwrap().is_empty() && !follower.misses_key(user(2)));
    check_equal(&writer, &follower, "with all keys");

    // They are durable, although the rows are not.
    disks.iter().for_each(FaultyDisk::cut_power);
    let follower = open(&disks).unwrap();
    assert_eq!(follower.head().unwrap().seq, 0);
    assert_eq!(follower.keys_of(&[user(1), user(2)]), given);
    follower.apply(&position(1), &body).unwrap();
    assert!(follower.missing_keys().unwrap().is_empty());
    check_equal(&writer, &follower, "after a crash");
    // Further changes need no new keys.
    let begun = writer.begin(vec![put(1, 3)]).unwrap();
    assert!(begun.keyed().is_empty());
}

#[test]
fn a_key_of_a_lost_batch_gives_way_to_the_right_one() {
    let (writer, follower) = (copy(), copy());
    // Another host was the writer, gave its key, and lost the batch.
    assert!(follower.take_keys(&[(user(1), STRANGE)]).unwrap());
    let lost = follower.begin(vec![put(1, 1)]).unwrap();
    assert_eq!(lost.keyed(), [user(1)], "a key without a row is given once more");
    let other = [2; 32];
    assert!(!follower.take_keys(&[(user(1), other)]).unwrap(), "a batch with the other one is under way");
    follower.settle(lost, None).unwrap();
    assert!(follower.take_keys(&[(user(1), other)]).unwrap());
    assert_eq!(follower.keys_of(&[user(1)]), [(user(1), other)]);

    let told = append(&writer, 1, vec![put(1, 1)]);
    apply(&follower, &told);
    assert_eq!(follower.missing_keys().unwrap(), [user(1)], "a wrong key is as good as none");
    assert!(follower.take_keys(&told.2).unwrap());
    assert!(follower.missing_keys().unwrap().is_empty());
    assert!(!follower.take_keys(&[(user(1), STRANGE)]).unwrap(), "it comes late");
    assert_eq!(follower.keys_of(&[user(1)]), told.2);
    check_equal(&writer, &follower, "with the right key");
    // Its slot was written over: the file has one key of the user.
    follower.reopen().unwrap();
    assert_eq!(follower.keys.as_ref().unwrap().all().len(), 1);
    assert_eq!(follower.keys_of(&[user(1)]), told.2);
}

#[test]
fn an_erased_user_gets_no_key_any_more() {
    let (writer, follower) = (copy(), copy());
    let told = append(&writer, 1, vec![put(1, 1), put(2, 2)]);
    apply(&follower, &told);
    assert_eq!(follower.missing_keys().unwrap(), [user(1), user(2)]);
    apply(&follower, &append(&writer, 2, vec![erase(1)]));
    assert_eq!(follower.missing_keys().unwrap(), [user(2)]);
    assert_eq!(follower.erased_elsewhere(), [user(1)]);
    assert!(follower.take_keys(&told.2).unwrap(), "nothing is left to do");
    assert!(!follower.keeps_key(user(1)) && follower.keeps_key(user(2)));
    check_equal(&writer, &follower, "at the end");
}

#[test]
fn what_is_missing_is_known_after_every_message() {
    let (writer, follower) = (copy(), copy());
    assert!(follower.missing_keys().unwrap().is_empty());
    let (mut kept, mut seen) = (Vec::new(), BTreeSet::new());
    for (number, batch) in (1..).zip(batches()) {
        let told = append(&writer, number, batch);
        apply(&follower, &told);
        assert_eq!(follower.missing_keys().unwrap(), counted(&follower), "batch {number}");
        seen.extend(follower.missing_keys().unwrap());
        // Every key comes two messages late.
        kept.push(told.2);
        if let Some(late) = kept.len().checked_sub(3).map(|at| &kept[at]) {
            follower.take_keys(late).unwrap();
            assert_eq!(follower.missing_keys().unwrap(), counted(&follower), "after batch {number}");
        }
        assert_eq!(writer.missing_keys().unwrap(), [], "batch {number}");
        if number == 4 {
            follower.reopen().unwrap();
            assert_eq!(follower.missing_keys().unwrap(), counted(&follower), "reopened");
        }
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [user(1), user(2), user(4), user(5)]);
    for keys in &kept {
        assert!(follower.take_keys(keys).unwrap());
    }
    assert_eq!(follower.missing_keys().unwrap(), []);
    check_equal(&writer, &follower, "with all keys");
}

#[test]
fn keys_that_belong_to_no_row_are_swept_after_a_while() {
    let writer = copy();
    append(&writer, 1, vec![put(1, 1)]);
    let lost = writer.begin(vec![put(2, 2), put(3, 3)]).unwrap();
    writer.settle(lost, None).unwrap();
    let orphans = BTreeSet::from([user(2), user(3)]);
    assert_eq!(writer.sweep_keys(&BTreeSet::new()).unwrap(), orphans, "they may be new");
    // The next attempt came to the stream for one, and is under way for the other.
    append(&writer, 2, vec![put(2, 2)]);
    let begun = writer.begin(vec![put(3, 3)]).unwrap();
    assert_eq!(writer.sweep_keys(&orphans).unwrap(), BTreeSet::from([user(3)]));
    assert!(writer.keeps_key(user(3)));
    writer.settle(begun, None).unwrap();
    assert_eq!(writer.sweep_keys(&orphans).unwrap(), BTreeSet::new());
    assert!(!writer.keeps_key(user(3)) && writer.keeps_key(user(1)) && writer.keeps_key(user(2)));
    assert_eq!(writer.missing_keys().unwrap(), []);
}

#[test]
fn the_first_host_encrypts_what_was_plain() {
    let dir = tempfile::tempdir().unwrap();
    let plain = RedbJournal { keys: None, ..RedbJournal::open(dir.path()).unwrap() };
    plain.append(vec![put(1, 1), put(2, 2)]).unwrap();
    plain.close();
    drop(plain);
    let journal = RedbJournal::open(dir.path()).unwrap();
    assert_eq!(vault::plain(&journal.begin_read().unwrap(), user(0), 10).unwrap(), [user(1), user(2)]);
    journal.set_position(&position(0)).unwrap();
    assert_eq!(vault::plain(&journal.begin_read().unwrap(), user(0), 10).unwrap(), []);
    assert!(journal.vault_row(user(1)).unwrap().is_some_and(|row| row.email == "user1@example.com"));
    let begun = journal.begin(vec![put(1, 3)]).unwrap();
    assert!(begun.keyed().is_empty(), "all copies have its key");
}
