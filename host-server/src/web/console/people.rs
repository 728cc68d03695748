//! Email addresses of users. The journal contains only ids; operators know users by their addresses.

use std::collections::HashMap;

use boxoffice::{Actor, Admin, BoxOffice, Code, Error, UserId};

use super::row::short;

/// A user's id and display name. The id leads to the user's page.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) id: String,
    pub(super) name: String,
}

/// Cache of the users that one page names.
#[derive(Debug)]
pub(super) struct People {
    admin: Admin,
    actor: Actor,
    known: HashMap<UserId, Person>,
}

impl People {
    /// Creates an empty cache that looks users up on behalf of this operator.
    pub(super) fn new(actor: Actor, office: &BoxOffice) -> Self {
        Self { admin: office.admin(), actor, known: HashMap::new() }
    }

    /// Returns the user with this id. The name of an erased user, or of one whose address can't be read, contains the
    /// end of the id.
    pub(super) fn person(&mut self, id: UserId) -> Person {
        let (admin, actor) = (&self.admin, self.actor);
        let look_up = || {
            let id_text = id.to_string();
            let name = match admin.user(actor, id) {
                Ok(account) => account.email.unwrap_or_else(|| format!("erased user {}", short(&id_text))),
                Err(_) => format!("user {}", short(&id_text)),
            };
            Person { name, id: id_text }
        };
        self.known.entry(id).or_insert_with(look_up).clone()
    }
}

/// Error of a field that names no user.
pub(super) const NOBODY: &str = "must be the email or the id of a user";

/// Returns the user with this email or id, if there is one.
pub(super) fn user(office: &BoxOffice, actor: Actor, text: &str) -> Result<Option<UserId>, Error> {
    let (admin, text) = (office.admin(), text.trim());
    let found = match text.parse() {
        Ok(id) => admin.user(actor, id),
        Err(_) => admin.user_by_email(actor, text),
    };
    match found {
        Ok(account) => Ok(Some(account.id)),
        Err(error) if matches!(error.code(), Code::Validation | Code::AuthUserNotFound) => Ok(None),
        Err(error) => Err(error),
    }
}
