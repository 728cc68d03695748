//! What all pages of the console have beside the chrome of the site: its parts, and what is wrong with a form.

use crate::web::site::form::FieldErrors;
use crate::web::site::{Page, assets, show};
use axum::http::StatusCode;
use axum::response::Response;

/// The parts of the console, with their addresses.
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
    /// What the page is called.
    pub(super) title: String,
    /// The address of the part that it belongs to.
    here: &'static str,
    /// What is wrong with what was asked for.
    pub(super) faults: FieldErrors,
    /// Where the console's style and script are.
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

    /// The parts of the console, and whether the page belongs to each.
    pub(super) fn parts(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> + '_ {
        PARTS.iter().map(|(path, name)| (*path, *name, *path == self.here))
    }

    /// What is wrong with a field.
    pub(super) fn fault(&self, field: &str) -> Option<String> {
        self.faults.of(field)
    }

    /// What is wrong with none of the fields of a form, whose names stand one after another.
    pub(super) fn other_faults(&self, fields: impl AsRef<str>) -> Vec<&str> {
        let fields: Vec<_> = fields.as_ref().split(' ').collect();
        self.faults.all_besides(&fields).collect()
    }
}

/// A page as it is answered when all is well.
pub(super) fn page(page: &impl Page) -> Response {
    show(StatusCode::OK, page)
}
