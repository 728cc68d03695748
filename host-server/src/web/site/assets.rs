//! Styles, scripts and the icon. They are compiled into the program, and their paths contain a hash of their contents,
//! so that browsers can cache them for ever.

use std::sync::LazyLock;

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;

use crate::state::AppState;

/// A file that pages load.
struct Asset {
    path: String,
    content_type: &'static str,
    text: &'static str,
}

impl Asset {
    fn new(name: &str, extension: &str, content_type: &'static str, text: &'static str) -> Self {
        let hash = blake3::hash(text.as_bytes()).to_hex();
        Self { path: format!("/assets/{name}.{}.{extension}", &hash[..12]), content_type, text }
    }
}

static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("style", "css", "text/css; charset=utf-8", include_str!("../../../assets/style.css")));
static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("site", "js", "text/javascript; charset=utf-8", include_str!("../../../assets/site.js"))
});
static CONSOLE_STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("console", "css", "text/css; charset=utf-8", include_str!("../../../assets/console.css"))
});
static CONSOLE_SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("console", "js", "text/javascript; charset=utf-8", include_str!("../../../assets/console.js"))
});
static STRIPE_SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("stripe", "js", "text/javascript; charset=utf-8", include_str!("../../../assets/stripe.js"))
});
static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon", "svg", "image/svg+xml", include_str!("../../../assets/icon.svg")));

/// Returns the path of the style.
pub(crate) fn style() -> &'static str {
    &STYLE.path
}

/// Returns the path of the script.
pub(crate) fn script() -> &'static str {
    &SCRIPT.path
}

/// Returns the path of the console's own style.
pub(crate) fn console_style() -> &'static str {
    &CONSOLE_STYLE.path
}

/// Returns the path of the console's own script.
pub(crate) fn console_script() -> &'static str {
    &CONSOLE_SCRIPT.path
}

/// Returns the path of the script that takes cards through Stripe's script.
pub(crate) fn stripe_script() -> &'static str {
    &STRIPE_SCRIPT.path
}

/// Returns the path of the icon.
pub(crate) fn icon() -> &'static str {
    &ICON.path
}

pub(crate) fn routes() -> Router<AppState> {
    [&STYLE, &SCRIPT, &CONSOLE_STYLE, &CONSOLE_SCRIPT, &STRIPE_SCRIPT, &ICON]
        .into_iter()
        .fold(Router::new(), |routes, asset| routes.route(&asset.path, get(async || file(asset))))
}

fn file(asset: &'static Asset) -> impl IntoResponse {
    let headers =
        [(header::CONTENT_TYPE, asset.content_type), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, asset.text)
}
