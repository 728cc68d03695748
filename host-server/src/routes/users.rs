//! Users and their sessions.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use boxoffice::{Auth, BoxOffice, SignedIn};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::dto::{self, CurrentUserOut, EraseUser, NothingOut, UserEdit, UserOut};
use crate::error::Failure;
use crate::extract::{
    Credentials, EverySession, Idempotency, JsonBody, Place, SetCookies, SignedInUser, cookie_of, no_cookie,
};
use crate::settings::Settings;
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(sign_up)).routes(routes!(sign_in)).routes(routes!(sign_out)).routes(routes!(
        current_user,
        update,
        erase
    ))
}

/// Sign up, and sign in.
#[utoipa::path(
    post, path = "/api/users/signup", tag = "users", request_body = dto::Credentials,
    responses((status = 201, description = "The new user; the session is in the cookie", body = UserOut))
)]
async fn sign_up(
    State(office): State<BoxOffice>,
    State(settings): State<Arc<Settings>>,
    Idempotency(key): Idempotency,
    place: Place,
    JsonBody(body): JsonBody<dto::Credentials>,
) -> Result<impl IntoResponse, Failure> {
    let auth = place.tell(office.auth());
    let auth = key.into_iter().fold(auth, Auth::idempotency_key);
    let signed_in = auth.sign_up(body.into()).await?;
    Ok((StatusCode::CREATED, signed_in_as(signed_in, place, &settings)))
}

/// Sign in. An idempotency key has no effect: every sign-in creates a new session.
#[utoipa::path(
    post, path = "/api/users/signin", tag = "users", request_body = dto::Credentials,
    responses((status = 200, description = "The user; the session is in the cookie", body = UserOut))
)]
async fn sign_in(
    State(office): State<BoxOffice>,
    State(settings): State<Arc<Settings>>,
    _key: Idempotency,
    place: Place,
    JsonBody(body): JsonBody<dto::Credentials>,
) -> Result<impl IntoResponse, Failure> {
    let signed_in = place.tell(office.auth()).sign_in(body.into()).await?;
    Ok(signed_in_as(signed_in, place, &settings))
}

/// Sign out. The session's token becomes invalid, for a thief too.
#[utoipa::path(
    post, path = "/api/users/signout", tag = "users",
    responses((status = 200, description = "Signed out, or was not signed in", body = NothingOut))
)]
async fn sign_out(
    State(office): State<BoxOffice>,
    State(settings): State<Arc<Settings>>,
    _key: Idempotency,
    EverySession(sessions): EverySession,
) -> Result<impl IntoResponse, Failure> {
    for session in sessions {
        office.auth().sign_out(&session).await?;
    }
    Ok((no_cookie(&settings), Json(NothingOut {})))
}

/// Show the signed-in user.
#[utoipa::path(
    get, path = "/api/users/current-user", tag = "users",
    responses((status = 200, description = "The user, or null", body = CurrentUserOut))
)]
async fn current_user(
    State(office): State<BoxOffice>,
    Credentials(session): Credentials,
) -> Result<Json<CurrentUserOut>, Failure> {
    let user = match session.map(|session| office.auth().current_user(&session)) {
        None => None,
        Some(Ok(user)) => Some(user),
        // The user was erased after the check of the token.
        Some(Err(error)) if error.status_code() == 401 => None,
        Some(Err(error)) => return Err(error.into()),
    };
    Ok(Json(CurrentUserOut { current_user: user.map(UserOut::from) }))
}

/// Change email or password. A new password ends all other sessions.
#[utoipa::path(
    patch, path = "/api/users/current-user", tag = "users", request_body = UserEdit,
    responses((status = 200, description = "The user; a new session is in the cookie", body = UserOut)),
    security(("session" = []), ("bearer" = []))
)]
async fn update(
    State(office): State<BoxOffice>,
    State(settings): State<Arc<Settings>>,
    SignedInUser { session, .. }: SignedInUser,
    place: Place,
    JsonBody(body): JsonBody<UserEdit>,
) -> Result<impl IntoResponse, Failure> {
    let signed_in = place.tell(office.auth()).update_user(&session, body.into()).await?;
    Ok(signed_in_as(signed_in, place, &settings))
}

/// Erase my account. Email and password are deleted permanently; the journal keeps the id.
#[utoipa::path(
    delete, path = "/api/users/current-user", tag = "users", request_body = EraseUser,
    responses((status = 204, description = "Erased")),
    security(("session" = []), ("bearer" = []))
)]
async fn erase(
    State(office): State<BoxOffice>,
    State(settings): State<Arc<Settings>>,
    SignedInUser { session, .. }: SignedInUser,
    JsonBody(body): JsonBody<EraseUser>,
) -> Result<impl IntoResponse, Failure> {
    office.auth().erase_user(&session, &body.current_password).await?;
    Ok((StatusCode::NO_CONTENT, no_cookie(&settings), ()))
}

fn signed_in_as(signed_in: SignedIn, place: Place, settings: &Settings) -> (SetCookies, SetCookies, Json<UserOut>) {
    (cookie_of(signed_in.token, settings), place.cookie(), Json(signed_in.user.into()))
}
