//! The operations of the native module: a function for each, and two façades.

use std::fmt::Write;

use super::super::model::{Doc, Handle, Method, Model, QUICK_FORM, Type};
use super::super::rust;
use super::super::threads::{IN_MEMORY, SUBMITTED};
use super::arguments::{self, Argument, arguments, checked};
use super::types::{Held, given, outgoing};
use super::words;

/// Name of the box office among the handles.
pub(super) const OFFICE: &str = "office";

/// Returns `true` if an operation reads memory only and returns at once.
pub(super) fn is_in_memory(handle: &Handle, method: &Method) -> bool {
    IN_MEMORY.contains(&(&handle.name, &method.name))
}

/// Fails if an operation is listed here that the façade does not have in this form.
pub(super) fn check_lists(model: &Model) -> Result<(), String> {
    let listed = IN_MEMORY.iter().map(|it| (it, false)).chain(SUBMITTED.iter().map(|it| (it, true)));
    for ((handle, name), is_command) in listed {
        let handles = model.handles.iter().filter(|it| it.name == *handle);
        let mut found = handles.flat_map(methods).filter(|method| method.name == *name);
        if !found.any(|method| method.is_async == is_command && matches!(Form::of(method), Form::Outcome)) {
            return Err(format!("{handle}.{name} is listed among the operations of the event loop, and is none"));
        }
    }
    Ok(())
}

/// Returns the operations of a handle that are generated: those with a receiver.
pub(super) fn methods(handle: &Handle) -> impl Iterator<Item = &Method> {
    handle.methods.iter().filter(|method| method.has_self)
}

/// Façade of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Facade {
    /// The function blocks.
    Blocking,
    /// The function returns a coroutine or a future.
    Asyncio,
}

/// Form of the result of an operation.
pub(super) enum Form {
    /// An outcome that is awaited.
    Outcome,
    /// A value, returned at once.
    Value,
    /// An iterator, returned at once.
    Parts(Type),
    /// A subscription, returned at once.
    Subscription,
}

impl Form {
    pub(super) fn of(method: &Method) -> Self {
        match &method.result {
            Type::Parts(inner) => Self::Parts(inner.as_ref().clone()),
            Type::Subscription => Self::Subscription,
            _ if method.is_async || method.is_fallible => Self::Outcome,
            _ => Self::Value,
        }
    }
}

/// Returns the name of a handle's class, such as `Tickets`, or `Journal` for the journal. The operations of the box
/// office itself are in a class that the package's `BoxOffice` wraps.
pub(super) fn class_name(handle: &Handle) -> String {
    if handle.name == OFFICE {
        return "OfficeFacade".to_owned();
    }
    let mut letters = handle.name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Generates the statements that keep a handle of the native façade `facade` in an object of a class.
pub(super) fn wrapping(handle: &Handle, class: &str) -> String {
    let name = &handle.name;
    match handle.is_optional {
        true => {
            format!(
                "        {name} = facade.{name}\n        self.{name} = None if {name} is None else {class}({name})\n"
            )
        }
        false => format!("        self.{name} = {class}(facade.{name})\n"),
    }
}

/// Generates the file of a handle.
pub(super) fn file(model: &Model, handle: &Handle) -> Result<String, String> {
    let class = class_name(handle);
    let mut text = format!("//! The operations of `{}`.\n\n{IMPORTS}\n\n", handle.name);
    let is_office = handle.name == OFFICE;
    let module = if is_office { "boxoffice._native" } else { "boxoffice" };
    text.push_str(&rust::comment(doc(model, handle, 4).iter().map(String::as_str)));
    let _ = writeln!(text, "#[pyclass(frozen, module = \"{module}\")]\n#[derive(Debug)]");
    let _ = writeln!(text, "pub(crate) struct {class}(pub(crate) Arc<Shared>);\n\n#[pymethods]\nimpl {class} {{");
    if is_office {
        text.push_str(&getters(model, ""));
    }
    for method in methods(handle) {
        text.push_str(&function(model, handle, method, Facade::Blocking)?);
    }
    let _ = writeln!(text, "}}\n\n/// Native part of the package's `Async{class}`.");
    let _ = writeln!(text, "#[pyclass(frozen, module = \"boxoffice._native\")]\n#[derive(Debug)]");
    let _ =
        writeln!(text, "pub(crate) struct Async{class}(pub(crate) Arc<Shared>);\n\n#[pymethods]\nimpl Async{class} {{");
    if is_office {
        text.push_str(&getters(model, "Async"));
    }
    for method in methods(handle) {
        text.push_str(&function(model, handle, method, Facade::Asyncio)?);
    }
    text.push_str("}\n");
    // The functions have a separate module, so that a parameter may have the name of an operation.
    text.push_str("\nmod run {\nuse crate::generated::prelude::*;\n");
    for method in methods(handle) {
        text.push_str(&operation(model, handle, method)?);
    }
    text.push_str("}\n");
    rust::file(&text)
}

const IMPORTS: &str = "use crate::generated::prelude::*;";

/// Generates the getters of the handles.
fn getters(model: &Model, facade: &str) -> String {
    let getter = |handle: &Handle| {
        let (name, class) = (&handle.name, class_name(handle));
        if handle.is_optional {
            return format!(
                "#[getter]\nfn {name}(&self, py: Python<'_>) -> PyResult<Option<{facade}{class}>> {{ \
                 Ok(self.0.office(py)?.{name}().map(|_| {facade}{class}(self.0.clone()))) }}\n\n"
            );
        }
        format!("#[getter]\nfn {name}(&self) -> {facade}{class} {{ {facade}{class}(self.0.clone()) }}\n\n")
    };
    model.handles.iter().map(getter).collect()
}

/// Returns the expression of a handle in Rust. Looking for one that a box office may lack can fail.
fn target(handle: &Handle, office: &str) -> String {
    match (handle.name.as_str(), handle.is_optional) {
        (OFFICE, _) => office.to_owned(),
        (name, true) => format!("present({office}.{name}())?"),
        (name, false) => format!("{office}.{name}()"),
    }
}

/// Returns the documentation of a handle's class.
pub(super) fn doc(model: &Model, handle: &Handle, indent: usize) -> Vec<String> {
    let takes_key = handle.methods.iter().any(|method| method.takes_key);
    let key = handle
        .key
        .as_ref()
        .filter(|_| takes_key)
        .map(|key| Argument { doc: Some(whole(model, key)), ..arguments::key() });
    words::class(model, &handle.doc, key.as_slice(), indent)
}

/// Returns the documentation of a handle's key. A reference to another handle's key is replaced by that documentation.
fn whole(model: &Model, key: &Doc) -> Doc {
    let (first, rest) = key.summary.split_once(". ").unwrap_or((&key.summary, ""));
    let other = model.handles.iter().find(|handle| first.contains(&format!("{}::idempotency_key`]", handle.rust)));
    match other.and_then(|other| other.key.as_ref()) {
        Some(other) => Doc { summary: format!("{} {rest}", other.summary).trim_end().to_owned(), ..Doc::default() },
        None => key.clone(),
    }
}

/// Generates the signature for `PyO3`, and the parameters in Rust.
fn signature(arguments: &[Argument], all_by_place: bool) -> (String, String) {
    let mut names = Vec::new();
    let mut is_by_name = false;
    for argument in arguments {
        if argument.by_name && !is_by_name && !all_by_place {
            names.push("*".to_owned());
            is_by_name = true;
        }
        let default = if argument.is_optional && !all_by_place { "=None" } else { "" };
        names.push(format!("{}{default}", argument.name));
    }
    let params: Vec<_> = arguments.iter().map(|it| format!("{}: {}", it.name, it.rust)).collect();
    (names.join(", "), params.join(", "))
}

fn names(arguments: &[Argument]) -> String {
    arguments.iter().map(|it| format!(", {}", it.name)).collect()
}

/// Generates an operation in one of the two classes. Only the package calls the one for asyncio: its parameters are
/// positional and it has no documentation.
fn function(model: &Model, handle: &Handle, method: &Method, facade: Facade) -> Result<String, String> {
    let arguments = arguments(model, method)?;
    let is_asyncio = facade == Facade::Asyncio;
    let (signature, params) = signature(&arguments, is_asyncio);
    let (name, passed) = (&method.name, names(&arguments));
    let mut text = String::new();
    if !is_asyncio {
        text = rust::comment(words::operation(model, method, &arguments, 8).iter().map(String::as_str));
    } else if method.has_quick_form {
        text = quick(model, method, &signature, &params, &passed)?;
    }
    let _ = writeln!(text, "#[pyo3(signature = ({signature}))]");
    let head = format!("fn {name}(&self, py: Python<'_>, {params})");
    let asynchronous = if is_asyncio { "Async" } else { "" };
    let (result, body) = match Form::of(method) {
        Form::Value => {
            let _ = writeln!(text, "{}\n", value(model, handle, method, &head)?);
            return Ok(text);
        }
        Form::Outcome => {
            let result = outgoing(model, &method.result)?.rust;
            let (result, how) = match is_asyncio && !is_in_memory(handle, method) {
                true if SUBMITTED.contains(&(&handle.name, name)) => (format!("Awaitable<{result}>"), "start_on_loop"),
                true => (format!("Awaitable<{result}>"), "start"),
                false => (result, "block"),
            };
            (result, format!("self.0.{how}(py, run::{name}(office{passed}))"))
        }
        Form::Parts(inner) => {
            let iterator = format!("{asynchronous}Iter<{}>", outgoing(model, &inner)?.rust);
            let parts = format!("let parts = self.0.block(py, run::{name}(office{passed}))?;");
            (iterator, format!("{parts} Ok({asynchronous}Iter::new(&self.0, parts))"))
        }
        Form::Subscription => {
            let subscription = format!("{asynchronous}Subscription");
            let body = if method.is_fallible {
                let (statements, expressions) = checked(model, method)?;
                let call = format!("{}.{}({})", target(handle, "office"), method.rust, expressions.join(", "));
                format!(
                    "let made = py.detach(|| {{ {statements} {call} }}); \
                     let records = made.map_err(|error: Error| exception(py, &error))?; \
                     Ok({subscription}::new(self.0.clone(), records))"
                )
            } else {
                format!("Ok({subscription}::new(self.0.clone(), {}))", call(model, handle, method)?)
            };
            (subscription, body)
        }
    };
    let _ = writeln!(text, "{head} -> PyResult<{result}> {{ let office = self.0.office(py)?.clone(); {body} }}\n");
    Ok(text)
}

/// Generates the quick form, which answers without the disk if possible.
fn quick(model: &Model, method: &Method, signature: &str, params: &str, passed: &str) -> Result<String, String> {
    let result = outgoing(model, &method.result)?.rust;
    let name = format!("{}{QUICK_FORM}", method.name);
    Ok(format!(
        "#[pyo3(signature = ({signature}))]\n\
         fn {name}(&self, py: Python<'_>, {params}) -> PyResult<Option<{result}>> {{ let office = self.0.office(py)?; \
         py.detach(|| run::{name}(office{passed})).map_err(|error| exception(py, &error)) }}\n\n"
    ))
}

/// Generates an operation that returns at once.
fn value(model: &Model, handle: &Handle, method: &Method, head: &str) -> Result<String, String> {
    let result = outgoing(model, &method.result)?.rust;
    let call = call(model, handle, method)?;
    let value = match handle.is_optional {
        true => format!("py.detach(|| Ok::<_, Error>({call})).map_err(|error| exception(py, &error))?"),
        false => format!("py.detach(|| {call})"),
    };
    let given = given(model, &method.result, Held::Owned("value"))?;
    Ok(format!("{head} -> PyResult<{result}> {{ let office = self.0.office(py)?; let value = {value}; Ok({given}) }}"))
}

/// Generates the call of an operation whose arguments need no check.
fn call(model: &Model, handle: &Handle, method: &Method) -> Result<String, String> {
    let (statements, expressions) = checked(model, method)?;
    if !statements.is_empty() {
        return Err(format!("{}.{}: its arguments can fail, so its result must be able to", handle.name, method.name));
    }
    Ok(format!("{}.{}({})", target(handle, "office"), method.rust, expressions.join(", ")))
}

/// Generates the function that both façades call.
fn operation(model: &Model, handle: &Handle, method: &Method) -> Result<String, String> {
    let (is_parts, item) = match Form::of(method) {
        Form::Value | Form::Subscription => return Ok(String::new()),
        Form::Parts(inner) => (true, Some(inner)),
        Form::Outcome => (false, None),
    };
    let arguments = arguments(model, method)?;
    let (_, params) = signature(&arguments, true);
    let (statements, expressions) = checked(model, method)?;
    let result = match &item {
        Some(inner) => format!("Parts<{}>", outgoing(model, inner)?.rust),
        None => outgoing(model, &method.result)?.rust,
    };
    let mut text = String::new();
    if method.has_quick_form {
        let (quick, handle) = (format!("{}{QUICK_FORM}", method.rust), target(handle, "office"));
        let given = given(model, &Type::Optional(Box::new(method.result.clone())), Held::Owned("value"))?;
        let _ = writeln!(
            text,
            "\npub(super) fn {quick}(office: &BoxOffice, {params}) -> Result<Option<{result}>, Error> {{\n{statements}\
             let value = {handle}.{quick}({})?;\nOk({given})\n}}",
            expressions.join(", ")
        );
    }
    let name = &method.name;
    let _ = writeln!(
        text,
        "\npub(super) async fn {name}(office: BoxOffice, {params}) -> Result<{result}, Error> {{\n{statements}"
    );
    let mut target = target(handle, if is_parts { "office.blocking()" } else { "office" });
    if method.takes_key {
        let _ = writeln!(text, "let handle = {target};");
        text.push_str(
            "let handle = match key(idempotency_key)? { Some(key) => handle.idempotency_key(key), None => handle };\n",
        );
        "handle".clone_into(&mut target);
    }
    let call = format!("{target}.{}({})", method.name, expressions.join(", "));
    if let Some(inner) = item {
        let question = if method.is_fallible { "?" } else { "" };
        let given = given(model, &inner, Held::Owned("part"))?;
        let _ = writeln!(
            text,
            "let parts = {call}{question};\nOk(Parts::new(parts.map(|part| part.map(|part| {given}))))\n}}"
        );
        return Ok(text);
    }
    let question = if method.is_fallible { "?" } else { "" };
    let value = match (method.is_async, handle.name != OFFICE && is_quick(method)) {
        (true, _) => format!("{call}.await{question}"),
        (false, true) => format!("{call}{question}"),
        (false, false) => format!("reading(|| {call}){question}"),
    };
    match method.result {
        Type::Nothing => {
            let _ = writeln!(text, "{value};\nOk(Nothing)\n}}");
        }
        ref result => {
            let given = given(model, result, Held::Owned("value"))?;
            let _ = writeln!(text, "let value = {value};\nOk({given})\n}}");
        }
    }
    Ok(text)
}

/// Returns `true` if the operation takes no longer than finding one entity. An operation with a progress callback does.
fn is_quick(method: &Method) -> bool {
    fn is_one(kind: &Type) -> bool {
        match kind.plain() {
            Type::Optional(inner) => is_one(&inner),
            Type::Struct(_) | Type::Nothing | Type::Bool | Type::Text | Type::Secret(_) | Type::Money | Type::Time => {
                true
            }
            _ => false,
        }
    }
    is_one(&method.result) && !method.params.iter().any(|param| param.kind == Type::Progress)
}
