//! The upper bound: only the bytes of the reservations, appended to a redb table by one thread.

use std::path::Path;

use boxoffice_examples::measure::Stopwatch;
use redb::{Database, TableDefinition};

use crate::Failure;

const RECORDS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("records");

/// Returns the reservations a second, one row each, with one transaction and one flush for each batch.
pub(crate) fn run(dir: &Path, batch: usize, count: usize, payload: &[u8]) -> Result<f64, Failure> {
    let db = Database::create(dir.join("raw.redb"))?;
    let mut payload = payload.to_vec();
    let watch = Stopwatch::start();
    let mut seq = 0_u64;
    for start in (0..count).step_by(batch) {
        let txn = db.begin_write()?;
        {
            let mut table = txn.open_table(RECORDS)?;
            for _ in start..count.min(start + batch) {
                seq += 1;
                // Makes every row different.
                payload[..8].copy_from_slice(&seq.to_le_bytes());
                table.insert(seq, payload.as_slice())?;
            }
        }
        txn.commit()?;
    }
    Ok(watch.rate(count))
}
