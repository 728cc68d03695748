//! Checks users.

use boxoffice::{EmailKey, Record, SessionRevoked, UserCreated, UserErased, UserId, UserUpdated};

use super::{Auditor, Verdict, ensure, follows};
#[derive(Debug)]
pub(super) struct Person {
    pub(super) version: u64,
    pub(super) operator: bool,
    pub(super) erased: bool,
    epoch: u64,
    email: Option<EmailKey>,
}

impl Auditor {
    /// Returns a user who exists and is not erased.
    pub(super) fn person(&self, id: UserId) -> Verdict<&Person> {
        let person = self.people.get(&id).ok_or_else(|| format!("there is no user {id}"))?;
        ensure(!person.erased, || format!("user {id} was erased"))?;
        Ok(person)
    }

    fn person_mut(&mut self, id: UserId, record: &Record) -> Verdict<&mut Person> {
        follows(record.version, self.person(id)?.version)?;
        let person = self.people.get_mut(&id).ok_or("there is no such user")?;
        person.version = record.version;
        Ok(person)
    }

    pub(super) fn user_created(&mut self, record: &Record, event: &UserCreated, email: Option<EmailKey>) -> Verdict {
        follows(record.version, 0)?;
        let person = Person { version: 1, operator: false, erased: false, epoch: 1, email: None };
        ensure(self.people.insert(event.user_id, person).is_none(), || "there is such a user already".to_owned())?;
        self.take_email(event.user_id, email)
    }

    pub(super) fn user_updated(&mut self, record: &Record, event: &UserUpdated, email: Option<EmailKey>) -> Verdict {
        let person = self.person_mut(event.user_id, record)?;
        ensure(event.epoch == person.epoch + u64::from(event.password_changed), || {
            "sessions end exactly when the password changes".to_owned()
        })?;
        (person.epoch, person.operator) = (event.epoch, event.operator);
        if event.email_changed { self.take_email(event.user_id, email) } else { Ok(()) }
    }

    pub(super) fn user_erased(&mut self, record: &Record, event: &UserErased) -> Verdict {
        let id = event.user_id;
        let sells = self.tickets.values().any(|seat| seat.seller == id && seat.is_active());
        let buys = self.orders.values().any(|claim| claim.buyer == id && claim.is_open());
        ensure(!sells && !buys, || "somebody who trades was erased".to_owned())?;
        let person = self.person_mut(id, record)?;
        person.erased = true;
        if let Some(email) = person.email.take() {
            self.emails.remove(&email);
        }
        Ok(())
    }

    pub(super) fn session_revoked(&mut self, record: &Record, event: &SessionRevoked) -> Verdict {
        self.person_mut(event.user_id, record).map(drop)
    }

    /// Checks that an email has one owner, and records the new owner.
    fn take_email(&mut self, id: UserId, email: Option<EmailKey>) -> Verdict {
        let email = email.ok_or("nobody gave the email")?;
        if let Some(old) = self.people.get_mut(&id).and_then(|person| person.email.replace(email)) {
            self.emails.remove(&old);
        }
        let other = self.emails.insert(email, id).filter(|other| *other != id);
        ensure(other.is_none(), || format!("the email belongs to {other:?}"))
    }
}
