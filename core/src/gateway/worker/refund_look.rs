//! A look for refunds that nobody has told of.

use std::sync::Arc;

use crate::gateway::{GatewayReport, RefundsPage};
use crate::types::Timestamp;

/// A look for the refunds that were made at the card processor itself, page by page. After a page that failed, it goes
/// on with that page.
#[derive(Debug)]
pub(crate) struct RefundLook {
    pub(super) since: Timestamp,
    pub(super) after: Option<Arc<str>>,
    unnamed: usize,
    is_over: bool,
}

impl RefundLook {
    pub(crate) fn new(since: Timestamp) -> Self {
        Self { since, after: None, unnamed: 0, is_over: false }
    }

    /// Returns `true` once the last page was answered.
    pub(crate) fn is_over(&self) -> bool {
        self.is_over
    }

    /// Returns the number of refunds so far whose charge could not be looked up.
    pub(crate) fn unnamed(&self) -> usize {
        self.unnamed
    }

    /// Moves on behind the page and returns its reports.
    pub(super) fn turn(&mut self, page: RefundsPage) -> Vec<GatewayReport> {
        self.unnamed += page.unnamed;
        self.is_over = page.next.is_none();
        self.after = page.next;
        page.reports
    }
}
