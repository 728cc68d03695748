//! The account pages: sign-up, sign-in, sign-out, change of email or password.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use boxoffice::{BoxOffice, Error, SignIn, SignUp, SignedIn, UserUpdate};
use serde::Deserialize;

use crate::error::{Failure, note};
use crate::extract::{EverySession, Place, Query, SignedInUser, cookie_of, no_cookie};
use crate::settings::Settings;
use crate::web::site::form::FieldErrors;
use crate::web::site::{Chrome, Field, Flash, Form, field_errors, page, redirect, show};

/// The query of the sign-in page: the path to go to after signing in.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Next {
    #[serde(default)]
    next: String,
}

/// Returns the path if it is on this site, and `/` otherwise. Texts that a browser might read as another site's address
/// are refused.
fn own_path(next: &str) -> &str {
    let is_own = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n', '\t']);
    if is_own { next } else { "/" }
}

/// The page for signing in or up.
#[derive(Template)]
#[template(path = "storefront/sign.html")]
struct SignPage {
    chrome: Chrome,
    is_new: bool,
    next: String,
    error: Option<String>,
    email: Field,
    password: Field,
}

page!(SignPage, AccountPage);

impl SignPage {
    fn new(chrome: Chrome, is_new: bool, next: &str, email: &str, errors: &FieldErrors) -> Self {
        let password = Field::new("password", "Password").kind("password").error(errors.of("password"));
        let password = if is_new {
            password.autocomplete("new-password").hint("8 to 128 characters. A few words are better than one.")
        } else {
            password.autocomplete("current-password")
        };
        let taken = errors.besides(&["email", "password"]);
        Self {
            chrome,
            is_new,
            next: own_path(next).to_owned(),
            error: taken,
            email: Field::new("email", "Email")
                .kind("email")
                .autocomplete("email")
                .value(email)
                .error(errors.of("email")),
            password,
        }
    }
}

pub(super) async fn sign_in_page(chrome: Chrome, Query(query): Query<Next>) -> Response {
    show(StatusCode::OK, &SignPage::new(chrome, false, &query.next, "", &FieldErrors::default()))
}

pub(super) async fn sign_up_page(chrome: Chrome, Query(query): Query<Next>) -> Response {
    show(StatusCode::OK, &SignPage::new(chrome, true, &query.next, "", &FieldErrors::default()))
}

pub(super) async fn sign_in(
    State(office): State<BoxOffice>,
    State(settings): State<Arc<Settings>>,
    place: Place,
    chrome: Chrome,
    form: Form,
) -> Result<Response, Failure> {
    let (email, next) = (form.get("email").trim(), form.get("next"));
    match place.tell(office.auth()).sign_in(SignIn::new(email, form.get("password"))).await {
        Ok(signed_in) => Ok(signed_in_as(signed_in, place, &settings, form.redirect(own_path(next), Flash::SignedIn))),
        Err(error) => refused(error, |errors| SignPage::new(chrome, false, next, email, errors)),
    }
}

pub(super) async fn sign_up(
    State(office): State<BoxOffice>,
    State(settings): State<Arc<Settings>>,
    place: Place,
    chrome: Chrome,
    form: Form,
) -> Result<Response, Failure> {
    let (email, next) = (form.get("email").trim(), form.get("next"));
    match place.tell(office.auth()).sign_up(SignUp::new(email, form.get("password"))).await {
        Ok(signed_in) => Ok(signed_in_as(signed_in, place, &settings, form.redirect(own_path(next), Flash::SignedUp))),
        Err(error) => refused(error, |errors| SignPage::new(chrome, true, next, email, errors)),
    }
}

fn signed_in_as(signed_in: SignedIn, place: Place, settings: &Settings, redirect: Response) -> Response {
    (cookie_of(signed_in.token, settings), place.cookie(), redirect).into_response()
}

/// Returns the form with its errors.
///
/// # Errors
/// Returns the error if a form can't show it.
fn refused<P: crate::web::site::Page>(error: Error, page: impl FnOnce(&FieldErrors) -> P) -> Result<Response, Failure> {
    let status = StatusCode::from_u16(error.status_code()).unwrap_or(StatusCode::BAD_REQUEST);
    let (code, wait) = (error.code(), error.retry_after());
    let errors = field_errors(error)?;
    let mut response = show(status, &page(&errors));
    note(response.headers_mut(), code.as_str(), wait);
    Ok(response)
}

pub(super) async fn sign_out(
    State(office): State<BoxOffice>,
    State(settings): State<Arc<Settings>>,
    EverySession(sessions): EverySession,
    form: Form,
) -> Result<Response, Failure> {
    for session in sessions {
        office.auth().sign_out(&session).await?;
    }
    Ok((no_cookie(&settings), form.redirect("/", Flash::SignedOut)).into_response())
}

/// The page of the user's own account.
#[derive(Template)]
#[template(path = "storefront/account.html")]
struct AccountPage {
    chrome: Chrome,
    now_email: String,
    email_error: Option<String>,
    password_error: Option<String>,
    email: Field,
    email_password: Field,
    password: Field,
    password_password: Field,
}

impl AccountPage {
    fn new(chrome: Chrome, new_email: &str, email_errors: &FieldErrors, password_errors: &FieldErrors) -> Self {
        let secret = |name, label, errors: &FieldErrors| {
            let field = Field::new(name, label).kind("password").autocomplete("current-password");
            field.error(errors.of("currentPassword"))
        };
        Self {
            now_email: chrome.visitor.as_ref().map_or_else(String::new, |visitor| visitor.email.clone()),
            chrome,
            email_error: email_errors.besides(&["email", "currentPassword"]),
            password_error: password_errors.besides(&["password", "currentPassword"]),
            email: Field::new("email", "New email")
                .kind("email")
                .autocomplete("email")
                .value(new_email)
                .error(email_errors.of("email")),
            email_password: secret("email-password", "Your password", email_errors),
            password: Field::new("password", "New password")
                .kind("password")
                .autocomplete("new-password")
                .hint("8 to 128 characters. Every other device will be signed out.")
                .error(password_errors.of("password")),
            password_password: secret("password-password", "Your password until now", password_errors),
        }
    }
}

pub(super) async fn page(_user: SignedInUser, chrome: Chrome) -> Response {
    show(StatusCode::OK, &AccountPage::new(chrome, "", &FieldErrors::default(), &FieldErrors::default()))
}

/// Redirects a GET request for the address of a form, such as a reload, to the account's page.
pub(super) async fn back() -> Response {
    redirect("/account")
}

pub(super) async fn change_email(
    State(office): State<BoxOffice>,
    State(settings): State<Arc<Settings>>,
    user: SignedInUser,
    place: Place,
    chrome: Chrome,
    form: Form,
) -> Result<Response, Failure> {
    let email = form.get("email").trim();
    let update = UserUpdate::new(form.get("email-password")).email(email);
    match place.tell(office.auth()).update_user(&user.session, update).await {
        Ok(signed_in) => Ok(signed_in_as(signed_in, place, &settings, form.redirect("/account", Flash::EmailChanged))),
        Err(error) => refused(error, |errors| AccountPage::new(chrome, email, errors, &FieldErrors::default())),
    }
}

pub(super) async fn change_password(
    State(office): State<BoxOffice>,
    State(settings): State<Arc<Settings>>,
    user: SignedInUser,
    place: Place,
    chrome: Chrome,
    form: Form,
) -> Result<Response, Failure> {
    let update = UserUpdate::new(form.get("password-password")).password(form.get("password"));
    match place.tell(office.auth()).update_user(&user.session, update).await {
        Ok(signed_in) => {
            Ok(signed_in_as(signed_in, place, &settings, form.redirect("/account", Flash::PasswordChanged)))
        }
        Err(error) => refused(error, |errors| AccountPage::new(chrome, "", &FieldErrors::default(), errors)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for own in ["/", "/orders/1?x=//y"] {
            assert_eq!(own_path(own), own);
        }
        for foreign in
            ["", "https://evil.example", "//evil.example", "/\\evil.example", "/a\r\nb", "javascript:x", "/\t/x"]
        {
            assert_eq!(own_path(foreign), "/", "{foreign:?}");
        }
    }
}
