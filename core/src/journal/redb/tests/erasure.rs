//! Personal data is unreadable once it is erased: in the files, in backups, and after a restore.

use std::fs;
use std::path::Path;

use super::super::erasures::ERASURES_FILE;
use super::super::key_file::{KEYS_FILE, Key, SLOT_BYTES};
use super::*;

const EMAIL: &str = "ann.with.a.long.address@example.com";
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNo";

fn user(number: u8) -> UserId {
    UserId::from_bytes([number; 16])
}

fn put(journal: &RedbJournal, number: u8) -> Proposal {
    let email: Email = format!("{number}{EMAIL}").parse().unwrap();
    let vault = VaultChange::Put {
        user_id: user(number),
        email: Some((journal.email_key(&email), email)),
        password_hash: Some(HASH.into()),
    };
    Proposal { vault: Some(vault), ..proposal(1) }
}

fn erase(number: u8) -> Proposal {
    Proposal { vault: Some(VaultChange::Erase { user_id: user(number) }), ..proposal(1) }
}

/// Returns `true` if a file of the directory holds the text.
fn holds(dir: &Path, text: &[u8]) -> bool {
    let files = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let has = |bytes: Vec<u8>| bytes.windows(text.len()).any(|part| part == text);
    files.map(|path| fs::read(path).unwrap()).any(has)
}

fn key_of(journal: &RedbJournal, number: u8) -> Option<[u8; 32]> {
    journal.keys.as_ref().unwrap().key(user(number))
}

fn format_of(dir: &Path) -> String {
    fs::read_to_string(dir.join("FORMAT")).unwrap()
}

#[test]
fn nothing_personal_is_in_the_files_and_the_key_goes_with_the_user() {
    let dir = tempfile::tempdir().unwrap();
    let journal = RedbJournal::open(dir.path()).unwrap();
    assert_eq!(format_of(dir.path()), "boxoffice 1\n");
    journal.append(vec![put(&journal, 1), put(&journal, 2)]).unwrap();
    assert_eq!(format_of(dir.path()), "boxoffice 3\n", "earlier versions must not read it");
    assert_eq!(journal.vault_row(user(1)).unwrap().unwrap().password_hash, HASH);
    let key = key_of(&journal, 1).unwrap();
    assert!(holds(dir.path(), &key) && !holds(dir.path(), b"long.address") && !holds(dir.path(), b"argon2id"));

    journal.append(vec![erase(1)]).unwrap();
    assert_eq!((journal.vault_row(user(1)).unwrap(), key_of(&journal, 1)), (None, None));
    assert!(!holds(dir.path(), &key), "its bytes are gone from every file");
    assert_eq!(fs::read_to_string(dir.path().join(ERASURES_FILE)).unwrap(), format!("{}\n", user(1)));
    journal.append(vec![proposal(1)]).unwrap();
    journal.close();
    let journal = RedbJournal::open(dir.path()).unwrap();
    assert!(!lock(&journal.writer).erasing, "the erasure is finished");
    assert_eq!(journal.vault_row(user(2)).unwrap().unwrap().email, format!("2{EMAIL}"));
    let mut wrong = Vec::new();
    journal.check_beside(&mut |what| wrong.push(what)).unwrap();
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn an_erasure_that_was_begun_is_finished_by_opening() {
    let dir = tempfile::tempdir().unwrap();
    let journal = RedbJournal::open(dir.path()).unwrap();
    journal.append(vec![put(&journal, 1)]).unwrap();
    let (key, keys_file) = (key_of(&journal, 1).unwrap(), dir.path().join(KEYS_FILE));
    let before = fs::read(&keys_file).unwrap();
    journal.append(vec![erase(1)]).unwrap();
    journal.close();
    // As if the process had died between the commit and the key.
    fs::write(&keys_file, before).unwrap();
    fs::remove_file(dir.path().join(ERASURES_FILE)).unwrap();
    assert!(holds(dir.path(), &key));
    let journal = RedbJournal::open(dir.path()).unwrap();
    assert!(!holds(dir.path(), &key));
    assert_eq!(journal.erased_elsewhere(), [user(1)]);
    journal.append(vec![proposal(1)]).unwrap();
    assert!(!lock(&journal.writer).erasing);
}

#[test]
fn plain_rows_stay_readable_and_are_encrypted_when_touched_and_by_compacting() {
    let dir = tempfile::tempdir().unwrap();
    let journal = RedbJournal::open(dir.path()).unwrap();
    let plain = RedbJournal { keys: None, ..journal };
    plain.append((1..=4).map(|number| put(&plain, number)).collect()).unwrap();
    plain.close();
    drop(plain);
    assert!(holds(dir.path(), b"long.address") && !dir.path().join(KEYS_FILE).exists());

    let journal = RedbJournal::open(dir.path()).unwrap();
    assert_eq!(journal.vault_row(user(1)).unwrap().unwrap().email, format!("1{EMAIL}"));
    let other = VaultChange::Put { user_id: user(1), email: None, password_hash: Some("other".into()) };
    journal.append(vec![Proposal { vault: Some(other), ..proposal(1) }]).unwrap();
    assert!(key_of(&journal, 1).is_some() && key_of(&journal, 2).is_none());
    let row = journal.vault_row(user(1)).unwrap().unwrap();
    assert_eq!((row.email, row.password_hash.as_str()), (format!("1{EMAIL}"), "other"));
    // Erased while plain, no key has to go.
    journal.append(vec![erase(4)]).unwrap();
    journal.compact().unwrap();
    for number in [2, 3] {
        assert!(key_of(&journal, number).is_some());
        assert_eq!(journal.vault_row(user(number)).unwrap().unwrap().email, format!("{number}{EMAIL}"));
    }
    assert_eq!(vault::plain(&journal.begin_read().unwrap(), user(0), 10).unwrap(), []);
    let copy = dir.path().join("copy");
    journal.backup(&copy.join(DATABASE_FILE), &mut |_, _| {}).unwrap();
    assert!(!holds(&copy, b"long.address"), "a backup is written anew");
}

#[test]
fn keys_that_are_missing_are_damage_and_never_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let journal = RedbJournal::open(dir.path()).unwrap();
    journal.append(vec![put(&journal, 1)]).unwrap();
    journal.close();
    drop(journal);
    let keys = fs::read(dir.path().join(KEYS_FILE)).unwrap();
    fs::remove_file(dir.path().join(KEYS_FILE)).unwrap();
    let refused = RedbJournal::open(dir.path()).unwrap_err();
    assert!(matches!(&refused, JournalError::Damaged { what, .. } if what.contains(KEYS_FILE)), "{refused}");
    // One key is damaged: its user can't be read, and everybody else is.
    let mut altered = keys;
    altered[64 + 20] ^= 1;
    fs::write(dir.path().join(KEYS_FILE), altered).unwrap();
    let journal = RedbJournal::open(dir.path()).unwrap();
    journal.append(vec![put(&journal, 2)]).unwrap();
    assert!(matches!(journal.vault_row(user(1)), Err(JournalError::Damaged { .. })));
    assert!(journal.vault_row(user(2)).unwrap().is_some());
    let mut wrong = Vec::new();
    journal.check_beside(&mut |what| wrong.push(what)).unwrap();
    assert!(wrong.iter().any(|what| what.contains("key of the personal data")), "{wrong:?}");
}

/// Makes a closed journal of two users; returns the bytes of their keys' file, in which the first user's slot is the first.
fn closed_with_two(dir: &Path) -> Vec<u8> {
    let journal = RedbJournal::open(dir).unwrap();
    journal.append(vec![put(&journal, 1), put(&journal, 2)]).unwrap();
    journal.close();
    drop(journal);
    let bytes = fs::read(dir.join(KEYS_FILE)).unwrap();
    assert_eq!(bytes[SLOT_BYTES..SLOT_BYTES + 16], *user(1).as_bytes());
    bytes
}

#[test]
fn a_slot_whose_user_or_checksum_is_damaged_gets_its_user_back() {
    // The user's id, the checksum, and a last slot that is cut short.
    for (user_of_slot, damage) in [(1, 3..4), (1, 50..51), (2, 60..64)] {
        let dir = tempfile::tempdir().unwrap();
        let mut bytes = closed_with_two(dir.path());
        let whole = bytes.clone();
        let slot = usize::from(user_of_slot) * SLOT_BYTES;
        if damage.end == SLOT_BYTES {
            bytes.truncate(slot + damage.start);
        } else {
            bytes[slot + damage.start] ^= 1;
        }
        fs::write(dir.path().join(KEYS_FILE), bytes).unwrap();
        let journal = RedbJournal::open(dir.path()).unwrap();
        journal.append(vec![put(&journal, 3)]).unwrap();
        let row = journal.vault_row(user(user_of_slot)).unwrap().unwrap();
        assert_eq!(row.email, format!("{user_of_slot}{EMAIL}"), "{damage:?}");
        journal.close();
        drop(journal);
        let mended = fs::read(dir.path().join(KEYS_FILE)).unwrap();
        assert_eq!((mended.len(), &mended[..whole.len()]), (whole.len() + SLOT_BYTES, whole.as_slice()), "{damage:?}");
    }
}

#[test]
fn a_slot_that_may_have_a_key_that_a_row_needs_is_neither_used_nor_cleared() {
    let dir = tempfile::tempdir().unwrap();
    let keys_file = dir.path().join(KEYS_FILE);
    let mut damaged = closed_with_two(dir.path());
    // Both the user's id and the key.
    damaged[SLOT_BYTES + 3] ^= 1;
    damaged[SLOT_BYTES + 20] ^= 1;
    let slot = damaged[SLOT_BYTES..2 * SLOT_BYTES].to_vec();
    fs::write(&keys_file, damaged).unwrap();
    for number in [3, 4] {
        let journal = RedbJournal::open(dir.path()).unwrap();
        journal.append(vec![put(&journal, number)]).unwrap();
        assert!(matches!(journal.vault_row(user(1)), Err(JournalError::Damaged { .. })));
        assert!(journal.vault_row(user(2)).unwrap().is_some() && journal.vault_row(user(number)).unwrap().is_some());
        let mut wrong = Vec::new();
        journal.check_beside(&mut |what| wrong.push(what)).unwrap();
        assert!(wrong.iter().any(|what| what.contains("slot 0 of vault.keys")), "{wrong:?}");
        journal.close();
        assert_eq!(fs::read(&keys_file).unwrap()[SLOT_BYTES..2 * SLOT_BYTES], slot, "after user {number}");
    }
    // Once its user is erased, no row needs it, and nothing of the key may stay.
    let journal = RedbJournal::open(dir.path()).unwrap();
    journal.append(vec![erase(1)]).unwrap();
    assert_eq!(fs::read(&keys_file).unwrap()[SLOT_BYTES..2 * SLOT_BYTES], [0; SLOT_BYTES]);
    assert_eq!(journal.vault_row(user(1)).unwrap(), None);
    let len = fs::read(&keys_file).unwrap().len();
    journal.append(vec![put(&journal, 5)]).unwrap();
    assert_eq!(fs::read(&keys_file).unwrap().len(), len, "the slot is used again");
}

#[test]
fn an_erasure_that_was_interrupted_in_the_middle_of_a_slot_is_finished_by_opening() {
    let dir = tempfile::tempdir().unwrap();
    let keys_file = dir.path().join(KEYS_FILE);
    let before = closed_with_two(dir.path());
    let key = before[SLOT_BYTES + 16..SLOT_BYTES + 48].to_vec();
    let journal = RedbJournal::open(dir.path()).unwrap();
    journal.append(vec![erase(1)]).unwrap();
    journal.close();
    drop(journal);
    // The user's id is overwritten in part, and the key not yet.
    let mut torn = before;
    torn[SLOT_BYTES..SLOT_BYTES + 8].fill(0);
    fs::write(&keys_file, torn).unwrap();
    assert!(holds(dir.path(), &key));
    let journal = RedbJournal::open(dir.path()).unwrap();
    assert!(!holds(dir.path(), &key));
    assert!(journal.vault_row(user(2)).unwrap().is_some());
}

#[test]
fn a_format_that_was_left_behind_is_raised() {
    let dir = tempfile::tempdir().unwrap();
    closed_with_two(dir.path());
    fs::write(dir.path().join("FORMAT"), "boxoffice 2\n").unwrap();
    drop(RedbJournal::open(dir.path()).unwrap());
    assert_eq!(format_of(dir.path()), "boxoffice 3\n");
}

/// Makes a journal of two users and a backup of it; returns the key of the first as well.
fn backed_up(live: &Path, copy: &Path) -> (RedbJournal, Key) {
    let journal = RedbJournal::open(live).unwrap();
    journal.append(vec![put(&journal, 1), put(&journal, 2)]).unwrap();
    let key = key_of(&journal, 1).unwrap();
    journal.backup(&copy.join(DATABASE_FILE), &mut |_, _| {}).unwrap();
    (journal, key)
}

#[test]
fn backups_follow_who_was_erased() {
    let dir = tempfile::tempdir().unwrap();
    let (live, copy) = (dir.path().join("live"), dir.path().join("copy"));
    let (journal, key) = backed_up(&live, &copy);
    assert_eq!(format_of(&copy), "boxoffice 3\n");
    journal.append(vec![erase(1)]).unwrap();
    assert!(holds(&copy, &key), "a backup holds the keys of its time");
    assert_eq!(journal.erase_in_backup(&copy).unwrap(), 1);
    assert!(!holds(&copy, &key));
    assert_eq!(journal.erase_in_backup(&copy).unwrap(), 0);
    let restored = RedbJournal::open(&copy).unwrap();
    assert_eq!((restored.vault_row(user(1)).unwrap(), restored.erased_elsewhere()), (None, vec![user(1)]));
    assert!(restored.vault_row(user(2)).unwrap().is_some());
}

#[test]
fn a_list_beside_a_restored_backup_erases_again() {
    let dir = tempfile::tempdir().unwrap();
    let (live, copy) = (dir.path().join("live"), dir.path().join("copy"));
    let (journal, key) = backed_up(&live, &copy);
    journal.append(vec![erase(1)]).unwrap();
    fs::copy(live.join(ERASURES_FILE), copy.join(ERASURES_FILE)).unwrap();
    let restored = RedbJournal::open(&copy).unwrap();
    assert!(!holds(&copy, &key));
    assert_eq!(restored.vault_row(user(1)).unwrap(), None);
    restored.append(vec![erase(1), put(&restored, 3)]).unwrap();
    assert!(restored.vault_row(user(3)).unwrap().is_some());
}
