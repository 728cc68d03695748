//! The inputs and values of the native module.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::super::model::{Field, Model, Role, Struct, Type};
use super::super::rust;
use super::arguments::{Options, all_options, inputs, methods};
use super::made::of_fields;
use super::types::{field_name, incoming, is_class, outgoing, page_of};

/// Returns the types that have pages, by the names of the pages.
pub(super) fn pages(model: &Model) -> Result<BTreeMap<String, Type>, String> {
    let results = model.handles.iter().flat_map(methods).map(|method| &method.result);
    let inner = results.filter_map(|result| match result {
        Type::Page(inner) => Some(inner.as_ref().clone()),
        _ => None,
    });
    inner.map(|inner| Ok((page_of(model, &inner)?, inner))).collect()
}

/// Generates the file of the values.
pub(super) fn file(model: &Model) -> Result<String, String> {
    let mut text = "//! Results.\n\nuse crate::generated::prelude::*;\n".to_owned();
    for of in model.structs_of(Role::Value) {
        text.push_str(&if is_class(of) { class(model, of)? } else { object(model, of)? });
    }
    for (name, inner) in pages(model)? {
        let item = outgoing(model, &inner)?.rust;
        let inner = in_rust(&inner);
        let _ = write!(
            text,
            "\n#[napi(object, object_from_js = false)]\n#[derive(Debug)]\npub struct {name} {{ pub items: Vec<{item}>, \
             pub next: Option<String> }}\n\nimpl Shown for boxoffice::Page<{inner}> {{ type Js = {name};\n\
             fn shown(&self) -> {name} {{ {name} {{ items: self.items.shown(), next: self.next.shown() }} }} }}\n"
        );
    }
    rust::file(&text)
}

fn in_rust(kind: &Type) -> String {
    match kind {
        Type::Shared(inner) => format!("Arc<{}>", in_rust(inner)),
        Type::Struct(name) => format!("boxoffice::{name}"),
        other => format!("{other:?}"),
    }
}

/// Returns the fields and the computed values. The boolean is `true` for a computed value.
pub(super) fn fields(of: &Struct) -> impl Iterator<Item = (&Field, bool)> {
    of.fields.iter().map(|field| (field, false)).chain(of.computed.iter().map(|field| (field, true)))
}

fn read(field: &Field, is_computed: bool, from: &str) -> String {
    let call = if is_computed { "()" } else { "" };
    format!("{from}.{}{call}.shown()", field.name)
}

/// Generates a plain object.
fn object(model: &Model, of: &Struct) -> Result<String, String> {
    let name = &of.published;
    let (mut declared, mut read_from) = (String::new(), String::new());
    for (field, is_computed) in fields(of) {
        let field_name = field_name(&field.name, &field.kind);
        let _ = write!(declared, "pub {field_name}: {}, ", outgoing(model, &field.kind)?.rust);
        let _ = write!(read_from, "{field_name}: {}, ", read(field, is_computed, "self"));
    }
    Ok(format!(
        "\n#[napi(object, object_from_js = false)]\n#[derive(Debug)]\npub struct {name} {{ {declared} }}\n\n\
         impl Shown for boxoffice::{} {{ type Js = {name};\nfn shown(&self) -> {name} {{ {name} {{ {read_from} }} }} }}\n",
        of.name
    ))
}

/// Generates a class that holds its value.
fn class(model: &Model, of: &Struct) -> Result<String, String> {
    let name = &of.published;
    let mut getters = String::new();
    for (field, is_computed) in fields(of) {
        let (kind, value) = (outgoing(model, &field.kind)?.rust, read(field, is_computed, "self.0"));
        let _ = writeln!(
            getters,
            "#[napi(getter)]\npub fn {}(&self) -> {kind} {{ {value} }}\n",
            field_name(&field.name, &field.kind)
        );
    }
    Ok(format!(
        "\n/// It is handed in again as it is.\n#[napi]\n#[derive(Debug)]\npub struct {name}(pub(crate) boxoffice::{});\n\n\
         #[napi]\nimpl {name} {{ {getters} }}\n\n\
         impl Shown for boxoffice::{} {{ type Js = {name};\nfn shown(&self) -> {name} {{ {name}(self.clone()) }} }}\n",
        of.name, of.name
    ))
}

/// Generates the file of the inputs.
pub(super) fn inputs_file(model: &Model) -> Result<String, String> {
    let mut text = "//! Inputs.\n\nuse crate::generated::prelude::*;\n".to_owned();
    for of in inputs(model) {
        text.push_str(&input(model, of)?);
    }
    for of in all_options(model)?.values().filter(|of| of.has_key || !of.fields.is_empty()) {
        text.push_str(&options(model, of)?);
    }
    rust::file(&text)
}

fn input(model: &Model, of: &Struct) -> Result<String, String> {
    let name = &of.published;
    let declared = declared(model, &of.fields)?;
    let default = if of.fields.iter().all(|field| !field.is_required) { ", Default" } else { "" };
    let names: Vec<_> = of.fields.iter().map(|field| field_name(&field.name, &field.kind)).collect();
    Ok(format!(
        "\n#[napi(object, object_to_js = false)]\n#[derive(Debug{default})]\npub struct {name} {{ {declared} }}\n\n\
         impl {name} {{\npub(crate) fn given(self) -> Result<boxoffice::{}, Error> {{ let Self {{ {} }} = self;\n{}\nOk(input) }} }}\n",
        of.name,
        names.join(", "),
        of_fields(of, "input")?.trim_end()
    ))
}

fn options(model: &Model, of: &Options) -> Result<String, String> {
    let mut declared = declared(model, &of.fields)?;
    if of.has_key {
        declared.push_str("pub idempotency_key: Option<String>, ");
    }
    let default = if of.is_optional() { ", Default" } else { "" };
    let name = &of.name;
    Ok(format!(
        "\n#[napi(object, object_to_js = false)]\n#[derive(Debug{default})]\npub struct {name} {{ {declared} }}\n"
    ))
}

fn declared(model: &Model, fields: &[Field]) -> Result<String, String> {
    let mut text = String::new();
    for field in fields {
        let kind = incoming(model, &field.kind)?.rust;
        let is_whole = field.is_required || kind.starts_with("Option<");
        let kind = if is_whole { kind } else { format!("Option<{kind}>") };
        let _ = write!(text, "pub {}: {kind}, ", field_name(&field.name, &field.kind));
    }
    Ok(text)
}

/// Generates the file of types that JavaScript has as texts: ids, bounded texts and closed sets.
pub(super) fn texts_file(model: &Model) -> Result<String, String> {
    let (mut shown, mut exposed) = (BTreeSet::new(), BTreeSet::new());
    let mut kinds: Vec<Type> = Vec::new();
    for of in model.structs_of(Role::Value) {
        kinds.extend(fields(of).map(|(field, _)| field.kind.clone()));
    }
    let handles = std::iter::once(&model.office).chain(&model.handles);
    kinds.extend(handles.flat_map(methods).map(|method| method.result.clone()));
    for part in kinds.iter().flat_map(Type::parts) {
        match part {
            Type::Id(name) | Type::CheckedText(name) => shown.insert(name.clone()),
            Type::Secret(name) => exposed.insert(name.clone()),
            _ => false,
        };
    }
    let sets = model.enums.values().filter(|of| of.is_written).map(|of| of.name.clone()).collect();
    let list = |names: BTreeSet<String>| {
        names.into_iter().map(|name| format!("boxoffice::{name}")).collect::<Vec<_>>().join(", ")
    };
    rust::file(&format!(
        "//! Types that JavaScript receives as strings.\n\nuse crate::generated::prelude::*;\n\nshown_as_text!({});\nshown_as_secret!({});\n\
         shown_as_name!({});\n",
        list(shown),
        list(exposed),
        list(sets)
    ))
}
