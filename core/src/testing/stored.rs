//! The stored form, for tests that make it up.

use crate::error::Error;
use crate::event::Record;
use crate::journal;

/// The records of a row of the journal that begins with record `first`.
///
/// Each must be in its place. Their hashes are taken as they stand, because nobody could make up one that fits.
///
/// # Errors
/// `journal.damaged`.
pub fn decode_row(first: u64, row: &[u8]) -> Result<Vec<Record>, Error> {
    Ok(journal::decode_row(first, row)?)
}
