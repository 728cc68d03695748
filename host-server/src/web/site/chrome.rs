//! The chrome of pages, which surrounds their own content, and the conversion of a page into a response.

use std::convert::Infallible;
use std::sync::Arc;

use askama::Template;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use boxoffice::{BoxOffice, UserId};

use super::form::FormToken;
use super::{Flash, assets, flash};
use crate::cluster;
use crate::error::Refusal;
use crate::extract::{self, SignedInUser};
use crate::services::Service;
use crate::settings::Settings;

/// Content security policy of pages. They may load styles, scripts and images, connect, and submit forms, to their own
/// origin only.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Content security policy of pages on which Stripe takes a card. It adds what Stripe's documentation requires: its
/// script, its API, and the frames of its fields and of the buyer's bank.
const POLICY_WITH_STRIPE: &str = "default-src 'none'; style-src 'self'; \
                                  script-src 'self' https://js.stripe.com https://*.js.stripe.com; img-src 'self'; \
                                  connect-src 'self' https://api.stripe.com; \
                                  frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com; \
                                  form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Content that every page shows around its own.
#[derive(Debug)]
pub(crate) struct Chrome {
    /// The signed-in user who requested the page, if any.
    pub(crate) visitor: Option<Visitor>,
    /// Message about the previous request, shown once.
    pub(crate) flash: Option<Flash>,
    /// Path and query of the page, to return to it.
    pub(crate) here: String,
    /// Paths of style, script and icon.
    pub(crate) style: &'static str,
    pub(crate) script: &'static str,
    pub(crate) icon: &'static str,
    /// `true` if the box office is a host of a cluster.
    pub(crate) in_cluster: bool,
    token: FormToken,
    https: bool,
    /// Whether the console is at this address.
    has_console: bool,
    stripe_script: Option<&'static str>,
}

/// A signed-in user.
#[derive(Debug)]
pub(crate) struct Visitor {
    /// The user, with their session.
    pub(crate) user: SignedInUser,
    /// The user's email address.
    pub(crate) email: String,
}

impl Chrome {
    /// Creates the chrome of a page for a request with these headers. An invalid session counts as none.
    pub(crate) fn of(headers: &HeaderMap, uri: &Uri, office: &BoxOffice, settings: &Settings) -> Self {
        let https = settings.is_https();
        let user = extract::authenticate(headers, office, https).ok();
        let visitor = user.and_then(|user| {
            let email = office.auth().current_user(&user.session).ok()?.email;
            Some(Visitor { user, email })
        });
        Self {
            visitor,
            flash: flash::of(headers),
            here: uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            style: assets::style(),
            script: assets::script(),
            icon: assets::icon(),
            in_cluster: cluster::is_host(office),
            token: FormToken::of(headers, https),
            https,
            has_console: settings.serves_admin && settings.services.has(Service::Console),
            stripe_script: None,
        }
    }

    /// Allows the page to load Stripe's script. No other page may load it.
    pub(crate) fn with_stripe(mut self) -> Self {
        self.stripe_script = Some(assets::stripe_script());
        self
    }

    /// Returns the path of our script that uses Stripe's, if the page loads it.
    pub(crate) fn stripe(&self) -> Option<&'static str> {
        self.stripe_script
    }

    /// Returns the user who requested the page, if signed in.
    pub(crate) fn user(&self) -> Option<UserId> {
        self.visitor.as_ref().map(|visitor| visitor.user.id())
    }

    /// Returns `true` if an operator requested the page.
    pub(crate) fn is_operator(&self) -> bool {
        self.visitor.as_ref().is_some_and(|visitor| visitor.user.session.operator)
    }

    /// Returns `true` if the page leads to the console: for an operator, unless the console has an address of its own.
    pub(crate) fn leads_to_console(&self) -> bool {
        self.has_console && self.is_operator()
    }

    /// Returns the token that forms send back.
    pub(crate) fn token(&self) -> &str {
        self.token.value()
    }

    /// Returns `true` if the page's path is `part` or below it. The navigation highlights that part.
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
        Ok(Self::of(&parts.headers, &parts.uri, &BoxOffice::from_ref(state), &<Arc<Settings>>::from_ref(state)))
    }
}

/// A template with chrome. `page!(Type)` implements the trait.
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

/// Renders the page as a response.
pub(crate) fn show(status: StatusCode, page: &impl Page) -> Response {
    let policy = if page.chrome().stripe_script.is_some() { POLICY_WITH_STRIPE } else { POLICY };
    let Ok(html) = page.render() else { return Refusal::NotReady.into_response() };
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, policy),
        // Without it, browsers send forms with `Origin: null`, which looks like another site's request.
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
