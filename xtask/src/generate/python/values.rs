//! The classes of inputs and values.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::super::model::{Field, Handle, Model, Role, Struct, Type};
use super::super::rust;
use super::arguments::{Argument, made, of_field};
use super::types::{Held, given, is_class, outgoing, page_of, published};
use super::words;

/// Returns the names of all generated classes, in alphabetical order.
pub(super) fn names(model: &Model) -> Result<Vec<String>, String> {
    let mut names: Vec<_> = values(model).chain(inputs(model)).map(|it| it.published.clone()).collect();
    names.extend(pages(model)?.into_keys());
    names.sort();
    Ok(names)
}

fn values(model: &Model) -> impl Iterator<Item = &Struct> {
    model.structs_of(Role::Value)
}

/// Returns the inputs that callers create.
fn inputs(model: &Model) -> impl Iterator<Item = &Struct> {
    model.structs_of(Role::Input).filter(|it| !it.is(Role::Value) && is_class(model, &it.name))
}

/// Returns the types that have pages, by the names of the pages' classes.
fn pages(model: &Model) -> Result<BTreeMap<String, Type>, String> {
    let results = model.handles.iter().flat_map(|handle| &handle.methods).map(|method| method.result.plain());
    let inner = results.filter_map(|result| match result {
        Type::Page(inner) => Some(*inner),
        _ => None,
    });
    inner.map(|inner| Ok((page_of(model, &inner)?, inner))).collect()
}

/// Generates the files of the values: one for each handle, with the classes that no earlier handle has.
pub(super) fn files<'m>(model: &'m Model, handles: &[&'m Handle]) -> Result<Vec<(&'m str, String)>, String> {
    let (mut files, mut seen) = (Vec::new(), Vec::new());
    for handle in handles {
        let (mut text, before) = (String::new(), seen.len());
        for method in &handle.methods {
            for part in method.result.plain().parts() {
                if let Type::Page(inner) = part {
                    let name = page_of(model, inner)?;
                    if !seen.contains(&name) {
                        text.push_str(&page(model, &name, inner)?);
                        seen.push(name);
                    }
                }
                text.push_str(&part_values(model, part, &mut seen)?);
            }
        }
        if seen.len() > before {
            let doc = format!("//! Results of `{}`, as immutable Python objects.", handle.name);
            files.push((
                handle.name.as_str(),
                rust::file(&format!("{doc}\n\nuse crate::generated::prelude::*;\n{text}"))?,
            ));
        }
    }
    match values(model).find(|of| !seen.contains(&of.published)) {
        Some(of) => Err(format!("{} comes out of no operation", of.name)),
        None => Ok(files),
    }
}

/// Generates the class of a struct and the classes of its fields, if they are not yet generated.
fn part_values(model: &Model, part: &Type, seen: &mut Vec<String>) -> Result<String, String> {
    let Type::Struct(name) = part else { return Ok(String::new()) };
    let of = published(model, name)?;
    if seen.contains(&of.published) {
        return Ok(String::new());
    }
    seen.push(of.published.clone());
    let mut text = value(model, of)?;
    for (field, _) in fields(of) {
        for part in field.kind.plain().parts() {
            text.push_str(&part_values(model, part, seen)?);
        }
    }
    Ok(text)
}

/// Generates the file of the inputs.
pub(super) fn inputs_file(model: &Model) -> Result<String, String> {
    let mut text = "//! Inputs, as immutable Python objects.\n\nuse crate::generated::prelude::*;\n".to_owned();
    for of in inputs(model) {
        text.push_str(&input(model, of)?);
    }
    rust::file(&text)
}

fn value(model: &Model, of: &Struct) -> Result<String, String> {
    let inner = match of.is_shared {
        true => format!("Arc<boxoffice::{}>", of.name),
        false => format!("boxoffice::{}", of.name),
    };
    let (eq, partial_eq) = if of.is_comparable { ("eq, ", ", PartialEq") } else { ("", "") };
    let mut text = class(&words::item(model, &of.doc, 4), &of.published, &inner, eq, partial_eq);
    let mut shown = Vec::new();
    for (field, is_computed) in fields(of) {
        let call = format!("self.0.{}()", field.name);
        let place = format!("self.0.{}", field.name);
        let held = if is_computed { Held::Owned(&call) } else { Held::Field(&place) };
        let secret = if is_secret(field) { vec![String::new(), "It is in no `repr`.".into()] } else { Vec::new() };
        let doc = [words::item(model, &field.doc, 8), secret].concat();
        text.push_str(&getter(
            &doc,
            &field.name,
            &outgoing(model, &field.kind)?.rust,
            &given(model, &field.kind, held)?,
        ));
        if !is_secret(field) {
            shown.push(format!("\"{}\"", field.name));
        }
    }
    text.push_str(&repr(&of.published, &shown));
    Ok(text)
}

fn fields(of: &Struct) -> impl Iterator<Item = (&Field, bool)> {
    of.fields.iter().map(|field| (field, false)).chain(of.computed.iter().map(|field| (field, true)))
}

/// Returns `true` if a field must not appear in logs.
fn is_secret(field: &Field) -> bool {
    matches!(field.kind, Type::Secret(_)) || matches!(field.name.as_str(), "token" | "password")
}

fn page(model: &Model, name: &str, inner: &Type) -> Result<String, String> {
    let item = outgoing(model, inner)?.rust;
    let kind = match inner {
        Type::Struct(of) if model.structs.get(of).is_some_and(|it| it.is_shared) => format!("Arc<boxoffice::{of}>"),
        Type::Struct(of) => format!("boxoffice::{of}"),
        other => return Err(format!("{name}: a page of {other:?} is not known")),
    };
    let doc = ["A page of a listing. A page may be short, even empty, and yet have a next one.".to_owned()];
    let mut text = class(&doc, name, &format!("boxoffice::Page<{kind}>"), "eq, ", ", PartialEq");
    let items = format!("self.0.items.iter().cloned().map({item}).collect()");
    text.push_str(&getter(&["The entries.".into()], "items", &format!("Vec<{item}>"), &items));
    let next = "self.0.next.as_ref().map(ToString::to_string)";
    text.push_str(&getter(
        &["The cursor of the next page; `None` on the last.".into()],
        "next",
        "Option<String>",
        next,
    ));
    text.push_str(&repr(name, &["\"items\"".into(), "\"next\"".into()]));
    Ok(text)
}

fn class(doc: &[String], name: &str, inner: &str, eq: &str, partial_eq: &str) -> String {
    format!(
        "\n{}#[pyclass(frozen, {eq}from_py_object, module = \"boxoffice\")]\n#[derive(Debug, Clone{partial_eq})]\n\
         pub(crate) struct {name}(pub(crate) {inner});\n\n#[pymethods]\nimpl {name} {{\n",
        rust::comment(doc.iter().map(String::as_str))
    )
}

fn getter(doc: &[String], name: &str, kind: &str, expression: &str) -> String {
    let doc = rust::comment(doc.iter().map(String::as_str));
    format!("{doc}#[getter]\nfn {name}(&self) -> {kind} {{ {expression} }}\n\n")
}

/// Generates the `__repr__` of a class, and the end of the class.
fn repr(name: &str, shown: &[String]) -> String {
    format!(
        "fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {{ repr(slf.as_any(), \"{name}\", &[{}]) }}\n}}\n",
        shown.join(", ")
    )
}

fn input(model: &Model, of: &Struct) -> Result<String, String> {
    let mut arguments = of.fields.iter().map(of_field).collect::<Result<Vec<Argument>, _>>()?;
    arguments.sort_by_key(|argument| argument.by_name);
    let doc = words::class(model, &of.doc, &arguments, 4);
    let mut text = class(&doc, &of.published, &format!("boxoffice::{}", of.name), "eq, ", ", PartialEq");
    let mut signature = Vec::new();
    for (at, argument) in arguments.iter().enumerate() {
        if argument.by_name && (at == 0 || !arguments[at - 1].by_name) {
            signature.push("*".to_owned());
        }
        signature.push(format!("{}{}", argument.name, argument.default()));
    }
    let params: Vec<_> = arguments.iter().map(|it| format!("{}: {}", it.name, it.rust)).collect();
    let statements = made(of, "input")?;
    let (py, result, end) = match statements.contains("errors") {
        true => ("py: Python<'_>, ", "PyResult<Self>", "make().map_err(|error| exception(py, &error)).map(Self)"),
        false => ("", "Self", "Self(input)"),
    };
    let _ = writeln!(text, "#[new]\n#[pyo3(signature = ({}))]", signature.join(", "));
    let _ = writeln!(text, "fn new({py}{}) -> {result} {{", params.join(", "));
    let body = match statements.contains("errors") {
        true => format!("let make = move || -> Result<_, Error> {{ {statements} Ok(input) }};\n"),
        false => statements,
    };
    let _ = writeln!(text, "{body}{end}\n}}\n}}");
    Ok(text)
}
