//! Names on the servers: of streams, and of the subjects on which hosts talk.

use super::seal::Purpose;
use crate::event::Hash;
use crate::types::HostId;

/// Beginning of the names of all streams.
const STREAM: &str = "JOURNAL-";

/// Subjects of all streams.
pub(crate) const STREAM_SUBJECTS: &str = "journal.*";

/// Name of the stream of a generation.
pub(crate) fn stream(generation: u64) -> String {
    format!("{STREAM}{generation}")
}

/// Subject of the stream of a generation.
pub(crate) fn stream_subject(generation: u64) -> String {
    format!("journal.{generation}")
}

/// Returns the generation of a stream with this name; `None` if it is no stream of a journal.
pub(crate) fn generation(stream: &str) -> Option<u64> {
    let digits = stream.strip_prefix(STREAM)?;
    let generation: u64 = digits.parse().ok()?;
    (generation > 0 && self::stream(generation) == stream).then_some(generation)
}

/// The subjects on which the hosts of a journal talk.
#[derive(Debug, Clone)]
pub(crate) struct Subjects {
    /// Beginning of all subjects.
    base: String,
}

impl Subjects {
    /// Returns the subjects of a journal.
    pub(crate) fn of(journal: Hash) -> Self {
        Self { base: format!("bx.{}", &journal.to_string()[..16]) }
    }

    /// Subject on which all hosts hear each other.
    pub(crate) fn say(&self) -> String {
        format!("{}.{}", self.base, Purpose::Say.as_str())
    }

    /// Subject on which all hosts hear who has the card processor's keys, and what buyers are waited for.
    pub(crate) fn pay(&self) -> String {
        format!("{}.{}", self.base, Purpose::Pay.as_str())
    }

    /// Subject on which one host hears what is for it alone.
    pub(crate) fn to(&self, purpose: Purpose, host: HostId) -> String {
        format!("{}.{}.{host}", self.base, purpose.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_streams_are_read_in_one_form() {
        assert_eq!(generation(&stream(17)), Some(17));
        for other in ["JOURNAL-", "JOURNAL-0", "JOURNAL-01", "JOURNAL-+1", "journal-1", "ORDERS", "JOURNAL-1x"] {
            assert_eq!(generation(other), None, "{other}");
        }
        assert_eq!((stream(2), stream_subject(2)), ("JOURNAL-2".into(), "journal.2".into()));
    }

    #[test]
    fn each_journal_and_host_has_subjects_of_its_own() {
        let subjects = Subjects::of(Hash::from_bytes([0xab; 32]));
        let host = HostId::from_bytes([1; 16]);
        assert_eq!(subjects.say(), "bx.abababababababab.say");
        assert_eq!(subjects.pay(), "bx.abababababababab.pay");
        assert_eq!(subjects.to(Purpose::Command, host), "bx.abababababababab.cmd.01010101-0101-0101-0101-010101010101");
    }
}
