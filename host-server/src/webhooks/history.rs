//! The history of the journal that the cursors lie in.

use boxoffice::JournalHistory;

use super::error::WebhookError;
use super::store::Store;
use super::subscription::Progress;

/// Moves cursors back to where the journal's history is still the one that they followed, so that its new records are not
/// skipped, and has the receivers told.
pub(super) fn follow(store: &Store, history: JournalHistory, head: u64) -> Result<(), WebhookError> {
    let id = history.id.to_string();
    let followed = store.history()?;
    let is_other = followed.as_ref().is_some_and(|followed| *followed != id);
    // Files of earlier versions name no history: there only the end of the journal tells.
    let common = if is_other { history.common.unwrap_or(0).min(head) } else { head };
    for (subscription, progress) in store.list()? {
        if is_other || progress.cursor > head {
            tracing::warn!(subscription = %subscription.id, cursor = progress.cursor, head, "the journal has another history");
            store.change(subscription.id, |_, progress| {
                let (cursor, last_delivery) = (progress.cursor.min(common), progress.last_delivery);
                *progress = Progress { cursor, last_delivery, reset: true, ..Progress::default() };
                Ok(())
            })?;
        }
    }
    if followed == Some(id.clone()) { Ok(()) } else { store.note_history(&id) }
}
