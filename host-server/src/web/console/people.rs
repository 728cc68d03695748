//! Users by their email addresses. The journal names people by id alone; operators know them by the address that they write from.

use std::collections::HashMap;

use boxoffice::{Actor, Admin, BoxOffice, Code, Error, UserId};

use super::row::short;

/// A user as the console names them, with the link to their page.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) id: String,
    pub(super) name: String,
}

/// Who is who, looked up once for a page.
#[derive(Debug)]
pub(super) struct People {
    admin: Admin,
    actor: Actor,
    known: HashMap<UserId, Person>,
}

impl People {
    /// As this operator sees them.
    pub(super) fn new(actor: Actor, office: &BoxOffice) -> Self {
        Self { admin: office.admin(), actor, known: HashMap::new() }
    }

    /// The user of this id. One who was erased, or whose address can't be read now, goes by the id.
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

/// What a field is told that names nobody.
pub(super) const NOBODY: &str = "must be the email or the id of a user";

/// The user whom a text names by email or id, if there is one.
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
