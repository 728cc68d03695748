//! Compression of what is large and public in form: assets, and the API's JSON.
//!
//! Pages are left as they are. They hold the token of their forms beside what the request says, and from the length of a compressed
//! page the token could be found out letter by letter (BREACH). The API's answers hold no such secret.

use axum::http::{Extensions, HeaderMap, StatusCode, Version, header};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate, SizeAbove};

/// Shorter answers fit into a packet as they are.
const BYTES_MIN: u64 = 1024;

/// What is compressed.
const TYPES: [&str; 4] = ["application/json", "text/css", "text/javascript", "image/svg+xml"];

pub(super) fn layer() -> CompressionLayer<impl Predicate> {
    let worth_it = SizeAbove::new(BYTES_MIN).and(is_compressed);
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worth_it)
}

/// A tag that is not weak promises the same bytes, so what has one is left alone.
fn is_compressed(_status: StatusCode, _version: Version, headers: &HeaderMap, _extensions: &Extensions) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    TYPES.contains(&essence) && !headers.contains_key(header::ETAG)
}
