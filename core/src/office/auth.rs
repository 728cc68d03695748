//! Façade of the auth domain.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use super::{BoxOffice, Named};
use crate::domain::User;
use crate::domain::auth::{CreateUser, Credentials, EraseUser, NewEmail, RevokeSession, SetOperator, UpdateUser};
use crate::error::{Code, Error, FieldErrors};
use crate::event::{Actor, EmailKey};
use crate::identity::{self, Line, Origin, Places, Session};
use crate::types::{Email, IdempotencyKey, Password, SessionId, Timestamp, UserId};

/// Request to sign up.
#[derive(Clone)]
#[non_exhaustive]
pub struct SignUp {
    /// An email address that nobody else has signed up with, whatever its case and the form of its domain.
    pub email: String,
    /// 8 to 128 characters, none of them a control character or invisible.
    pub password: String,
}

impl SignUp {
    /// Creates a request with this email and password.
    pub fn new(email: impl Into<String>, password: impl Into<String>) -> Self {
        Self { email: email.into(), password: password.into() }
    }
}

/// Request to sign in.
#[derive(Clone)]
#[non_exhaustive]
pub struct SignIn {
    /// Email, in any case.
    pub email: String,
    /// Password.
    pub password: String,
    /// Address of the client. Addresses with many failed attempts must wait.
    pub client: Option<IpAddr>,
}

impl SignIn {
    /// Creates a request with this email and password, without a client address.
    pub fn new(email: impl Into<String>, password: impl Into<String>) -> Self {
        Self { email: email.into(), password: password.into(), client: None }
    }

    /// Sets the address of the client.
    #[must_use]
    pub fn client(mut self, address: impl Into<Option<IpAddr>>) -> Self {
        self.client = address.into();
        self
    }
}

/// Changes that users make to their own accounts.
#[derive(Clone)]
#[non_exhaustive]
pub struct UserUpdate {
    /// Current password of the user.
    pub current_password: String,
    /// New email, if it changes.
    pub email: Option<String>,
    /// New password, if it changes: 8 to 128 characters.
    pub password: Option<String>,
}

impl UserUpdate {
    /// Creates an update that changes nothing yet, confirmed by the current password.
    pub fn new(current_password: impl Into<String>) -> Self {
        Self { current_password: current_password.into(), email: None, password: None }
    }

    /// Sets the new email.
    #[must_use]
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.email = Some(email.into());
        self
    }

    /// Sets the new password.
    #[must_use]
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.password = Some(password.into());
        self
    }
}

macro_rules! secretive {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}

secretive!(SignUp, SignIn, UserUpdate, SignedIn, UserProfile);

/// A user, as the user themself sees it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserProfile {
    /// Id of the user.
    pub id: UserId,
    /// Email as typed.
    pub email: String,
    /// `true` if the user is an operator.
    pub operator: bool,
    /// Time of sign-up.
    pub created_at: Timestamp,
    /// Version: 1 after sign-up, incremented by every change.
    pub version: u64,
}

/// A user with a session.
#[derive(Clone)]
#[non_exhaustive]
pub struct SignedIn {
    /// Signed-in user.
    pub user: UserProfile,
    /// Token of the session, to be sent with every request.
    pub token: String,
    /// Session of the user.
    pub session: Session,
}

/// Operations on users: sign-up, sign-in, sign-out, and changes of accounts.
#[derive(Debug, Clone)]
pub struct Auth {
    office: BoxOffice,
    key: Option<IdempotencyKey>,
    places: Places,
    strangers_wait: Option<Duration>,
}

impl Auth {
    pub(super) fn new(office: BoxOffice) -> Self {
        Self { office, key: None, places: Places::default(), strangers_wait: None }
    }

    /// Sets the idempotency key of the next command, so that it can be repeated; see
    /// [`Tickets::idempotency_key`](super::Tickets::idempotency_key).
    ///
    /// ```
    /// # async fn example(office: boxoffice::BoxOffice) -> Result<(), Box<dyn std::error::Error>> {
    /// use boxoffice::SignUp;
    ///
    /// let auth = office.auth().idempotency_key("3f1c".parse()?);
    /// let ann = auth.sign_up(SignUp::new("ann@example.com", "correct horse")).await?.user;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn idempotency_key(mut self, key: IdempotencyKey) -> Self {
        self.key = Some(key);
        self
    }

    /// Sets the address from which the next sign-up, sign-in or change of a password comes.
    ///
    /// It is remembered, as a keyed hash, as a place of the account: a right password from there passes whatever strangers guess,
    /// after a restart too.
    ///
    /// ```
    /// # async fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// use boxoffice::SignUp;
    ///
    /// let auth = office.auth().address([192, 0, 2, 1].into());
    /// let ann = auth.sign_up(SignUp::new("ann@example.com", "correct horse")).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn address(mut self, address: IpAddr) -> Self {
        self.places.address = Some(address);
        self
    }

    /// Adds the id of the device from which the next sign-up, sign-in or change of a password comes: a text that nobody can guess,
    /// such as 128 random bits in a cookie of long life. It is remembered as an [address](Auth::address) is.
    ///
    /// ```
    /// # async fn example(office: boxoffice::BoxOffice, cookie: &str) -> Result<(), boxoffice::Error> {
    /// use boxoffice::SignIn;
    ///
    /// let ann = office.auth().device(cookie).sign_in(SignIn::new("ann@example.com", "correct horse")).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn device(mut self, id: &str) -> Self {
        self.places.devices.push(id.to_owned());
        self
    }

    /// Lets the next sign-in pass from a place from which the account was signed in to before, and from nowhere else: for a host whose
    /// own limit on passwords is used up by whoever shares the client's address. Others are told to wait so long.
    ///
    /// ```
    /// # async fn example(office: boxoffice::BoxOffice, cookie: &str) -> Result<(), boxoffice::Error> {
    /// use std::time::Duration;
    /// use boxoffice::SignIn;
    ///
    /// let auth = office.auth().device(cookie).strangers_wait(Duration::from_secs(3));
    /// let ann = auth.sign_in(SignIn::new("ann@example.com", "correct horse")).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn strangers_wait(mut self, wait: Duration) -> Self {
        self.strangers_wait = Some(wait);
        self
    }

    /// Creates a user and begins a session.
    ///
    /// Emails are unique regardless of case, and the domain is one whether it is written in its own letters or in punycode. The
    /// password is prepared by the profile `OpaqueString` of RFC 8265, so that it is the same on every keyboard, and hashed with Argon2id outside the writer.
    ///
    /// ```
    /// # async fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// use boxoffice::SignUp;
    ///
    /// let ann = office.auth().sign_up(SignUp::new("ann@example.com", "correct horse")).await?;
    /// println!("{} may show the token {}", ann.user.email, ann.token);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `validation`; `auth.email_taken`; `engine.overloaded` if too many passwords wait to be hashed; `command.key_reused`.
    pub async fn sign_up(&self, sign_up: SignUp) -> Result<SignedIn, Error> {
        let inner = &self.office.0;
        let mut faults = FieldErrors::default();
        let email = faults.check("email", sign_up.email.parse::<Email>());
        let password = faults.check("password", sign_up.password.parse::<Password>());
        let (Some(email), Some(password)) = (email, password) else { return Err(faults.into()) };
        let email_key = inner.journal()?.email_key(&email);
        // Spares a hash; whether the email is free is decided by the writer, who knows of the present form only.
        let is_taken = self.key.is_none() && inner.journal()?.email_owner(email_key)?.is_some();
        if is_taken || inner.former_email_owner(&email)?.is_some() {
            return Err(Code::AuthEmailTaken.into());
        }
        let password_hash = inner.passwords.hash(Line::Anybody, &inner.runtime_handle, password).await?;
        let user_id = UserId::from(inner.ids.next());
        // The fingerprint excludes the password, so that no fast hash of it is stored anywhere.
        let name = Named::by(self.key.as_ref(), email_key.as_bytes(), "auth.sign_up", &email.as_str());
        let command = CreateUser { user_id, email_key, credentials: Credentials { email, password_hash } };
        let user = inner.submit(command, Actor::System, name).await?;
        if user.id != user_id && !self.has_password(Line::Anybody, user.id, sign_up.password).await? {
            return Err(Code::CommandKeyReused.into());
        }
        self.remember(user.id, &self.places)?;
        self.begin_session(&user, SessionId::from(inner.ids.next()))
    }

    /// Begins a session for a user who has signed up before.
    ///
    /// It takes as long, and fails in the same way, whether the email is unknown or the password is wrong. After a few failures further
    /// attempts must wait, by account and by client address. Attempts from a place from which the account was signed in to before, by
    /// its address or by a [device](Auth::device), are counted by themselves: strangers' guesses never make its owner wait there.
    ///
    /// ```
    /// # async fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// use boxoffice::{Code, SignIn};
    ///
    /// match office.auth().sign_in(SignIn::new("ann@example.com", "correct horse")).await {
    ///     Ok(ann) => println!("welcome back, {}", ann.user.email),
    ///     Err(error) if error.code() == Code::RateLimited => println!("wait {:?}", error.retry_after()),
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `auth.invalid_credentials`; `rate.limited`, with the time to wait; `engine.overloaded` if too many passwords wait to be
    /// checked.
    pub async fn sign_in(&self, sign_in: SignIn) -> Result<SignedIn, Error> {
        let inner = &self.office.0;
        // All texts that are not an email share one throttled account.
        let email = Email::known(&sign_in.email);
        let journal = inner.journal()?;
        let key = email.as_ref().map_or(EmailKey::from_bytes([0; 16]), |email| journal.email_key(email));
        let owner = email.map_or(Ok(None), |email| inner.email_owner(&email))?;
        let places = Places { address: sign_in.client.or(self.places.address), devices: self.places.devices.clone() };
        let now = self.office.now();
        let known = owner.and_then(|id| inner.known.find(id, &places, now));
        let origin = known.map_or(Origin::Anywhere, Origin::Known);
        if let (Origin::Anywhere, Some(wait)) = (origin, self.strangers_wait) {
            return Err(Error::from(Code::RateLimited).with_retry_after(wait));
        }
        inner.throttle.attempt(key, origin, places.address, now)?;
        let line = if matches!(origin, Origin::Known(_)) { Line::Owners } else { Line::Anybody };
        let right = match owner {
            Some(id) => self.has_password(line, id, sign_in.password).await?,
            None => inner.passwords.check(line, &inner.runtime_handle, sign_in.password, None).await?,
        };
        let views = inner.views()?;
        let user = owner.filter(|_| right).and_then(|id| views.user(id)).ok_or(Code::AuthInvalidCredentials)?;
        inner.throttle.succeeded(key, origin, places.address);
        self.remember(user.id, &places)?;
        self.begin_session(&user, SessionId::from(inner.ids.next()))
    }

    /// Returns the session of a token. Reads memory only, so it can be called for every request.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice, token: &str) -> Result<(), boxoffice::Error> {
    /// let session = office.auth().authenticate(token)?;
    /// println!("{} until {}", session.user_id, session.expires_at);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `auth.required` if the token is malformed, signed with another key, expired, revoked, or older than the user's
    /// password.
    pub fn authenticate(&self, token: &str) -> Result<Session, Error> {
        let inner = &self.office.0;
        let session = inner.tokens.check(token, self.office.now()).ok_or(Code::AuthRequired)?;
        let user = inner.views()?.user(session.user_id).ok_or(Code::AuthRequired)?;
        if user.erased || user.epoch != session.epoch || inner.views()?.is_revoked(session.session_id) {
            return Err(Code::AuthRequired.into());
        }
        Ok(Session { operator: user.operator, ..session })
    }

    /// Returns the user of a session.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice, session: boxoffice::Session) -> Result<(), boxoffice::Error> {
    /// let me = office.auth().current_user(&session)?;
    /// println!("signed in as {}", me.email);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `auth.required` if the user was erased; `journal.unavailable` if the vault can't be read.
    pub fn current_user(&self, session: &Session) -> Result<UserProfile, Error> {
        let user = self.office.0.views()?.user(session.user_id).ok_or(Code::AuthRequired)?;
        self.profile(&user)
    }

    /// Ends a session permanently. Its token is refused from then on, even if it was stolen.
    ///
    /// ```
    /// # async fn example(office: boxoffice::BoxOffice, session: boxoffice::Session) -> Result<(), boxoffice::Error> {
    /// office.auth().sign_out(&session).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `auth.required` if the user was erased.
    pub async fn sign_out(&self, session: &Session) -> Result<(), Error> {
        let command =
            RevokeSession { user_id: session.user_id, session_id: session.session_id, expires_at: session.expires_at };
        self.office.0.submit(command, Actor::User(session.user_id), Named::Fresh).await.map(drop).map_err(gone)
    }

    /// Changes the user's email or password. A new password ends all other sessions; this one continues with the new
    /// token.
    ///
    /// ```
    /// # async fn example(office: boxoffice::BoxOffice, session: boxoffice::Session) -> Result<(), boxoffice::Error> {
    /// use boxoffice::UserUpdate;
    ///
    /// let update = UserUpdate::new("correct horse").password("battery staple");
    /// let renewed = office.auth().update_user(&session, update).await?;
    /// println!("show {} from now on", renewed.token);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `validation`; `auth.invalid_credentials` if the current password is wrong; `auth.email_taken`; `rate.limited` after a few
    /// wrong passwords; `auth.required` if the session has ended in the meantime.
    pub async fn update_user(&self, session: &Session, update: UserUpdate) -> Result<SignedIn, Error> {
        let inner = &self.office.0;
        let mut faults = FieldErrors::default();
        let email = update.email.map(|email| faults.check("email", email.parse::<Email>()));
        let password = update.password.map(|password| faults.check("password", password.parse::<Password>()));
        if email.is_none() && password.is_none() {
            faults.add("email", "or password must be given");
        }
        if !faults.is_empty() {
            return Err(faults.into());
        }
        self.confirm(session, update.current_password).await?;
        if let Some(Some(email)) = &email
            && inner.former_email_owner(email)?.is_some_and(|owner| owner != session.user_id)
        {
            return Err(Code::AuthEmailTaken.into());
        }
        let journal = inner.journal()?;
        let email = email.flatten().map(|email| NewEmail { key: journal.email_key(&email), email });
        let password_hash = match password.flatten() {
            Some(password) => Some(inner.passwords.hash(Line::Owners, &inner.runtime_handle, password).await?),
            None => None,
        };
        let command = UpdateUser { user_id: session.user_id, epoch: session.epoch, email, password_hash };
        let has_new_password = command.password_hash.is_some();
        let user = inner.submit(command, Actor::User(session.user_id), Named::Fresh).await.map_err(gone)?;
        if has_new_password {
            // Whoever knew the old one has no place here any more.
            inner.known.forget(user.id);
            self.remember(user.id, &self.places)?;
        }
        self.begin_session(&user, session.session_id)
    }

    /// Deletes the user's personal data permanently. The journal stays complete, because it names users by id only.
    ///
    /// ```
    /// # async fn example(office: boxoffice::BoxOffice, session: boxoffice::Session) -> Result<(), boxoffice::Error> {
    /// office.auth().erase_user(&session, "correct horse").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `auth.invalid_credentials` if the password is wrong; `auth.still_trading` while the user has tickets on sale or open
    /// orders; `rate.limited`; `auth.required`.
    pub async fn erase_user(&self, session: &Session, current_password: &str) -> Result<(), Error> {
        self.confirm(session, current_password.to_owned()).await?;
        let command = EraseUser { user_id: session.user_id };
        self.office.0.submit(command, Actor::User(session.user_id), Named::Fresh).await.map_err(gone)?;
        self.office.0.known.erase(|user| user == session.user_id);
        Ok(())
    }

    /// Grants the operator role to the user with this email, or revokes it. For administrators at the machine: hosts
    /// must not offer it to users.
    ///
    /// ```
    /// # async fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// let dan = office.auth().set_operator("dan@example.com", true).await?;
    /// assert!(dan.operator);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `validation` for a malformed email; `auth.user_not_found`.
    pub async fn set_operator(&self, email: &str, operator: bool) -> Result<UserProfile, Error> {
        let inner = &self.office.0;
        let email: Email = email.parse().map_err(|reason| Error::invalid("email", reason))?;
        let user_id = inner.email_owner(&email)?.ok_or(Code::AuthUserNotFound)?;
        let user = inner.submit(SetOperator { user_id, operator }, Actor::System, Named::Fresh).await?;
        self.profile(&user)
    }

    /// Checks the password of somebody who is signed in. Guesses are counted by session, so that nobody else can make its owner wait.
    async fn confirm(&self, session: &Session, password: String) -> Result<(), Error> {
        let inner = &self.office.0;
        let row = inner.journal()?.vault_row(session.user_id)?.ok_or(Code::AuthRequired)?;
        let email = Email::known(&row.email).ok_or(Code::Internal)?;
        let account = inner.journal()?.email_key(&email);
        let origin = Origin::Session(session.session_id);
        inner.throttle.attempt(account, origin, None, self.office.now())?;
        if !inner.passwords.check(Line::Owners, &inner.runtime_handle, password, Some(row.password_hash)).await? {
            return Err(Error::from(Code::AuthInvalidCredentials).with_field("currentPassword"));
        }
        inner.throttle.succeeded(account, origin, None);
        Ok(())
    }

    /// Remembers from where the user comes, unless they were erased meanwhile.
    fn remember(&self, id: UserId, places: &Places) -> Result<(), Error> {
        let inner = &self.office.0;
        inner.known.remember(id, places, self.office.now());
        if inner.views()?.user(id).is_none_or(|user| user.erased) {
            inner.known.erase(|erased| erased == id);
        }
        Ok(())
    }

    async fn has_password(&self, line: Line, id: UserId, password: String) -> Result<bool, Error> {
        let inner = &self.office.0;
        let hash = inner.journal()?.vault_row(id)?.map(|row| row.password_hash);
        inner.passwords.check(line, &inner.runtime_handle, password, hash).await
    }

    fn begin_session(&self, user: &User, id: SessionId) -> Result<SignedIn, Error> {
        let inner = &self.office.0;
        let now = self.office.now();
        let session = identity::begin(user.id, id, user.epoch, now, inner.settings.session_length);
        let token = inner.tokens.issue(&session, now)?;
        let session = Session { operator: user.operator, ..session };
        Ok(SignedIn { user: self.profile(user)?, token, session })
    }

    fn profile(&self, user: &User) -> Result<UserProfile, Error> {
        let row = self.office.0.journal()?.vault_row(user.id)?.ok_or(Code::AuthRequired)?;
        Ok(UserProfile {
            id: user.id,
            email: row.email,
            operator: user.operator,
            created_at: user.created_at,
            version: user.version,
        })
    }
}

/// Maps "user not found" to "auth required": a session's user that does not exist was erased, so the session has ended.
fn gone(error: Error) -> Error {
    if error.code() == Code::AuthUserNotFound { Code::AuthRequired.into() } else { error }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: &str = "correct horse";

    /// Signs somebody up as it was done when emails had their former form.
    async fn formerly(office: &BoxOffice, email: &str) -> UserId {
        let inner = &office.0;
        let email = Email::known(email).unwrap();
        let journal = inner.journal().unwrap();
        let email_key = journal.former_email_key(&email).unwrap_or_else(|| journal.email_key(&email));
        let password_hash =
            inner.passwords.hash(Line::Anybody, &inner.runtime_handle, PASSWORD.parse().unwrap()).await.unwrap();
        let user_id = UserId::from(inner.ids.next());
        let command = CreateUser { user_id, email_key, credentials: Credentials { email, password_hash } };
        inner.submit(command, Actor::System, Named::Fresh).await.unwrap().id
    }

    #[tokio::test]
    async fn accounts_under_the_former_form_of_their_email_are_found() {
        let dir = tempfile::tempdir().unwrap();
        let office = BoxOffice::open(dir.path()).unwrap();
        let sign_in = async |email: &str| office.auth().sign_in(SignIn::new(email, PASSWORD)).await;
        let sign_up = async |email: &str| office.auth().sign_up(SignUp::new(email, PASSWORD)).await;
        let max = formerly(&office, "max@müller.example").await;
        let street = formerly(&office, "Straße@example.de").await;
        for (email, id) in [
            ("max@müller.example", max),
            ("MAX@MÜLLER.example", max),
            ("straße@example.de", street),
            ("STRAßE@example.de", street),
        ] {
            assert_eq!(sign_in(email).await.unwrap().user.id, id, "{email}");
            assert_eq!(sign_up(email).await.unwrap_err().code(), Code::AuthEmailTaken, "{email}");
        }
        // The place of this address in the list is that of the older account.
        assert_eq!(sign_up("strasse@example.de").await.unwrap_err().code(), Code::AuthEmailTaken);
        let session = sign_in("max@müller.example").await.unwrap().session;
        let renewed =
            office.auth().update_user(&session, UserUpdate::new(PASSWORD).password("battery staple")).await.unwrap();
        let taken = UserUpdate::new("battery staple").email("straße@example.de");
        assert_eq!(office.auth().update_user(&renewed.session, taken).await.unwrap_err().code(), Code::AuthEmailTaken);
        office.auth().set_operator("MAX@müller.example", true).await.unwrap();
        assert_eq!(office.admin().user_by_email(Actor::System, "max@müller.example").unwrap().id, max);
        // A new address is listed under the present form, and frees the former one.
        let own = UserUpdate::new("battery staple").email("Max@müller.example");
        office.auth().update_user(&renewed.session, own).await.unwrap();
        let other = office.auth().sign_in(SignIn::new("max@xn--mller-kva.example", "battery staple")).await.unwrap();
        assert_eq!(other.user.id, max);
        assert!(office.journal().verify(&mut |_, _| {}).unwrap().is_clean());
        office.auth().erase_user(&other.session, "battery staple").await.unwrap();
        sign_up("max@müller.example").await.unwrap();
    }

    #[tokio::test]
    async fn an_address_that_shared_its_former_form_is_another_ones() {
        let dir = tempfile::tempdir().unwrap();
        let office = BoxOffice::open(dir.path()).unwrap();
        let sign_up = async |email: &str| office.auth().sign_up(SignUp::new(email, PASSWORD)).await;
        let plain = sign_up("strasse@example.de").await.unwrap().user.id;
        let sharp = sign_up("straße@example.de").await.unwrap().user.id;
        assert_ne!(plain, sharp);
        assert_eq!(office.0.email_owner(&"straße@example.de".parse().unwrap()).unwrap(), Some(sharp));
        assert_eq!(office.0.email_owner(&"strasse@example.de".parse().unwrap()).unwrap(), Some(plain));
    }
}
