//! A record as it is published.

use axum::body::Bytes;
use boxoffice::Record;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::PublishError;

/// A record as it is published: as the journal's feed shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// Number of the record.
    pub(crate) seq: u64,
    /// Type of the event.
    pub(crate) name: String,
    /// The record as JSON.
    pub(crate) json: Bytes,
}

/// What is read of a record's JSON.
#[derive(Deserialize)]
struct Head<'a> {
    seq: u64,
    #[serde(borrow)]
    event: Kind<'a>,
}

#[derive(Deserialize)]
struct Kind<'a> {
    r#type: &'a str,
}

impl Event {
    /// Creates the event of a record.
    pub(crate) fn of(record: &Record) -> Result<Self, PublishError> {
        let json = serde_json::to_vec(record).map_err(|error| PublishError::Journal(error.to_string()))?;
        Ok(Self { seq: record.seq, name: record.event.name().to_owned(), json: json.into() })
    }

    /// Creates the event of a record that is JSON already.
    pub(crate) fn read(json: &RawValue) -> Result<Self, PublishError> {
        let head: Head<'_> =
            serde_json::from_str(json.get()).map_err(|error| PublishError::Journal(error.to_string()))?;
        let Head { seq, event: Kind { r#type } } = head;
        Ok(Self { seq, name: r#type.to_owned(), json: Bytes::copy_from_slice(json.get().as_bytes()) })
    }
}

#[cfg(test)]
mod tests {
    use boxoffice::BoxOffice;

    use super::*;

    #[test]
    fn a_record_is_the_same_event_whichever_way_it_comes() {
        let dir = tempfile::tempdir().unwrap();
        let office = BoxOffice::open(dir.path()).unwrap();
        office.blocking().auth().sign_up(boxoffice::SignUp::new("ann@example.com", "correct horse")).unwrap();
        let record = office.journal().read(1, 1).unwrap().remove(0);
        let event = Event::of(&record).unwrap();
        assert_eq!((event.seq, event.name.as_str()), (1, "UserCreated"));
        let raw = serde_json::value::to_raw_value(&record).unwrap();
        assert_eq!(Event::read(&raw).unwrap(), event);
        let no_record = RawValue::from_string("{\"seq\":1}".to_owned()).unwrap();
        assert!(Event::read(&no_record).is_err());
    }
}
