//! The position of the journal, which travels with a client from one host of a cluster to the next.
//!
//! What somebody does at one host is at the others some milliseconds later. So a host tells with its answers how far it has the
//! journal, in a header for programs and a cookie for browsers. Whoever shows it to another host is answered there once that one
//! is as far, or after a moment.

use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use boxoffice::Cluster;
use cookie::{Cookie, SameSite};
use tokio::sync::Semaphore;

use crate::extract::cookies;
use crate::state::AppState;

pub(super) const NAME: HeaderName = HeaderName::from_static("boxoffice-position");

/// How long a request waits. A host that is further behind says by itself that it is not ready.
const WAIT_MAX: Duration = Duration::from_secs(2);

/// How many requests may wait at once; further ones are answered from what is there.
const WAITING_MAX: usize = 1_024;

/// How far a position may be beyond all that this host has heard of. No host has given one that is further.
const BEYOND_MAX: u64 = 100_000;

/// Lifetime of the cookie: a host that is ready has long caught up by then.
const LIFE: Duration = Duration::from_mins(1);

/// What waits for positions, and gives them.
#[derive(Debug)]
pub(super) struct Position {
    cluster: Cluster,
    waiting: Semaphore,
    https: bool,
}

/// What a request says of the position.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    position: Option<u64>,
    is_safe: bool,
}

impl Position {
    /// Returns that of a host; none outside of a cluster.
    pub(super) fn of(state: &AppState) -> Option<Self> {
        let cluster = state.office.cluster()?;
        Some(Self { cluster, waiting: Semaphore::new(WAITING_MAX), https: state.settings.is_https() })
    }

    /// Returns what a request says.
    pub(super) fn seen_by(&self, request: &Request) -> Seen {
        let position = furthest(request.headers(), self.https);
        Seen { position, is_safe: request.method().is_safe() }
    }

    /// Waits until this host has what the sender of a request has seen, for a moment at most.
    pub(super) async fn wait(&self, seen: Seen) {
        let Some(position) = seen.position.filter(|position| self.may_be(*position)) else { return };
        let Ok(_place) = self.waiting.try_acquire() else { return };
        if !self.cluster.level_with(position, WAIT_MAX).await {
            tracing::debug!(position, "this host does not have what a client has seen elsewhere");
        }
    }

    /// Adds the position to an answer. Browsers get it after what may have changed something.
    pub(super) fn note(&self, headers: &mut HeaderMap, seen: Seen) {
        let own = self.cluster.message();
        // Otherwise the client would forget what it has seen elsewhere.
        let elsewhere = seen.position.filter(|position| self.may_be(*position));
        let position = elsewhere.map_or(own, |elsewhere| elsewhere.max(own));
        headers.insert(NAME, HeaderValue::from(position));
        if seen.is_safe {
            return;
        }
        // A number in a cookie is always a header value.
        if let Ok(value) = HeaderValue::try_from(cookie(position, self.https).to_string()) {
            headers.append(header::SET_COOKIE, value);
        }
    }

    /// Returns `true` if a host may have given this position.
    fn may_be(&self, position: u64) -> bool {
        if position <= self.cluster.message() {
            return true;
        }
        let status = self.cluster.status();
        let heard = status.hosts.iter().filter_map(|host| host.message).max();
        position <= heard.unwrap_or_default().max(status.message).saturating_add(BEYOND_MAX)
    }
}

/// Returns the furthest position that a request names. What is no number is none.
fn furthest(headers: &HeaderMap, https: bool) -> Option<u64> {
    let named = headers.get_all(NAME).iter().filter_map(|value| value.to_str().ok());
    named.chain(cookies::values(headers, cookie_name(https))).filter_map(number).max()
}

fn number(text: &str) -> Option<u64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}

/// Returns the cookie's name. With the prefix, no other host of the domain can plant one.
const fn cookie_name(https: bool) -> &'static str {
    if https { "__Host-boxoffice-position" } else { "boxoffice-position" }
}

fn cookie(position: u64, https: bool) -> Cookie<'static> {
    let life = cookie::time::Duration::seconds(i64::try_from(LIFE.as_secs()).unwrap_or(i64::MAX));
    let cookie = Cookie::build((cookie_name(https), position.to_string()));
    cookie.path("/").http_only(true).same_site(SameSite::Lax).secure(https).max_age(life).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(HeaderName, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn the_furthest_position_counts_and_what_is_none_does_not() {
        let check = |header: &'static str, cookie: &'static str, expected: Option<u64>| {
            let headers = headers(&[(NAME, header), (header::COOKIE, cookie)]);
            assert_eq!(furthest(&headers, false), expected, "{header} {cookie}");
        };
        check("17", "", Some(17));
        check("", "boxoffice-position=17", Some(17));
        check("17", "boxoffice-position=16; boxoffice-position=18", Some(18));
        check("18446744073709551615", "", Some(u64::MAX));
        for none in ["", "-1", "+1", "1.0", "0x1", " ", "18446744073709551616", "17 "] {
            check(none, "boxoffice-position=x; position=5", None);
        }
        let twice = headers(&[(NAME, "3"), (NAME, "5"), (NAME, "x")]);
        assert_eq!(furthest(&twice, false), Some(5));
    }

    #[test]
    fn over_https_the_cookie_that_others_can_plant_does_not_count() {
        let planted = headers(&[(header::COOKIE, "boxoffice-position=9; __Host-boxoffice-position=3")]);
        assert_eq!((furthest(&planted, true), furthest(&planted, false)), (Some(3), Some(9)));
    }

    #[test]
    fn no_script_reads_the_cookie_and_it_does_not_last() {
        let text = cookie(17, false).to_string();
        assert_eq!(text, "boxoffice-position=17; HttpOnly; SameSite=Lax; Path=/; Max-Age=60");
        let secure = cookie(17, true).to_string();
        assert!(secure.starts_with("__Host-boxoffice-position=17; ") && secure.contains("Secure"), "{secure}");
    }
}
