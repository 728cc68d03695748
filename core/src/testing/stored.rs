//! Access to the stored form, for tests that generate it.

use crate::error::Error;
use crate::event::Record;
use crate::journal;

/// Decodes the records of a row of the journal that begins with record `first`.
///
/// Each must be at its position. The hashes are not checked, because a test can't generate one that matches.
///
/// # Errors
/// `journal.damaged`.
pub fn decode_row(first: u64, row: &[u8]) -> Result<Vec<Record>, Error> {
    Ok(journal::decode_row(first, row)?)
}
