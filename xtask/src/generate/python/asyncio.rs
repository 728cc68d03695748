//! The classes for asyncio, in Python: coroutine functions that await the futures of the native module, or return what
//! it has in memory.

use std::fmt::Write;

use super::super::model::{Handle, Method, Model, QUICK_FORM};
use super::arguments::{Argument, arguments};
use super::imports::Imports;
use super::operations::{Facade, Form, class_name, doc, is_in_memory};
use super::types::outgoing;
use super::words;

/// Generates the file of all classes.
pub(super) fn file(model: &Model, types: &[String]) -> Result<String, String> {
    let mut imports = Imports::default();
    let mut text = String::new();
    for handle in &model.handles {
        text.push_str(&class(model, handle, &mut imports)?);
    }
    let head = "\"\"\"The operations for asyncio: each is a coroutine function.\"\"\"";
    Ok(format!("{head}\n\n{}{text}", imports.of_types(types).text()))
}

fn class(model: &Model, handle: &Handle, imports: &mut Imports) -> Result<String, String> {
    let name = format!("Async{}", class_name(handle));
    imports.module("_native");
    imports.hint("final");
    let mut text = format!("\n\n@final\nclass {name}:\n{}", words::docstring(&doc(model, handle, 4), 4));
    let _ = write!(
        text,
        "\n    __slots__ = (\"_native\",)\n\n    def __init__(self, native: _native.{name}) -> None:\n        self._native = native\n"
    );
    for method in &handle.methods {
        text.push('\n');
        text.push_str(&function(model, handle, method, "_native", Facade::Asyncio, None, imports)?);
    }
    Ok(text)
}

/// A function that hands its arguments on to the native module, after the actor that it has instead of a parameter.
pub(super) fn function(
    model: &Model,
    handle: &Handle,
    method: &Method,
    native: &str,
    facade: Facade,
    actor: Option<&str>,
    imports: &mut Imports,
) -> Result<String, String> {
    let mut arguments = arguments(model, method)?;
    let mut passed: Vec<String> = Vec::new();
    if let Some(actor) = actor {
        arguments.remove(0);
        passed.push(actor.to_owned());
    }
    let doc = words::docstring(&words::operation(model, method, &arguments, 8), 8);
    // The classes for asyncio take everything by place.
    let by_name = |it: &Argument| it.by_name && facade == Facade::Blocking;
    let hand_on = |it: &Argument| if by_name(it) { format!("{0}={0}", it.name) } else { it.name.clone() };
    passed.extend(arguments.iter().map(hand_on));
    let call = format!("self.{native}.{}({})", method.name, passed.join(", "));
    let (head, result, body) = match Form::of(method) {
        Form::Outcome if facade == Facade::Blocking => ("def", outgoing(model, &method.result)?.hint, call),
        Form::Outcome if is_in_memory(handle, method) => ("async def", outgoing(model, &method.result)?.hint, call),
        Form::Outcome => ("async def", outgoing(model, &method.result)?.hint, format!("await {call}")),
        Form::Value => ("def", outgoing(model, &method.result)?.hint, call),
        Form::Parts(inner) => {
            let iterator = if facade == Facade::Blocking { "Iterator" } else { "AsyncIterator" };
            ("def", format!("{iterator}[{}]", outgoing(model, &inner)?.hint), call)
        }
        Form::Subscription => ("def", "AsyncSubscription".to_owned(), call),
    };
    // A method named `list` hides the type `list` in later hints of its class.
    let hint = |hint: &str| hint.replace("list[", "List[");
    let result = hint(&result);
    imports.hint(&result);
    let mut signature = vec!["self".to_owned(), "/".to_owned()];
    signature.extend(named(&arguments, imports).into_iter().map(|it| hint(&it)));
    let returned = match (result.as_str(), method.has_quick_form && facade == Facade::Asyncio) {
        ("None", _) => body,
        (_, true) => {
            let quick = format!("self.{native}.{}{QUICK_FORM}({})", method.name, passed.join(", "));
            format!("found = {quick}\n        return {body} if found is None else found")
        }
        _ => format!("return {body}"),
    };
    let one_line = format!("    {head} {}({}) -> {result}:\n", method.name, signature.join(", "));
    let signature = match one_line.chars().count() {
        ..=121 => one_line,
        _ => format!("    {head} {}(\n        {},\n    ) -> {result}:\n", method.name, signature.join(", ")),
    };
    Ok(format!("{signature}{doc}        {returned}\n"))
}

/// Returns the parameters with their hints and defaults, and a `*` before the keyword-only ones.
pub(super) fn named(arguments: &[Argument], imports: &mut Imports) -> Vec<String> {
    let mut named = Vec::new();
    for (at, argument) in arguments.iter().enumerate() {
        if argument.by_name && (at == 0 || !arguments[at - 1].by_name) {
            named.push("*".to_owned());
        }
        imports.hint(&argument.hint);
        let default = if argument.is_optional { " = None" } else { "" };
        named.push(format!("{}: {}{default}", argument.name, argument.hint));
    }
    named
}
