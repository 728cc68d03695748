//! Logs: one line for each event, on the standard error, as text or as JSON.

use std::io::{self, BufWriter, IsTerminal};
use std::panic::PanicHookInfo;

use clap::ValueEnum;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;

/// The format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Text, for people.
    Text,
    /// JSON, for machines: one object per line.
    Json,
}

/// Maximum number of lines that wait to be written.
const LINES_MAX: usize = 16 * 1024;

/// Starts logging. Dropping the guard writes all waiting lines.
///
/// A separate thread writes the lines, so that a slow terminal or disk delays no request. If [`LINES_MAX`] lines wait,
/// further ones are dropped.
pub(crate) fn start(format: LogFormat, filter: &str) -> WorkerGuard {
    let (writer, guard) = NonBlockingBuilder::default()
        .lossy(true)
        .buffered_lines_limit(LINES_MAX)
        .thread_name("log")
        .finish(BufWriter::with_capacity(64 * 1024, io::stderr()));
    let (filter, wrong) = match EnvFilter::try_new(filter) {
        Ok(filter) => (filter, None),
        Err(error) => (EnvFilter::new("info"), Some(error)),
    };
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    let started = match format {
        LogFormat::Text => lines.with_ansi(io::stderr().is_terminal()).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).with_span_list(false).try_init(),
    };
    if started.is_ok() {
        std::panic::set_hook(Box::new(log_panic));
    }
    if let Some(error) = wrong {
        tracing::warn!(%error, "BOXOFFICE_LOG makes no sense, so `info` is logged");
    }
    guard
}

fn log_panic(panic: &PanicHookInfo<'_>) {
    let text = panic.payload_as_str().unwrap_or("no message");
    let location = panic.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(location, text, "panic");
}
