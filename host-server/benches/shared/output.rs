//! What benchmarks print.

use std::io::Write as _;

use crate::Failure;

/// Prints to standard output.
pub(crate) fn say(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")?;
    Ok(out.flush()?)
}

/// Prints the current activity to standard error.
pub(crate) fn progress(what: &str) {
    // A closed standard error loses only progress messages.
    let _ = writeln!(std::io::stderr(), "  {what}");
}
