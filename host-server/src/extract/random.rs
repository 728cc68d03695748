//! Ids that nobody can guess.

use std::fmt::Write as _;

/// Returns so many random bytes in hexadecimal digits, or `None` if the machine has none.
pub(crate) fn random_hex<const BYTES: usize>() -> Option<String> {
    let mut bytes = [0_u8; BYTES];
    getrandom::fill(&mut bytes).ok()?;
    Some(bytes.iter().fold(String::with_capacity(BYTES * 2), |mut text, byte| {
        // Writing to a text never fails.
        let _ = write!(text, "{byte:02x}");
        text
    }))
}
