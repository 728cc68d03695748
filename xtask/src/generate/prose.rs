//! Translation of the façade's documentation to another language: codes, links and names become those of the language.
//!
//! An emitter implements [`Words`] for its language; [`Prose`] does the rest.

use super::model::{Block, Doc, Inline, Method, Model, inline};

/// The names of a language for operations, errors and items of Rust.
pub(crate) trait Words {
    /// Returns the name of an operation, such as `tickets.get`. The handle `office` is the box office itself; a set of options, such
    /// as `ClusterOptions`, is one, too.
    fn operation(&self, handle: &str, method: &str) -> String;
    /// Returns the error of a code, such as `ConflictError` for `ticket.locked`, whose kind is `Conflict`.
    fn error(&self, kind: &str, code: &str) -> String;
    /// Returns the translation of a name, such as `None`, `true`, `SignUp` or the field `expires_at`, if it differs.
    fn name(&self, name: &str) -> Option<String>;
}

/// Translates the documentation of one item.
pub(crate) struct Prose<'p> {
    model: &'p Model,
    words: &'p dyn Words,
    /// Renamed names of the item, such as parameters: before and after.
    renamed: Vec<(String, String)>,
}

/// Translated documentation, with one line for each paragraph.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Text {
    /// First paragraph.
    pub(crate) summary: String,
    /// Other paragraphs; entries of lists begin with `- `.
    pub(crate) more: Vec<String>,
    /// Errors, worded to follow "Raises" or "Rejects with".
    pub(crate) errors: Vec<String>,
}

impl<'p> Prose<'p> {
    pub(crate) fn new(model: &'p Model, words: &'p dyn Words) -> Self {
        Self { model, words, renamed: Vec::new() }
    }

    /// Creates the translator of an operation, whose parameters get their published names.
    pub(crate) fn of(model: &'p Model, words: &'p dyn Words, method: &Method) -> Self {
        let names = method.params.iter().map(|param| (param.name.clone(), param.published.clone()));
        Self { renamed: names.filter(|(rust, published)| rust != published).collect(), ..Self::new(model, words) }
    }

    /// Translates the whole documentation.
    pub(crate) fn text(&self, doc: &Doc) -> Text {
        let blocks = |blocks: &[Block]| blocks.iter().map(|block| self.block(block)).collect();
        Text { summary: self.line(&doc.summary), more: blocks(&doc.text), errors: blocks(&doc.errors) }
    }

    fn block(&self, block: &Block) -> String {
        match block {
            Block::Text(line) => self.line(line),
            Block::Item(line) => format!("- {}", self.line(line)),
        }
    }

    /// Translates a line.
    pub(crate) fn line(&self, line: &str) -> String {
        let parts = inline(line);
        let mut text = String::new();
        let mut at = 0;
        while at < parts.len() {
            let codes = self.codes(&parts[at..]);
            if codes.is_empty() {
                text.push_str(&self.part(&parts[at]));
                at += 1;
            } else {
                text.push_str(&self.errors(&codes));
                // A comma separates two codes.
                at += 2 * codes.len() - 1;
            }
        }
        text
    }

    /// Returns the leading codes of the parts, as kind and text. The codes are separated by commas only.
    fn codes<'i>(&self, parts: &'i [Inline]) -> Vec<(&str, &'i str)> {
        let mut codes = Vec::new();
        for (at, part) in parts.iter().enumerate() {
            match part {
                Inline::Code(text) if at % 2 == 0 => match self.model.code(text) {
                    Some(code) => codes.push((code.kind.as_str(), text.as_str())),
                    None => break,
                },
                Inline::Plain(text) if at % 2 == 1 && text == ", " => {}
                _ => break,
            }
        }
        codes
    }

    /// Formats codes as their errors. Consecutive codes of one error are grouped.
    fn errors(&self, codes: &[(&str, &str)]) -> String {
        let named: Vec<_> = codes.iter().map(|(kind, code)| (self.words.error(kind, code), *code)).collect();
        let groups = named.chunk_by(|(one, _), (other, _)| one == other);
        let group = |group: &[(String, &str)]| {
            let Some((error, first)) = group.first() else { return String::new() };
            let error = format!("`{error}`");
            // This code adds nothing to its kind.
            if *first == "validation" && group.len() == 1 {
                return error;
            }
            let texts: Vec<_> = group.iter().map(|(_, text)| format!("`{text}`")).collect();
            format!("{error} ({})", texts.join(", "))
        };
        groups.map(group).collect::<Vec<_>>().join(", ")
    }

    fn part(&self, part: &Inline) -> String {
        match part {
            Inline::Plain(text) => text.clone(),
            Inline::Code(text) => format!("`{}`", self.name(text)),
            Inline::Link { text, path } => match text.strip_prefix('`').and_then(|text| text.strip_suffix('`')) {
                Some(_) => format!("`{}`", self.target(path)),
                None => text.clone(),
            },
        }
    }

    fn name(&self, name: &str) -> String {
        let renamed = self.renamed.iter().find(|(rust, _)| rust == name).map(|(_, published)| published.clone());
        renamed.or_else(|| self.words.name(name)).unwrap_or_else(|| name.to_owned())
    }

    /// Returns the name of a link's target in the language.
    fn target(&self, path: &str) -> String {
        let names: Vec<_> = path.split("::").filter(|name| !matches!(*name, "crate" | "self" | "super")).collect();
        let [.., of, name] = names[..] else { return self.name(names.last().unwrap_or(&path)) };
        let handles = std::iter::once(&self.model.office).chain(&self.model.handles);
        if let Some(handle) = handles.into_iter().find(|handle| handle.rust == of) {
            let method = handle.methods.iter().find(|method| method.rust == name).map_or(name, |method| &method.name);
            return self.words.operation(&handle.name, method);
        }
        if self.model.option_sets.iter().any(|set| set.name == of) {
            return self.words.operation(of, name);
        }
        let variants = self.model.enums.get(of).into_iter().flat_map(|it| &it.variants);
        match variants.into_iter().find(|variant| variant.name == name) {
            Some(variant) => variant.text.clone(),
            None => self.name(name),
        }
    }
}

/// Wraps the text to lines of at most `width` characters. Text between backticks is not split.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in words(text) {
        let len = line.chars().count() + 1 + word.chars().count();
        if !line.is_empty() && len > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
    }
    lines.push(line);
    lines
}

fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut is_open = false;
    for word in text.split(' ') {
        match words.last_mut() {
            Some(last) if is_open => {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
        is_open ^= word.matches('`').count() % 2 == 1;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::root;

    struct Shouting;

    impl Words for Shouting {
        fn operation(&self, handle: &str, method: &str) -> String {
            format!("{handle}.{method}()")
        }

        fn error(&self, kind: &str, _: &str) -> String {
            kind.to_uppercase()
        }

        fn name(&self, name: &str) -> Option<String> {
            (name == "None").then(|| "nothing".to_owned())
        }
    }

    #[test]
    fn lines_are_translated() {
        let model = Model::read(&root()).unwrap();
        let prose = Prose { renamed: vec![("id".into(), "ticket_id".into())], ..Prose::new(&model, &Shouting) };
        for (line, expected) in [
            ("`validation`; `auth.required` if so.", "`VALIDATION`; `UNAUTHENTICATED` (`auth.required`) if so."),
            (
                "`ticket.locked`, `ticket.sold`, `order.not_found`",
                "`CONFLICT` (`ticket.locked`, `ticket.sold`), `NOTFOUND` (`order.not_found`)",
            ),
            ("As [`super::Tickets::get`], `None` by `id`.", "As `tickets.get()`, `nothing` by `ticket_id`."),
            ("See [`BoxOffice::open`] and [the end](Orders::cancel).", "See `office.open()` and the end."),
            ("[`OrderStatus::Created`] of [`Order`]", "`created` of `Order`"),
        ] {
            assert_eq!(prose.line(line), expected);
        }
    }

    #[test]
    fn lines_are_wrapped_between_words() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("a `b c d` e", 4), ["a", "`b c d`", "e"]);
        assert_eq!(wrapped("", 7), [""]);
    }
}
