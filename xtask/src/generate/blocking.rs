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
    for handle in model.handles.iter().filter(|handle| waits(handle) && handle.feature.is_none()) {
        text.push_str(&facade(handle, &mut names));
    }
    for handle in model.handles.iter().filter(|handle| !waits(handle)) {
        names.insert(handle.rust.clone());
    }
    // This module defines the blocking handles itself, so it must not import their names.
    for handle in model.handles.iter().filter(|handle| waits(handle)) {
        names.remove(&handle.rust);
    }
    let (mut standard, mut own) = (standard(&text, ""), imported(&names, ""));
    for handle in model.handles.iter().filter(|handle| waits(handle)) {
        let Some(feature) = &handle.feature else { continue };
        let mut more = BTreeSet::new();
        let facade = facade(handle, &mut more);
        more.retain(|name| !names.contains(name) && *name != handle.rust);
        let before = standard.clone();
        let news = self::standard(&facade, &gate(feature));
        standard.extend(news.into_iter().filter(|(path, _)| !before.iter().any(|(known, _)| known == path)));
        own.push_str(&imported(&more, &gate(feature)));
        text.push_str(&facade);
    }
    let standard: String = standard.into_iter().map(|(_, line)| line).collect();
    let text = rust::file(&format!("{DOC}\n{standard}\nuse pollster::block_on;\n\n{own}{text}"))?;
    Ok(vec![Output { path: PATH.to_owned(), text }])
}

/// Types of the standard library that signatures name, with their paths.
const STANDARD: &[(&str, &str)] = &[("Path", "path::Path"), ("Arc", "sync::Arc"), ("Duration", "time::Duration")];

/// Returns the paths of the standard library that the text needs, each with its import behind `gate`.
fn standard(text: &str, gate: &str) -> Vec<(&'static str, String)> {
    let needed = STANDARD.iter().filter(|(name, _)| words(text).any(|word| word == *name));
    needed.map(|(_, path)| (*path, format!("{gate}use std::{path};\n"))).collect()
}

/// Returns the import of these names of the crate behind `gate`; nothing if there are none.
fn imported(names: &BTreeSet<String>, gate: &str) -> String {
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    if names.is_empty() { String::new() } else { format!("{gate}use crate::{{{}}};\n", names.join(", ")) }
}

/// Returns the attribute of what is there with a feature alone.
fn gate(feature: &str) -> String {
    format!("#[cfg(feature = \"{feature}\")]\n")
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
        let inner = match (waits(handle), handle.is_optional) {
            (true, true) => format!("self.0.{name}().map({kind})"),
            (true, false) => format!("{kind}(self.0.{name}())"),
            (false, _) => format!("self.0.{name}()"),
        };
        let result = if handle.is_optional { format!("Option<{kind}>") } else { kind.clone() };
        let gate = handle.feature.as_deref().map(gate).unwrap_or_default();
        let doc = rust::comment([summary(&handle.accessor.summary).as_str()]);
        let _ = writeln!(text, "\n{doc}{gate}pub fn {name}(&self) -> {result} {{ {inner} }}");
    }
    for method in model.office.methods.iter().filter(|method| method.has_self) {
        text.push_str(&function("BoxOffice", method, names));
    }
    text + "}\n"
}

fn facade(handle: &Handle, names: &mut BTreeSet<String>) -> String {
    let kind = &handle.rust;
    let doc = rust::comment([summary(&handle.doc.summary).as_str(), "", &format!("See [`{kind}`](crate::{kind}).")]);
    let gate = handle.feature.as_deref().map(gate).unwrap_or_default();
    let mut text =
        format!("\n{doc}{gate}#[derive(Debug, Clone)]\npub struct {kind}(crate::{kind});\n\n{gate}impl {kind} {{\n");
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
    let foreign = ["Box", "FnMut", "Item", "Iterator", "Option", "Result", "Self", "Send", "String", "Vec"];
    let is_foreign = foreign.contains(&word) || STANDARD.iter().any(|(name, _)| *name == word);
    word.starts_with(char::is_uppercase) && !is_foreign
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

    #[test]
    fn what_a_feature_brings_is_behind_it() {
        let model = Model::read(&crate::shell::root()).unwrap();
        let text = &outputs(&model).unwrap()[0].text;
        for lines in [
            "#[cfg(feature = \"cluster\")]\nuse std::time::Duration;",
            "#[cfg(feature = \"cluster\")]\n    pub fn cluster(&self) -> Option<Cluster> {\n        self.0.cluster().map(Cluster)",
            "#[cfg(feature = \"cluster\")]\nimpl Cluster {",
            "pub fn level_with(&self, message: u64, within: Duration) -> bool {\n        block_on(",
        ] {
            assert!(text.contains(lines), "{lines} is not in:\n{text}");
        }
        // Each import is there once, for those who have the feature and those who don't.
        assert_eq!(text.matches("use std::sync::Arc;").count(), 1);
        assert!(!text.contains("#[cfg(feature = \"cluster\")]\nuse std::sync::Arc;"));
    }
}
