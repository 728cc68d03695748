//! Query parameters of URLs.

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

/// Returns the path with these query parameters, but for those without a value.
pub(in crate::web) fn with_query(path: &str, parameters: &[(&str, &str)]) -> String {
    let parameters = encoded(parameters);
    if parameters.is_empty() { path.to_owned() } else { format!("{path}?{parameters}") }
}

/// Encodes the query parameters that have a value.
pub(in crate::web) fn encoded(parameters: &[(&str, &str)]) -> String {
    let given = parameters.iter().filter(|(_, value)| !value.is_empty());
    form_urlencoded::Serializer::new(String::new()).extend_pairs(given).finish()
}
