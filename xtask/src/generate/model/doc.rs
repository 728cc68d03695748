//! Parsing of the doc comment of an item.

use syn::{Attribute, Expr, Lit, Meta};

/// The documentation of an item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Doc {
    /// First paragraph.
    pub(crate) summary: String,
    /// Blocks after it, up to the first heading.
    pub(crate) text: Vec<Block>,
    /// Section `# Errors`.
    pub(crate) errors: Vec<Block>,
    /// Section `# Panics`.
    pub(crate) panics: Vec<Block>,
    /// Examples in Rust, unchanged.
    pub(crate) examples: Vec<String>,
}

/// A part of the documentation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Block {
    /// A paragraph, on one line.
    Text(String),
    /// An entry of a list, on one line, without its bullet.
    Item(String),
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Inline {
    /// Plain text.
    Plain(String),
    /// Text between backticks.
    Code(String),
    /// A link to an item.
    Link {
        /// Text of the link.
        text: String,
        /// Path of the item, such as `Tickets::get`.
        path: String,
    },
}

impl Doc {
    /// Parses the documentation among the attributes of an item.
    pub(crate) fn of(attributes: &[Attribute]) -> Self {
        Self::parse(&lines(attributes))
    }

    /// Parses the text of a documentation.
    pub(crate) fn parse(text: &str) -> Self {
        let (mut doc, mut section) = (Self::default(), Section::Text);
        let mut paragraph = Vec::new();
        let mut example: Option<(bool, Vec<&str>)> = None;
        for line in text.lines() {
            if let Some((is_rust, code)) = &mut example {
                if line.trim_start().starts_with("```") {
                    if *is_rust {
                        doc.examples.push(code.join("\n"));
                    }
                    example = None;
                } else {
                    code.push(line);
                }
                continue;
            }
            if let Some(language) = line.trim_start().strip_prefix("```") {
                doc.put(section, &mut paragraph);
                example = Some((matches!(language, "" | "rust" | "no_run"), Vec::new()));
            } else if let Some(heading) = line.strip_prefix("# ") {
                doc.put(section, &mut paragraph);
                section = Section::named(heading);
            } else if line.trim().is_empty() {
                doc.put(section, &mut paragraph);
            } else {
                if line.trim_start().starts_with("- ") {
                    doc.put(section, &mut paragraph);
                }
                paragraph.push(line.trim());
            }
        }
        doc.put(section, &mut paragraph);
        doc
    }

    fn put(&mut self, section: Section, paragraph: &mut Vec<&str>) {
        if paragraph.is_empty() {
            return;
        }
        let line = std::mem::take(paragraph).join(" ");
        let block = match line.strip_prefix("- ") {
            Some(item) => Block::Item(item.to_owned()),
            None => Block::Text(line),
        };
        match (section, block) {
            (Section::Text, Block::Text(line)) if self.summary.is_empty() => self.summary = line,
            (Section::Text, block) => self.text.push(block),
            (Section::Errors, block) => self.errors.push(block),
            (Section::Panics, block) => self.panics.push(block),
            (Section::Examples, _) => {}
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Section {
    Text,
    Errors,
    Panics,
    Examples,
}

impl Section {
    fn named(heading: &str) -> Self {
        match heading.trim() {
            "Errors" => Self::Errors,
            "Panics" => Self::Panics,
            "Example" | "Examples" => Self::Examples,
            _ => Self::Text,
        }
    }
}

/// Returns the text of the documentation, without the space after the slashes.
fn lines(attributes: &[Attribute]) -> String {
    let text = |attribute: &Attribute| {
        let Meta::NameValue(pair) = &attribute.meta else { return None };
        match &pair.value {
            Expr::Lit(literal) if attribute.path().is_ident("doc") => match &literal.lit {
                Lit::Str(text) => Some(text.value()),
                _ => None,
            },
            _ => None,
        }
    };
    let lines: Vec<_> = attributes.iter().filter_map(text).collect();
    let stripped = lines.iter().flat_map(|line| line.split('\n')).map(|line| line.strip_prefix(' ').unwrap_or(line));
    stripped.collect::<Vec<_>>().join("\n")
}

/// Splits a line into its parts.
pub(crate) fn inline(line: &str) -> Vec<Inline> {
    let mut parts = Vec::new();
    let (mut rest, mut plain) = (line, String::new());
    while let Some(at) = rest.find(['`', '[']) {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        let Some((part, len)) = code(from).or_else(|| link(from)) else {
            let mark = from.chars().next().map_or(0, char::len_utf8);
            plain.push_str(&from[..mark]);
            rest = &from[mark..];
            continue;
        };
        if !plain.is_empty() {
            parts.push(Inline::Plain(std::mem::take(&mut plain)));
        }
        parts.push(part);
        rest = &from[len..];
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        parts.push(Inline::Plain(plain));
    }
    parts
}

fn code(text: &str) -> Option<(Inline, usize)> {
    let end = text.strip_prefix('`')?.find('`')?;
    Some((Inline::Code(text[1..=end].to_owned()), end + 2))
}

/// Parses a link such as ``[`Tickets::get`]``, `[the ticket](Tickets::get)` or ``[`get`](Tickets::get)``.
fn link(text: &str) -> Option<(Inline, usize)> {
    let close = text.strip_prefix('[')?.find(']')? + 1;
    let shown = text[1..close].to_owned();
    let after = &text[close + 1..];
    if let Some(target) = after.strip_prefix('(') {
        let end = target.find(')')?;
        let path = target[..end].trim_matches('`').to_owned();
        return Some((Inline::Link { text: shown, path }, close + 1 + end + 2));
    }
    let path = shown.strip_prefix('`')?.strip_suffix('`')?.to_owned();
    Some((Inline::Link { text: shown, path }, close + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_taken_apart() {
        let doc = Doc::parse(
            "Locks tickets, all\nor none.\n\nExactly one buyer\ngets a ticket.\n\n- one\n- two,\n  or so\n\n# Errors\n`validation`.\n\n\
             ```\nlet x = 1;\n# hidden\n```\n\n```text\nno code\n```\n# Panics\nNever.",
        );
        assert_eq!(doc.summary, "Locks tickets, all or none.");
        let text = [Block::Text("Exactly one buyer gets a ticket.".into()), Block::Item("one".into())];
        assert_eq!(doc.text, [&text[..], &[Block::Item("two, or so".into())]].concat());
        assert_eq!(doc.errors, [Block::Text("`validation`.".into())]);
        assert_eq!(doc.panics, [Block::Text("Never.".into())]);
        assert_eq!(doc.examples, ["let x = 1;\n# hidden"]);
    }

    #[test]
    fn documentation_is_read_from_attributes() {
        let item: syn::ItemStruct = syn::parse_quote! {
            /// A ticket.
            ///
            /// More.
            #[derive(Debug)]
            struct Ticket;
        };
        let doc = Doc::of(&item.attrs);
        assert_eq!((doc.summary.as_str(), doc.text.len()), ("A ticket.", 1));
        assert_eq!(Doc::of(&[]), Doc::default());
    }

    #[test]
    fn lines_have_code_and_links() {
        let parts = inline("See [`Tickets::get`], [the end](Orders::cancel) of `tickets[2].title` [no link] and `open");
        let link = |text: &str, path: &str| Inline::Link { text: text.into(), path: path.into() };
        assert_eq!(
            parts,
            [
                Inline::Plain("See ".into()),
                link("`Tickets::get`", "Tickets::get"),
                Inline::Plain(", ".into()),
                link("the end", "Orders::cancel"),
                Inline::Plain(" of ".into()),
                Inline::Code("tickets[2].title".into()),
                Inline::Plain(" [no link] and `open".into()),
            ]
        );
    }
}
