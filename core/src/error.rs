//! The public error and its kinds.

mod code;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

pub use code::Code;

/// Kind of an error, by the action that the caller should take next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input is invalid: correct it. Status 400.
    Validation,
    /// No user is signed in, or the credentials are wrong: sign in. Status 401.
    Unauthenticated,
    /// The card was declined: try another. Status 402.
    PaymentDeclined,
    /// The caller may not do this: give up. Status 403.
    Forbidden,
    /// The entity does not exist: give up. Status 404.
    NotFound,
    /// The entity's state does not allow this: read it again. Status 409.
    Conflict,
    /// The entity has changed since the caller read it: read it again. Status 412.
    PreconditionFailed,
    /// The idempotency key was used for another command: choose a new one. Status 422.
    IdempotencyMismatch,
    /// There were too many requests: wait for [`Error::retry_after`]. Status 429.
    TooManyRequests,
    /// The program has a bug; the outcome is unknown. Status 500.
    Internal,
    /// The service is temporarily unavailable. The outcome is unknown if a command was under way: repeat it with its
    /// key. Status 503.
    Unavailable,
}

impl ErrorKind {
    /// Returns the HTTP status of the kind.
    pub const fn status_code(self) -> u16 {
        match self {
            Self::Validation => 400,
            Self::Unauthenticated => 401,
            Self::PaymentDeclined => 402,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::PreconditionFailed => 412,
            Self::IdempotencyMismatch => 422,
            Self::TooManyRequests => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One error in the input, in the form in which every host shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FieldError {
    /// Message for a person, as a sentence.
    pub message: Cow<'static, str>,
    /// Field with the error, such as `price` or `tickets[2].title`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<Cow<'static, str>>,
}

impl FieldError {
    /// Creates an entry about the whole input, or about one field of it.
    ///
    /// ```
    /// use boxoffice::FieldError;
    ///
    /// let error = FieldError::new("Price must be greater than 0", Some("price".into()));
    /// assert_eq!(error.field.as_deref(), Some("price"));
    /// ```
    pub fn new(message: impl Into<Cow<'static, str>>, field: Option<Cow<'static, str>>) -> Self {
        Self { message: message.into(), field }
    }
}

/// Error of all operations of boxoffice.
///
/// ```
/// use boxoffice::{Code, Error, ErrorKind};
///
/// let error = Error::from(Code::TicketLocked);
/// assert_eq!(error.kind(), ErrorKind::Conflict);
/// assert_eq!((error.code(), error.status_code()), (Code::TicketLocked, 409));
/// assert_eq!(error.code().as_str(), "ticket.locked");
/// assert_eq!(
///     serde_json::to_string(&error.serialize_errors())?,
///     r#"[{"message":"The ticket is held by an order"}]"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    code: Code,
    /// Field errors; empty if the code's own message is enough.
    faults: Vec<FieldError>,
    retry_after: Option<Duration>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// Creates a `validation` error about one field. `reason` continues the sentence that starts with the field's name.
    pub fn invalid(field: impl Into<Cow<'static, str>>, reason: impl fmt::Display) -> Self {
        let mut faults = FieldErrors::default();
        faults.add(field, reason);
        Self::from(faults)
    }

    /// Creates an error of this code with its own message.
    pub fn with_message(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(code, vec![FieldError { message: message.into(), field: None }])
    }

    /// Sets the source of the error, for traces. Callers of a host never see it.
    #[must_use]
    pub fn with_source(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }

    /// Sets the time to wait before the next attempt.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Sets the field that the error is about.
    #[must_use]
    pub fn with_field(mut self, field: &'static str) -> Self {
        let message = self.message();
        self.0.faults = vec![FieldError { message, field: Some(field.into()) }];
        self
    }

    /// Returns the error of another code that has the same cause.
    pub(crate) fn recoded(&self, code: Code) -> Self {
        let mut error = Self::from(code);
        error.0.source.clone_from(&self.0.source);
        error
    }

    /// Creates an error of this code with these faults. Without faults it has the code's own message.
    pub(crate) fn with_faults(code: Code, faults: Vec<FieldError>) -> Self {
        Self::new(code, faults)
    }

    /// Returns the faults, without the code's own message.
    pub(crate) fn own_faults(&self) -> &[FieldError] {
        &self.0.faults
    }

    fn new(code: Code, faults: Vec<FieldError>) -> Self {
        Self(Box::new(Inner { code, faults, retry_after: None, source: None }))
    }

    /// Returns the kind, which tells the caller what to do next.
    pub fn kind(&self) -> ErrorKind {
        self.0.code.kind()
    }

    /// Returns the stable code, such as [`Code::TicketLocked`]; its text is [`Code::as_str`].
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// Returns the HTTP status.
    pub fn status_code(&self) -> u16 {
        self.kind().status_code()
    }

    /// Returns the time to wait before the next attempt, if it is known.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns one entry for each error: the `errors` of the common error shape.
    pub fn serialize_errors(&self) -> Vec<FieldError> {
        if self.0.faults.is_empty() {
            vec![FieldError { message: self.0.code.message().into(), field: None }]
        } else {
            self.0.faults.clone()
        }
    }

    fn message(&self) -> Cow<'static, str> {
        self.0.faults.first().map_or(Cow::Borrowed(self.0.code.message()), |fault| fault.message.clone())
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Self::new(code, Vec::new())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code(), self.message())?;
        for fault in self.0.faults.iter().skip(1) {
            write!(f, "; {}", fault.message)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("code", &self.code())
            .field("faults", &self.0.faults)
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn std::error::Error + 'static))
    }
}

/// Collector of the errors of an input, field by field, so that the caller gets all of them at once.
///
/// ```
/// use boxoffice::{Code, FieldErrors, TicketSort};
///
/// let mut errors = FieldErrors::default();
/// let sort: Option<TicketSort> = errors.parse("sort", Some("title"));
/// let limit: Option<u32> = errors.check("limit", "20".parse::<u32>());
/// assert_eq!((sort, limit), (None, Some(20)));
///
/// let error = errors.into_result(()).unwrap_err();
/// assert_eq!(error.code(), Code::Validation);
/// assert_eq!(error.serialize_errors()[0].field.as_deref(), Some("sort"));
/// ```
#[derive(Debug, Default)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// Adds an entry. `reason` continues the sentence that starts with the field's name.
    pub fn add(&mut self, field: impl Into<Cow<'static, str>>, reason: impl fmt::Display) {
        let field = field.into();
        let message = format!("{} {reason}", spoken(&field)).into();
        self.0.push(FieldError { message, field: Some(field) });
    }

    /// Returns the value; or adds the reason and returns `None`.
    pub fn check<T, E: fmt::Display>(&mut self, field: impl Into<Cow<'static, str>>, value: Result<T, E>) -> Option<T> {
        value.map_err(|reason| self.add(field, reason)).ok()
    }

    /// Parses an optional text from a form or URL. A text that is empty or only spaces counts as absent.
    pub fn parse<T: FromStr<Err: fmt::Display>>(&mut self, field: &'static str, text: Option<&str>) -> Option<T> {
        let given = text.map(str::trim).filter(|text| !text.is_empty())?;
        self.check(field, given.parse())
    }

    /// Parses an optional text as [`FieldErrors::parse`] does; `reason` states the accepted form.
    pub fn parse_as<T: FromStr>(&mut self, field: &'static str, text: Option<&str>, reason: &str) -> Option<T> {
        let given = text.map(str::trim).filter(|text| !text.is_empty())?;
        self.check(field, given.parse().map_err(|_| reason))
    }

    /// Returns `true` if there is an entry about this field.
    pub fn has(&self, field: &str) -> bool {
        self.0.iter().any(|error| error.field.as_deref() == Some(field))
    }

    /// Returns `true` if there are no entries.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the value if there are no entries.
    ///
    /// # Errors
    /// `validation`, with all entries.
    pub fn into_result<T>(self, value: T) -> Result<T, Error> {
        if self.is_empty() { Ok(value) } else { Err(self.into()) }
    }
}

impl From<FieldErrors> for Error {
    fn from(faults: FieldErrors) -> Self {
        Self::new(Code::Validation, faults.0)
    }
}

/// `tickets[2].startsAt` as the start of a sentence: `Starts at`. The name of a variable, such as `JWT_KEY`, stays as it is.
fn spoken(field: &str) -> String {
    if !field.chars().any(char::is_lowercase) {
        return field.to_owned();
    }
    let name = field.rsplit('.').next().unwrap_or(field);
    let name = name.split('[').next().unwrap_or(name);
    let mut words = String::with_capacity(name.len() + 4);
    for (at, letter) in name.chars().enumerate() {
        match letter {
            first if at == 0 => words.extend(first.to_uppercase()),
            capital if capital.is_uppercase() => {
                words.push(' ');
                words.extend(capital.to_lowercase());
            }
            other => words.push(other),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_unique() {
        let texts: HashSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(texts.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!((400..=503).contains(&code.kind().status_code()), "{code:?}");
            assert!(!code.message().is_empty(), "{code:?}");
        }
    }

    #[test]
    fn faults_are_sentences_about_fields() {
        let mut faults = FieldErrors::default();
        faults.add("price", "must be greater than 0");
        faults.add("tickets[2].show.startsAt", "must be a time");
        let error = Error::from(faults);
        let json = serde_json::to_value(error.serialize_errors()).unwrap();
        assert_eq!(
            json,
            serde_json::json!([
                { "message": "Price must be greater than 0", "field": "price" },
                { "message": "Starts at must be a time", "field": "tickets[2].show.startsAt" },
            ])
        );
    }

    #[test]
    fn source_is_kept_but_not_shown() {
        let error = Error::from(Code::JournalUnavailable).with_source(std::io::Error::other("disk on fire"));
        assert!(std::error::Error::source(&error).is_some());
        assert!(!error.to_string().contains("fire"));
    }
}
