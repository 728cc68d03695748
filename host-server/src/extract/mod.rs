//! Extractors of handlers. Their errors have the common shape.

mod client;
mod idempotency;
mod json;
mod path;
mod precondition;
mod query;
mod raw;
mod session;

pub(crate) use client::ClientAddress;
pub(crate) use idempotency::Idempotency;
pub(crate) use json::JsonBody;
pub(crate) use path::PathId;
pub(crate) use precondition::{IfMatch, IfNoneMatch, etag};
pub(crate) use query::{Query, next_link};
pub(crate) use raw::RawBody;
#[cfg(feature = "pages")]
pub(crate) use session::cookie;
pub use session::token;
pub(crate) use session::{Credentials, SetCookie, SignedInUser, cookie_of, is_deliberate, no_cookie};
