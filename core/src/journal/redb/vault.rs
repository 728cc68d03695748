//! Personal data: one row a user, and who owns which email.
//!
//! Erased rows are gone from every read at once and from backups made later. The bytes leave the file when redb uses their
//! pages anew.

use redb::{ReadTransaction, ReadableTable, Table, WriteTransaction};
use serde::{Deserialize, Serialize};

use super::tables::{EMAILS, VAULT};
use crate::domain::VaultChange;
use crate::event::EmailKey;
use crate::journal::codec::damaged;
use crate::journal::{JournalError, VaultRow};
use crate::types::UserId;

/// A row as stored, in self-describing `MessagePack`. What a user never had is empty.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredRow {
    email: String,
    email_key: Option<[u8; 16]>,
    password_hash: String,
}

type Rows<'txn> = Table<'txn, &'static [u8; 16], &'static [u8]>;
type Owners<'txn> = Table<'txn, &'static [u8; 16], &'static [u8; 16]>;

/// Makes the changes, in order.
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

/// Frees the email of a row, unless it has another owner by now.
fn free(owners: &mut Owners<'_>, row: &StoredRow, user: UserId) -> Result<(), JournalError> {
    if let Some(key) = &row.email_key
        && owners.get(key)?.is_some_and(|owner| owner.value() == user.as_bytes())
    {
        owners.remove(key)?;
    }
    Ok(())
}

/// Who owns the email.
pub(super) fn owner(txn: &ReadTransaction, key: EmailKey) -> Result<Option<UserId>, JournalError> {
    Ok(txn.open_table(EMAILS)?.get(key.as_bytes())?.map(|owner| UserId::from_bytes(*owner.value())))
}

/// The user's personal data.
pub(super) fn row(txn: &ReadTransaction, user: UserId) -> Result<Option<VaultRow>, JournalError> {
    let row = stored(&txn.open_table(VAULT)?, user)?;
    Ok(row.map(|row| VaultRow { email: row.email, password_hash: row.password_hash }))
}

fn stored(
    rows: &impl ReadableTable<&'static [u8; 16], &'static [u8]>,
    user: UserId,
) -> Result<Option<StoredRow>, JournalError> {
    let decode = |bytes: &[u8]| {
        rmp_serde::from_slice(bytes).map_err(|err| damaged(0, format!("the vault's row of user {user}: {err}")))
    };
    rows.get(user.as_bytes())?.map(|value| decode(value.value())).transpose()
}
