//! Progress bars, on the standard error: what a command puts out can be piped on.

use indicatif::{ProgressBar, ProgressStyle};

use crate::admin::Reply;

/// A bar that counts `things`, invisible unless somebody looks.
pub(super) fn bar(what: &'static str, things: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:>12} [{bar:32}] {human_pos}/{human_len} {prefix} {eta}");
    let bar = ProgressBar::new(0).with_message(what).with_prefix(things);
    if let Ok(style) = style { bar.with_style(style.progress_chars("=> ")) } else { bar }
}

/// Moves the bar if that is what the reply is about.
pub(super) fn follow(bar: &ProgressBar, reply: &Reply) {
    if let Reply::Progress { done, total } = reply {
        bar.set_length(*total);
        bar.set_position(*done);
    }
}
