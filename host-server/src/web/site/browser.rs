//! Error pages: errors of a page's handler and of the layers before it become HTML pages.

use std::sync::Arc;

use askama::Template;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::Response;
use boxoffice::{BoxOffice, Code};

use super::flash::sign_in_first;
use super::{Chrome, page, show};
use crate::error::{ERROR_CODE, ErrorSummary};
use crate::settings::Settings;

/// The parts of a browser's request that an error page needs.
#[derive(Debug)]
pub(crate) struct Browser {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
}

impl Browser {
    /// Returns the browser behind a request; `None` for requests to the API and those that don't accept HTML.
    pub(crate) fn behind(request: &Request) -> Option<Self> {
        let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !accepts.contains("text/html") || request.uri().path().starts_with("/api/") {
            return None;
        }
        let mut headers = HeaderMap::new();
        for name in [header::COOKIE, header::REFERER, header::HOST] {
            headers.extend(request.headers().get_all(&name).iter().map(|value| (name.clone(), value.clone())));
        }
        Some(Self { method: request.method().clone(), uri: request.uri().clone(), headers })
    }

    /// Returns the path of the page that contained the form.
    fn page_before(&self) -> String {
        let referer = self.headers.get(header::REFERER).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let uri: Uri = referer.parse().unwrap_or_default();
        uri.path_and_query().map_or("/", |path| path.as_str()).to_owned()
    }
}

/// Renders errors as pages.
#[derive(Debug)]
pub(crate) struct ErrorPages {
    office: BoxOffice,
    settings: Arc<Settings>,
}

impl ErrorPages {
    pub(crate) fn new(office: BoxOffice, settings: Arc<Settings>) -> Self {
        Self { office, settings }
    }

    /// Returns the response unchanged, or the page of its error. A request that needs a session is redirected to the
    /// sign-in page.
    pub(crate) fn understandable(&self, browser: &Browser, response: Response) -> Response {
        let Some(summary) = response.extensions().get::<ErrorSummary>().cloned() else { return response };
        let https = self.settings.is_https();
        if summary.code == Code::AuthRequired.as_str() {
            let next = if browser.method.is_safe() { browser.uri.to_string() } else { browser.page_before() };
            return sign_in_first(&next, https);
        }
        let chrome = Chrome::of(&browser.headers, &browser.uri, &self.office, &self.settings);
        let mut page = show(response.status(), &ErrorPage::of(&summary, response.status(), chrome, &self.settings));
        for name in [ERROR_CODE, header::RETRY_AFTER, header::SET_COOKIE] {
            let values = response.headers().get_all(&name).iter();
            page.headers_mut().extend(values.map(|value| (name.clone(), value.clone())));
        }
        *page.extensions_mut() = response.extensions().clone();
        page
    }
}

/// The page of an error, with advice.
#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    chrome: Chrome,
    status: u16,
    title: &'static str,
    messages: Vec<String>,
    advice: String,
}

page!(ErrorPage);

impl ErrorPage {
    fn of(summary: &ErrorSummary, status: StatusCode, chrome: Chrome, settings: &Settings) -> Self {
        let (title, advice) = match (summary.code, status.as_u16()) {
            ("origin.forbidden", _) => return Self::of_origin(summary, status, chrome, settings),
            ("form.forged", _) => (
                "That form is out of date",
                "Nothing was changed. Go back, reload the page and send the form again; your browser must accept cookies from this \
                 site.",
            ),
            (_, 404) => {
                ("There is nothing here", "The address may be old or mistyped. What is on sale is on the first page.")
            }
            (_, 401 | 403) => ("This is not for you to see", "You may be signed in as somebody else."),
            (_, 409 | 412) => {
                ("That can't be done any more", "Something has changed meanwhile. Look at the page again.")
            }
            (_, 429) => ("That was too quick", "Wait a moment, then try again."),
            (_, 503) => ("We are very busy", "Nothing was lost. Wait a moment, then reload the page."),
            (_, 500..) => (
                "Something went wrong on our side",
                "We have noted it. Try again in a moment; you are never charged twice.",
            ),
            _ => ("That did not work", "Go back and correct what is wrong."),
        };
        Self::with(summary, status, chrome, title, advice.to_owned())
    }

    /// The page of a form that came from a page of another address, with the address that is meant.
    fn of_origin(summary: &ErrorSummary, status: StatusCode, chrome: Chrome, settings: &Settings) -> Self {
        let own = settings.public_urls().collect::<Vec<_>>().join(" or ");
        let advice = if own.is_empty() {
            "Nothing was changed. Your browser says that the form is of another address than the one that was asked. If you came here by \
             a link on another site, open this one by itself and try again. If you look after this site: its proxy must pass Host on, or \
             --public-url be set."
                .to_owned()
        } else {
            format!(
                "Nothing was changed. Your browser says that the form is of another address than {own}. Open {own} and try again. If \
                 you look after this site: --public-url must name every address that people use."
            )
        };
        Self::with(summary, status, chrome, "That form is of another address", advice)
    }

    fn with(summary: &ErrorSummary, status: StatusCode, chrome: Chrome, title: &'static str, advice: String) -> Self {
        let messages = summary.faults.iter().map(|fault| fault.message.to_string()).collect();
        Self { chrome, status: status.as_u16(), title, messages, advice }
    }
}
