//! The rules of auth. Each function lists its refusals in order: the first that holds is the answer.

use std::sync::Arc;

use super::command::{CreateUser, EraseUser, RevokeSession, SetOperator, UpdateUser};
use super::event::{SessionRevoked, UserCreated, UserErased, UserUpdated};
use super::state::User;
use crate::domain::{Context, Decision, State, VaultChange};
use crate::event::DomainEvent;

/// Why the auth domain says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// There is no such user, or it is erased.
    UserNotFound,
    /// The email belongs to another user.
    EmailTaken,
    /// The session that asks has ended.
    SessionEnded,
    /// The user still sells or buys.
    StillTrading,
}

type Result<T = Decision> = std::result::Result<T, Rejection>;

/// Refuses: [`Rejection::EmailTaken`].
pub(in crate::domain) fn create_user(command: &CreateUser, context: &Context) -> Result {
    if context.email_owner.is_some() {
        return Err(Rejection::EmailTaken);
    }
    Ok(Decision::event(DomainEvent::UserCreated(UserCreated { user_id: command.user_id })).with_vault(
        VaultChange::Put {
            user_id: command.user_id,
            email: Some((command.email_key, command.credentials.email.clone())),
            password_hash: Some(command.credentials.password_hash.clone()),
        },
    ))
}

/// Refuses: [`Rejection::UserNotFound`], [`Rejection::SessionEnded`], [`Rejection::EmailTaken`].
pub(in crate::domain) fn update_user(state: &State, command: &UpdateUser, context: &Context) -> Result {
    let user = active(state, command.user_id)?;
    if user.epoch != command.epoch {
        return Err(Rejection::SessionEnded);
    }
    if command.email.is_some() && context.email_owner.is_some_and(|owner| owner != user.id) {
        return Err(Rejection::EmailTaken);
    }
    if command.email.is_none() && command.password_hash.is_none() {
        return Ok(Decision::nothing());
    }
    let password_changed = command.password_hash.is_some();
    let event = UserUpdated {
        user_id: user.id,
        email_changed: command.email.is_some(),
        password_changed,
        operator: user.operator,
        epoch: user.epoch + u64::from(password_changed),
    };
    Ok(Decision::event(DomainEvent::UserUpdated(event)).with_vault(VaultChange::Put {
        user_id: user.id,
        email: command.email.as_ref().map(|new| (new.key, new.email.clone())),
        password_hash: command.password_hash.clone(),
    }))
}

/// Refuses: [`Rejection::UserNotFound`]. Setting what is set already changes nothing.
pub(in crate::domain) fn set_operator(state: &State, command: &SetOperator) -> Result {
    let user = active(state, command.user_id)?;
    if user.operator == command.operator {
        return Ok(Decision::nothing());
    }
    Ok(Decision::event(DomainEvent::UserUpdated(UserUpdated {
        user_id: user.id,
        email_changed: false,
        password_changed: false,
        operator: command.operator,
        epoch: user.epoch,
    })))
}

/// Refuses: [`Rejection::UserNotFound`], [`Rejection::StillTrading`].
pub(in crate::domain) fn erase_user(state: &State, command: &EraseUser) -> Result {
    let user = active(state, command.user_id)?;
    if state.is_trading(user.id) {
        return Err(Rejection::StillTrading);
    }
    Ok(Decision::event(DomainEvent::UserErased(UserErased { user_id: user.id }))
        .with_vault(VaultChange::Erase { user_id: user.id }))
}

/// Refuses: [`Rejection::UserNotFound`]. A session that has ended already is left as it is.
pub(in crate::domain) fn revoke_session(state: &State, command: &RevokeSession, context: &Context) -> Result {
    let user = active(state, command.user_id)?;
    if state.is_revoked(command.session_id) || command.expires_at <= context.now {
        return Ok(Decision::nothing());
    }
    Ok(Decision::event(DomainEvent::SessionRevoked(SessionRevoked {
        user_id: user.id,
        session_id: command.session_id,
        expires_at: command.expires_at,
    })))
}

fn active(state: &State, id: crate::types::UserId) -> Result<&User> {
    state.user(id).map(Arc::as_ref).filter(|user| !user.erased).ok_or(Rejection::UserNotFound)
}
