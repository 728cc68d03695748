//! Extractors of handlers. Their errors have the common shape.

pub(crate) mod body;
mod client;
pub(crate) mod cookies;
mod idempotency;
mod json;
mod path;
mod precondition;
mod query;
mod random;
mod raw;
mod session;

pub(crate) use client::Place;
pub(crate) use idempotency::Idempotency;
pub(crate) use json::JsonBody;
pub(crate) use path::PathId;
pub(crate) use precondition::{IfMatch, IfNoneMatch, etag};
pub(crate) use query::{JOURNAL_CURSOR, Query, next_link};
pub(crate) use random::random_hex;
pub(crate) use raw::RawBody;
#[cfg(feature = "pages")]
pub(crate) use session::authenticate;
pub(crate) use session::{
    Credentials, EverySession, SetCookies, SignedInUser, candidates, cookie_of, is_deliberate, no_cookie,
};
pub use session::{token, tokens};
