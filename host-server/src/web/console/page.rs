//! The frame of the console's pages, inside the site's chrome: the navigation, and the errors of a form.

use crate::web::site::form::FieldErrors;
use crate::web::site::{Page, assets, show};
use axum::http::StatusCode;
use axum::response::Response;

/// Entries of the navigation: path and name.
const PARTS: [(&str, &str); 7] = [
    ("/console", "Overview"),
    ("/console/journal", "Journal"),
    ("/console/holds", "Holds"),
    ("/console/payments", "Payments"),
    ("/console/ledger", "Ledger"),
    ("/console/webhooks", "Webhooks"),
    ("/console/verify", "Verify"),
];

/// The frame around a page.
#[derive(Debug)]
pub(super) struct Frame {
    /// Title of the page.
    pub(super) title: String,
    /// Path of the navigation entry that the page belongs to; empty if none.
    here: &'static str,
    /// Errors of the query or the form.
    pub(super) faults: FieldErrors,
    /// Paths of the console's style and script.
    pub(super) style: &'static str,
    pub(super) script: &'static str,
}

impl Frame {
    pub(super) fn new(title: impl Into<String>, here: &'static str) -> Self {
        let (style, script) = (assets::console_style(), assets::console_script());
        Self { title: title.into(), here, faults: FieldErrors::default(), style, script }
    }

    pub(super) fn faults(mut self, faults: impl Into<FieldErrors>) -> Self {
        self.faults = faults.into();
        self
    }

    /// Returns the navigation entries: path, name, and `true` if the page belongs to the entry.
    pub(super) fn parts(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> + '_ {
        PARTS.iter().map(|(path, name)| (*path, *name, *path == self.here))
    }

    /// Returns the error of a field.
    pub(super) fn fault(&self, field: &str) -> Option<String> {
        self.faults.of(field)
    }

    /// Returns the errors that belong to none of these fields. The names are separated by spaces.
    pub(super) fn other_faults(&self, fields: impl AsRef<str>) -> Vec<&str> {
        let fields: Vec<_> = fields.as_ref().split(' ').collect();
        self.faults.all_besides(&fields).collect()
    }
}

/// Returns the page as a response with status 200.
pub(super) fn page(page: &impl Page) -> Response {
    show(StatusCode::OK, page)
}
