//! The names and documentation in JavaScript.

use super::super::model::{Doc, Method, Model, camel_case};
use super::super::prose::{Prose, Text, Words, wrapped};
use super::arguments::Form;

/// Maximum length of a line of documentation, in characters.
const WIDTH: usize = 132;

/// The names in JavaScript.
struct JavaScript {
    /// Word for no value: `null` as a result, `undefined` for a property.
    nothing: &'static str,
}

const RESULTS: JavaScript = JavaScript { nothing: "null" };

const PROPERTIES: JavaScript = JavaScript { nothing: "undefined" };

impl Words for JavaScript {
    fn operation(&self, handle: &str, method: &str) -> String {
        let camel = camel_case(method);
        match (handle, method) {
            ("office", "builder") => "Options".to_owned(),
            ("ClusterOptions", "new") => handle.to_owned(),
            ("ClusterOptions", "init") => "initCluster".to_owned(),
            ("office", _) => format!("BoxOffice.{camel}"),
            _ => format!("{handle}.{camel}"),
        }
    }

    fn error(&self, kind: &str, code: &str) -> String {
        error_class(kind, code)
    }

    fn name(&self, name: &str) -> Option<String> {
        Some(match name {
            "None" => self.nothing.to_owned(),
            "UserProfile" => "User".to_owned(),
            "JournalReader" => "Journal".to_owned(),
            "Record" => "JournalRecord".to_owned(),
            // Published names, such as `payment_failed`, are unchanged; fields are in camel case.
            name if name.contains('_') && name.chars().all(|it| it.is_ascii_lowercase() || it == '_') => {
                camel_case(name)
            }
            _ => return None,
        })
    }
}

/// Returns the error class of a code.
pub(super) fn error_class(kind: &str, code: &str) -> String {
    if code == "engine.closed" { "ClosedError".to_owned() } else { format!("{kind}Error") }
}

/// Generates the documentation of an operation.
pub(super) fn operation(model: &Model, method: &Method, indent: usize) -> String {
    let prose = Prose::of(model, &RESULTS, method);
    let fails = match Form::of(method) {
        Form::Promise => "Rejects",
        Form::Parts => "Fails",
        Form::Value | Form::Feed => "Throws",
    };
    comment(&lines(&prose.text(&method.doc), fails, WIDTH - indent), indent)
}

/// Generates the documentation of any other item.
pub(super) fn item(model: &Model, doc: &Doc, indent: usize) -> String {
    let text = Prose::new(model, &PROPERTIES).text(doc);
    comment(&lines(&text, "Throws", WIDTH - indent), indent)
}

fn lines(text: &Text, fails: &str, width: usize) -> Vec<String> {
    if text.summary.is_empty() {
        return Vec::new();
    }
    let mut lines = wrapped(&text.summary, width);
    for paragraph in &text.more {
        let is_entry = paragraph.starts_with("- ");
        let follows = is_entry && lines.last().is_some_and(|last| last.starts_with("- ") || last.starts_with("  "));
        if !follows {
            lines.push(String::new());
        }
        let hanging = if is_entry { "  " } else { "" };
        let wrapped = wrapped(paragraph, width - hanging.len()).into_iter().enumerate();
        lines.extend(wrapped.map(|(at, line)| if at == 0 { line } else { format!("{hanging}{line}") }));
    }
    for (at, errors) in text.errors.iter().enumerate() {
        lines.push(String::new());
        let by = if fails != "Throws" && errors.starts_with('`') { " with" } else { "" };
        let errors = if at == 0 { format!("{fails}{by} {}", continued(errors)) } else { errors.clone() };
        lines.extend(wrapped(&errors, width));
    }
    lines
}

/// Converts the first letter of a sentence that follows a word to lower case.
fn continued(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// Creates an indented comment of these lines; empty if there are none.
pub(super) fn comment(lines: &[String], indent: usize) -> String {
    let space = " ".repeat(indent);
    match lines {
        [] => String::new(),
        [only] => format!("{space}/** {} */\n", closed(only)),
        lines => {
            let line = |line: &String| {
                if line.is_empty() { format!("{space} *\n") } else { format!("{space} * {}\n", closed(line)) }
            };
            format!("{space}/**\n{}{space} */\n", lines.iter().map(line).collect::<String>())
        }
    }
}

/// Escapes the end of a comment in a line.
fn closed(line: &str) -> String {
    line.replace("*/", "*\\/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::root;

    #[test]
    fn documentation_is_javascripts() {
        let model = Model::read(&root()).unwrap();
        let doc = Doc::parse(
            "Lists until `expires_at`.\n\nSee [`Tickets::create_many`].\n\n- one\n- two\n\n# Errors\n`validation`; `ticket.locked`, \
             `ticket.sold` if `None`; `engine.closed`.",
        );
        let expected = "  /**\n   * Lists until `expiresAt`.\n   *\n   * See `tickets.createMany`.\n   *\n   * - one\n   * - two\n   *\n   \
                        * Throws `ValidationError`; `ConflictError` (`ticket.locked`, `ticket.sold`) if `undefined`; \
                        `ClosedError` (`engine.closed`).\n   */\n";
        assert_eq!(item(&model, &doc, 2), expected);
        assert_eq!(comment(&["a */ b".into()], 0), "/** a *\\/ b */\n");
        assert_eq!(comment(&[], 2), "");
    }
}
