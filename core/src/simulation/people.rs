//! Commands about people that are given to the engine directly: passwords are nobody's business in a simulation, and hashing
//! them takes threads and time.

use crate::BoxOffice;
use crate::domain::Decide;
use crate::domain::auth::{CreateUser, Credentials, EraseUser, NewEmail, RevokeSession, SetOperator, UpdateUser};
use crate::error::{Code, Error};
use crate::event::Actor;
use crate::office::Named;
use crate::types::{Email, SessionId, Timestamp, UserId};

/// Signs a person up with a password that nobody has.
///
/// # Errors
/// Those of [`Auth::sign_up`](crate::Auth::sign_up).
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
/// Those of [`Auth::update`](crate::Auth::update).
pub async fn change_email(office: &BoxOffice, user_id: UserId, email: &str) -> Result<(), Error> {
    let email = address(email)?;
    let key = office.inner().email_key(&email)?;
    let email = Some(NewEmail { key, email });
    let update = UpdateUser { user_id, epoch: epoch(office, user_id)?, email, password_hash: None };
    submit(office, update, Actor::User(user_id)).await.map(drop)
}

/// Changes a user's password, which ends all sessions; in a session that has ended by that already if `is_ended`.
///
/// # Errors
/// Those of [`Auth::update`](crate::Auth::update).
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

/// Gives or takes the operator role.
///
/// # Errors
/// Those of [`Auth::set_operator`](crate::Auth::set_operator).
pub async fn set_operator(office: &BoxOffice, user_id: UserId, operator: bool) -> Result<(), Error> {
    submit(office, SetOperator { user_id, operator }, Actor::System).await.map(drop)
}

/// Ends a session before its time.
///
/// # Errors
/// Those of [`Auth::sign_out`](crate::Auth::sign_out).
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
/// Those of [`Auth::delete`](crate::Auth::delete).
pub async fn erase(office: &BoxOffice, user_id: UserId) -> Result<(), Error> {
    submit(office, EraseUser { user_id }, Actor::User(user_id)).await.map(drop)
}

async fn submit<C: Decide>(office: &BoxOffice, command: C, actor: Actor) -> Result<C::Answer, Error> {
    office.inner().submit(command, actor, Named::Fresh).await
}

/// What the user's sessions are signed with; by the time of the decision it may be another.
fn epoch(office: &BoxOffice, user: UserId) -> Result<u64, Error> {
    Ok(office.inner().views()?.user(user).ok_or(Code::AuthRequired)?.epoch)
}

fn address(text: &str) -> Result<Email, Error> {
    text.parse().map_err(|reason| Error::invalid("email", reason))
}
