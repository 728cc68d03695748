//! Requests and responses about users.

use boxoffice::{SignIn, SignUp, UserId, UserProfile, UserUpdate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An email and a password. Missing fields count as empty, so that the answer contains all errors at once.
#[derive(Deserialize, ToSchema)]
#[schema(as = Credentials)]
pub(crate) struct Credentials {
    /// Email address, unique regardless of case and stored as given.
    #[serde(default)]
    #[schema(required, pattern = r"^[A-Za-z0-9]+([._-][A-Za-z0-9]+){0,3}@([a-z0-9]+\.){1,3}[a-z]{2,10}$", example = "ann@example.com", format = Email)]
    pub(crate) email: String,
    /// 8 to 128 characters, none of them a control character or invisible.
    #[serde(default)]
    #[schema(
        required,
        min_length = 8,
        max_length = 128,
        pattern = r"^[^\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufff8]*$",
        example = "correct horse battery",
        format = Password
    )]
    pub(crate) password: String,
}

impl From<Credentials> for SignUp {
    fn from(body: Credentials) -> Self {
        Self::new(body.email, body.password)
    }
}

impl From<Credentials> for SignIn {
    fn from(body: Credentials) -> Self {
        Self::new(body.email, body.password)
    }
}

/// Changes to a user. Omitted fields stay unchanged.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = UserEdit)]
pub(crate) struct UserEdit {
    /// The current password.
    #[schema(format = Password)]
    current_password: String,
    /// The new email.
    #[schema(pattern = r"^[A-Za-z0-9]+([._-][A-Za-z0-9]+){0,3}@([a-z0-9]+\.){1,3}[a-z]{2,10}$", format = Email)]
    email: Option<String>,
    /// The new password: 8 to 128 characters, none of them a control character or invisible. It ends every other session.
    #[schema(
        min_length = 8,
        max_length = 128,
        pattern = r"^[^\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufff8]*$",
        format = Password
    )]
    password: Option<String>,
}

impl From<UserEdit> for UserUpdate {
    fn from(body: UserEdit) -> Self {
        let mut update = Self::new(body.current_password);
        update.email = body.email;
        update.password = body.password;
        update
    }
}

/// The confirmation of an erasure.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = EraseUser)]
pub(crate) struct EraseUser {
    /// The current password.
    #[schema(format = Password)]
    pub(crate) current_password: String,
}

/// A user, as shown to that user.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = User)]
pub(crate) struct UserOut {
    #[schema(value_type = String, format = Uuid)]
    id: UserId,
    #[schema(format = Email)]
    email: String,
    /// `true` if the user is an operator.
    operator: bool,
    #[schema(format = DateTime)]
    created_at: String,
    version: u64,
}

impl From<UserProfile> for UserOut {
    fn from(user: UserProfile) -> Self {
        Self {
            id: user.id,
            email: user.email,
            operator: user.operator,
            created_at: user.created_at.to_string(),
            version: user.version,
        }
    }
}

/// The signed-in user, if any.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CurrentUser)]
pub(crate) struct CurrentUserOut {
    pub(crate) current_user: Option<UserOut>,
}

/// An empty object.
#[derive(Serialize, ToSchema)]
#[schema(as = Nothing)]
pub(crate) struct NothingOut {}
