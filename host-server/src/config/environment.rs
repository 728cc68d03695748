//! Settings from the environment only.

use boxoffice::{Error, KeyRing};

/// Returns the keys in the environment, if any.
pub(crate) fn key_ring() -> Result<Option<KeyRing>, Error> {
    let Some(key) = std::env::var_os("JWT_KEY").filter(|key| !key.is_empty()) else {
        return Ok(None);
    };
    let mut ring = KeyRing::new(key.as_encoded_bytes())?;
    let previous = std::env::var("JWT_KEY_PREVIOUS").unwrap_or_default();
    for key in previous.split(',').map(str::trim).filter(|key| !key.is_empty()) {
        ring = ring.with_previous(key.as_bytes())?;
    }
    Ok(Some(ring))
}

/// Returns the filter of the log.
pub(crate) fn log_filter() -> String {
    std::env::var("BOXOFFICE_LOG").unwrap_or_else(|_| "info".to_owned())
}
