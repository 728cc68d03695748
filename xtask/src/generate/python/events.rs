//! The events in the published form: `TypedDict`s.

use std::fmt::Write;

use super::super::model::{Field, Model, Role, Type};
use super::words;

/// Generates `events.py`.
pub(super) fn file(model: &Model) -> Result<String, String> {
    let mut text = HEAD.to_owned();
    let events: Vec<_> = model.events.iter().map(|event| event.data.as_str()).collect();
    let payloads = model.structs_of(Role::Payload);
    let (data, parts): (Vec<_>, Vec<_>) = payloads.partition(|it| events.contains(&it.name.as_str()));
    for of in parts.iter().chain(&data) {
        let name = if events.contains(&of.name.as_str()) { format!("{}Data", of.name) } else { of.name.clone() };
        let _ = write!(text, "\n\nclass {name}(TypedDict):\n{}", words::docstring(&words::item(model, &of.doc, 4), 4));
        for (at, field) in of.fields.iter().enumerate() {
            let space = if at == 0 { "\n" } else { "" };
            let doc = words::docstring(&words::item(model, &field.doc, 4), 4);
            let _ = write!(text, "{space}    {}: {}\n{doc}", field.wire, hint(model, field)?);
        }
    }
    for event in &model.events {
        let doc = words::docstring(&words::item(model, &event.doc, 4), 4);
        let (name, data) = (&event.name, &event.data);
        let _ =
            write!(text, "\n\nclass {name}(TypedDict):\n{doc}\n    type: Literal[\"{name}\"]\n    data: {data}Data\n");
    }
    let union: Vec<_> = model.events.iter().map(|event| format!("    {}\n", event.name)).collect();
    let _ = write!(text, "\n\nEvent = (\n{})\n", union.concat().replace("\n    ", "\n    | "));
    text.push_str("\"\"\"An event as it is published: `type` says which, and with it what `data` has.\"\"\"\n");
    text.push_str(RECORD);
    Ok(text)
}

const HEAD: &str = "\"\"\"The events in the form in which they are published, for type checkers.\n\n\
    `record.published` is a `PublishedRecord`; comparing the `type` of its event tells what its `data` has.\n\"\"\"\n\n\
    from typing import Literal, NotRequired, TypedDict\n\n\n\
    class PublishedMoney(TypedDict):\n    \"\"\"An amount of money.\"\"\"\n\n    minor: int\n    \
    \"\"\"The amount in minor units, such as cents.\"\"\"\n    currency: str\n    \"\"\"The ISO 4217 code.\"\"\"\n";

const RECORD: &str = "\n\nclass PublishedRecord(TypedDict):\n    \"\"\"A record of the journal as it is published.\"\"\"\n\n    \
    seq: int\n    \"\"\"The place in the journal: 1, 2, 3, … without a gap.\"\"\"\n    \
    at: str\n    \"\"\"When it was decided, in RFC 3339.\"\"\"\n    \
    actor: Literal[\"system\"] | dict[Literal[\"user\"], str]\n    \"\"\"Who caused it: the box office itself, or a user by their id.\"\"\"\n    \
    commandId: str\n    \"\"\"The command that caused it.\"\"\"\n    \
    version: int\n    \"\"\"The version of the event's entity after it.\"\"\"\n    \
    event: Event\n    \"\"\"The event.\"\"\"\n    \
    hash: NotRequired[str]\n    \"\"\"The hash over this record and all before it, as 64 hexadecimal digits.\"\"\"\n";

fn hint(model: &Model, field: &Field) -> Result<String, String> {
    let (kind, may_be_missing) = match (&field.kind, field.may_be_missing) {
        // An empty value is omitted.
        (Type::Optional(inner), true) => (inner.as_ref(), true),
        (kind, may_be_missing) => (kind, may_be_missing),
    };
    let hint = published(model, kind)?;
    Ok(if may_be_missing { format!("NotRequired[{hint}]") } else { hint })
}

/// Returns the type hint of the published JSON.
fn published(model: &Model, kind: &Type) -> Result<String, String> {
    Ok(match kind.plain() {
        Type::Bool => "bool".into(),
        Type::Integer(_) => "int".into(),
        Type::Text | Type::Currency | Type::Hash | Type::Id(_) | Type::CheckedText(_) | Type::Time => "str".into(),
        Type::Money => "PublishedMoney".into(),
        Type::Struct(name) => name,
        Type::Enum(name) => {
            let set = model.enums.get(&name).ok_or_else(|| format!("the model has no enum {name}"))?;
            let texts: Vec<_> = set.variants.iter().map(|variant| format!("\"{}\"", variant.text)).collect();
            format!("Literal[{}]", texts.join(", "))
        }
        Type::Optional(inner) => format!("{} | None", published(model, &inner)?),
        Type::List(inner) => format!("list[{}]", published(model, &inner)?),
        other => return Err(format!("{other:?} has no published form: say it in xtask/src/generate/python/events.rs")),
    })
}
