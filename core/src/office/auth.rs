//! The façade of the auth domain.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use super::{BoxOffice, Named};
use crate::domain::User;
use crate::domain::auth::{CreateUser, Credentials, EraseUser, NewEmail, RevokeSession, SetOperator, UpdateUser};
use crate::error::{Code, Error, FieldErrors};
use crate::event::{Actor, EmailKey};
use crate::identity::{self, Origin, Places, Session};
use crate::types::{Email, IdempotencyKey, Password, SessionId, Timestamp, UserId};

/// Somebody who wants to sign up.
#[derive(Clone)]
#[non_exhaustive]
pub struct SignUp {
    /// An email address that nobody else has signed up with, whatever its case.
    pub email: String,
    /// 8 to 128 characters.
    pub password: String,
}

impl SignUp {
    /// Creates the request of somebody with this email and password.
    pub fn new(email: impl Into<String>, password: impl Into<String>) -> Self {
        Self { email: email.into(), password: password.into() }
    }
}

/// Somebody who wants to sign in.
#[derive(Clone)]
#[non_exhaustive]
pub struct SignIn {
    /// The email, in any case.
    pub email: String,
    /// The password.
    pub password: String,
    /// Where the attempt comes from; an address that guesses is slowed down.
    pub client: Option<IpAddr>,
}

impl SignIn {
    /// Creates the request of somebody with this email and password, from nowhere in particular.
    pub fn new(email: impl Into<String>, password: impl Into<String>) -> Self {
        Self { email: email.into(), password: password.into(), client: None }
    }

    /// Sets the address that the attempt comes from.
    #[must_use]
    pub fn client(mut self, address: impl Into<Option<IpAddr>>) -> Self {
        self.client = address.into();
        self
    }
}

/// The changes that a user makes to their own account.
#[derive(Clone)]
#[non_exhaustive]
pub struct UserUpdate {
    /// The password that the user has now.
    pub current_password: String,
    /// The new email.
    pub email: Option<String>,
    /// The new password: 8 to 128 characters.
    pub password: Option<String>,
}

impl UserUpdate {
    /// Creates an update that changes nothing yet, confirmed by the password that the user has now.
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

/// A user, as the user themself may see it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserProfile {
    /// The user's id.
    pub id: UserId,
    /// The email as it was typed.
    pub email: String,
    /// Whether the user is an operator.
    pub operator: bool,
    /// When the user signed up.
    pub created_at: Timestamp,
    /// 1 after sign-up, one more after every change.
    pub version: u64,
}

/// A user with a session.
#[derive(Clone)]
#[non_exhaustive]
pub struct SignedIn {
    /// The user.
    pub user: UserProfile,
    /// The session's token, to be shown with every request.
    pub token: String,
    /// The session.
    pub session: Session,
}

/// Signs people up, in and out, and keeps their accounts.
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

    /// Names the next command, so that it may be sent again; see [`Tickets::idempotency_key`](super::Tickets::idempotency_key).
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
    /// Emails are unique regardless of case. The password is hashed with Argon2id outside the writer.
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
        // Spares a hash; whether the email is free is decided by the writer.
        if self.key.is_none() && inner.journal()?.email_owner(email_key)?.is_some() {
            return Err(Code::AuthEmailTaken.into());
        }
        let password_hash = inner.passwords.hash(&inner.runtime_handle, password).await?;
        let user_id = UserId::from(inner.ids.next());
        // The password is left out of the fingerprint, so that no quick hash of it is kept anywhere.
        let name = Named::by(self.key.as_ref(), email_key.as_bytes(), "auth.sign_up", &email.as_str());
        let command = CreateUser { user_id, email_key, credentials: Credentials { email, password_hash } };
        let user = inner.submit(command, Actor::System, name).await?;
        if user.id != user_id && !self.has_password(user.id, sign_up.password).await? {
            return Err(Code::CommandKeyReused.into());
        }
        inner.known.remember(user.id, &self.places, self.office.now());
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
        // All that can't be an email share one account to guess at.
        let journal = inner.journal()?;
        let key =
            sign_in.email.parse::<Email>().map_or(EmailKey::from_bytes([0; 16]), |email| journal.email_key(&email));
        let owner = inner.journal()?.email_owner(key)?;
        let places = Places { address: sign_in.client.or(self.places.address), devices: self.places.devices.clone() };
        let now = self.office.now();
        let known = owner.and_then(|id| inner.known.find(id, &places, now));
        let origin = known.map_or(Origin::Anywhere, Origin::Known);
        if let (Origin::Anywhere, Some(wait)) = (origin, self.strangers_wait) {
            return Err(Error::from(Code::RateLimited).with_retry_after(wait));
        }
        inner.throttle.attempt(key, origin, places.address, now)?;
        let right = match owner {
            Some(id) => self.has_password(id, sign_in.password).await?,
            None => inner.passwords.check(&inner.runtime_handle, sign_in.password, None).await?,
        };
        let views = inner.views()?;
        let user = owner.filter(|_| right).and_then(|id| views.user(id)).ok_or(Code::AuthInvalidCredentials)?;
        inner.throttle.succeeded(key, origin, places.address);
        inner.known.remember(user.id, &places, now);
        self.begin_session(&user, SessionId::from(inner.ids.next()))
    }

    /// Returns the session that a token stands for. It reads memory only, so that it can be called with every request.
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
    /// `auth.required` for whatever is wrong with the token: malformed, signed with another key, expired, revoked, of an earlier
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

    /// Ends a session for good: its token is refused from then on, also from somebody who stole it.
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

    /// Changes the user's email or password. A new password ends every other session; this one goes on under the new token.
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
        let journal = inner.journal()?;
        let email = email.flatten().map(|email| NewEmail { key: journal.email_key(&email), email });
        let password_hash = match password.flatten() {
            Some(password) => Some(inner.passwords.hash(&inner.runtime_handle, password).await?),
            None => None,
        };
        let command = UpdateUser { user_id: session.user_id, epoch: session.epoch, email, password_hash };
        let has_new_password = command.password_hash.is_some();
        let user = inner.submit(command, Actor::User(session.user_id), Named::Fresh).await.map_err(gone)?;
        if has_new_password {
            // Whoever knew the old one has no place here any more.
            inner.known.forget(user.id);
            inner.known.remember(user.id, &self.places, self.office.now());
        }
        self.begin_session(&user, session.session_id)
    }

    /// Deletes the user's personal data for good. The journal stays whole: it names users by id only.
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
        self.office.0.known.forget(session.user_id);
        Ok(())
    }

    /// Gives the operator role to the user with this email, or takes it. For administrators at the machine: hosts must not offer
    /// it to users.
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
        let owner = inner.journal()?.email_owner(inner.journal()?.email_key(&email))?;
        let user_id = owner.ok_or(Code::AuthUserNotFound)?;
        let user = inner.submit(SetOperator { user_id, operator }, Actor::System, Named::Fresh).await?;
        self.profile(&user)
    }

    /// Checks the password of somebody who is signed in. Guesses are counted by session, so that nobody else can make its owner wait.
    async fn confirm(&self, session: &Session, password: String) -> Result<(), Error> {
        let inner = &self.office.0;
        let row = inner.journal()?.vault_row(session.user_id)?.ok_or(Code::AuthRequired)?;
        let email: Email = row.email.parse().map_err(|_| Error::from(Code::Internal))?;
        let account = inner.journal()?.email_key(&email);
        let origin = Origin::Session(session.session_id);
        inner.throttle.attempt(account, origin, None, self.office.now())?;
        if !inner.passwords.check(&inner.runtime_handle, password, Some(row.password_hash)).await? {
            return Err(Error::from(Code::AuthInvalidCredentials).with_field("currentPassword"));
        }
        inner.throttle.succeeded(account, origin, None);
        Ok(())
    }

    async fn has_password(&self, id: UserId, password: String) -> Result<bool, Error> {
        let inner = &self.office.0;
        let hash = inner.journal()?.vault_row(id)?.map(|row| row.password_hash);
        inner.passwords.check(&inner.runtime_handle, password, hash).await
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

/// For somebody with a session, a user that does not exist is one that was erased: the session has ended.
fn gone(error: Error) -> Error {
    if error.code() == Code::AuthUserNotFound { Code::AuthRequired.into() } else { error }
}
