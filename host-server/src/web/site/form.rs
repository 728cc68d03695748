//! Forms: their fields, and the check that a page of this site sent them.
//!
//! Every route checks `Origin` and `Sec-Fetch-Site`. In addition, each form sends back a token that is also in a
//! cookie. Another site can make a browser send the cookie, but can't read the token that the form must contain.

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequest, Request};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use boxoffice::{Code, Error, ErrorKind};
use cookie::{Cookie, SameSite};

use super::flash::{Flash, redirect_with, sign_in_first};
use crate::error::{Failure, Refusal};
use crate::extract::{body, cookies, random_hex};
use crate::limits::Load;
use crate::settings::Settings;

/// Name of the token's field in forms.
const FIELD: &str = "form-token";

/// Names of the fields that a form may have several times, such as the chosen tickets.
const LISTS: [&str; 2] = ["ticket", "event"];

/// Most bytes of the name of a field that is told: no field of ours has a longer one.
const NAME_MAX: usize = 100;

/// The token that forms send back.
#[derive(Debug)]
pub(super) struct FormToken {
    value: String,
    is_fresh: bool,
}

impl FormToken {
    /// Returns the token from the browser's cookie, or a new one.
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

    /// Returns the token's cookie; `None` if the browser has it already.
    pub(super) fn cookie(&self, https: bool) -> Option<Cookie<'static>> {
        let cookie = Cookie::build((cookie_name(https), self.value.clone()));
        self.is_fresh.then(|| cookie.path("/").http_only(true).same_site(SameSite::Lax).secure(https).build())
    }
}

/// Returns the cookie's name. With the `__Host-` prefix, neither another host of the domain nor a page over plain http
/// can set it.
const fn cookie_name(https: bool) -> &'static str {
    if https { "__Host-form" } else { "form" }
}

/// The tokens that the browser has. It may have others' cookies of the name too, so that only the form tells which is ours.
fn known(headers: &HeaderMap, https: bool) -> impl Iterator<Item = &str> {
    let is_token = |value: &&str| value.len() == 32 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    cookies::values(headers, cookie_name(https)).filter(is_token)
}

/// The fields of a form that a page of this site sent. The extractor refuses any other form.
#[derive(Debug)]
pub(crate) struct Form {
    fields: Vec<(String, String)>,
    https: bool,
}

impl Form {
    /// Returns the value of a field; empty if there is no such field.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// Whether there is such a field, empty or not.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(field, _)| field == name)
    }

    /// Returns the trimmed value of a field; `None` if it is empty.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        Some(self.get(name).trim()).filter(|value| !value.is_empty())
    }

    /// Returns the values of all fields with this name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Refuses a field that is there twice, because nobody knows which of the two counts.
    fn check_names(&self) -> Result<(), Error> {
        let mut known = HashSet::new();
        let mut names = self.fields.iter().map(|(name, _)| name).filter(|name| !LISTS.contains(&name.as_str()));
        match names.find(|name| !known.insert(*name)) {
            None => Ok(()),
            Some(name) if name.len() <= NAME_MAX => Err(Error::invalid(name.clone(), "must not be given twice")),
            Some(_) => Err(Error::with_message(Code::Validation, "The form has a field twice")),
        }
    }

    /// Iterates over the names and values of all fields but the form's token.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().filter(|(name, _)| name != FIELD).map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Answers the form with a redirect to another page, which shows the message.
    pub(crate) fn redirect(&self, to: &str, flash: Flash) -> Response {
        redirect_with(to, flash, self.https)
    }

    /// Answers the form of somebody who isn't signed in with the sign-in page, which leads on to `next`.
    pub(crate) fn sign_in_first(&self, next: &str) -> Response {
        sign_in_first(next, self.https)
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
        let read = body::read(request, &<Arc<Load>>::from_ref(state)).await?;
        let fields = body::parsed(read, |bytes| form_urlencoded::parse(bytes).into_owned().collect()).await?;
        let form = Self { fields, https };
        // No constant-time comparison is needed: the client sends the cookie too, so timing reveals nothing that it
        // doesn't know.
        if expected.iter().all(|expected| form.get(FIELD) != expected) {
            return Err(Refusal::ForgedForm.into());
        }
        form.check_names()?;
        Ok(form)
    }
}

/// What is wrong with which field, if the error is one that a form can show next to its fields: a fault of the input, a password,
/// an email or a seat. Any other error is the page's to tell.
pub(crate) fn field_errors(error: Error) -> Result<FieldErrors, Error> {
    let is_shown = matches!(error.kind(), ErrorKind::Validation | ErrorKind::TooManyRequests)
        || matches!(error.code(), Code::AuthInvalidCredentials | Code::AuthEmailTaken | Code::TicketSeatTaken);
    if !is_shown {
        return Err(error);
    }
    Ok(FieldErrors::from(&error))
}

/// Error messages with the names of their fields.
#[derive(Debug, Default)]
pub(crate) struct FieldErrors(Vec<(String, String)>);

impl From<&Error> for FieldErrors {
    fn from(error: &Error) -> Self {
        let faults = error.serialize_errors().into_iter();
        Self(faults.map(|fault| (fault.field.map_or_else(String::new, Into::into), fault.message.into())).collect())
    }
}

impl FieldErrors {
    /// Returns the error of a field.
    pub(crate) fn of(&self, field: &str) -> Option<String> {
        self.0.iter().find(|(name, _)| name == field).map(|(_, message)| message.clone())
    }

    /// Returns the first error that belongs to none of these fields.
    pub(crate) fn besides(&self, fields: &[&str]) -> Option<String> {
        self.all_besides(fields).next().map(str::to_owned)
    }

    /// Returns the errors that belong to none of these fields.
    pub(crate) fn all_besides(&self, fields: &[&str]) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(name, _)| !fields.contains(&name.as_str())).map(|(_, message)| message.as_str())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds an error.
    pub(crate) fn add(&mut self, field: &str, message: impl Into<String>) {
        self.0.push((field.to_owned(), message.into()));
    }

    /// Iterates over all errors: field and message.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(field, message)| (field.as_str(), message.as_str()))
    }
}
