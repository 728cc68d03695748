//! Signs up a user.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Rejection, User};
use crate::command::StreamKeys;
use crate::domain::apply::{After, Applied, Apply, Demands, LeadsTo, Posts, Tickets};
use crate::domain::decide::Decide;
use crate::domain::ticket::SeatKeys;
use crate::domain::{Context, Decision, Fact, State, VaultChange};
use crate::event::{DomainEvent, EmailKey, StreamKey};
use crate::types::{Email, OrderId, Timestamp, UserId};

/// Command that signs up a user.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cluster", derive(Serialize, Deserialize))]
pub(crate) struct CreateUser {
    /// Id of the new user.
    pub user_id: UserId,
    /// Key by which the email is unique.
    pub email_key: EmailKey,
    /// Personal data for the vault.
    pub credentials: Credentials,
}

/// Personal data of a user.
#[derive(Clone)]
#[cfg_attr(feature = "cluster", derive(Serialize, Deserialize))]
pub(crate) struct Credentials {
    /// Email as typed.
    pub email: Email,
    /// Argon2id hash of the password, in PHC form.
    pub password_hash: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials(…)")
    }
}

impl Decide for CreateUser {
    type Answer = Arc<User>;
    type Rejection = Rejection;
    const IS_TOLD: bool = false;

    fn order(&self) -> Option<OrderId> {
        None
    }

    fn streams(&self) -> StreamKeys {
        StreamKeys::from_iter([StreamKey::Email(self.email_key)])
    }

    fn seats(&self, _: &State) -> SeatKeys {
        SeatKeys::new()
    }

    /// Refuses: [`Rejection::EmailTaken`].
    fn decide(&self, _: &State, context: &Context) -> Result<Decision, Rejection> {
        if context.email_owner.is_some() {
            return Err(Rejection::EmailTaken);
        }
        let put = VaultChange::Put {
            user_id: self.user_id,
            email: Some((self.email_key, self.credentials.email.clone())),
            password_hash: Some(self.credentials.password_hash.clone()),
        };
        Ok(Decision::event(DomainEvent::UserCreated(UserCreated { user_id: self.user_id })).with_vault(put))
    }

    fn answer(&self, state: &State, _: Timestamp) -> Option<Arc<User>> {
        state.user(self.user_id).cloned()
    }
}

/// A user signed up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserCreated {
    /// Id of the new user.
    pub user_id: UserId,
}

impl Apply for UserCreated {
    const MAY_SETTLE: bool = false;
    const MAY_REVIVE: bool = false;
    const TICKETS: Tickets<Self> = None;
    const POSTS: Posts<Self> = None;
    const LEADS_TO: LeadsTo<Self> = None;
    const THEN: After<Self> = None;
    const DEMANDS: Demands<Self> = None;

    fn stream(&self) -> StreamKey {
        StreamKey::User(self.user_id)
    }

    fn apply(&self, state: &mut State, fact: Fact) -> Applied {
        fact.follows(0)?;
        state.add_user(User {
            id: self.user_id,
            version: fact.version,
            epoch: 1,
            operator: false,
            erased: false,
            created_at: fact.at,
            updated_at: fact.at,
        })
    }
}
