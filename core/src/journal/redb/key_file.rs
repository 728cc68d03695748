//! The file with the vault's keys: a header and slots of 64 bytes, which are changed in place.
//!
//! A slot has a user's id, the key, and a checksum over both. A slot of zeros is free. One that can't be read is damaged, or a
//! write to it was interrupted. It may hold the only copy of a key, so it is not free: nobody writes to it before
//! [`Keys::settle`](super::keys::Keys::settle) knows that no row needs it.

use std::collections::HashMap;

use redb::StorageBackend;

use super::format::storage;
use super::schema::{CHECKSUM_BYTES, checksum};
use crate::journal::JournalError;
use crate::journal::codec::damaged;
use crate::types::UserId;

/// Name of the file in the data directory.
pub(crate) const KEYS_FILE: &str = "vault.keys";

/// Length of the header and of each slot.
pub(super) const SLOT_BYTES: usize = 64;
const USER_BYTES: usize = 16;
const KEY_BYTES: usize = 32;

/// First bytes of the file.
pub(super) const MAGIC: &[u8; 32] = b"boxoffice vault keys 1\n\0\0\0\0\0\0\0\0\0";

/// Identity of a key file, which the journal notes too.
pub(super) type KeyFileId = [u8; 16];

/// Key of a user's personal data.
pub(crate) type Key = [u8; KEY_BYTES];

/// Keys with their slots.
pub(super) type Found = HashMap<UserId, (u64, Key)>;

/// Storage of the file.
pub(super) type Backend = Box<dyn StorageBackend>;

/// A slot that can't be read.
#[derive(Clone, Copy)]
pub(super) struct Unreadable {
    pub(super) slot: u64,
    /// User whom it names, unless this is what is damaged.
    pub(super) user: UserId,
    /// Key that it has, unless this is what is damaged.
    pub(super) key: Key,
}

/// The open file.
pub(super) struct KeyFile {
    backend: Backend,
    id: KeyFileId,
    /// Number of slots.
    slots: u64,
    free: Vec<u64>,
    unreadable: Vec<Unreadable>,
}

impl KeyFile {
    /// Creates a file without keys in place of what is stored. It is not durable yet.
    pub(super) fn lay_out(backend: Backend, id: KeyFileId) -> Result<Self, JournalError> {
        backend.set_len(0).map_err(storage)?;
        backend.set_len(SLOT_BYTES as u64).map_err(storage)?;
        backend.write(0, &header_of(id)).map_err(storage)?;
        Ok(Self { backend, id, slots: 0, free: Vec::new(), unreadable: Vec::new() })
    }

    /// Reads the header and all slots. A file without slots that the journal does not know yet gets a header.
    pub(super) fn read(
        backend: Backend,
        expected: Option<KeyFileId>,
        new_id: impl FnOnce() -> Result<KeyFileId, JournalError>,
    ) -> Result<(Self, Found), JournalError> {
        let len = backend.len().map_err(storage)?;
        let mut header = [0; SLOT_BYTES];
        if len >= SLOT_BYTES as u64 {
            backend.read(0, &mut header).map_err(storage)?;
        }
        let id = match (id_of(&header), expected) {
            (Some(id), Some(expected)) if id != expected => {
                return Err(damaged(0, format!("{KEYS_FILE} is of another journal")));
            }
            (Some(id), _) => id,
            // The header is durable before the first slot is written.
            (None, None) if len <= SLOT_BYTES as u64 => {
                let file = Self::lay_out(backend, new_id()?)?;
                file.sync()?;
                return Ok((file, Found::new()));
            }
            (None, _) => return Err(damaged(0, format!("{KEYS_FILE} is damaged: its header is not what was stored"))),
        };
        let mut bytes = vec![0; usize::try_from(len).unwrap_or(0).saturating_sub(SLOT_BYTES)];
        backend.read(SLOT_BYTES as u64, &mut bytes).map_err(storage)?;
        // The last slot is cut short where a crash has interrupted its first write, or the file has lost its end.
        bytes.resize(bytes.len().next_multiple_of(SLOT_BYTES), 0);
        let (slots, _) = bytes.as_chunks::<SLOT_BYTES>();
        let mut file = Self { backend, id, slots: slots.len() as u64, free: Vec::new(), unreadable: Vec::new() };
        let mut found = Found::new();
        for (slot, bytes) in (0_u64..).zip(slots) {
            if bytes.iter().all(|byte| *byte == 0) {
                file.free.push(slot);
                continue;
            }
            let (user, key) = content_of(bytes);
            if *bytes == slot_of(user, &key) {
                found.insert(user, (slot, key));
            } else {
                file.unreadable.push(Unreadable { slot, user, key });
            }
        }
        // What a process wrote and never synced is read like everything else, and would be lost with the power.
        if file.slots > 0 {
            file.sync()?;
        }
        Ok((file, found))
    }

    pub(super) fn id(&self) -> KeyFileId {
        self.id
    }

    /// Returns the slots that can't be read.
    pub(super) fn unreadable(&self) -> &[Unreadable] {
        &self.unreadable
    }

    /// Stores a key in a free slot, and returns the slot. It is not durable yet.
    pub(super) fn put(&mut self, user: UserId, key: &Key) -> Result<u64, JournalError> {
        let slot = self.free.pop().unwrap_or(self.slots);
        self.slots = self.slots.max(slot + 1);
        self.write(slot, &slot_of(user, key))?;
        Ok(slot)
    }

    /// Writes a slot that can't be read anew, now that its user is known. It is not durable yet.
    pub(super) fn mend(&mut self, slot: u64, user: UserId, key: &Key) -> Result<(), JournalError> {
        self.write(slot, &slot_of(user, key))?;
        self.unreadable.retain(|it| it.slot != slot);
        Ok(())
    }

    /// Overwrites slots, which are free then. It is durable when it returns.
    pub(super) fn clear(&mut self, mut slots: Vec<u64>) -> Result<(), JournalError> {
        slots.sort_unstable();
        slots.dedup();
        for slot in &slots {
            self.write(*slot, &[0; SLOT_BYTES])?;
        }
        if !slots.is_empty() {
            self.sync()?;
        }
        self.unreadable.retain(|it| slots.binary_search(&it.slot).is_err());
        self.free.append(&mut slots);
        Ok(())
    }

    pub(super) fn sync(&self) -> Result<(), JournalError> {
        self.backend.sync_data().map_err(storage)
    }

    fn write(&self, slot: u64, bytes: &[u8; SLOT_BYTES]) -> Result<(), JournalError> {
        let offset = (slot + 1) * SLOT_BYTES as u64;
        let end = offset + SLOT_BYTES as u64;
        if self.backend.len().map_err(storage)? < end {
            self.backend.set_len(end).map_err(storage)?;
        }
        self.backend.write(offset, bytes).map_err(storage)
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

fn slot_of(user: UserId, key: &Key) -> [u8; SLOT_BYTES] {
    let mut bytes = [0; SLOT_BYTES];
    bytes[..USER_BYTES].copy_from_slice(user.as_bytes());
    bytes[USER_BYTES..USER_BYTES + KEY_BYTES].copy_from_slice(key);
    bytes[USER_BYTES + KEY_BYTES..].copy_from_slice(&checksum(&[user.as_bytes(), key]));
    bytes
}

/// Returns what the bytes say, whether or not the checksum fits.
fn content_of(bytes: &[u8; SLOT_BYTES]) -> (UserId, Key) {
    let (mut user, mut key) = ([0; USER_BYTES], [0; KEY_BYTES]);
    user.copy_from_slice(&bytes[..USER_BYTES]);
    key.copy_from_slice(&bytes[USER_BYTES..USER_BYTES + KEY_BYTES]);
    (UserId::from_bytes(user), key)
}

const _: () = assert!(USER_BYTES + KEY_BYTES + CHECKSUM_BYTES == SLOT_BYTES);
