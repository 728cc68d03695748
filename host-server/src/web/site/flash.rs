//! Messages that the next page shows once. A cookie contains the code of one of the messages below, so that nobody can
//! forge a text.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cookie::{Cookie, SameSite};

use crate::extract::cookies;

const COOKIE: &str = "notice";

macro_rules! flashes {
    ($($name:ident $code:literal $tone:literal $text:literal;)*) => {
        /// A message that a page can show.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Flash {
            $($name,)*
        }

        impl Flash {
            const ALL: &[Self] = &[$(Self::$name,)*];

            const fn parts(self) -> (&'static str, &'static str, &'static str) {
                match self { $(Self::$name => ($code, $tone, $text),)* }
            }
        }
    };
}

flashes! {
    SignedIn "signed-in" "good" "You are signed in.";
    SignedUp "signed-up" "good" "Welcome! Your account is ready.";
    SignedOut "signed-out" "good" "You are signed out.";
    EmailChanged "email-changed" "good" "Your email address is changed.";
    PasswordChanged "password-changed" "good" "Your password is changed, and every other device is signed out.";
    SignInFirst "sign-in-first" "info" "Please sign in to go on.";
    OrderCancelled "order-cancelled" "good" "Your order is cancelled and the tickets are free again. You were not charged.";
    HeldByYou "held-by-you" "info" "You hold these tickets already. This is your order.";
    Listed "listed" "good" "Your tickets are on sale.";
    Edited "edited" "good" "Your ticket is changed.";
    Withdrawn "withdrawn" "good" "Your ticket is off sale.";
    MoneyResolved "money-resolved" "good" "It is noted what became of the money.";
    MoneyGoesBack "money-goes-back" "good" "The card processor is asked to give the money back.";
    WebhookResumed "webhook-resumed" "good" "Deliveries go on from where they stopped.";
    WebhookDisabled "webhook-disabled" "good" "Nothing is delivered until it is resumed.";
    WebhookPinged "webhook-pinged" "good" "A ping was sent; the log says what came of it.";
    WebhookResent "webhook-resent" "good" "It was sent once more; the log says what came of it.";
    WebhookKnown "webhook-known" "info" "This webhook was added before; its secret was shown then.";
    WebhookChanged "webhook-changed" "good" "The webhook is changed.";
    WebhookRemoved "webhook-removed" "good" "The webhook is removed, with its log.";
    HostRemoved "host-removed" "good" "The host is no member of the cluster any more.";
    PayoutRecorded "payout-recorded" "good" "The payout is recorded.";
    TicketMoved "ticket-moved" "bad" "The ticket has changed since you opened the form. Here it is as it stands now.";
}

impl Flash {
    /// Returns the tone: `good`, `info` or `bad`.
    pub(crate) fn tone(self) -> &'static str {
        self.parts().1
    }

    /// Returns the text.
    pub(crate) fn text(self) -> &'static str {
        self.parts().2
    }
}

/// Returns the message that the request's cookie names.
pub(super) fn of(headers: &HeaderMap) -> Option<Flash> {
    let mut values = cookies::values(headers, COOKIE);
    values.find_map(|value| Flash::ALL.iter().copied().find(|flash| flash.parts().0 == value))
}

/// Returns the cookie that names the message; `None` returns the cookie that removes it.
pub(super) fn cookie(flash: Option<Flash>, https: bool) -> Cookie<'static> {
    let life = if flash.is_some() { 60 } else { 0 };
    Cookie::build((COOKIE, flash.map_or("", |flash| flash.parts().0)))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(https)
        .max_age(cookie::time::Duration::seconds(life))
        .build()
}

/// Redirects the browser to another page of this site.
pub(crate) fn redirect(to: &str) -> Response {
    let place = HeaderValue::try_from(to).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response()
}

/// Redirects the browser to another page of this site, which shows the message.
pub(super) fn redirect_with(to: &str, flash: Flash, https: bool) -> Response {
    let mut response = redirect(to);
    let cookie = cookie(Some(flash), https).to_string();
    response.headers_mut().extend(HeaderValue::try_from(cookie).ok().map(|cookie| (header::SET_COOKIE, cookie)));
    response
}

/// Redirects the browser to the sign-in page, which leads on to `next`.
pub(super) fn sign_in_first(next: &str, https: bool) -> Response {
    let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
    redirect_with(&format!("/sign-in?next={next}"), Flash::SignInFirst, https)
}
