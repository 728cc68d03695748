//! What every page shows around its own content, and how a page becomes a response.

use std::convert::Infallible;
use std::sync::Arc;

use askama::Template;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use boxoffice::{BoxOffice, Session, UserId};

use super::form::FormToken;
use super::{Flash, assets, flash};
use crate::error::Refusal;
use crate::extract;
use crate::settings::Settings;

/// What pages may do: load their own style, script and pictures, listen to their own feeds, send forms home, and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The same where Stripe takes a card, with what its documents ask for: its script, what that asks, and the frames with its fields
/// and the buyer's bank.
const POLICY_WITH_STRIPE: &str = "default-src 'none'; style-src 'self'; \
                                  script-src 'self' https://js.stripe.com https://*.js.stripe.com; img-src 'self'; \
                                  connect-src 'self' https://api.stripe.com; \
                                  frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com; \
                                  form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// What every page shows around its own content.
#[derive(Debug)]
pub(crate) struct Chrome {
    /// Who looks at the page, if they are signed in.
    pub(crate) visitor: Option<Visitor>,
    /// What happened before, to be told once.
    pub(crate) flash: Option<Flash>,
    /// The path of the page with its query, to come back to.
    pub(crate) here: String,
    /// Where style, script and icon are.
    pub(crate) style: &'static str,
    pub(crate) script: &'static str,
    pub(crate) icon: &'static str,
    token: FormToken,
    https: bool,
    stripe_script: Option<&'static str>,
}

/// Somebody who is signed in.
#[derive(Debug)]
pub(crate) struct Visitor {
    /// Their session.
    pub(crate) session: Session,
    /// Their email.
    pub(crate) email: String,
}

impl Chrome {
    /// The chrome of a page for a request with these headers. Whoever is not signed in any more is nobody.
    pub(crate) fn of(headers: &HeaderMap, uri: &Uri, office: &BoxOffice, https: bool) -> Self {
        let auth = office.auth();
        let session = extract::authenticate(headers, office).ok();
        let visitor = session.and_then(|session| {
            let email = auth.current_user(&session).ok()?.email;
            Some(Visitor { session, email })
        });
        Self {
            visitor,
            flash: flash::of(headers),
            here: uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            style: assets::style(),
            script: assets::script(),
            icon: assets::icon(),
            token: FormToken::of(headers, https),
            https,
            stripe_script: None,
        }
    }

    /// The same for a page on which Stripe's script runs; no other page may load it.
    pub(crate) fn with_stripe(mut self) -> Self {
        self.stripe_script = Some(assets::stripe_script());
        self
    }

    /// Where our part of what runs with Stripe's script is, on a page that has it.
    pub(crate) fn stripe(&self) -> Option<&'static str> {
        self.stripe_script
    }

    /// Who looks at the page.
    pub(crate) fn user(&self) -> Option<UserId> {
        self.visitor.as_ref().map(|visitor| visitor.session.user_id)
    }

    /// Whether an operator looks at the page.
    pub(crate) fn is_operator(&self) -> bool {
        self.visitor.as_ref().is_some_and(|visitor| visitor.session.operator)
    }

    /// The value that forms send back.
    pub(crate) fn token(&self) -> &str {
        self.token.value()
    }

    /// Whether the page is in this part of the site, which the navigation shows.
    pub(crate) fn is_in(&self, part: &str) -> bool {
        let path = self.here.split('?').next().unwrap_or_default();
        path == part || path.strip_prefix(part).is_some_and(|rest| rest.starts_with('/'))
    }
}

impl<S> FromRequestParts<S> for Chrome
where
    S: Send + Sync,
    BoxOffice: FromRef<S>,
    Arc<Settings>: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let https = <Arc<Settings>>::from_ref(state).is_https();
        Ok(Self::of(&parts.headers, &parts.uri, &BoxOffice::from_ref(state), https))
    }
}

/// A template with chrome around it: `page!(Type)` makes it one.
pub(crate) trait Page: Template {
    fn chrome(&self) -> &Chrome;
}

macro_rules! page {
    ($($page:ty),+ $(,)?) => {$(
        impl $crate::web::site::Page for $page {
            fn chrome(&self) -> &$crate::web::site::Chrome {
                &self.chrome
            }
        }
    )+};
}
pub(crate) use page;

/// The page as a response.
pub(crate) fn show(status: StatusCode, page: &impl Page) -> Response {
    let policy = if page.chrome().stripe_script.is_some() { POLICY_WITH_STRIPE } else { POLICY };
    let Ok(html) = page.render() else { return Refusal::NotReady.into_response() };
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, policy),
        // Without it browsers send forms with `Origin: null`, which can't be told from another site's.
        (header::REFERRER_POLICY, "same-origin"),
        (header::VARY, "Cookie"),
    ];
    let mut response = (status, headers, html).into_response();
    let chrome = page.chrome();
    let cookies = [chrome.token.cookie(chrome.https), chrome.flash.map(|_| flash::cookie(None, chrome.https))];
    for cookie in cookies.into_iter().flatten() {
        if let Ok(value) = HeaderValue::try_from(cookie.to_string()) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}
