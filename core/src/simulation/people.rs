//! Commands about users that are given to the engine directly. The simulation needs no real passwords, and hashing them
//! takes threads and time.

use crate::BoxOffice;
use crate::domain::Decide;
use crate::domain::auth::{CreateUser, Credentials, EraseUser, NewEmail, RevokeSession, SetOperator, UpdateUser};
use crate::error::{Code, Error};
use crate::event::Actor;
use crate::office::Named;
use crate::types::{Email, SessionId, Timestamp, UserId};

/// Signs up a user with a password that never matches.
///
/// # Errors
/// The errors of [`Auth::sign_up`](crate::Auth::sign_up).
pub async fn sign_up(office: &BoxOffice, email: &str) -> Result<UserId, Error> {
    let email = address(email)?;
    let email_key = office.inner().email_key(&email)?;
    let user_id = UserId::from(office.inner().fresh_id());
    let credentials = Credentials { email, password_hash: "$argon2id$none".to_owned() };
    let user = submit(office, CreateUser { user_id, email_key, credentials }, Actor::System).await?;
    Ok(user.id)
}

/// Changes a user's email.
///
/// # Errors
/// The errors of [`Auth::update_user`](crate::Auth::update_user).
pub async fn change_email(office: &BoxOffice, user_id: UserId, email: &str) -> Result<(), Error> {
    let email = address(email)?;
    let key = office.inner().email_key(&email)?;
    let email = Some(NewEmail { key, email });
    let update = UpdateUser { user_id, epoch: epoch(office, user_id)?, email, password_hash: None };
    submit(office, update, Actor::User(user_id)).await.map(drop)
}

/// Changes a user's password, which ends all sessions. If `is_ended`, the command comes from a session that a password
/// change has already ended.
///
/// # Errors
/// The errors of [`Auth::update_user`](crate::Auth::update_user).
pub async fn change_password(
    office: &BoxOffice,
    user_id: UserId,
    password_hash: String,
    is_ended: bool,
) -> Result<(), Error> {
    let epoch = epoch(office, user_id)?.saturating_sub(u64::from(is_ended));
    let update = UpdateUser { user_id, epoch, email: None, password_hash: Some(password_hash) };
    submit(office, update, Actor::User(user_id)).await.map(drop)
}

/// Grants or revokes the operator role.
///
/// # Errors
/// The errors of [`Auth::set_operator`](crate::Auth::set_operator).
pub async fn set_operator(office: &BoxOffice, user_id: UserId, operator: bool) -> Result<(), Error> {
    submit(office, SetOperator { user_id, operator }, Actor::System).await.map(drop)
}

/// Ends a session before it expires.
///
/// # Errors
/// The errors of [`Auth::sign_out`](crate::Auth::sign_out).
pub async fn revoke_session(
    office: &BoxOffice,
    user_id: UserId,
    session_id: SessionId,
    expires_at: Timestamp,
) -> Result<(), Error> {
    let revoke = RevokeSession { user_id, session_id, expires_at };
    submit(office, revoke, Actor::User(user_id)).await.map(drop)
}

/// Deletes a user's personal data.
///
/// # Errors
/// The errors of [`Auth::erase_user`](crate::Auth::erase_user).
pub async fn erase(office: &BoxOffice, user_id: UserId) -> Result<(), Error> {
    submit(office, EraseUser { user_id }, Actor::User(user_id)).await.map(drop)
}

async fn submit<C: Decide>(office: &BoxOffice, command: C, actor: Actor) -> Result<C::Answer, Error> {
    office.inner().submit(command, actor, Named::Fresh).await
}

/// Returns the user's current epoch. It may have changed by the time of the decision.
fn epoch(office: &BoxOffice, user: UserId) -> Result<u64, Error> {
    Ok(office.inner().views()?.user(user).ok_or(Code::AuthRequired)?.epoch)
}

fn address(text: &str) -> Result<Email, Error> {
    text.parse().map_err(|reason| Error::invalid("email", reason))
}
