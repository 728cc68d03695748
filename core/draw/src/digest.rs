//! The one way in which this crate hashes.

use crate::bytes::Digest;

/// Start of every text that is hashed: hashes of this crate are no hashes of anything else, and of no other version.
const DOMAIN: &str = "boxoffice draw 1 ";

/// Returns the BLAKE3 hash of the domain, the name of what is hashed, a zero byte and the parts.
///
/// Parts of one name have the same lengths every time, and no name has a zero byte. So no two lists of parts are hashed
/// as one text.
pub(crate) fn digest(name: &str, parts: &[&[u8]]) -> Digest {
    let mut hasher = blake3::Hasher::new();
    hasher.update(DOMAIN.as_bytes()).update(name.as_bytes()).update(&[0]);
    for part in parts {
        hasher.update(part);
    }
    Digest::from_bytes(*hasher.finalize().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_domain_name_and_parts() {
        let text = blake3::hash(b"boxoffice draw 1 node\0leftright");
        assert_eq!(digest("node", &[b"left", b"right"]).as_bytes(), text.as_bytes());
    }

    #[test]
    fn names_separate() {
        assert_ne!(digest("leaf", &[b"x"]), digest("node", &[b"x"]));
        assert_ne!(digest("leaf", &[b"x"]), digest("lea", &[b"fx"]));
    }
}
