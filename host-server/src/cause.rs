//! Messages of errors with their sources, for administrators.

use std::error::Error;

/// Returns the error's message, followed by those of its sources. What an error has said in its source's words is not said again.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let cause = error.to_string();
        if !text.ends_with(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
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
        let same = boxoffice::Error::with_message(boxoffice::Code::JournalUnavailable, "no space left")
            .with_source(std::io::Error::other("no space left"));
        assert_eq!(chain(&same), "journal.unavailable: no space left");
    }
}
