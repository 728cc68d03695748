//! Personal data: one row for each user, and the owner of each email.
//!
//! Erased rows disappear from all reads at once and from later backups. Their bytes remain in the file until redb
//! reuses their pages.

use redb::{ReadTransaction, ReadableTable, Table, WriteTransaction};
use serde::{Deserialize, Serialize};

use super::schema::{CHECKSUM_BYTES, EMAILS, VAULT, checksum};
use crate::domain::VaultChange;
use crate::event::EmailKey;
use crate::journal::codec::damaged;
use crate::journal::{JournalError, VaultRow, former_keyed_email, keyed_email};
use crate::types::{Email, UserId};

/// A row as stored, in self-describing `MessagePack`. A value that the user never had is empty.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredRow {
    email: String,
    email_key: Option<[u8; 16]>,
    password_hash: String,
    /// Checksum over the user's id and all other fields.
    checksum: [u8; CHECKSUM_BYTES],
}

impl StoredRow {
    fn checksum(&self, user: UserId) -> [u8; CHECKSUM_BYTES] {
        let key = self.email_key.unwrap_or_default();
        let lengths = [self.email.len() as u64, u64::from(self.email_key.is_some())].map(u64::to_le_bytes).concat();
        checksum(&[user.as_bytes(), &lengths, self.email.as_bytes(), &key, self.password_hash.as_bytes()])
    }
}

type Rows<'txn> = Table<'txn, &'static [u8; 16], &'static [u8]>;
type Owners<'txn> = Table<'txn, &'static [u8; 16], &'static [u8; 16]>;

/// Applies the changes in order.
pub(super) fn apply(txn: &WriteTransaction, changes: &[VaultChange]) -> Result<(), JournalError> {
    let mut rows = txn.open_table(VAULT)?;
    let mut owners = txn.open_table(EMAILS)?;
    for change in changes {
        match change {
            VaultChange::Put { user_id, email, password_hash } => {
                let mut row = stored(&rows, *user_id)?.unwrap_or_default();
                if let Some((key, email)) = email {
                    free(&mut owners, &row, *user_id)?;
                    owners.insert(key.as_bytes(), user_id.as_bytes())?;
                    row.email = email.as_str().into();
                    row.email_key = Some(*key.as_bytes());
                }
                if let Some(hash) = password_hash {
                    row.password_hash.clone_from(hash);
                }
                row.checksum = row.checksum(*user_id);
                let value = rmp_serde::to_vec_named(&row).map_err(|err| JournalError::Storage(Box::new(err)))?;
                rows.insert(user_id.as_bytes(), value.as_slice())?;
            }
            VaultChange::Erase { user_id } => erase(&mut rows, &mut owners, *user_id)?,
        }
    }
    Ok(())
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
pub(super) fn row(txn: &ReadTransaction, user: UserId) -> Result<Option<VaultRow>, JournalError> {
    let row = stored(&txn.open_table(VAULT)?, user)?;
    Ok(row.map(|row| VaultRow { email: row.email, password_hash: row.password_hash }))
}

/// Reports everything wrong with the vault. `hash_key` is the journal's key of email hashes.
pub(super) fn check(
    txn: &ReadTransaction,
    hash_key: &[u8; 32],
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
        let Some(key) = row.email_key else { continue };
        with_email += 1;
        if owners.get(&key)?.is_none_or(|owner| owner.value() != user.as_bytes()) {
            wrong(format!("the email of user {user} is not listed as theirs"));
        }
        let is_its_own = |email: Email| {
            let keys = [Some(keyed_email(hash_key, &email)), former_keyed_email(hash_key, &email)];
            keys.contains(&Some(EmailKey::from_bytes(key)))
        };
        if !Email::known(&row.email).is_none_or(is_its_own) {
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
