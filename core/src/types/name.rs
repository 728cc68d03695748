//! Values of closed sets by their published names.

/// A text that names no value of a closed set; its message lists the names, and reads well after the name of a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be one of {0}")]
pub struct UnknownName(String);

/// Finds the value of `all` that is published as `text`.
pub(crate) fn by_name<T: Copy>(all: &[T], name: fn(T) -> &'static str, text: &str) -> Result<T, UnknownName> {
    let names = || all.iter().map(|value| name(*value)).collect::<Vec<_>>();
    let found = all.iter().copied().find(|value| name(*value) == text);
    found.ok_or_else(|| UnknownName(names().join(", ")))
}
