//! The events that the journal publishes.

use syn::Fields;

use super::source::{Crate, Definition};
use super::types::Types;
use super::{Doc, Event, Role, Type};

/// The enum of all events.
const EVENTS: &str = "DomainEvent";

pub(super) fn read(source: &Crate, types: &mut Types<'_>) -> Result<Vec<Event>, String> {
    let place = types.place_of(EVENTS)?;
    let Some(Definition::Enum(item)) = source.definition(&place) else {
        return Err(format!("{}: {EVENTS} is no enum", source.file(&place.module)));
    };
    let mut events = Vec::new();
    for variant in &item.variants {
        let name = variant.ident.to_string();
        let fault = || format!("{}: {EVENTS}::{name} has no data of one struct", source.file(&place.module));
        let Fields::Unnamed(fields) = &variant.fields else { return Err(fault()) };
        let field = fields.unnamed.first().ok_or_else(fault)?;
        match types.read(&place.module, &field.ty, &name, Role::Payload)? {
            Type::Struct(data) => events.push(Event { name, doc: Doc::of(&variant.attrs), data }),
            _ => return Err(fault()),
        }
    }
    Ok(events)
}
