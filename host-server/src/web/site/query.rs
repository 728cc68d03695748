//! Query parameters of the URLs of lists.

use boxoffice::{Cursor, Error, FieldErrors};

/// Parses the cursor of a page; `None` for the first page.
///
/// # Errors
/// `validation`, if the text is not a cursor.
pub(in crate::web) fn cursor(text: Option<&str>) -> Result<Option<Cursor>, Error> {
    let mut errors = FieldErrors::default();
    let cursor = errors.parse("cursor", text);
    errors.into_result(cursor)
}
