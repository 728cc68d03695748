//! Erasing again who was erased after a backup that was restored, and finishing erasures that a crash has interrupted.

use super::{Inner, Named};
use crate::domain::auth::EraseUser;
use crate::event::Actor;

/// Records that the users on the list of erased users are erased, as far as the journal does not know it. Their personal data can't
/// be read any more. One who still trades is erased at a later start. Then removes the known places of all who are erased.
pub(super) async fn erase_listed(inner: &Inner) {
    for user_id in inner.journal.erased_elsewhere() {
        if inner.views.user(user_id).is_none_or(|user| user.erased) {
            continue;
        }
        match inner.submit(EraseUser { user_id }, Actor::System, Named::Fresh).await {
            Ok(_) => tracing::info!(user = %user_id, "a user on the list of erased users is erased"),
            Err(error) => {
                tracing::warn!(user = %user_id, %error, "a user on the list of erased users is not erased yet");
            }
        }
    }
    inner.known.erase(|user| inner.views.user(user).is_none_or(|user| user.erased));
}
