//! The keys of personal data, in a file of their own that is changed in place.
//!
//! redb never writes over what it has written: what is removed stays in pages that are free, in backups and in copies of
//! the file. So the vault's rows are encrypted, each user's under a key of their own, and erasing a user overwrites the
//! key, after which all copies of the rows are noise.
//!
//! ```text
//!   Put:    key written and synced ──▶ row committed
//!   Erase:  row removed, user noted as being erased, committed ──▶ key overwritten and synced
//! ```
//!
//! A crash between the two leaves a key without a row, or a user who is noted; opening overwrites the keys of all users
//! who are noted. A row never loses its key before it is gone.
//!
//! A slot of the [file](super::key_file) that can't be read is not free. Opening looks for the row that its key opens, and keeps
//! it as it is while a row misses its key.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, RwLock};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use redb::backends::FileBackend;

use super::format::{SEALED, raise, storage, sync_dir};
use super::key_file::{Backend, Found, KEYS_FILE, Key, KeyFile, KeyFileId, MAGIC, Unreadable};
use super::lock::{lock, read, write};
use crate::failpoint::Failpoint;
use crate::journal::JournalError;
use crate::journal::codec::damaged;
use crate::private_file;
use crate::types::UserId;

const NONCE_BYTES: usize = 24;

/// Maximum number of attempts to open a row by the key of a slot that can't be read: about a second.
const TRIES_MAX: usize = 1_000_000;

/// Opens the file, now and after every failure.
pub(super) type KeyOpener = Box<dyn Fn(Wanted) -> Result<Option<Backend>, JournalError> + Send + Sync>;

/// Purpose for which the file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Opened only if it exists.
    IfThere,
    /// Created if it does not exist.
    Made,
}

/// Returns the opener of the file in a directory.
pub(super) fn in_directory(dir: PathBuf) -> KeyOpener {
    Box::new(move |wanted| {
        let path = dir.join(KEYS_FILE);
        let is_there = path.try_exists().map_err(storage)?;
        if !is_there {
            if wanted == Wanted::IfThere {
                return Ok(None);
            }
            // Versions that know no keys must not take encrypted rows for damaged ones.
            raise(&dir, SEALED)?;
        }
        let file = private_file::options().read(true).write(true).open(&path).map_err(storage)?;
        if !is_there {
            sync_dir(&dir).map_err(storage)?;
        }
        Ok(Some(Box::new(FileBackend::new(file)?)))
    })
}

/// The keys of personal data.
pub(super) struct Keys {
    opener: KeyOpener,
    /// Seed of all keys, so that a simulation is the same in every run; random keys without it.
    seed: Option<[u8; 32]>,
    /// Locked while the file is written and synced.
    store: Mutex<Store>,
    /// What is durable in the file. Locked only to look something up, so that no reader waits for the disk.
    known: RwLock<Known>,
}

#[derive(Default)]
struct Store {
    /// `None` while there is no file.
    file: Option<KeyFile>,
    /// Users whose rows can't be read, because no slot that can be read has their keys; `None` before [`Keys::settle`].
    missing: Option<HashSet<UserId>>,
}

#[derive(Default)]
struct Known {
    id: Option<KeyFileId>,
    keys: Found,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("users", &read(&self.known).keys.len()).finish_non_exhaustive()
    }
}

impl Keys {
    /// Opens the file if it exists. `expected` is the identity that the journal has noted.
    pub(super) fn open(
        opener: KeyOpener,
        seed: Option<[u8; 32]>,
        expected: Option<KeyFileId>,
    ) -> Result<Self, JournalError> {
        let keys = Self { opener, seed, store: Mutex::default(), known: RwLock::default() };
        keys.reopen(expected)?;
        Ok(keys)
    }

    /// Creates the file with this identity, in place of one that an interrupted copy has left.
    pub(super) fn create(opener: KeyOpener, id: KeyFileId) -> Result<Self, JournalError> {
        let file = KeyFile::lay_out(made(&opener)?, id)?;
        let store = Mutex::new(Store { file: Some(file), missing: None });
        let known = RwLock::new(Known { id: Some(id), keys: Found::new() });
        Ok(Self { opener, seed: None, store, known })
    }

    /// Reads the file anew, after a failure.
    pub(super) fn reopen(&self, expected: Option<KeyFileId>) -> Result<(), JournalError> {
        let mut store = lock(&self.store);
        // The old file must be closed before it can be opened again.
        *store = Store::default();
        let opened = (self.opener)(Wanted::IfThere).and_then(|backend| match backend {
            Some(backend) => self.load(backend, expected).map(Some),
            None if expected.is_some() => Err(damaged(0, format!("{KEYS_FILE} is missing"))),
            None => Ok(None),
        });
        match opened {
            Ok(opened) => {
                let (file, known) = opened.unzip();
                store.file = file;
                *write(&self.known) = known.unwrap_or_default();
                Ok(())
            }
            Err(error) => {
                *write(&self.known) = Known::default();
                Err(error)
            }
        }
    }

    /// Returns the identity of the file; `None` while there is none.
    pub(super) fn id(&self) -> Option<KeyFileId> {
        read(&self.known).id
    }

    /// Returns the key of a user.
    pub(super) fn key(&self, user: UserId) -> Option<Key> {
        read(&self.known).keys.get(&user).map(|(_, key)| *key)
    }

    /// Returns all keys.
    pub(super) fn all(&self) -> HashMap<UserId, Key> {
        read(&self.known).keys.iter().map(|(user, (_, key))| (*user, *key)).collect()
    }

    /// Returns the numbers of the slots that can't be read, and that nobody writes to because a row misses its key.
    pub(super) fn unreadable(&self) -> Vec<u64> {
        let store = lock(&self.store);
        store.file.iter().flat_map(KeyFile::unreadable).map(|it| it.slot).collect()
    }

    /// Returns `true` if the file may hold a key of the user, perhaps in a slot that can't be read.
    pub(super) fn may_hold(&self, user: UserId) -> bool {
        self.key(user).is_some() || !self.unreadable().is_empty()
    }

    /// Makes a key for each user who has none, durable when it returns.
    pub(super) fn ensure(&self, users: impl IntoIterator<Item = UserId>) -> Result<(), JournalError> {
        let mut store = lock(&self.store);
        let mut new = Found::new();
        for user in users {
            if new.contains_key(&user) || self.key(user).is_some() {
                continue;
            }
            let key = self.new_key(user)?;
            let slot = self.file(&mut store)?.put(user, &key)?;
            new.insert(user, (slot, key));
        }
        // Nothing may be encrypted under a key that might not survive.
        if !new.is_empty() {
            self.file(&mut store)?.sync()?;
            write(&self.known).keys.extend(new);
        }
        Ok(())
    }

    /// Stores these keys, in place of those that their users have. It is durable when it returns.
    pub(super) fn fill(&self, keys: impl IntoIterator<Item = (UserId, Key)>) -> Result<(), JournalError> {
        let mut store = lock(&self.store);
        let file = self.file(&mut store)?;
        let mut new = Found::new();
        for (user, key) in keys {
            let own = new.get(&user).map(|(slot, _)| *slot);
            let own = own.or_else(|| read(&self.known).keys.get(&user).map(|(slot, _)| *slot));
            let slot = match own {
                Some(slot) => file.mend(slot, user, &key).map(|()| slot)?,
                None => file.put(user, &key)?,
            };
            new.insert(user, (slot, key));
        }
        file.sync()?;
        write(&self.known).keys.extend(new);
        Ok(())
    }

    /// Overwrites the keys of these users, also in slots that can't be read and name them; returns the number of users who had a
    /// key. It is durable when it returns.
    pub(super) fn erase(&self, users: &[UserId]) -> Result<u64, JournalError> {
        let mut store = lock(&self.store);
        if Failpoint::ErasedKeyKept.is_active() {
            return Ok(0);
        }
        let Store { file: Some(file), missing } = &mut *store else { return Ok(0) };
        let users: HashSet<UserId> = users.iter().copied().collect();
        let mut slots: Vec<u64> = {
            let known = read(&self.known);
            users.iter().filter_map(|user| known.keys.get(user).map(|(slot, _)| *slot)).collect()
        };
        let erased = slots.len() as u64;
        if let Some(missing) = missing {
            missing.retain(|user| !users.contains(user));
        }
        // What no row needs any more may be the key of one of them.
        let is_needed = missing.as_ref().is_none_or(|missing| !missing.is_empty());
        let theirs = file.unreadable().iter().filter(|it| !is_needed || users.contains(&it.user));
        slots.extend(theirs.map(|it| it.slot));
        file.clear(slots)?;
        let mut known = write(&self.known);
        for user in &users {
            known.keys.remove(user);
        }
        Ok(erased)
    }

    /// Decides what becomes of the slots that can't be read. `missing` has the users whose rows can't be read without a key that
    /// isn't there, each with what is encrypted.
    ///
    /// A slot whose key opens one of the rows gets its user's id back. If no row misses its key any more, writes to the others
    /// were interrupted, of keys whose rows were never committed or of erasures, and they are overwritten. Otherwise they stay as
    /// they are, because they may be what is left of a key that a row needs, and nobody uses them for another.
    pub(super) fn settle(&self, mut missing: HashMap<UserId, Vec<u8>>) -> Result<(), JournalError> {
        let mut store = lock(&self.store);
        let Store { file: Some(file), missing: still_missing } = &mut *store else { return Ok(()) };
        let unreadable = file.unreadable().to_vec();
        let is_few = unreadable.len().saturating_mul(missing.len()) <= TRIES_MAX;
        let mut mended = Found::new();
        for it in unreadable {
            let Some(user) = owner(&it, &missing, is_few) else { continue };
            tracing::warn!(slot = it.slot, %user, "a damaged slot of {KEYS_FILE} has this user's key, and is mended");
            file.mend(it.slot, user, &it.key)?;
            missing.remove(&user);
            mended.insert(user, (it.slot, it.key));
        }
        if !mended.is_empty() {
            file.sync()?;
            write(&self.known).keys.extend(mended);
        }
        let left: Vec<u64> = file.unreadable().iter().map(|it| it.slot).collect();
        if missing.is_empty() {
            file.clear(left)?;
        } else if !left.is_empty() {
            let users = missing.len();
            tracing::error!(slots = ?left, users, "slots of {KEYS_FILE} can't be read, and rows miss their keys");
        }
        *still_missing = Some(missing.into_keys().collect());
        Ok(())
    }

    /// Returns the file, which is made if there is none.
    fn file<'s>(&self, store: &'s mut Store) -> Result<&'s mut KeyFile, JournalError> {
        let file = if let Some(file) = store.file.take() {
            file
        } else {
            let (file, known) = self.load(made(&self.opener)?, None)?;
            *write(&self.known) = known;
            file
        };
        Ok(store.file.insert(file))
    }

    fn load(&self, backend: Backend, expected: Option<KeyFileId>) -> Result<(KeyFile, Known), JournalError> {
        let (file, keys) = KeyFile::read(backend, expected, || self.new_id())?;
        let known = Known { id: Some(file.id()), keys };
        Ok((file, known))
    }

    fn new_key(&self, user: UserId) -> Result<Key, JournalError> {
        match &self.seed {
            Some(seed) => Ok(*blake3::keyed_hash(seed, user.as_bytes()).as_bytes()),
            None => random(),
        }
    }

    fn new_id(&self) -> Result<KeyFileId, JournalError> {
        let bytes = match &self.seed {
            Some(seed) => *blake3::keyed_hash(seed, MAGIC).as_bytes(),
            None => random::<32>()?,
        };
        let mut id = KeyFileId::default();
        id.copy_from_slice(&bytes[..16]);
        Ok(id)
    }
}

fn made(opener: &KeyOpener) -> Result<Backend, JournalError> {
    opener(Wanted::Made)?.ok_or_else(|| JournalError::Storage(format!("there is no place for {KEYS_FILE}").into()))
}

/// Returns the user whose row the key of the slot opens: the one whom it names or, if the rows are few, any other.
fn owner(slot: &Unreadable, missing: &HashMap<UserId, Vec<u8>>, is_few: bool) -> Option<UserId> {
    let opens = |user: &UserId| missing.get(user).is_some_and(|sealed| unseal(&slot.key, *user, sealed).is_some());
    let others = missing.keys().filter(|_| is_few).copied();
    std::iter::once(slot.user).chain(others).find(opens)
}

fn random<const LEN: usize>() -> Result<[u8; LEN], JournalError> {
    let mut bytes = [0; LEN];
    getrandom::fill(&mut bytes).map_err(|err| JournalError::Storage(Box::new(err)))?;
    Ok(bytes)
}

/// Encrypts a user's personal data. The nonce is made of the content, so that none is ever used for two.
pub(super) fn seal(key: &Key, user: UserId, plain: &[u8]) -> Result<Vec<u8>, JournalError> {
    let nonce_key = blake3::derive_key("boxoffice 2026-11-30 nonces of the vault", key);
    let hash = blake3::keyed_hash(&nonce_key, plain);
    let nonce: [u8; NONCE_BYTES] = hash.as_bytes()[..NONCE_BYTES].try_into().unwrap_or_default();
    let payload = Payload { msg: plain, aad: user.as_bytes() };
    let sealed = XChaCha20Poly1305::new(key.into()).encrypt(&XNonce::from(nonce), payload);
    let sealed = sealed.map_err(|_| JournalError::Storage("personal data could not be encrypted".into()))?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// Decrypts a user's personal data; `None` if it is not what was encrypted.
pub(super) fn unseal(key: &Key, user: UserId, sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
    let payload = Payload { msg: sealed, aad: user.as_bytes() };
    XChaCha20Poly1305::new(key.into()).decrypt(&XNonce::from(*nonce), payload).ok()
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, Barrier, mpsc};
    use std::time::Duration;

    use boxoffice_faulty_disk::FaultyDisk;
    use redb::StorageBackend;

    use super::super::key_file::SLOT_BYTES;
    use super::*;

    const SEED: [u8; 32] = [7; 32];

    fn user(number: u8) -> UserId {
        UserId::from_bytes([number; 16])
    }

    fn on(disk: &FaultyDisk) -> Result<Keys, JournalError> {
        let disk = Arc::new(disk.clone());
        Keys::open(Box::new(move |_| Ok(Some(Box::new(disk.open()) as Backend))), Some(SEED), None)
    }

    #[test]
    fn what_is_sealed_is_opened_by_its_own_key_for_its_own_user() {
        let (one, two) = ([1; 32], [2; 32]);
        let sealed = seal(&one, user(1), b"ann@example.com").unwrap();
        assert_eq!(unseal(&one, user(1), &sealed).unwrap(), b"ann@example.com");
        assert!(unseal(&two, user(1), &sealed).is_none());
        assert!(unseal(&one, user(2), &sealed).is_none());
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert!(unseal(&one, user(1), &altered).is_none(), "{at}");
            assert!(unseal(&one, user(1), &sealed[..at]).is_none(), "{at}");
        }
        assert!(!sealed.windows(3).any(|part| part == b"ann"));
    }

    #[test]
    fn an_erased_key_is_gone_from_the_bytes_of_the_file() {
        let disk = FaultyDisk::new(1);
        let keys = on(&disk).unwrap();
        keys.ensure([user(1), user(2), user(3)]).unwrap();
        let key = keys.key(user(2)).unwrap();
        let holds = |bytes: &[u8]| disk.content().windows(bytes.len()).any(|part| part == bytes);
        assert!(holds(&key) && holds(user(2).as_bytes()));
        assert_eq!(keys.erase(&[user(2), user(9)]).unwrap(), 1);
        assert!(!holds(&key) && !holds(user(2).as_bytes()));
        assert_eq!(keys.erase(&[user(2)]).unwrap(), 0);

        drop(keys);
        let keys = on(&disk).unwrap();
        assert_eq!((keys.key(user(2)), keys.all().len()), (None, 2));
        keys.ensure([user(4)]).unwrap();
        assert_eq!(disk.len(), 4 * SLOT_BYTES as u64, "the slot is used again");
    }

    #[test]
    fn a_crash_at_any_call_leaves_whole_keys() {
        for calls in 0..40 {
            let disk = FaultyDisk::new(calls);
            disk.cut_power_after(calls);
            let mut made = Vec::new();
            let mut erased = Vec::new();
            if let Ok(keys) = on(&disk) {
                for number in 1..=6 {
                    if keys.ensure([user(number)]).is_err() {
                        break;
                    }
                    made.push(user(number));
                    if number % 2 == 0 && keys.erase(&[user(number - 1)]).is_ok() {
                        erased.push(user(number - 1));
                    }
                }
            }
            disk.cut_power();
            let keys = on(&disk).unwrap();
            keys.settle(HashMap::new()).unwrap();
            for user in &made {
                let is_kept = keys.key(*user).is_some();
                let may_be_gone =
                    erased.contains(user) || made.last() == Some(user) || made.iter().rev().nth(1) == Some(user);
                assert!(is_kept || may_be_gone, "{calls}: {user}");
                assert!(!(is_kept && erased.contains(user)), "{calls}: {user} was erased");
            }
            keys.ensure((1..=6).map(user)).unwrap();
            assert_eq!(keys.all().len(), 6);
        }
    }

    /// A file whose syncs wait at two barriers, once it is told so: when they begin, and before they go on.
    #[derive(Debug)]
    struct SlowFile(Backend, Arc<AtomicBool>, Arc<[Barrier; 2]>);

    impl StorageBackend for SlowFile {
        fn len(&self) -> io::Result<u64> {
            self.0.len()
        }

        fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
            self.0.read(offset, out)
        }

        fn set_len(&self, len: u64) -> io::Result<()> {
            self.0.set_len(len)
        }

        fn sync_data(&self) -> io::Result<()> {
            if self.1.load(Ordering::SeqCst) {
                let [begun, go_on] = &*self.2;
                begun.wait();
                go_on.wait();
            }
            self.0.sync_data()
        }

        fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
            self.0.write(offset, data)
        }
    }

    #[test]
    fn no_reader_waits_for_the_disk_or_sees_a_key_that_might_not_survive() {
        let (disk, is_slow) = (FaultyDisk::new(1), Arc::new(AtomicBool::new(false)));
        let barriers = Arc::new([Barrier::new(2), Barrier::new(2)]);
        let (slow, gates) = (is_slow.clone(), barriers.clone());
        let opener: KeyOpener = Box::new(move |_| {
            let file = SlowFile(Box::new(disk.open()), slow.clone(), gates.clone());
            Ok(Some(Box::new(file)))
        });
        let keys = Keys::open(opener, Some(SEED), None).unwrap();
        keys.ensure([user(1)]).unwrap();
        is_slow.store(true, Ordering::SeqCst);
        let (seen, told) = mpsc::channel();
        let keys = &keys;
        let answer = std::thread::scope(|scope| {
            scope.spawn(|| keys.ensure([user(2)]).unwrap());
            barriers[0].wait();
            scope.spawn(move || seen.send((keys.key(user(1)).is_some(), keys.key(user(2)), keys.all().len())));
            let answer = told.recv_timeout(Duration::from_secs(20));
            barriers[1].wait();
            answer
        });
        assert_eq!(answer, Ok((true, None, 1)));
        assert!(keys.key(user(2)).is_some());
    }

    #[test]
    fn a_file_of_another_journal_is_refused() {
        let disk = FaultyDisk::new(1);
        let id = on(&disk).unwrap().id().unwrap();
        let open = |expected| {
            let disk = disk.clone();
            Keys::open(Box::new(move |_| Ok(Some(Box::new(disk.open()) as Backend))), None, Some(expected))
        };
        assert_eq!(open(id).unwrap().id(), Some(id));
        assert!(matches!(open([9; 16]), Err(JournalError::Damaged { .. })));
        let missing = Keys::open(Box::new(|_| Ok(None)), None, Some(id));
        assert!(matches!(missing, Err(JournalError::Damaged { .. })));
    }
}
