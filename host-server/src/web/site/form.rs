//! Forms: what they send, and that it was a page of ours that sent it.
//!
//! Beside `Origin` and `Sec-Fetch-Site`, which stand guard before every route, each form sends back a token that is also in a
//! cookie: another site can make a browser send the cookie, but can't read what the form has to say.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequest, Request};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use boxoffice::{Code, Error, ErrorKind};
use cookie::{Cookie, SameSite};

use super::flash::{Flash, redirect_with};
use crate::error::{Failure, Refusal};
use crate::extract::{body, cookies, random_hex};
use crate::limits::Load;
use crate::settings::Settings;

/// The name of the token in forms.
const FIELD: &str = "form-token";

/// The token that forms send back.
#[derive(Debug)]
pub(super) struct FormToken {
    value: String,
    is_fresh: bool,
}

impl FormToken {
    /// The token that the browser has already, or a fresh one.
    pub(super) fn of(headers: &HeaderMap, https: bool) -> Self {
        if let Some(value) = known(headers, https).next() {
            return Self { value: value.to_owned(), is_fresh: false };
        }
        // Without randomness there is no token, and every form is refused.
        let value = random_hex::<16>().unwrap_or_default();
        Self { value, is_fresh: true }
    }

    pub(super) fn value(&self) -> &str {
        &self.value
    }

    /// The cookie, unless the browser has it.
    pub(super) fn cookie(&self, https: bool) -> Option<Cookie<'static>> {
        let cookie = Cookie::build((cookie_name(https), self.value.clone()));
        self.is_fresh.then(|| cookie.path("/").http_only(true).same_site(SameSite::Lax).secure(https).build())
    }
}

/// With the prefix no other host of the same domain, and no page over plain http, can plant a cookie of its own.
const fn cookie_name(https: bool) -> &'static str {
    if https { "__Host-form" } else { "form" }
}

/// The tokens that the browser has. It may have others' cookies of the name too, so that only the form tells which is ours.
fn known(headers: &HeaderMap, https: bool) -> impl Iterator<Item = &str> {
    let is_token = |value: &&str| value.len() == 32 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    cookies::values(headers, cookie_name(https)).filter(is_token)
}

/// What a form of ours sent. Anything else is refused before a handler sees it.
#[derive(Debug)]
pub(crate) struct Form {
    fields: Vec<(String, String)>,
    https: bool,
}

impl Form {
    /// The value of a field; empty if there is no such field.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// The value of a field without space around it, if there is any.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        Some(self.get(name).trim()).filter(|value| !value.is_empty())
    }

    /// The values of all fields with the name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Answers the form: sends the browser on to another page, where it is told what happened.
    pub(crate) fn redirect(&self, to: &str, flash: Flash) -> Response {
        redirect_with(to, flash, self.https)
    }
}

impl<S> FromRequest<S> for Form
where
    S: Send + Sync,
    Arc<Settings>: FromRef<S>,
    Arc<Load>: FromRef<S>,
{
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let headers = request.headers();
        let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !content_type.starts_with("application/x-www-form-urlencoded") {
            return Err(Refusal::NotAForm.into());
        }
        let https = <Arc<Settings>>::from_ref(state).is_https();
        let expected: Vec<String> = known(headers, https).map(str::to_owned).collect();
        let (bytes, _room) = body::read(request, &<Arc<Load>>::from_ref(state)).await?;
        let form = Self { fields: form_urlencoded::parse(&bytes).into_owned().collect(), https };
        // The token is no secret to who has the cookie, so there is nothing to learn from how long this takes.
        if expected.iter().all(|expected| form.get(FIELD) != expected) {
            return Err(Refusal::ForgedForm.into());
        }
        Ok(form)
    }
}

/// What is wrong with which field, if the error is one that a form can show next to its fields: a fault of the input, a password
/// or an email. Any other error is the page's to tell.
pub(crate) fn field_errors(error: Error) -> Result<FieldErrors, Error> {
    let is_shown = matches!(error.kind(), ErrorKind::Validation | ErrorKind::TooManyRequests)
        || matches!(error.code(), Code::AuthInvalidCredentials | Code::AuthEmailTaken);
    if !is_shown {
        return Err(error);
    }
    Ok(FieldErrors::from(&error))
}

/// What is wrong, with the names of the fields.
#[derive(Debug, Default)]
pub(crate) struct FieldErrors(Vec<(String, String)>);

impl From<&Error> for FieldErrors {
    fn from(error: &Error) -> Self {
        let faults = error.serialize_errors().into_iter();
        Self(faults.map(|fault| (fault.field.map_or_else(String::new, Into::into), fault.message.into())).collect())
    }
}

impl FieldErrors {
    /// What is wrong with a field.
    pub(crate) fn of(&self, field: &str) -> Option<String> {
        self.0.iter().find(|(name, _)| name == field).map(|(_, message)| message.clone())
    }

    /// What is wrong with none of these fields in particular.
    pub(crate) fn besides(&self, fields: &[&str]) -> Option<String> {
        self.all_besides(fields).next().map(str::to_owned)
    }

    /// All that is wrong with none of these fields in particular.
    pub(crate) fn all_besides(&self, fields: &[&str]) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(name, _)| !fields.contains(&name.as_str())).map(|(_, message)| message.as_str())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Notes one more.
    pub(crate) fn add(&mut self, field: &str, message: impl Into<String>) {
        self.0.push((field.to_owned(), message.into()));
    }

    /// Every entry.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(field, message)| (field.as_str(), message.as_str()))
    }
}
