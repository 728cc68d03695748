//! Messages of errors with their sources, for administrators.

use std::error::Error;

/// Returns the error's message, followed by those of its sources.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_told_with_all_its_sources() {
        let error = boxoffice::Error::from(boxoffice::Code::JournalUnavailable)
            .with_source(std::io::Error::other("no space left"));
        assert_eq!(chain(&error), "journal.unavailable: The journal is not available right now: no space left");
    }
}
