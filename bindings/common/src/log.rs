//! What the engine logs, on its way to the logging of another language.
//!
//! The thread that logs may be the writer. So whoever hears of a record must not wait, and least of all for an interpreter.

use std::error::Error;
use std::fmt;

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use crate::causes;

/// A record of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRecord {
    /// How grave it is: `error`, `warn`, `info` or `debug`.
    pub level: &'static str,
    /// Where it comes from, such as `boxoffice.engine.writer`.
    pub name: String,
    /// A sentence.
    pub message: String,
    /// What the sentence is about, by name.
    pub fields: Vec<(&'static str, String)>,
}

impl fmt::Display for LogRecord {
    /// The sentence with what it is about.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        for (at, (name, value)) in self.fields.iter().enumerate() {
            let before = if at == 0 { " (" } else { ", " };
            write!(f, "{before}{name}: {value}")?;
        }
        if self.fields.is_empty() { Ok(()) } else { f.write_str(")") }
    }
}

/// Has `hear` called with every record of this process's box offices, debug and above, on the thread that logs.
///
/// The first call counts; a later one changes nothing.
pub fn hear(hear: impl Fn(LogRecord) + Send + Sync + 'static) {
    // Fails only if the library that this is part of has a subscriber, and nobody else can set one.
    let _ = tracing::subscriber::set_global_default(Ear(hear));
}

/// Hears of events, and of no spans.
struct Ear<F>(F);

impl<F: Fn(LogRecord) + Send + Sync + 'static> Subscriber for Ear<F> {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && metadata.target().starts_with("boxoffice") && *metadata.level() <= Level::DEBUG
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::DEBUG)
    }

    fn event(&self, event: &Event<'_>) {
        let mut said = Said::default();
        event.record(&mut said);
        let metadata = event.metadata();
        (self.0)(LogRecord {
            level: name_of(*metadata.level()),
            name: metadata.target().replace("boxoffice_server", "boxoffice::server").replace("::", "."),
            message: said.message,
            fields: said.fields,
        });
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

fn name_of(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        _ => "debug",
    }
}

/// What an event says.
#[derive(Default)]
struct Said {
    message: String,
    fields: Vec<(&'static str, String)>,
}

impl Said {
    fn say(&mut self, field: &Field, value: String) {
        if field.name() == "message" {
            self.message = value;
        } else {
            self.fields.push((field.name(), value));
        }
    }
}

impl Visit for Said {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.say(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.say(field, value.to_owned());
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let chain: Vec<String> = std::iter::once(value.to_string()).chain(causes(value)).collect();
        self.say(field, chain.join(": "));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[test]
    fn a_record_has_its_fields_and_the_causes_of_its_error() {
        let heard: Arc<Mutex<Vec<LogRecord>>> = Arc::default();
        let hear = {
            let heard = Arc::clone(&heard);
            move |record| heard.lock().unwrap().push(record)
        };
        tracing::subscriber::with_default(Ear(hear), || {
            let _span = tracing::error_span!("nobody hears of it").entered();
            let error =
                boxoffice::Error::from(boxoffice::Code::JournalUnavailable).with_source(std::io::Error::other("disk"));
            tracing::error!(target: "boxoffice::engine", seq = 7, error = &error as &dyn Error, "a batch was not appended");
            tracing::trace!(target: "boxoffice::engine", "too much");
            tracing::error!(target: "hyper", "somebody else's");
            tracing::warn!(target: "boxoffice_server::routes", name = "x", "a request");
        });
        let heard = heard.lock().unwrap();
        let texts: Vec<_> = heard.iter().map(|it| (it.level, it.name.as_str(), it.to_string())).collect();
        let journal = boxoffice::Code::JournalUnavailable.message();
        let first = format!("a batch was not appended (seq: 7, error: journal.unavailable: {journal}: disk)");
        assert_eq!(
            texts,
            [
                ("error", "boxoffice.engine", first),
                ("warn", "boxoffice.server.routes", "a request (name: x)".to_owned()),
            ]
        );
    }
}
