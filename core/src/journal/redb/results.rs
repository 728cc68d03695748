//! Answers to commands with an idempotency key: kept for a day, then removed a few at a time.

use redb::{ReadTransaction, ReadableTable, Table, WriteTransaction};

use super::schema::{CHECKSUM_BYTES, RESULTS, RESULTS_BY_TIME, checksum};
use crate::journal::codec::damaged;
use crate::journal::{JournalError, RESULT_KEPT_MS, StoredResult};
use crate::types::{CommandId, Timestamp};

/// Minimum number of expired results that an append removes, if there are as many.
const PRUNED_MIN: usize = 64;

/// Returns `true` if the result is past its retention.
pub(super) fn is_expired(at: Timestamp, now: Timestamp) -> bool {
    now.as_millis().saturating_sub(at.as_millis()) > RESULT_KEPT_MS
}

/// Returns the time of the result that expires first.
pub(super) fn oldest(
    by_time: &impl ReadableTable<(u64, &'static [u8; 16]), ()>,
) -> Result<Option<Timestamp>, JournalError> {
    Ok(by_time.first()?.map(|(key, _)| Timestamp::from_millis(key.value().0)))
}

/// Stores results and removes up to twice as many expired ones. Returns the time of the oldest remaining result.
///
/// The factor of two clears a backlog; the limit keeps any one batch from paying for a whole day.
pub(super) fn store(
    txn: &WriteTransaction,
    stored: &[(CommandId, StoredResult)],
    now: Timestamp,
) -> Result<Option<Timestamp>, JournalError> {
    let mut results = txn.open_table(RESULTS)?;
    let mut by_time = txn.open_table(RESULTS_BY_TIME)?;
    let mut value = Vec::new();
    for (id, result) in stored {
        encode(&mut value, *id, result);
        // A key may be used again after its result has expired: the old time must not remove the new result.
        let before =
            results.insert(id.as_bytes(), value.as_slice())?.map(|old| decode(*id, old.value())).transpose()?;
        if let Some(before) = before {
            by_time.remove((before.at.as_millis(), id.as_bytes()))?;
        }
        by_time.insert((result.at.as_millis(), id.as_bytes()), ())?;
    }
    prune(&mut results, &mut by_time, now, (2 * stored.len()).max(PRUNED_MIN))?;
    oldest(&by_time)
}

fn prune(
    results: &mut Table<'_, &'static [u8; 16], &'static [u8]>,
    by_time: &mut Table<'_, (u64, &'static [u8; 16]), ()>,
    now: Timestamp,
    max: usize,
) -> Result<(), JournalError> {
    for _ in 0..max {
        let Some((at, id)) = by_time.first()?.map(|(key, _)| (key.value().0, *key.value().1)) else { break };
        if !is_expired(Timestamp::from_millis(at), now) {
            break;
        }
        by_time.remove((at, &id))?;
        results.remove(&id)?;
    }
    Ok(())
}

/// Returns the result of a command, unless it has expired.
pub(super) fn get(txn: &ReadTransaction, id: CommandId, now: Timestamp) -> Result<Option<StoredResult>, JournalError> {
    let result = txn.open_table(RESULTS)?.get(id.as_bytes())?.map(|value| decode(id, value.value())).transpose()?;
    Ok(result.filter(|result| !is_expired(result.at, now)))
}

/// Reports everything wrong with the stored results.
pub(super) fn check(txn: &ReadTransaction, wrong: &mut dyn FnMut(String)) -> Result<(), JournalError> {
    let results = txn.open_table(RESULTS)?;
    let by_time = txn.open_table(RESULTS_BY_TIME)?;
    let mut listed = 0_u64;
    for entry in by_time.iter()? {
        let (key, _) = entry?;
        let (at, id) = key.value();
        let id = CommandId::from_bytes(*id);
        // Looked up by key, as an append does, so that a broken lookup is noticed too.
        let found =
            results.get(id.as_bytes())?.map(|value| decode(id, value.value()).map(|result| result.at.as_millis()));
        match found {
            Some(Ok(found)) if found == at => {}
            Some(Ok(_)) => wrong(format!("the result of command {id} is listed under another time than its own")),
            Some(Err(error)) => wrong(error.to_string()),
            None => wrong(format!("the result of command {id} is missing")),
        }
        listed += 1;
    }
    let mut stored = 0_u64;
    for entry in results.iter()? {
        entry?;
        stored += 1;
    }
    if stored != listed {
        wrong(format!("{stored} results are stored, but {listed} are listed by their time"));
    }
    Ok(())
}

/// Encodes a result: checksum over the command's id and all that follows (16 bytes), time (8 bytes, little endian),
/// fingerprint (16 bytes), answer.
fn encode(out: &mut Vec<u8>, id: CommandId, result: &StoredResult) {
    out.clear();
    out.extend_from_slice(&[0; CHECKSUM_BYTES]);
    out.extend_from_slice(&result.at.as_millis().to_le_bytes());
    out.extend_from_slice(&result.fingerprint);
    out.extend_from_slice(&result.answer);
    let sum = checksum(&[id.as_bytes(), &out[CHECKSUM_BYTES..]]);
    out[..CHECKSUM_BYTES].copy_from_slice(&sum);
}

fn decode(id: CommandId, value: &[u8]) -> Result<StoredResult, JournalError> {
    let parts = || {
        let (sum, content) = value.split_first_chunk::<CHECKSUM_BYTES>()?;
        let (at, rest) = content.split_first_chunk::<8>()?;
        let (fingerprint, answer) = rest.split_first_chunk::<16>()?;
        let at = Timestamp::from_millis(u64::from_le_bytes(*at));
        let result = StoredResult { at, fingerprint: *fingerprint, answer: answer.to_vec() };
        (checksum(&[id.as_bytes(), content]) == *sum).then_some(result)
    };
    parts().ok_or_else(|| damaged(0, format!("the result of command {id} is not what was stored")))
}
