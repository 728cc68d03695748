//! The events: their published data, and their names and types for Express.

use std::fmt::Write;

use super::super::model::{Model, Role, Struct, Type};
use super::super::rust::HEADER;
use super::types::{listed, structure};
use super::words;

/// Declaration of money in an event.
const MONEY: &str = "
/** Money as it is published: minor units, such as cents, and the ISO 4217 code. */
export interface PublishedMoney {
  minor: number
  currency: string
}
";

/// Generates `events.d.ts`: the data of every event.
pub(super) fn data_file(model: &Model) -> Result<String, String> {
    let unions = model.enums.keys().map(String::as_str);
    let mut body = MONEY.to_owned();
    for of in model.structs_of(Role::Payload) {
        let _ = write!(body, "\n{}export interface {} {{\n", words::item(model, &of.doc, 0), name_of(model, of));
        body.push_str(&members(model, of)?);
        body.push_str("}\n");
    }
    body.push_str("\n/** The data of each event, by its name. */\nexport interface EventData {\n");
    for event in &model.events {
        let data = name_of(model, structure(model, &event.data)?);
        let _ = writeln!(body, "{}  {}: {data}", words::item(model, &event.doc, 2), event.name);
    }
    body.push_str("}\n\n/** The name of an event. */\nexport type EventName = keyof EventData\n");
    let used: Vec<_> = unions.filter(|name| names_type(&body, name)).collect();
    Ok(format!("// {HEADER}\nimport type {{ {} }} from './index.js'\n{body}", used.join(", ")))
}

/// Returns `true` if a declaration names this type.
fn names_type(body: &str, name: &str) -> bool {
    body.lines()
        .any(|line| line.split_once(": ").is_some_and(|(_, kind)| kind == name || kind == format!("{name} | null")))
}

/// Returns the name of the type of a payload. A type that is also a value has another form and another name there.
fn name_of(model: &Model, of: &Struct) -> String {
    if model.events.iter().any(|event| event.data == of.name) {
        format!("{}Data", of.published)
    } else if of.is(Role::Value) {
        format!("Published{}", of.published)
    } else {
        of.published.clone()
    }
}

fn members(model: &Model, of: &Struct) -> Result<String, String> {
    let mut text = String::new();
    for field in &of.fields {
        let mark = if field.may_be_missing { "?" } else { "" };
        let kind = match field.kind.plain() {
            Type::Optional(inner) if field.may_be_missing => published(model, &inner)?,
            kind => published(model, &kind)?,
        };
        let _ = writeln!(text, "{}  {}{mark}: {kind}", words::item(model, &field.doc, 2), field.wire);
    }
    Ok(text)
}

/// Returns the type of the published JSON.
fn published(model: &Model, kind: &Type) -> Result<String, String> {
    Ok(match kind {
        Type::Bool => "boolean".to_owned(),
        Type::Integer(_) => "number".to_owned(),
        Type::Text | Type::CheckedText(_) | Type::Id(_) | Type::Currency | Type::Hash | Type::Time | Type::Moment => {
            "string".to_owned()
        }
        Type::Money => "PublishedMoney".to_owned(),
        Type::Enum(name) => name.clone(),
        Type::Struct(name) => name_of(model, structure(model, name)?),
        Type::Shared(inner) => published(model, inner)?,
        Type::Optional(inner) => format!("{} | null", published(model, inner)?),
        Type::List(inner) => listed(&published(model, inner)?),
        other => {
            return Err(format!(
                "no event can have {other:?}: say how it is published in xtask/src/generate/node/events.rs"
            ));
        }
    })
}

/// Joins the lines, each with a line break.
fn lines(all: impl Iterator<Item = String>) -> String {
    all.flat_map(|line| [line, "\n".to_owned()]).collect()
}

/// Generates `express/subjects.d.ts`: the events' names and types for listeners.
pub(super) fn types_file(model: &Model) -> Result<String, String> {
    let mut names = Vec::new();
    let mut body = String::from("\n/** The names of the events. */\nexport declare enum Subjects {\n");
    for event in &model.events {
        let _ = writeln!(body, "  {0} = '{0}',", event.name);
    }
    body.push_str("}\n\n/** An event: its subject and its data. */\nexport interface Event {\n  subject: Subjects\n  data: object\n}\n");
    for event in &model.events {
        let data = name_of(model, structure(model, &event.data)?);
        let doc = words::item(model, &event.doc, 0);
        let name = &event.name;
        let _ = write!(body, "{doc}export interface {name}Event {{\n  subject: Subjects.{name}\n  data: {data}\n}}\n");
        names.push(data);
    }
    names.sort();
    names.dedup();
    let names = lines(names.iter().map(|name| format!("  {name},")));
    let parts = model.structs_of(Role::Payload).map(|of| name_of(model, of));
    let is_part = |name: &String| !names.contains(&format!("  {name},\n"));
    let mut parts: Vec<_> = parts.filter(is_part).collect();
    parts.push("PublishedMoney".to_owned());
    parts.sort();
    let parts = parts.join(", ");
    Ok(format!(
        "// {HEADER}\nimport type {{\n{names}}} from '../events.js'\n\nexport type {{ {parts} }} from '../events.js'\n{body}"
    ))
}

/// Generates `express/subjects.js`.
pub(super) fn names_file(model: &Model) -> String {
    let names = lines(model.events.iter().map(|event| format!("  {0}: '{0}',", event.name)));
    format!(
        "'use strict'\n// {HEADER}\n\nconst Subjects = Object.freeze({{\n{names}}})\n\nmodule.exports = {{ Subjects }}\n"
    )
}
