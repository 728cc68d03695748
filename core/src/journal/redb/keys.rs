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
//! The file is a header and slots of 64 bytes: the user's id, the key, and a checksum over both. A slot of zeros is free.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Mutex;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use redb::StorageBackend;
use redb::backends::FileBackend;

use super::format::{SEALED, raise, storage, sync_dir};
use super::lock::lock;
use super::schema::{CHECKSUM_BYTES, checksum};
use crate::failpoint::Failpoint;
use crate::journal::JournalError;
use crate::journal::codec::damaged;
use crate::private_file;
use crate::types::UserId;

/// Name of the file in the data directory.
pub(crate) const KEYS_FILE: &str = "vault.keys";

const SLOT_BYTES: usize = 64;
const USER_BYTES: usize = 16;
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// First bytes of the file.
const MAGIC: &[u8; 32] = b"boxoffice vault keys 1\n\0\0\0\0\0\0\0\0\0";

/// Identity of a key file, which the journal notes too.
pub(super) type KeyFileId = [u8; 16];

pub(super) type Key = [u8; KEY_BYTES];

/// An open key file.
pub(super) type Backend = Box<dyn StorageBackend>;

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
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    file: Option<Backend>,
    id: Option<KeyFileId>,
    /// Number of slots in the file.
    slots: u64,
    free: Vec<u64>,
    keys: HashMap<UserId, (u64, Key)>,
    /// Slots that are neither whole nor free: a write to them was interrupted, or they are damaged.
    torn: Vec<(u64, UserId)>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("users", &lock(&self.state).keys.len()).finish_non_exhaustive()
    }
}

impl Keys {
    /// Opens the file if it exists. `expected` is the identity that the journal has noted.
    pub(super) fn open(
        opener: KeyOpener,
        seed: Option<[u8; 32]>,
        expected: Option<KeyFileId>,
    ) -> Result<Self, JournalError> {
        let keys = Self { opener, seed, state: Mutex::default() };
        keys.reopen(expected)?;
        Ok(keys)
    }

    /// Creates the file with this identity, in place of one that an interrupted copy has left.
    pub(super) fn create(opener: KeyOpener, id: KeyFileId) -> Result<Self, JournalError> {
        let file = opener(Wanted::Made)?.ok_or_else(|| JournalError::Storage("there is no place for keys".into()))?;
        file.set_len(0).map_err(storage)?;
        file.set_len(SLOT_BYTES as u64).map_err(storage)?;
        file.write(0, &header_of(id)).map_err(storage)?;
        let state = State { file: Some(file), id: Some(id), ..State::default() };
        Ok(Self { opener, seed: None, state: Mutex::new(state) })
    }

    /// Reads the file anew, after a failure.
    pub(super) fn reopen(&self, expected: Option<KeyFileId>) -> Result<(), JournalError> {
        let mut state = lock(&self.state);
        *state = State::default();
        match (self.opener)(Wanted::IfThere)? {
            Some(file) => *state = self.load(file, expected)?,
            None if expected.is_some() => return Err(damaged(0, format!("{KEYS_FILE} is missing"))),
            None => {}
        }
        Ok(())
    }

    /// Returns the identity of the file; `None` while there is none.
    pub(super) fn id(&self) -> Option<KeyFileId> {
        lock(&self.state).id
    }

    /// Returns the key of a user.
    pub(super) fn key(&self, user: UserId) -> Option<Key> {
        lock(&self.state).keys.get(&user).map(|(_, key)| *key)
    }

    /// Returns all keys.
    pub(super) fn all(&self) -> HashMap<UserId, Key> {
        lock(&self.state).keys.iter().map(|(user, (_, key))| (*user, *key)).collect()
    }

    /// Makes a key for each user who has none, durable when it returns.
    pub(super) fn ensure(&self, users: impl IntoIterator<Item = UserId>) -> Result<(), JournalError> {
        let mut state = lock(&self.state);
        let mut new = Vec::new();
        for user in users {
            if !state.keys.contains_key(&user) {
                self.put(&mut state, user, self.new_key(user)?)?;
                new.push(user);
            }
        }
        let synced = if new.is_empty() { Ok(()) } else { state.sync() };
        // Nothing may be encrypted under a key that might not survive.
        for user in new.iter().filter(|_| synced.is_err()) {
            state.keys.remove(user);
        }
        synced
    }

    /// Stores these keys in a file that has none.
    pub(super) fn fill(&self, keys: impl IntoIterator<Item = (UserId, Key)>) -> Result<(), JournalError> {
        let mut state = lock(&self.state);
        for (user, key) in keys {
            self.put(&mut state, user, key)?;
        }
        state.sync()
    }

    /// Overwrites the keys of these users; returns the number of those that had one. It is durable when it returns.
    pub(super) fn erase(&self, users: &[UserId]) -> Result<u64, JournalError> {
        let mut state = lock(&self.state);
        if Failpoint::ErasedKeyKept.is_active() {
            return Ok(0);
        }
        let mut slots: Vec<u64> = users.iter().filter_map(|user| state.keys.get(user).map(|(slot, _)| *slot)).collect();
        slots.sort_unstable();
        slots.dedup();
        for slot in &slots {
            state.write(*slot, &[0; SLOT_BYTES])?;
        }
        if !slots.is_empty() {
            state.sync()?;
        }
        for user in users {
            state.keys.remove(user);
        }
        state.free.extend(&slots);
        Ok(slots.len() as u64)
    }

    /// Frees the slots to which a write was interrupted. Those of users that have a row are damage, and stay as they are.
    pub(super) fn free_torn(&self, has_row: impl Fn(UserId) -> Result<bool, JournalError>) -> Result<(), JournalError> {
        let mut state = lock(&self.state);
        let mut is_changed = false;
        for (slot, user) in std::mem::take(&mut state.torn) {
            if has_row(user)? {
                tracing::error!(%user, "the key of a user's personal data is damaged");
                continue;
            }
            state.write(slot, &[0; SLOT_BYTES])?;
            state.free.push(slot);
            is_changed = true;
        }
        if is_changed { state.sync() } else { Ok(()) }
    }

    fn put(&self, state: &mut State, user: UserId, key: Key) -> Result<(), JournalError> {
        if state.file.is_none() {
            let made = (self.opener)(Wanted::Made)?;
            let file = made.ok_or_else(|| JournalError::Storage(format!("{KEYS_FILE} could not be made").into()))?;
            *state = self.load(file, None)?;
        }
        let slot = state.free.pop().unwrap_or(state.slots);
        let mut bytes = [0; SLOT_BYTES];
        bytes[..USER_BYTES].copy_from_slice(user.as_bytes());
        bytes[USER_BYTES..USER_BYTES + KEY_BYTES].copy_from_slice(&key);
        bytes[USER_BYTES + KEY_BYTES..].copy_from_slice(&checksum(&[user.as_bytes(), &key]));
        state.slots = state.slots.max(slot + 1);
        state.write(slot, &bytes)?;
        state.keys.insert(user, (slot, key));
        Ok(())
    }

    /// Reads the header and all slots. A file that the journal does not know yet gets a header.
    fn load(&self, file: Backend, expected: Option<KeyFileId>) -> Result<State, JournalError> {
        let len = file.len().map_err(storage)?;
        let mut header = [0; SLOT_BYTES];
        if len >= SLOT_BYTES as u64 {
            file.read(0, &mut header).map_err(storage)?;
        }
        let id = match (id_of(&header), expected) {
            (Some(id), Some(expected)) if id != expected => {
                return Err(damaged(0, format!("{KEYS_FILE} is of another journal")));
            }
            (Some(id), _) => id,
            // The header is durable before the first slot is written.
            (None, None) if len <= SLOT_BYTES as u64 => {
                let id = self.new_id()?;
                file.set_len(SLOT_BYTES as u64).map_err(storage)?;
                file.write(0, &header_of(id)).map_err(storage)?;
                file.sync_data().map_err(storage)?;
                return Ok(State { file: Some(file), id: Some(id), ..State::default() });
            }
            (None, _) => return Err(damaged(0, format!("{KEYS_FILE} is damaged: its header is not what was stored"))),
        };
        let mut state = State { file: None, id: Some(id), ..State::default() };
        // The last slot may be cut short, where a crash has interrupted its first write.
        let whole = usize::try_from(len / SLOT_BYTES as u64 - 1).unwrap_or(0);
        let mut bytes = vec![0; whole * SLOT_BYTES];
        file.read(SLOT_BYTES as u64, &mut bytes).map_err(storage)?;
        for (slot, bytes) in (0_u64..).zip(bytes.chunks_exact(SLOT_BYTES)) {
            state.take(slot, bytes);
        }
        // What a process wrote and never synced is read like everything else, and would be lost with the power.
        if whole > 0 {
            file.sync_data().map_err(storage)?;
        }
        state.slots = whole as u64;
        state.file = Some(file);
        Ok(state)
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

impl State {
    fn take(&mut self, slot: u64, bytes: &[u8]) {
        if bytes.iter().all(|byte| *byte == 0) {
            self.free.push(slot);
            return;
        }
        let (mut user, mut key) = ([0; USER_BYTES], [0; KEY_BYTES]);
        user.copy_from_slice(&bytes[..USER_BYTES]);
        key.copy_from_slice(&bytes[USER_BYTES..USER_BYTES + KEY_BYTES]);
        let is_whole = checksum(&[&user, &key]) == bytes[USER_BYTES + KEY_BYTES..];
        let user = UserId::from_bytes(user);
        if is_whole {
            self.keys.insert(user, (slot, key));
        } else {
            self.torn.push((slot, user));
        }
    }

    fn write(&self, slot: u64, bytes: &[u8; SLOT_BYTES]) -> Result<(), JournalError> {
        let file =
            self.file.as_ref().ok_or_else(|| JournalError::Storage(format!("{KEYS_FILE} is not open").into()))?;
        let offset = (slot + 1) * SLOT_BYTES as u64;
        if file.len().map_err(storage)? < offset + SLOT_BYTES as u64 {
            file.set_len(offset + SLOT_BYTES as u64).map_err(storage)?;
        }
        file.write(offset, bytes).map_err(storage)
    }

    fn sync(&self) -> Result<(), JournalError> {
        self.file.as_ref().map_or(Ok(()), |file| file.sync_data().map_err(storage))
    }
}

fn header_of(id: KeyFileId) -> [u8; SLOT_BYTES] {
    let mut header = [0; SLOT_BYTES];
    header[..32].copy_from_slice(MAGIC);
    header[32..48].copy_from_slice(&id);
    header[48..].copy_from_slice(&checksum(&[MAGIC, &id]));
    header
}

fn id_of(header: &[u8; SLOT_BYTES]) -> Option<KeyFileId> {
    let mut id = KeyFileId::default();
    id.copy_from_slice(&header[32..48]);
    (*header == header_of(id)).then_some(id)
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

const _: () = assert!(USER_BYTES + KEY_BYTES + CHECKSUM_BYTES == SLOT_BYTES);

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use boxoffice_faulty_disk::FaultyDisk;

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
            keys.free_torn(|_| Ok(false)).unwrap();
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
