//! A name for every request, in its answer and in every line that is logged about it.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderMap, HeaderName, HeaderValue};

pub(crate) const NAME: HeaderName = HeaderName::from_static("x-request-id");

/// Longer names than this are not worth logging.
const LEN_MAX: usize = 64;

/// Makes names: one random part for the process and a counter, which costs nothing and never repeats.
#[derive(Debug)]
pub(crate) struct RequestIds {
    process: u64,
    next: AtomicU64,
}

impl Default for RequestIds {
    fn default() -> Self {
        // The standard library seeds its hashers from the system's randomness; names need no more than that.
        Self { process: RandomState::new().build_hasher().finish(), next: AtomicU64::new(1) }
    }
}

impl RequestIds {
    /// The name that the caller gave, if it is a sane one, or a fresh one.
    pub(crate) fn of(&self, headers: &HeaderMap) -> HeaderValue {
        match headers.get(NAME) {
            Some(name) if is_sane(name.as_bytes()) => name.clone(),
            _ => self.fresh(),
        }
    }

    fn fresh(&self) -> HeaderValue {
        let count = self.next.fetch_add(1, Ordering::Relaxed);
        let name = format!("{:016x}-{count:x}", self.process);
        // Hexadecimal digits and a hyphen are always a header value.
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
