//! What the engine logs, for the loggers of JavaScript.

use std::sync::{Arc, Mutex, Once, PoisonError, Weak};

use boxoffice_bindings::LogRecord;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;

/// How many records wait for the thread of JavaScript at most; what comes while so many do is dropped.
const WAITING_MAX: usize = 1024;

/// A record of the log.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct LogEntry {
    /// How grave it is: `error`, `warn`, `info` or `debug`.
    pub level: &'static str,
    /// Where it comes from, such as `boxoffice.engine.writer`.
    pub name: String,
    /// A sentence with what it is about.
    pub text: String,
    /// What the sentence is about: names and values.
    pub fields: Vec<Vec<String>>,
}

impl From<&LogRecord> for LogEntry {
    fn from(record: &LogRecord) -> Self {
        let fields = record.fields.iter().map(|(name, value)| vec![(*name).to_owned(), value.clone()]).collect();
        Self { level: record.level, name: record.name.clone(), text: record.to_string(), fields }
    }
}

/// Hears of what is logged, on the thread of JavaScript. The package sees to it that it never throws.
pub(crate) type Logger = ThreadsafeFunction<LogEntry, (), LogEntry, napi::Status, false, true, WAITING_MAX>;

/// Those of the box offices that are open, in every thread of JavaScript.
static LOGGERS: Mutex<Vec<Weak<Logger>>> = Mutex::new(Vec::new());

/// Has the logger hear of everything until it is dropped.
pub(crate) fn heard_by(logger: Logger) -> Arc<Logger> {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| boxoffice_bindings::hear(|record| tell(&record)));
    let logger = Arc::new(logger);
    let mut loggers = LOGGERS.lock().unwrap_or_else(PoisonError::into_inner);
    loggers.retain(|logger| logger.strong_count() > 0);
    loggers.push(Arc::downgrade(&logger));
    logger
}

fn tell(record: &LogRecord) {
    // The last one that is dropped here must not be under the lock.
    let loggers: Vec<_> =
        LOGGERS.lock().unwrap_or_else(PoisonError::into_inner).iter().filter_map(Weak::upgrade).collect();
    for logger in loggers {
        // What finds the queue full is lost: the writer does not wait for a logger.
        logger.call(LogEntry::from(record), ThreadsafeFunctionCallMode::NonBlocking);
    }
}
