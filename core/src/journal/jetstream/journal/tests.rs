//! The journal of a host, with a stream that does as it is told.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use boxoffice_faulty_disk::FaultyDisk;

use super::*;
use crate::domain::VaultChange;
use crate::event::Hash;
use crate::journal::conformance::{NOON, all, proposal};
use crate::journal::jetstream::Position;
use crate::journal::{Key, Sizes};
use crate::types::HostId;

/// A stream of one host. It stores everything, unless something else is asked of it.
#[derive(Debug, Default)]
pub(crate) struct Echo(Mutex<Asked>);

#[derive(Debug, Default)]
struct Asked {
    /// Bodies that were appended, in order.
    bodies: Vec<Arc<[u8]>>,
    /// Keys that were given away.
    keys: Vec<(UserId, Key)>,
    /// Outcomes of the next appends, instead of being stored.
    outcomes: VecDeque<Resolution>,
    /// `true` if nobody takes keys.
    is_alone: bool,
    bytes_max: Option<usize>,
    n: u64,
}

impl Echo {
    fn asked(&self) -> MutexGuard<'_, Asked> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn position(n: u64) -> Position {
    Position {
        journal: Hash::from_bytes([3; 32]),
        generation: 1,
        seq: n + 1,
        n,
        head: Hash::from_bytes([u8::try_from(n % 256).unwrap(); 32]),
        epoch: 1,
        writer: HostId::from_bytes([1; 16]),
    }
}

impl Outlet for Echo {
    fn distribute(&self, keys: &[(UserId, Key)]) -> Result<(), JournalError> {
        let mut asked = self.asked();
        if asked.is_alone {
            return Err(JournalError::Deposed);
        }
        asked.keys.extend(keys);
        Ok(())
    }

    fn start(&self, body: Arc<[u8]>) -> u64 {
        let mut asked = self.asked();
        asked.bodies.push(body);
        asked.n += 1;
        asked.n
    }

    fn poll(&self, ticket: u64) -> Option<Resolution> {
        Some(self.wait(ticket))
    }

    fn wait(&self, ticket: u64) -> Resolution {
        self.asked().outcomes.pop_front().unwrap_or_else(|| Resolution::Stored(position(ticket)))
    }

    fn bytes_max(&self) -> usize {
        self.asked().bytes_max.unwrap_or(usize::MAX)
    }
}

/// Returns the journal of a host whose stream stores everything.
pub(crate) fn echoing() -> ClusterJournal {
    made().0
}

fn made() -> (ClusterJournal, Arc<Echo>, [FaultyDisk; 3]) {
    let disks = [1, 2, 3].map(FaultyDisk::new);
    let copy = RedbJournal::open_on(disks.clone().map(|disk| Arc::new(disk) as _), [7; 32], Sizes::default()).unwrap();
    copy.set_position(&position(0)).unwrap();
    let outlet = Arc::new(Echo::default());
    (ClusterJournal::new(Arc::new(copy), Arc::clone(&outlet) as _), outlet, disks)
}

const ANN: UserId = UserId::from_bytes([1; 16]);

fn sign_up(journal: &ClusterJournal) -> Proposal {
    let email: Email = "ann@example.com".parse().unwrap();
    let email = Some((journal.email_key(&email), email));
    let change = VaultChange::Put { user_id: ANN, email, password_hash: Some("phc".into()) };
    Proposal { vault: Some(change), ..proposal(1) }
}

#[test]
fn keys_go_first_and_then_the_batch() {
    let (journal, outlet, _) = made();
    let started = journal.start(vec![sign_up(&journal), proposal(2)]).unwrap();
    let key = journal.copy().keys_of(&[ANN]);
    assert_eq!((outlet.asked().keys.clone(), key.len()), (key, 1));
    assert_eq!(outlet.asked().bodies.len(), 1);
    assert_eq!(journal.head().unwrap().seq, 0, "its outcome is not known");
    let resolution = journal.poll(&started).unwrap();
    assert_eq!(journal.finish(started, resolution).unwrap().len(), 2);
    assert_eq!((journal.head().unwrap().seq, journal.copy().position().unwrap()), (3, Some(position(1))));
    assert_eq!(journal.vault_row(ANN).unwrap().unwrap().email, "ann@example.com");
    // The key is known to the others now.
    journal.append(vec![sign_up(&journal)]).unwrap();
    assert_eq!(outlet.asked().keys.len(), 1);
    // A follower of the bodies has the same.
    let follower = made().0;
    follower.copy().take_keys(&outlet.asked().keys).unwrap();
    for (n, body) in (1..).zip(&outlet.asked().bodies) {
        follower.copy().apply(&position(n), body).unwrap();
    }
    assert_eq!(all(&follower), all(&journal));
    assert_eq!(follower.vault_row(ANN).unwrap(), journal.vault_row(ANN).unwrap());
}

#[test]
fn a_lost_append_leaves_nothing_and_says_so() {
    let (journal, outlet, _) = made();
    for (outcome, expected) in [
        (Resolution::Lost, JournalError::Deposed),
        (Resolution::TooLarge, JournalError::TooLarge),
        (Resolution::Unknown, JournalError::Unresolved),
    ] {
        let expected = expected.to_string();
        outlet.asked().outcomes.push_back(outcome);
        let error = journal.append(vec![sign_up(&journal), proposal(2)]).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert_eq!(journal.head().unwrap().seq, 0);
        assert_eq!(journal.vault_row(ANN).unwrap(), None);
        // A tick is refused in the same way.
        outlet.asked().outcomes.push_back(outcome);
        assert_eq!(journal.append(vec![]).unwrap_err().to_string(), expected);
    }
    assert_eq!(journal.copy().position().unwrap(), Some(position(0)));
    assert_eq!(journal.append(vec![sign_up(&journal)]).unwrap().len(), 1);
    assert_eq!(journal.head().unwrap().seq, 1);
}

#[test]
fn a_batch_without_its_keys_or_room_is_not_sent() {
    let (journal, outlet, _) = made();
    outlet.asked().is_alone = true;
    assert!(matches!(journal.append(vec![sign_up(&journal)]), Err(JournalError::Deposed)));
    assert!(outlet.asked().bodies.is_empty());
    // Nobody needs new keys for this.
    journal.append(vec![proposal(1)]).unwrap();
    outlet.asked().is_alone = false;
    outlet.asked().bytes_max = Some(2_000);
    assert!(matches!(journal.append(vec![sign_up(&journal), proposal(100)]), Err(JournalError::TooLarge)));
    assert_eq!(outlet.asked().bodies.len(), 1);
    assert!(outlet.asked().keys.is_empty());
    journal.append(vec![sign_up(&journal)]).unwrap();
    assert_eq!((journal.head().unwrap().seq, outlet.asked().keys.len()), (2, 1));
}

#[test]
fn a_copy_for_another_host_has_the_secrets_of_the_journal() {
    let dir = tempfile::tempdir().unwrap();
    let [first, second, stranger] = ["first", "second", "stranger"].map(|name| dir.path().join(name));
    let copy = RedbJournal::open(&first).unwrap();
    copy.set_position(&position(0)).unwrap();
    let journal = ClusterJournal::new(Arc::new(copy), Arc::new(Echo::default()));
    journal.append(vec![sign_up(&journal)]).unwrap();
    journal.backup(&second.join("journal.redb"), &mut |_, _| {}).unwrap();

    let other = RedbJournal::open(&second).unwrap();
    let email: Email = "ann@example.com".parse().unwrap();
    // Emails are compared by a hash under the journal's own key: a host with another one would sell to strangers.
    assert_eq!(other.email_key(&email), journal.email_key(&email));
    assert_eq!(other.email_owner(other.email_key(&email)).unwrap(), Some(ANN));
    assert_ne!(RedbJournal::open(&stranger).unwrap().email_key(&email), journal.email_key(&email));
    assert_eq!(other.keys_of(&[ANN]), journal.copy().keys_of(&[ANN]));
    assert_eq!(other.missing_keys().unwrap(), []);
    assert_eq!(other.vault_row(ANN).unwrap(), journal.vault_row(ANN).unwrap());
    assert_eq!(other.position().unwrap(), journal.copy().position().unwrap());
}

#[test]
fn nothing_to_append_is_a_tick() {
    let (journal, outlet, _) = made();
    assert!(journal.append(vec![]).unwrap().is_empty());
    assert_eq!(journal.append(vec![proposal(0), proposal(0)]).unwrap().len(), 2);
    assert!(outlet.asked().bodies.iter().all(|body| body.is_empty()));
    assert_eq!(journal.copy().position().unwrap(), Some(position(2)));
}

#[test]
fn records_persist_when_asked_and_when_closed() {
    let (journal, _, disks) = made();
    journal.append(vec![proposal(2)]).unwrap();
    journal.append(vec![]).unwrap();
    assert_eq!(journal.copy().synced(), 0);
    let begun = journal.start(vec![proposal(1)]).unwrap();
    assert!(!journal.persist(2).unwrap(), "an append is under way");
    journal.finish(begun, Resolution::Stored(position(3))).unwrap();
    assert!(journal.persist(2).unwrap() && journal.persist(3).unwrap());
    journal.append(vec![proposal(1)]).unwrap();
    assert_eq!(journal.copy().synced(), 3);
    assert!(journal.persist(4).unwrap());
    assert_eq!(journal.copy().synced(), 4);

    journal.append(vec![]).unwrap();
    journal.close();
    journal.close();
    disks.iter().for_each(FaultyDisk::cut_power);
    let copy = RedbJournal::open_on(disks.map(|disk| Arc::new(disk) as _), [7; 32], Sizes::default()).unwrap();
    assert_eq!((copy.head().unwrap().seq, copy.position().unwrap().unwrap().n), (4, 5));
}

#[test]
fn a_key_that_has_not_come_is_no_damage() {
    let (journal, ..) = made();
    let (other, outlet, _) = made();
    other.append(vec![sign_up(&other)]).unwrap();
    journal.copy().apply(&position(1), &outlet.asked().bodies[0]).unwrap();
    assert!(matches!(journal.vault_row(ANN), Err(JournalError::Damaged { .. })), "nobody has counted");
    assert_eq!(journal.copy().missing_keys().unwrap(), [ANN]);
    assert!(matches!(journal.vault_row(ANN), Err(JournalError::Storage(_))));
    journal.copy().take_keys(&outlet.asked().keys).unwrap();
    assert_eq!(journal.vault_row(ANN).unwrap().unwrap().password_hash, "phc");
    assert!(journal.result(crate::types::CommandId::from_bytes([1; 16]), NOON).unwrap().is_none());
}
