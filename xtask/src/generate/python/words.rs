//! The names and documentation in Python.

use super::super::model::Model;
use super::super::model::{Doc, Method};
use super::super::prose::{Prose, Text, Words, wrapped};
use super::arguments::{Argument, python_name};

/// Maximum length of a line of documentation, in characters.
const WIDTH: usize = 120;

/// The names in Python.
pub(super) struct Python;

impl Words for Python {
    fn operation(&self, handle: &str, method: &str) -> String {
        match (handle, method) {
            ("office", method) => format!("BoxOffice.{method}"),
            ("ClusterOptions", "new") => handle.to_owned(),
            ("ClusterOptions", "init") => "init_cluster".to_owned(),
            (handle, method) => format!("{handle}.{method}"),
        }
    }

    fn error(&self, kind: &str, code: &str) -> String {
        match code {
            "engine.closed" => "ClosedError".to_owned(),
            _ => format!("{kind}Error"),
        }
    }

    fn name(&self, name: &str) -> Option<String> {
        Some(match name {
            "true" => "True".to_owned(),
            "false" => "False".to_owned(),
            "UserProfile" => "User".to_owned(),
            "JournalReader" => "Journal".to_owned(),
            name => {
                let python = python_name(name);
                return (python != name).then_some(python);
            }
        })
    }
}

/// Returns the lines of the documentation of an operation.
pub(super) fn operation(model: &Model, method: &Method, arguments: &[Argument], indent: usize) -> Vec<String> {
    let prose = Prose::of(model, &Python, method);
    lines(&prose.text(&method.doc), &described(&prose, arguments), indent)
}

/// Returns the lines of the documentation of any other item.
pub(super) fn item(model: &Model, doc: &Doc, indent: usize) -> Vec<String> {
    lines(&Prose::new(model, &Python).text(doc), &[], indent)
}

/// Returns the lines of the documentation of a class that callers create.
pub(super) fn class(model: &Model, doc: &Doc, arguments: &[Argument], indent: usize) -> Vec<String> {
    let prose = Prose::new(model, &Python);
    lines(&prose.text(doc), &described(&prose, arguments), indent)
}

/// Returns the lines of the arguments that a field documents.
fn described(prose: &Prose<'_>, arguments: &[Argument]) -> Vec<String> {
    let field = |argument: &Argument| {
        let doc = prose.text(argument.doc.as_ref()?);
        let text = std::iter::once(doc.summary).chain(doc.more).collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then(|| format!("{}: {text}", argument.name))
    };
    arguments.iter().filter_map(field).collect()
}

fn lines(text: &Text, described: &[String], indent: usize) -> Vec<String> {
    let width = WIDTH - indent;
    let mut lines = wrapped(&text.summary, width);
    for paragraph in &text.more {
        let is_entry = paragraph.starts_with("- ");
        let follows_entry =
            is_entry && lines.last().is_some_and(|last| last.starts_with("- ") || last.starts_with("  "));
        if !follows_entry {
            lines.push(String::new());
        }
        let hanging = if is_entry { "  " } else { "" };
        let wrapped = wrapped(paragraph, width - hanging.len()).into_iter().enumerate();
        lines.extend(wrapped.map(|(at, line)| if at == 0 { line } else { format!("{hanging}{line}") }));
    }
    if !described.is_empty() {
        lines.extend([String::new(), "Args:".to_owned()]);
        for argument in described {
            let wrapped = wrapped(argument, width - 8).into_iter().enumerate();
            lines.extend(wrapped.map(|(at, line)| format!("{}{line}", if at == 0 { "    " } else { "        " })));
        }
    }
    for (at, errors) in text.errors.iter().enumerate() {
        lines.push(String::new());
        let errors = if at == 0 { format!("Raises {}", continued(errors)) } else { errors.clone() };
        lines.extend(wrapped(&errors, width));
    }
    lines
}

/// Converts the first letter of a sentence that follows a word to lower case.
fn continued(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// Creates an indented docstring of these lines.
pub(super) fn docstring(lines: &[String], indent: usize) -> String {
    let space = " ".repeat(indent);
    let text = lines.join("\n").replace('\\', "\\\\").replace("\"\"\"", "\\\"\\\"\\\"");
    let lines: Vec<_> = text.split('\n').collect();
    match lines[..] {
        [only] if !only.ends_with('"') => format!("{space}\"\"\"{only}\"\"\"\n"),
        _ => {
            let indented: Vec<_> = lines
                .iter()
                .enumerate()
                .map(
                    |(at, line)| if at == 0 || line.is_empty() { (*line).to_owned() } else { format!("{space}{line}") },
                )
                .collect();
            format!("{space}\"\"\"{}\n{space}\"\"\"\n", indented.join("\n"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::root;

    #[test]
    fn documentation_is_pythons() {
        let model = Model::read(&root()).unwrap();
        let doc = Doc::parse(
            "Lists a ticket.\n\nSee [`Tickets::get`].\n\n- one\n- two\n\n# Errors\n`validation`; `ticket.locked`, `ticket.sold` if `true`.",
        );
        let lines = item(&model, &doc, 4);
        assert_eq!(
            lines,
            [
                "Lists a ticket.",
                "",
                "See `tickets.get`.",
                "",
                "- one",
                "- two",
                "",
                "Raises `ValidationError`; `ConflictError` (`ticket.locked`, `ticket.sold`) if `True`.",
            ]
        );
        assert_eq!(continued("As `x`."), "as `x`.");
        assert_eq!(docstring(&["One.".into()], 4), "    \"\"\"One.\"\"\"\n");
        assert_eq!(docstring(&["One.".into(), String::new(), "Two.".into()], 2), "  \"\"\"One.\n\n  Two.\n  \"\"\"\n");
    }
}
