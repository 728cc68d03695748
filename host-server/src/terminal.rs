//! Output of commands: results on the standard output, errors and progress on the standard error, so that results can
//! be piped.

use std::error::Error;
use std::io::{self, Write as _};

use indicatif::{ProgressBar, ProgressStyle};

use crate::admin::Reply;
use crate::cause::chain;

/// The result of a subcommand.
pub(crate) type Outcome = Result<(), Box<dyn Error>>;

/// Prints an error with its sources to the standard error.
pub(crate) fn complain(error: &dyn Error) {
    eprintln!("error: {}", chain(error));
}

/// Writes a line to the standard output. A closed pipe is not an error.
pub(crate) fn say(line: impl std::fmt::Display) {
    let _ = writeln!(io::stdout().lock(), "{line}");
}

/// Creates a progress bar that counts `things`. It is hidden if the standard error is not a terminal.
pub(crate) fn progress_bar(what: &'static str, things: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:>12} [{bar:32}] {human_pos}/{human_len} {prefix} {eta}");
    let bar = ProgressBar::new(0).with_message(what).with_prefix(things);
    if let Ok(style) = style { bar.with_style(style.progress_chars("=> ")) } else { bar }
}

/// Moves the bar if the reply reports progress.
pub(crate) fn follow(bar: &ProgressBar, reply: &Reply) {
    if let Reply::Progress { done, total } = reply {
        bar.set_length(*total);
        bar.set_position(*done);
    }
}
