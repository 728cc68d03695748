use napi_derive::napi;

use crate::convert::{Date, date, number};

/// A user, as the user themself may see it.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct User {
    /// The user's id.
    pub id: String,
    /// The email as it was typed.
    pub email: String,
    /// Whether the user is an operator.
    pub operator: bool,
    /// When the user signed up.
    pub created_at: Date,
    /// 1 after sign-up, one more after every change.
    pub version: i64,
}

impl From<boxoffice::UserProfile> for User {
    fn from(user: boxoffice::UserProfile) -> Self {
        Self {
            id: user.id.to_string(),
            email: user.email,
            operator: user.operator,
            created_at: date(user.created_at),
            version: number(user.version),
        }
    }
}

/// Who is signed in, and until when.
#[napi]
#[derive(Debug)]
pub struct Session(pub(crate) boxoffice::Session);

#[napi]
impl Session {
    /// Who is signed in.
    #[napi(getter)]
    pub fn user_id(&self) -> String {
        self.0.user_id.to_string()
    }

    /// The session.
    #[napi(getter)]
    pub fn session_id(&self) -> String {
        self.0.session_id.to_string()
    }

    /// When the session ends by itself.
    #[napi(getter)]
    pub fn expires_at(&self) -> Date {
        date(self.0.expires_at)
    }

    /// Whether the user was an operator when the token was shown.
    #[napi(getter)]
    pub fn operator(&self) -> bool {
        self.0.operator
    }
}

/// A user with a session.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct SignedIn {
    /// The user.
    pub user: User,
    /// The session's token, to be shown with every request.
    pub token: String,
    /// The session.
    pub session: Session,
}

impl From<boxoffice::SignedIn> for SignedIn {
    fn from(signed_in: boxoffice::SignedIn) -> Self {
        let boxoffice::SignedIn { user, token, session, .. } = signed_in;
        Self { user: user.into(), token, session: Session(session) }
    }
}
