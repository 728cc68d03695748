//! Fuzzes session tokens and cookies.

use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode, header};
use tower::ServiceExt;

use crate::shop::SHOP;

/// Uses the bytes as a token, as parts of a token with a valid signature, and as the headers that carry one.
pub(crate) fn run(data: &[u8]) {
    let auth = SHOP.office.auth();
    let ours = &SHOP.people[0];
    if let Ok(text) = std::str::from_utf8(data) {
        if let Ok(session) = auth.authenticate(text) {
            // Only the box office can sign.
            let known = |person: &boxoffice::SignedIn| person.token == text && person.user.id == session.user_id;
            assert!(SHOP.people.iter().any(known), "{text}");
        }
        let mut parts: Vec<&str> = ours.token.split('.').collect();
        for place in 0..3 {
            let kept = std::mem::replace(&mut parts[place], text);
            let forged = parts.join(".");
            assert!(forged == ours.token || auth.authenticate(&forged).is_err(), "{forged}");
            parts[place] = kept;
        }
    }
    for name in [header::COOKIE, header::AUTHORIZATION] {
        let Ok(value) = HeaderValue::from_bytes(data) else { return };
        // A valid session in a malformed header must not cause a failure either.
        let request = Request::get("/api/users/current-user").header(&name, value).body(Body::empty()).unwrap();
        let status = SHOP.runtime.block_on(SHOP.router.clone().oneshot(request)).unwrap().status();
        assert!(status == StatusCode::OK || status.is_client_error(), "{status}");
    }
}
