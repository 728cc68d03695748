//! The causes of an error.

use std::error::Error;

/// Returns the texts of what an error came from, the next cause first. A cause that says what the error before it has said is
/// left out.
pub fn causes(error: &dyn Error) -> Vec<String> {
    let (mut said, mut source) = (error.to_string(), error.source());
    let mut causes = Vec::new();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !said.ends_with(&text) {
            causes.push(text.clone());
        }
        (said, source) = (text, cause.source());
    }
    causes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_is_told_once() {
        let error = boxoffice::Error::from(boxoffice::Code::JournalUnavailable);
        assert_eq!(causes(&error), Vec::<String>::new());
        let disk =
            boxoffice::Error::with_message(boxoffice::Code::Internal, "x").with_source(std::io::Error::other("disk"));
        let error = error.with_source(disk);
        assert_eq!(causes(&error), ["internal: x", "disk"]);
        let twice = boxoffice::Error::with_message(boxoffice::Code::Internal, "disk")
            .with_source(std::io::Error::other("disk"));
        assert_eq!(causes(&twice), Vec::<String>::new());
    }
}
