//! Settings from the environment only.

use boxoffice::{Error, KeyRing};

use super::command_line::is_blank;

/// Returns the keys in the environment, if any.
pub(crate) fn key_ring() -> Result<Option<KeyRing>, Error> {
    let set = |name| std::env::var_os(name).filter(|value| !is_blank(value));
    let previous = set("JWT_KEY_PREVIOUS");
    let Some(key) = set("JWT_KEY") else {
        if previous.is_some() {
            tracing::warn!(
                "JWT_KEY_PREVIOUS is set without JWT_KEY and counts for nothing: the key is in the data directory"
            );
        }
        return Ok(None);
    };
    let mut ring = KeyRing::new(key.as_encoded_bytes())?;
    let previous = previous.unwrap_or_default();
    let keys = previous.as_encoded_bytes().split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
    for key in keys.filter(|key| !key.is_empty()) {
        ring = ring.with_previous(key)?;
    }
    Ok(Some(ring))
}

/// Returns the filter of the log.
pub(crate) fn log_filter() -> String {
    let set = std::env::var_os("BOXOFFICE_LOG").filter(|value| !is_blank(value));
    set.map_or_else(|| "info".to_owned(), |value| value.to_string_lossy().into_owned())
}
