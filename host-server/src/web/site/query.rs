//! Queries of lists, as the URLs of pages bring them.

use boxoffice::{Cursor, Error, FieldErrors};

/// Reads where a page starts, if it is not the first one.
///
/// # Errors
/// `validation`, for what no page gave.
pub(in crate::web) fn cursor(text: Option<&str>) -> Result<Option<Cursor>, Error> {
    let mut errors = FieldErrors::default();
    let cursor = errors.parse("cursor", text);
    errors.into_result(cursor)
}
