//! Request ids: in the response, and in each line of log about the request.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderMap, HeaderName, HeaderValue};

pub(crate) const NAME: HeaderName = HeaderName::from_static("x-request-id");

/// Maximum length of a caller's request id, in bytes.
const LEN_MAX: usize = 64;

/// Generator of request ids: a random number for the process, and a counter. This is cheap and never repeats.
#[derive(Debug)]
pub(crate) struct RequestIds {
    process: u64,
    next: AtomicU64,
}

impl Default for RequestIds {
    fn default() -> Self {
        // The standard library seeds its hashers from the system's randomness, which is enough for ids.
        Self { process: RandomState::new().build_hasher().finish(), next: AtomicU64::new(1) }
    }
}

impl RequestIds {
    /// Returns the caller's request id if it is valid, or a new one.
    pub(crate) fn of(&self, headers: &HeaderMap) -> HeaderValue {
        match headers.get(NAME) {
            Some(name) if is_sane(name.as_bytes()) => name.clone(),
            _ => self.fresh(),
        }
    }

    fn fresh(&self) -> HeaderValue {
        let count = self.next.fetch_add(1, Ordering::Relaxed);
        let name = format!("{:016x}-{count:x}", self.process);
        // Hexadecimal digits and a hyphen are always a valid header value.
        HeaderValue::try_from(name).unwrap_or(HeaderValue::from_static("unnamed"))
    }
}

fn is_sane(name: &[u8]) -> bool {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=LEN_MAX).contains(&name.len()) && name.iter().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sane_names_are_taken_over() {
        let ids = RequestIds::default();
        let of = |name: &'static str| ids.of(&HeaderMap::from_iter([(NAME, HeaderValue::from_static(name))]));
        assert_eq!(of("a-1_b.C"), "a-1_b.C");
        assert_ne!(of("two words"), "two words");
        assert_ne!(of(""), "");
        assert_ne!(ids.of(&HeaderMap::new()), ids.of(&HeaderMap::new()));
    }
}
