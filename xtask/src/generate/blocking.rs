//! The blocking façade of the core: the façade without `async`.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::Output;
use super::model::{Handle, Method, Model};
use super::rust;

const PATH: &str = "core/src/blocking.rs";

/// Splits a signature into words, among which are the names of the crate's types.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').filter(|word| !word.is_empty())
}

pub(super) fn outputs(model: &Model) -> Result<Vec<Output>, String> {
    let mut text = OFFICE.to_owned();
    let mut names = BTreeSet::from(["Error"].map(str::to_owned));
    text.push_str(&office(model, &mut names));
    for handle in model.handles.iter().filter(|handle| waits(handle)) {
        text.push_str(&facade(handle, &mut names));
    }
    for handle in model.handles.iter().filter(|handle| !waits(handle)) {
        names.insert(handle.rust.clone());
    }
    // This module defines the blocking handles itself, so it must not import their names.
    for handle in model.handles.iter().filter(|handle| waits(handle)) {
        names.remove(&handle.rust);
    }
    let names: Vec<_> = names.into_iter().collect();
    let standard: String = [("Path", "path::Path"), ("Arc", "sync::Arc")]
        .iter()
        .filter(|(name, _)| words(&text).any(|word| word == *name))
        .map(|(_, path)| format!("use std::{path};\n"))
        .collect();
    let text = rust::file(&format!(
        "{DOC}\n{standard}\nuse pollster::block_on;\n\nuse crate::{{{}}};\n{text}",
        names.join(", ")
    ))?;
    Ok(vec![Output { path: PATH.to_owned(), text }])
}

const DOC: &str = "\
//! The same box office for callers without an async runtime: each method blocks its thread until the outcome is durable.
//!
//! Any number of threads may call at once, and their commands share the writer's batches. Do not call from async code: the
//! executor's thread would stand still.
";

/// The method that returns the blocking façade. It is generated, so that the façade does not depend on it.
const OFFICE: &str = "
impl crate::BoxOffice {
    /// Returns the same box office for callers without an async runtime.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice, ann: boxoffice::UserId) -> Result<(), boxoffice::Error> {
    /// use boxoffice::NewTicket;
    ///
    /// let ticket = office.blocking().tickets().create(ann, NewTicket::new(\"Hamlet\", \"19.99\"))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn blocking(&self) -> BoxOffice {
        BoxOffice(self.clone())
    }
}
";

/// Returns `true` if an operation of the handle is asynchronous, so that it needs a blocking façade.
fn waits(handle: &Handle) -> bool {
    handle.methods.iter().any(|method| method.is_async)
}

fn office(model: &Model, names: &mut BTreeSet<String>) -> String {
    let mut text = "\n/// A [box office](crate::BoxOffice) whose methods block.\n#[derive(Debug, Clone)]\n\
         pub struct BoxOffice(crate::BoxOffice);\n\nimpl BoxOffice {\n"
        .to_owned();
    for handle in &model.handles {
        let (name, kind) = (&handle.name, &handle.rust);
        let inner = if waits(handle) { format!("{kind}(self.0.{name}())") } else { format!("self.0.{name}()") };
        let doc = rust::comment([summary(&handle.accessor.summary).as_str()]);
        let _ = writeln!(text, "\n{doc}pub fn {name}(&self) -> {kind} {{ {inner} }}");
    }
    for method in model.office.methods.iter().filter(|method| method.has_self) {
        text.push_str(&function("BoxOffice", method, names));
    }
    text + "}\n"
}

fn facade(handle: &Handle, names: &mut BTreeSet<String>) -> String {
    let kind = &handle.rust;
    let doc = rust::comment([summary(&handle.doc.summary).as_str(), "", &format!("See [`{kind}`](crate::{kind}).")]);
    let mut text = format!("\n{doc}#[derive(Debug, Clone)]\npub struct {kind}(crate::{kind});\n\nimpl {kind} {{\n");
    if handle.key.is_some() {
        names.insert("IdempotencyKey".to_owned());
        let _ = writeln!(
            text,
            "/// See [`{kind}::idempotency_key`](crate::{kind}::idempotency_key).\n#[must_use]\n\
             pub fn idempotency_key(self, key: IdempotencyKey) -> Self {{ Self(self.0.idempotency_key(key)) }}"
        );
    }
    for method in &handle.methods {
        text.push_str(&function(kind, method, names));
    }
    text + "}\n"
}

/// Generates a function that blocks on the function of the façade.
fn function(kind: &str, method: &Method, names: &mut BTreeSet<String>) -> String {
    let signature = &method.signature;
    let params: String = signature.params.iter().map(|(name, kind)| format!(", {name}: {kind}")).collect();
    let arguments: Vec<_> = signature.params.iter().map(|(name, _)| name.as_str()).collect();
    // A stream of the façade becomes an iterator over the same pages.
    let is_stream = method.rust != method.name;
    let called = if is_stream { "pages" } else { method.rust.as_str() };
    let call = format!("self.0.{called}({})", arguments.join(", "));
    let call = if method.is_async { format!("block_on({call})") } else { call };
    let result = match is_stream {
        true => signature.result.replace("Stream <", "Iterator <").replace("+ Unpin ", ""),
        false => signature.result.clone(),
    };
    names.extend(words(&params).chain(words(&result)).filter(|word| is_type(word)).map(str::to_owned));
    let result = if result.is_empty() { result } else { format!(" -> {result}") };
    let doc = rust::comment([
        summary(&method.doc.summary).as_str(),
        "",
        &format!("See [`{kind}::{rust}`](crate::{kind}::{rust}).", rust = method.rust),
    ]);
    format!("\n{doc}pub fn {}(&self{params}){result} {{ {call} }}\n", method.name)
}

/// Returns `true` if a word of a signature is a type of the crate.
fn is_type(word: &str) -> bool {
    let foreign =
        ["Arc", "Box", "FnMut", "Item", "Iterator", "Option", "Path", "Result", "Self", "Send", "String", "Vec"];
    word.starts_with(char::is_uppercase) && !foreign.contains(&word)
}

/// Returns the first paragraph, with links relative to the crate's root.
fn summary(text: &str) -> String {
    let mut rest = text;
    let mut linked = String::new();
    while let Some((before, link)) = rest.split_once("[`") {
        let Some((path, after)) = link.split_once("`]") else { break };
        let _ = write!(linked, "{before}[`{path}`]");
        rest = after;
        if !rest.starts_with('(') {
            let _ = write!(linked, "(crate::{path})");
        }
    }
    linked + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_from_the_root() {
        assert_eq!(summary("As [`A::b`] and [`c`](d)."), "As [`A::b`](crate::A::b) and [`c`](d).");
    }

    #[test]
    fn types_are_told_from_other_words() {
        let types: Vec<_> = words("Result < Page < Arc < Ticket > > , Error >").filter(|word| is_type(word)).collect();
        assert_eq!(types, ["Page", "Ticket", "Error"]);
    }
}
