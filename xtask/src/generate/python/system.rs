//! What the box office does in its own name: the operations that take an actor, without it.

use std::fmt::Write;

use super::super::model::{Doc, Handle, Model};
use super::asyncio::function;
use super::imports::Imports;
use super::operations::{Facade, class_name, wrapping};
use super::words;

/// The documentation of `as_system`.
const AS_SYSTEM: &str = "\
Returns the operations that the box office does in its own name, without a user: refunds, payouts and the like.

They are for the programs of whoever runs the box office, never for what a request asks for.";

/// The lines of the documentation of `as_system`.
pub(super) fn as_system(model: &Model) -> Vec<String> {
    words::item(model, &Doc::parse(AS_SYSTEM), 8)
}

/// The names of its classes.
pub(super) fn names(model: &Model) -> Vec<String> {
    let handles = model.system_handles().map(class_name);
    let names = std::iter::once(String::new()).chain(handles).map(|class| format!("System{class}"));
    let mut names: Vec<_> = names.flat_map(|name| [format!("Async{name}"), name]).collect();
    names.sort();
    names
}

/// `_system.py`.
pub(super) fn file(model: &Model, types: &[String]) -> Result<String, String> {
    let mut imports = Imports::default();
    imports.module("_native");
    imports.hint("final");
    imports.hint("Any");
    let mut text = String::new();
    for facade in [Facade::Blocking, Facade::Asyncio] {
        for handle in model.system_handles() {
            text.push_str(&class(model, handle, facade, &mut imports)?);
        }
        text.push_str(&system(model, facade));
    }
    let head = "\"\"\"What the box office does in its own name.\"\"\"";
    let actor = "_SYSTEM: Any = _native.TheSystem()\n\"\"\"Who acts. Nobody else has it.\"\"\"\n";
    Ok(format!("{head}\n\n{}\n{actor}{text}", imports.of_types(types).text()))
}

fn prefix(facade: Facade) -> &'static str {
    match facade {
        Facade::Blocking => "",
        Facade::Asyncio => "Async",
    }
}

fn class(model: &Model, handle: &Handle, facade: Facade, imports: &mut Imports) -> Result<String, String> {
    let (prefix, of) = (prefix(facade), class_name(handle));
    let doc = format!("The operations of `{}` that the box office does in its own name.", handle.name);
    let mut text = format!("\n\n@final\nclass {prefix}System{of}:\n    \"\"\"{doc}\"\"\"\n");
    let _ = write!(
        text,
        "\n    __slots__ = (\"_native\",)\n\n    def __init__(self, native: _native.{prefix}{of}) -> None:\n        \
         self._native = native\n"
    );
    for method in handle.of_system() {
        text.push('\n');
        text.push_str(&function(model, handle, method, "_native", facade, Some("_SYSTEM"), imports)?);
    }
    Ok(text)
}

fn system(model: &Model, facade: Facade) -> String {
    let prefix = prefix(facade);
    let mut names: Vec<_> = model.system_handles().map(|handle| format!("\"{}\"", handle.name)).collect();
    names.sort();
    let mut text = format!(
        "\n\n@final\nclass {prefix}System:\n    \"\"\"What `{prefix}BoxOffice.as_system` returns.\"\"\"\n\n    \
         __slots__ = ({})\n\n",
        names.join(", ")
    );
    for handle in model.system_handles() {
        let doc = words::docstring(&words::item(model, &handle.accessor, 4), 4);
        let none = if handle.is_optional { " | None" } else { "" };
        let _ = write!(text, "    {}: {prefix}System{}{none}\n{doc}", handle.name, class_name(handle));
    }
    let _ = write!(text, "\n    def __init__(self, facade: _native.{prefix}OfficeFacade) -> None:\n");
    for handle in model.system_handles() {
        text.push_str(&wrapping(handle, &format!("{prefix}System{}", class_name(handle))));
    }
    text
}
