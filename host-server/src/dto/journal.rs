//! Requests and responses of the journal feed. Records have the core's published form.

use std::sync::Arc;

use boxoffice::{Error, JournalCursor, JournalCursorError, Record};
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{Object, ObjectBuilder, OneOfBuilder, Schema, Type};
use utoipa::openapi::{KnownFormat, RefOr, SchemaFormat};
use utoipa::{IntoParams, PartialSchema, ToSchema};

/// The records to show.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct JournalQuery {
    /// The last record that the caller has: its number, or the cursor of a page's link or of an event's id, such as
    /// `12-9f86d081884c7d65`; 0 or nothing for the first page. Not for a stream that has `Last-Event-ID`.
    #[param(value_type = Option<String>, pattern = "^[0-9]{1,19}(-[0-9a-f]{16})?$")]
    after: Option<String>,
    /// Maximum number of records: 1 to 100, by default 50. A stream has no limit.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: Option<String>,
}

const LIMIT_MAX: usize = 100;
const LIMIT_DEFAULT: usize = 50;

impl JournalQuery {
    pub(crate) fn after(&self) -> Result<JournalCursor, Error> {
        let text = self.after.as_deref().unwrap_or("0");
        text.parse().map_err(|error: JournalCursorError| Error::invalid("after", error))
    }

    pub(crate) fn limit(&self) -> Result<usize, Error> {
        page_limit(self.limit.as_deref())
    }
}

/// Parses the maximum length of a page.
pub(super) fn page_limit(text: Option<&str>) -> Result<usize, Error> {
    match text.map(str::parse) {
        None => Ok(LIMIT_DEFAULT),
        Some(Ok(limit @ 1..=LIMIT_MAX)) => Ok(limit),
        Some(_) => Err(Error::invalid("limit", "must be a number from 1 to 100")),
    }
}

/// Parses the number of a record: digits only, at most the maximum of a signed 64-bit integer.
pub(crate) fn record_number(text: &str) -> Option<u64> {
    let number: i64 = text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    u64::try_from(number).ok()
}

/// A record of the journal.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct RecordOut(pub(crate) Arc<Record>);

impl PartialSchema for RecordOut {
    fn schema() -> RefOr<Schema> {
        let whole = || ObjectBuilder::new().schema_type(Type::Integer);
        let text =
            |format| ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(format)));
        let user =
            ObjectBuilder::new().schema_type(Type::Object).property("user", text(KnownFormat::Uuid)).required("user");
        let system = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["system"]));
        let actor = OneOfBuilder::new().item(system).item(user).description(Some("`\"system\"`, or `{\"user\": id}`."));
        let event = ObjectBuilder::new()
            .schema_type(Type::Object)
            .property("type", Object::with_type(Type::String))
            .property("data", Object::with_type(Type::Object))
            .required("type")
            .required("data");
        let record = ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some("A fact of the journal."))
            .property("seq", whole().description(Some("Its place in the journal, from 1, without gaps.")))
            .property("at", text(KnownFormat::DateTime))
            .property("actor", actor)
            .property("commandId", text(KnownFormat::Uuid))
            .property("version", whole().description(Some("The version of the event's entity after it.")))
            .property("event", event)
            .property("hash", Object::with_type(Type::String));
        let names = ["seq", "at", "actor", "commandId", "version", "event", "hash"];
        RefOr::T(Schema::Object(names.into_iter().fold(record, ObjectBuilder::required).build()))
    }
}

impl ToSchema for RecordOut {
    fn name() -> std::borrow::Cow<'static, str> {
        "Record".into()
    }
}
