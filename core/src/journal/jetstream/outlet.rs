//! Way from the copy to the stream.

use std::fmt::Debug;
use std::sync::Arc;

use super::member::Resolution;
use crate::journal::{JournalError, Key};
use crate::types::UserId;

/// Way from the copy to the stream and to the other hosts.
pub(crate) trait Outlet: Debug + Send + Sync {
    /// Gives keys of personal data to the other hosts. Returns once a majority of the voters has them durably, this host
    /// included.
    ///
    /// # Errors
    /// [`JournalError::Deposed`] if another host writes meanwhile, or this one stops.
    fn distribute(&self, keys: &[(UserId, Key)]) -> Result<(), JournalError>;

    /// Starts an append; an empty body is a tick. Returns its ticket. One append is under way at a time.
    fn start(&self, body: Arc<[u8]>) -> u64;

    /// Returns the outcome of an append once it is known. It is told once.
    #[cfg(any(test, feature = "simulation"))]
    fn poll(&self, ticket: u64) -> Option<Resolution>;

    /// Waits for the outcome of an append.
    fn wait(&self, ticket: u64) -> Resolution;

    /// Returns the most bytes that a body may have.
    fn bytes_max(&self) -> usize;
}
