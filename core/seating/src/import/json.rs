//! JSON as it is written: with all members of an object, also those that come twice.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::path::Path;
use super::{BYTE_ORDER_MARK, BYTES_MAX};
use crate::plan::{Place, PlanFault};

/// Largest number of values of a document. The largest plan has less than half of them.
const VALUES_MAX: usize = 5_000_000;

/// A value. Texts without escapes are borrowed from the document.
#[derive(Debug)]
pub(super) enum Node<'j> {
    Null,
    Bool(bool),
    /// Exact up to 2^53, far beyond every limit of a plan.
    Number(f64),
    Text(Cow<'j, str>),
    List(Vec<Node<'j>>),
    Object(Vec<Member<'j>>),
}

/// A member of an object.
pub(super) type Member<'j> = (Cow<'j, str>, Node<'j>);

/// Reads a document that is called `root` in faults.
pub(super) fn parse<'j>(bytes: &'j [u8], root: Path<'_>) -> Result<Node<'j>, PlanFault> {
    if bytes.len() > BYTES_MAX {
        let why = format!("has {} bytes, at most {BYTES_MAX}", bytes.len());
        return Err(PlanFault::Unreadable { place: root.place(), why });
    }
    let values_left = Cell::new(VALUES_MAX);
    let mut reader = serde_json::Deserializer::from_slice(bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes));
    let document = Reading { values_left: &values_left }.deserialize(&mut reader);
    let document = document.and_then(|document| reader.end().map(|()| document));
    document.map_err(|error| unreadable(&error, root))
}

fn unreadable(error: &serde_json::Error, root: Path<'_>) -> PlanFault {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let reason = text.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&text);
    let place = match root.place() {
        Place::Whole => Place::Line(u64::try_from(line).unwrap_or(u64::MAX)),
        place => Place::Path(format!("{place}, line {line}")),
    };
    PlanFault::Unreadable { place, why: format!("{reason}, in column {column}") }
}

/// Reads one value and those in it.
#[derive(Clone, Copy)]
struct Reading<'c> {
    values_left: &'c Cell<usize>,
}

impl<'j> DeserializeSeed<'j> for Reading<'_> {
    type Value = Node<'j>;

    fn deserialize<D: Deserializer<'j>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let Some(left) = self.values_left.get().checked_sub(1) else {
            return Err(D::Error::custom(format_args!("there are more than {VALUES_MAX} values")));
        };
        self.values_left.set(left);
        deserializer.deserialize_any(self)
    }
}

impl<'j> Visitor<'j> for Reading<'_> {
    type Value = Node<'j>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Node::Bool(value))
    }

    #[expect(clippy::cast_precision_loss, reason = "what is that large is refused as too large")]
    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Node::Number(value as f64))
    }

    #[expect(clippy::cast_precision_loss, reason = "what is that large is refused as too large")]
    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Node::Number(value as f64))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Node::Number(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Node::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_borrowed_str<E: Error>(self, value: &'j str) -> Result<Self::Value, E> {
        Ok(Node::Text(Cow::Borrowed(value)))
    }

    fn visit_seq<A: SeqAccess<'j>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'j>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut object = Vec::new();
        while let Some(name) = members.next_key_seed(Name)? {
            object.push((name, members.next_value_seed(self)?));
        }
        Ok(Node::Object(object))
    }
}

/// Reads the name of a member.
struct Name;

impl<'j> DeserializeSeed<'j> for Name {
    type Value = Cow<'j, str>;

    fn deserialize<D: Deserializer<'j>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'j> Visitor<'j> for Name {
    type Value = Cow<'j, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(value.to_owned()))
    }

    fn visit_borrowed_str<E: Error>(self, value: &'j str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(value))
    }
}
