//! What an answer to a publish means: seldom what it says.
//!
//! No answer decides whether a message is in the stream. What the own follower reads at the place decides.

use super::message::Message;

/// Answer of the servers to a publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is stored, under this sequence number.
    Ack {
        /// Sequence number.
        seq: u64,
        /// `true` if the servers hold it for a repetition.
        duplicate: bool,
    },
    /// It is refused with an error code of `JetStream`; a refusal for the last sequence number names that.
    Refused {
        /// Error code of `JetStream`.
        code: u64,
        /// Last sequence number of the stream, as the answering server knows it.
        last: Option<u64>,
    },
    /// Nobody has answered in time, or nobody listens.
    Silence,
}

/// What to do about an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The message has the place that it was written for.
    Stored,
    /// Send it again, unless what is read at its place decides first.
    Again,
    /// Send it again. The stream says that it ends before this copy: an alarm if it goes on saying so.
    Shorter(u64),
    /// Send it again. Nothing can be written until an operator has helped.
    Unready(&'static str),
    /// It can never be stored: something that fits must take its place.
    TooLarge,
    /// The stream is not what it must be.
    Alarm(&'static str),
}

/// The servers refuse the message because the stream does not end where the writer says.
pub(super) const WRONG_LAST_SEQUENCE: u64 = 10_071;

impl Answer {
    /// Returns what to do about an answer to a message that was written to follow `expected`.
    pub(crate) fn verdict(self, expected: u64) -> Verdict {
        match self {
            Self::Ack { duplicate: true, .. } => Verdict::Alarm("the stream takes a message for a repetition"),
            Self::Ack { seq, .. } if seq == expected + 1 => Verdict::Stored,
            Self::Ack { .. } => Verdict::Alarm("a message was stored in another place than the one it was written for"),
            Self::Refused { code: WRONG_LAST_SEQUENCE, last: Some(last) } if last < expected => Verdict::Shorter(last),
            Self::Refused { code: 10_023 | 10_047, .. } => Verdict::Unready("the servers lack resources"),
            Self::Refused { code: 10_002, .. } => Verdict::Unready("the account's resources are used up"),
            Self::Refused { code: 10_077, .. } => Verdict::Unready("the stream is full, or its storage fails"),
            Self::Refused { code: 10_054 | 10_097, .. } => Verdict::TooLarge,
            Self::Refused { code: 10_060, .. } => Verdict::Alarm("the stream is another one than expected"),
            Self::Refused { code: 10_059, .. } => Verdict::Alarm("the stream is gone"),
            Self::Refused { code: 10_109, .. } => Verdict::Alarm("the stream is sealed"),
            Self::Refused { code: 10_070, .. } => Verdict::Alarm("the stream expects another last message"),
            // A cut-off leader says 10071 of what no quorum has; the other codes tell of servers that are not ready, and an
            // unknown one tells nothing.
            Self::Refused { .. } | Self::Silence => Verdict::Again,
        }
    }
}

/// Returns the bytes that the headers and the body of a message take in a publish, for limits of size.
pub(crate) fn published_bytes(message: &Message) -> usize {
    // `NATS/1.0\r\n`, the headers with `: ` and `\r\n` each, the expectation, and an empty line.
    let headers: usize = message.headers().iter().map(|(name, value)| name.len() + value.len() + 4).sum();
    10 + headers + "Nats-Expected-Last-Sequence: 18446744073709551615\r\n".len() + 2 + message.body.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: u64) -> Verdict {
        Answer::Refused { code, last: None }.verdict(7)
    }

    #[test]
    fn an_ack_of_the_place_is_the_only_yes() {
        assert_eq!(Answer::Ack { seq: 8, duplicate: false }.verdict(7), Verdict::Stored);
        assert!(matches!(Answer::Ack { seq: 9, duplicate: false }.verdict(7), Verdict::Alarm(_)));
        assert!(matches!(Answer::Ack { seq: 8, duplicate: true }.verdict(7), Verdict::Alarm(_)));
    }

    #[test]
    fn a_conflict_is_no_verdict() {
        assert_eq!(refused(10_071), Verdict::Again);
        assert_eq!(Answer::Refused { code: 10_071, last: Some(8) }.verdict(7), Verdict::Again);
        assert_eq!(Answer::Refused { code: 10_071, last: Some(7) }.verdict(7), Verdict::Again);
        assert_eq!(Answer::Refused { code: 10_071, last: Some(6) }.verdict(7), Verdict::Shorter(6));
    }

    #[test]
    fn what_passes_is_sent_again() {
        assert_eq!(Answer::Silence.verdict(7), Verdict::Again);
        for code in [10_008, 10_009, 10_063, 10_158, 10_164, 10_167, 19_999] {
            assert_eq!(refused(code), Verdict::Again, "{code}");
        }
        for code in [10_023, 10_002, 10_047, 10_077] {
            assert!(matches!(refused(code), Verdict::Unready(_)), "{code}");
        }
    }

    #[test]
    fn what_never_passes_is_said() {
        for code in [10_054, 10_097] {
            assert_eq!(refused(code), Verdict::TooLarge, "{code}");
        }
        for code in [10_060, 10_059, 10_109, 10_070] {
            assert!(matches!(refused(code), Verdict::Alarm(_)), "{code}");
        }
    }
}
