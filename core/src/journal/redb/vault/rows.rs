//! The vault's rows as they are stored: what a batch leaves of them here, and writing the same on another host.

use std::collections::BTreeSet;

use redb::{ReadTransaction, ReadableTable, WriteTransaction};
use serde_bytes::Bytes;

use super::{decode, keyed, note_key_file, stored};
use crate::domain::VaultChange;
use crate::journal::JournalError;
use crate::journal::jetstream::payload::{EmailEntry, Payload, VaultEntry};
use crate::journal::redb::key_file::Key;
use crate::journal::redb::keys::Keys;
use crate::journal::redb::schema::{EMAILS, ERASING, VAULT};
use crate::types::UserId;

/// Users whose rows a list of changes touches, and the emails whose owners it may change.
#[derive(Debug, Default)]
pub(in crate::journal::redb) struct Touched {
    users: BTreeSet<UserId>,
    emails: BTreeSet<[u8; 16]>,
}

/// What is stored after a list of changes of all that it touched.
#[derive(Debug, Default)]
pub(in crate::journal::redb) struct Changed {
    /// Rows by user.
    pub(in crate::journal::redb) rows: Vec<(UserId, Option<Vec<u8>>)>,
    /// Owners of emails.
    pub(in crate::journal::redb) emails: Vec<EmailEntry>,
}

impl Changed {
    /// Returns the rows as entries of a body.
    pub(in crate::journal::redb) fn entries(&self) -> Vec<VaultEntry<'_>> {
        self.rows.iter().map(|(user, row)| VaultEntry { user: *user, row: row.as_deref().map(Bytes::new) }).collect()
    }
}

/// Returns what the changes will touch. They are not applied yet, so that the emails that users have now are known.
pub(in crate::journal::redb) fn touched(
    txn: &WriteTransaction,
    changes: &[VaultChange],
) -> Result<Touched, JournalError> {
    let rows = txn.open_table(VAULT)?;
    let mut touched = Touched::default();
    for change in changes {
        let (user, email) = match change {
            VaultChange::Put { user_id, email, .. } => (*user_id, email.as_ref().map(|(key, _)| *key.as_bytes())),
            VaultChange::Erase { user_id } => (*user_id, None),
        };
        touched.emails.extend(email);
        if touched.users.insert(user) {
            touched.emails.extend(stored(&rows, user)?.and_then(|row| row.email_key));
        }
    }
    Ok(touched)
}

/// Returns what is stored now of what was touched.
pub(in crate::journal::redb) fn read(txn: &WriteTransaction, touched: &Touched) -> Result<Changed, JournalError> {
    let (rows, owners) = (txn.open_table(VAULT)?, txn.open_table(EMAILS)?);
    let mut changed = Changed::default();
    for user in &touched.users {
        changed.rows.push((*user, rows.get(user.as_bytes())?.map(|row| row.value().to_vec())));
    }
    for key in &touched.emails {
        let owner = owners.get(key)?.map(|owner| UserId::from_bytes(*owner.value()));
        changed.emails.push(EmailEntry { key: *key, owner });
    }
    Ok(changed)
}

/// Returns the users who get new data, and have no row yet that shows their key to be known to the other hosts.
pub(in crate::journal::redb) fn newly_keyed(
    txn: &WriteTransaction,
    changes: &[VaultChange],
    keys: &Keys,
) -> Result<Vec<UserId>, JournalError> {
    let rows = txn.open_table(VAULT)?;
    let mut new = BTreeSet::new();
    for user in keyed(changes) {
        if !new.contains(&user) && fits(&rows, user, keys.key(user).as_ref())? != Some(true) {
            new.insert(user);
        }
    }
    Ok(new.into_iter().collect())
}

/// Returns `true` if the key decrypts the user's row; `None` if the user has no encrypted row.
pub(in crate::journal::redb) fn fits(
    rows: &impl ReadableTable<&'static [u8; 16], &'static [u8]>,
    user: UserId,
    key: Option<&Key>,
) -> Result<Option<bool>, JournalError> {
    let row = stored(rows, user)?.filter(|row| row.sealed.is_some());
    Ok(row.map(|row| row.content(user, key).is_ok()))
}

/// Returns for each user of a body whether their new row can be read; an error if a row is not what its writer stored.
pub(in crate::journal::redb) fn readable(
    payload: &Payload<'_>,
    keys: Option<&Keys>,
) -> Result<Vec<(UserId, bool)>, JournalError> {
    let mut readable = Vec::with_capacity(payload.vault.len());
    for VaultEntry { user, row } in &payload.vault {
        let row = row.map(|row| decode(*user, row)).transpose()?;
        let key = keys.and_then(|keys| keys.key(*user));
        readable.push((*user, row.is_none_or(|row| row.content(*user, key.as_ref()).is_ok())));
    }
    Ok(readable)
}

/// Returns the users whose rows can't be read, but for those who were erased.
pub(in crate::journal::redb) fn unreadable(
    txn: &ReadTransaction,
    keys: Option<&Keys>,
    is_erased: &dyn Fn(UserId) -> bool,
) -> Result<BTreeSet<UserId>, JournalError> {
    let mut unreadable = BTreeSet::new();
    for entry in txn.open_table(VAULT)?.iter()? {
        let (id, row) = entry?;
        let user = UserId::from_bytes(*id.value());
        let key = keys.and_then(|keys| keys.key(user));
        let content = decode(user, row.value()).and_then(|row| row.content(user, key.as_ref()));
        if content.is_err() && !is_erased(user) {
            unreadable.insert(user);
        }
    }
    Ok(unreadable)
}

/// Writes the rows and owners of a body, and notes the users whose keys are to be overwritten.
pub(in crate::journal::redb) fn write(
    txn: &WriteTransaction,
    payload: &Payload<'_>,
    keys: Option<&Keys>,
) -> Result<(), JournalError> {
    let mut rows = txn.open_table(VAULT)?;
    for VaultEntry { user, row } in &payload.vault {
        match row {
            Some(row) => drop(rows.insert(user.as_bytes(), &row[..])?),
            None => drop(rows.remove(user.as_bytes())?),
        }
    }
    let mut owners = txn.open_table(EMAILS)?;
    for EmailEntry { key, owner } in &payload.emails {
        match owner {
            Some(owner) => drop(owners.insert(key, owner.as_bytes())?),
            None => drop(owners.remove(key)?),
        }
    }
    if !payload.erased.is_empty() {
        // Also those whose keys are not here yet, so that the list of erased users gets them after a crash, too.
        let mut erasing = txn.open_table(ERASING)?;
        for user in &payload.erased {
            erasing.insert(user.as_bytes(), ())?;
        }
    }
    keys.and_then(Keys::id).map_or(Ok(()), |id| note_key_file(txn, id))
}
