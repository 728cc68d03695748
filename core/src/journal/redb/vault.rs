//! Personal data: one row for each user, and the owner of each email.
//!
//! A row is encrypted under its user's key in [`keys`](super::keys), so that the bytes that redb leaves behind are noise once
//! the key is gone. Rows of earlier versions are plain until they are changed, or the journal is compacted.

#[cfg(feature = "cluster")]
pub(super) mod rows;
use std::collections::{HashMap, HashSet};

use redb::{ReadTransaction, ReadableTable, Table, TableError, WriteTransaction};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use super::key_file::{Key, KeyFileId};
use super::keys::{Keys, seal, unseal};
use super::schema::{CHECKSUM_BYTES, EMAILS, ERASING, META, META_KEY_FILE, VAULT, checksum};
use crate::domain::VaultChange;
use crate::event::EmailKey;
use crate::journal::codec::damaged;
use crate::journal::{JournalError, VaultRow, former_keyed_email, keyed_email};
use crate::types::{Email, UserId};

/// A row as stored, in self-describing `MessagePack`. A value that the user never had is empty.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredRow {
    /// Empty in an encrypted row.
    email: String,
    email_key: Option<[u8; 16]>,
    /// Empty in an encrypted row.
    password_hash: String,
    /// The [`Content`], encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<ByteBuf>,
    /// Checksum over the user's id and all other fields.
    checksum: [u8; CHECKSUM_BYTES],
}

/// What is encrypted of a row.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    email: String,
    password_hash: String,
}

impl StoredRow {
    fn checksum(&self, user: UserId) -> [u8; CHECKSUM_BYTES] {
        let key = self.email_key.unwrap_or_default();
        let lengths = [self.email.len() as u64, u64::from(self.email_key.is_some())].map(u64::to_le_bytes).concat();
        let plain: [&[u8]; 5] = [user.as_bytes(), &lengths, self.email.as_bytes(), &key, self.password_hash.as_bytes()];
        match &self.sealed {
            None => checksum(&plain),
            Some(sealed) => checksum(&[&plain[..], &[b"sealed".as_slice(), sealed]].concat()),
        }
    }

    /// Returns the content; an error without the key that it is encrypted under.
    fn content(&self, user: UserId, key: Option<&Key>) -> Result<Content, JournalError> {
        let Some(sealed) = &self.sealed else {
            return Ok(Content { email: self.email.clone(), password_hash: self.password_hash.clone() });
        };
        let key = key.ok_or_else(|| damaged(0, format!("the key of the personal data of user {user} is missing")))?;
        let plain = unseal(key, user, sealed);
        let content = plain.and_then(|plain| rmp_serde::from_slice(&plain).ok());
        content.ok_or_else(|| damaged(0, format!("the personal data of user {user} can't be decrypted")))
    }

    /// Takes new content, encrypted if there is a key.
    fn set(&mut self, user: UserId, content: Content, key: Option<&Key>) -> Result<(), JournalError> {
        if let Some(key) = key {
            let plain = rmp_serde::to_vec_named(&content).map_err(|err| JournalError::Storage(Box::new(err)))?;
            self.sealed = Some(ByteBuf::from(seal(key, user, &plain)?));
            (self.email, self.password_hash) = (String::new(), String::new());
        } else {
            (self.email, self.password_hash) = (content.email, content.password_hash);
        }
        self.checksum = self.checksum(user);
        Ok(())
    }

    fn encode(&self) -> Result<Vec<u8>, JournalError> {
        rmp_serde::to_vec_named(self).map_err(|err| JournalError::Storage(Box::new(err)))
    }
}

type Rows<'txn> = Table<'txn, &'static [u8; 16], &'static [u8]>;
type Owners<'txn> = Table<'txn, &'static [u8; 16], &'static [u8; 16]>;

/// Returns the users who need a key before the changes are applied.
pub(super) fn keyed(changes: &[VaultChange]) -> impl Iterator<Item = UserId> {
    changes.iter().filter_map(|change| match change {
        VaultChange::Put { user_id, .. } => Some(*user_id),
        VaultChange::Erase { .. } => None,
    })
}

/// Returns the users whose keys go once the changes are durable.
pub(super) fn erased(changes: &[VaultChange]) -> Vec<UserId> {
    let mut erased: Vec<UserId> = Vec::new();
    for change in changes {
        match change {
            VaultChange::Put { user_id, .. } => erased.retain(|user| user != user_id),
            VaultChange::Erase { user_id } => erased.push(*user_id),
        }
    }
    erased
}

/// Applies the changes in order. Every user of [`keyed`] has a key, unless the journal has no file of keys.
pub(super) fn apply(txn: &WriteTransaction, changes: &[VaultChange], keys: Option<&Keys>) -> Result<(), JournalError> {
    let mut rows = txn.open_table(VAULT)?;
    let mut owners = txn.open_table(EMAILS)?;
    for change in changes {
        match change {
            VaultChange::Put { user_id, email, password_hash } => {
                let mut row = stored(&rows, *user_id)?.unwrap_or_default();
                let key = keys.and_then(|keys| keys.key(*user_id));
                let mut content = row.content(*user_id, key.as_ref()).unwrap_or_else(|error| {
                    tracing::error!(%error, "personal data that can't be read is written anew");
                    Content::default()
                });
                if let Some((email_key, email)) = email {
                    free(&mut owners, &row, *user_id)?;
                    owners.insert(email_key.as_bytes(), user_id.as_bytes())?;
                    content.email = email.as_str().into();
                    row.email_key = Some(*email_key.as_bytes());
                }
                if let Some(hash) = password_hash {
                    content.password_hash.clone_from(hash);
                }
                row.set(*user_id, content, key.as_ref())?;
                rows.insert(user_id.as_bytes(), row.encode()?.as_slice())?;
            }
            VaultChange::Erase { user_id } => {
                erase(&mut rows, &mut owners, *user_id)?;
                if keys.is_some_and(|keys| keys.may_hold(*user_id)) {
                    txn.open_table(ERASING)?.insert(user_id.as_bytes(), ())?;
                }
            }
        }
    }
    keys.and_then(Keys::id).map_or(Ok(()), |id| note_key_file(txn, id))
}

/// Notes the file of the keys, unless it is noted already.
fn note_key_file(txn: &WriteTransaction, id: KeyFileId) -> Result<(), JournalError> {
    let mut meta = txn.open_table(META)?;
    if meta.get(META_KEY_FILE)?.is_none() {
        meta.insert(META_KEY_FILE, [id.as_slice(), &checksum(&[&id])].concat().as_slice())?;
    }
    Ok(())
}

/// Returns the file of the keys that `meta` notes.
pub(super) fn key_file(
    meta: &impl ReadableTable<&'static str, &'static [u8]>,
) -> Result<Option<KeyFileId>, JournalError> {
    let Some(stored) = meta.get(META_KEY_FILE)? else { return Ok(None) };
    let id = stored.value().split_first_chunk::<16>().filter(|(id, sum)| checksum(&[*id]).as_slice() == *sum);
    let wrong = || damaged(0, "the identity of the vault's keys is not what was stored");
    id.map(|(id, _)| Some(*id)).ok_or_else(wrong)
}

/// Returns the users whose erasure has begun.
pub(super) fn erasing(txn: &ReadTransaction) -> Result<Vec<UserId>, JournalError> {
    let table = match txn.open_table(ERASING) {
        Ok(table) => table,
        Err(TableError::TableDoesNotExist(_)) => return Ok(Vec::new()),
        Err(err) => return Err(err.into()),
    };
    table.iter()?.map(|entry| Ok(UserId::from_bytes(*entry?.0.value()))).collect()
}

/// Forgets the users whose keys are gone.
pub(super) fn forget_erased(txn: &WriteTransaction, keys: &Keys) -> Result<(), JournalError> {
    let mut table = txn.open_table(ERASING)?;
    table.retain(|user, ()| keys.key(UserId::from_bytes(*user)).is_some())?;
    Ok(())
}

/// Returns up to `limit` users whose rows are plain, from `from` on.
pub(super) fn plain(txn: &ReadTransaction, from: UserId, limit: usize) -> Result<Vec<UserId>, JournalError> {
    let mut users = Vec::new();
    for entry in txn.open_table(VAULT)?.range::<&[u8; 16]>(from.as_bytes()..)? {
        let (id, value) = entry?;
        let user = UserId::from_bytes(*id.value());
        // A damaged row is told by whoever verifies, and stays as it is.
        if decode(user, value.value()).is_ok_and(|row| row.sealed.is_none()) {
            users.push(user);
            if users.len() == limit {
                break;
            }
        }
    }
    Ok(users)
}

/// Encrypts the rows of these users, each of whom has a key.
pub(super) fn seal_rows(txn: &WriteTransaction, users: &[UserId], keys: &Keys) -> Result<(), JournalError> {
    let mut rows = txn.open_table(VAULT)?;
    for user in users {
        let Some(mut row) = stored(&rows, *user)? else { continue };
        let key = keys.key(*user);
        let content = row.content(*user, key.as_ref())?;
        row.set(*user, content, key.as_ref())?;
        rows.insert(user.as_bytes(), row.encode()?.as_slice())?;
    }
    keys.id().map_or(Ok(()), |id| note_key_file(txn, id))
}

/// Returns the users whose rows can't be read without a key that isn't there, each with what is encrypted, which is nothing where
/// the row itself is damaged. Those who are erased need no key.
pub(super) fn without_key(
    txn: &ReadTransaction,
    keys: &Keys,
    erased: &HashSet<UserId>,
) -> Result<HashMap<UserId, Vec<u8>>, JournalError> {
    let mut found = HashMap::new();
    for entry in txn.open_table(VAULT)?.iter()? {
        let (id, value) = entry?;
        let user = UserId::from_bytes(*id.value());
        if erased.contains(&user) || keys.key(user).is_some() {
            continue;
        }
        let sealed = decode(user, value.value()).map_or_else(|_| Some(ByteBuf::new()), |row| row.sealed);
        found.extend(sealed.map(|sealed| (user, sealed.into_vec())));
    }
    Ok(found)
}

/// Returns `true` if the user has a row.
pub(super) fn has_row(txn: &ReadTransaction, user: UserId) -> Result<bool, JournalError> {
    Ok(txn.open_table(VAULT)?.get(user.as_bytes())?.is_some())
}

fn erase(rows: &mut Rows<'_>, owners: &mut Owners<'_>, user: UserId) -> Result<(), JournalError> {
    if let Some(row) = stored(rows, user)? {
        free(owners, &row, user)?;
        rows.remove(user.as_bytes())?;
    }
    Ok(())
}

/// Frees the email of a row, unless it now has another owner.
fn free(owners: &mut Owners<'_>, row: &StoredRow, user: UserId) -> Result<(), JournalError> {
    if let Some(key) = &row.email_key
        && owners.get(key)?.is_some_and(|owner| owner.value() == user.as_bytes())
    {
        owners.remove(key)?;
    }
    Ok(())
}

/// Returns the owner of the email.
pub(super) fn owner(txn: &ReadTransaction, key: EmailKey) -> Result<Option<UserId>, JournalError> {
    let owners = txn.open_table(EMAILS)?;
    let Some(owner) = owners.get(key.as_bytes())?.map(|owner| UserId::from_bytes(*owner.value())) else {
        return Ok(None);
    };
    let row = stored(&txn.open_table(VAULT)?, owner)?;
    if row.is_none_or(|row| row.email_key != Some(*key.as_bytes())) {
        return Err(damaged(0, format!("an email is listed as that of user {owner}, whose it is not")));
    }
    Ok(Some(owner))
}

/// Returns the user's personal data.
pub(super) fn row(txn: &ReadTransaction, user: UserId, keys: Option<&Keys>) -> Result<Option<VaultRow>, JournalError> {
    let Some(row) = stored(&txn.open_table(VAULT)?, user)? else { return Ok(None) };
    let Content { email, password_hash } = row.content(user, keys.and_then(|keys| keys.key(user)).as_ref())?;
    Ok(Some(VaultRow { email, password_hash }))
}

/// Reports everything wrong with the vault. `hash_key` is the journal's key of email hashes; `is_erased` tells who was erased
/// elsewhere, so that no key is missed.
pub(super) fn check(
    txn: &ReadTransaction,
    hash_key: &[u8; 32],
    keys: Option<&Keys>,
    is_erased: &dyn Fn(UserId) -> bool,
    wrong: &mut dyn FnMut(String),
) -> Result<(), JournalError> {
    let rows = txn.open_table(VAULT)?;
    let owners = txn.open_table(EMAILS)?;
    let mut with_email = 0_u64;
    for entry in rows.iter()? {
        let (id, value) = entry?;
        let user = UserId::from_bytes(*id.value());
        let row = match decode(user, value.value()) {
            Ok(row) => row,
            Err(error) => {
                wrong(error.to_string());
                continue;
            }
        };
        // Looked up by key, as all other reads do, so that a broken lookup is noticed too.
        if stored(&rows, user)?.is_none() {
            wrong(format!("the vault's row of user {user} can't be found by its id"));
        }
        let content = match row.content(user, keys.and_then(|keys| keys.key(user)).as_ref()) {
            Ok(content) => content,
            Err(error) => {
                if !is_erased(user) {
                    wrong(error.to_string());
                }
                Content::default()
            }
        };
        let Some(key) = row.email_key else { continue };
        with_email += 1;
        if owners.get(&key)?.is_none_or(|owner| owner.value() != user.as_bytes()) {
            wrong(format!("the email of user {user} is not listed as theirs"));
        }
        let is_its_own = |email: Email| {
            let keys = [Some(keyed_email(hash_key, &email)), former_keyed_email(hash_key, &email)];
            keys.contains(&Some(EmailKey::from_bytes(key)))
        };
        if !Email::known(&content.email).is_none_or(is_its_own) {
            wrong(format!("the email of user {user} is listed under another key than its own"));
        }
    }
    let mut listed = 0_u64;
    for entry in owners.iter()? {
        entry?;
        listed += 1;
    }
    if listed != with_email {
        wrong(format!("{listed} emails are listed, but {with_email} users have one"));
    }
    Ok(())
}

fn stored(
    rows: &impl ReadableTable<&'static [u8; 16], &'static [u8]>,
    user: UserId,
) -> Result<Option<StoredRow>, JournalError> {
    rows.get(user.as_bytes())?.map(|value| decode(user, value.value())).transpose()
}

fn decode(user: UserId, bytes: &[u8]) -> Result<StoredRow, JournalError> {
    let row: StoredRow = rmp_serde::from_slice(bytes)
        .map_err(|err| damaged(0, format!("the vault's row of user {user} can't be decoded: {err}")))?;
    if row.checksum != row.checksum(user) {
        return Err(damaged(0, format!("the vault's row of user {user} is not what was stored")));
    }
    Ok(row)
}
