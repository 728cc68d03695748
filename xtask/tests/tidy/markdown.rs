//! Parsing of Markdown: links, words in backticks and headings.

use std::collections::HashMap;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Links and anchors of a document.
#[derive(Debug, Default)]
pub(crate) struct Markdown {
    /// Targets of links and images, including those in HTML and mdBook's includes.
    pub(crate) links: Vec<String>,
    /// Words in backticks, outside code blocks.
    pub(crate) code: Vec<String>,
    /// Anchors of the headings, as named by GitHub and mdBook.
    pub(crate) anchors: Vec<String>,
}

impl Markdown {
    pub(crate) fn of(text: &str) -> Self {
        let mut read = Self::default();
        let mut heading: Option<String> = None;
        let mut taken: HashMap<String, usize> = HashMap::new();
        for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => {
                    let slug = slug(&heading.take().unwrap_or_default());
                    let before = taken.entry(slug.clone()).or_default();
                    read.anchors.push(if *before == 0 { slug } else { format!("{slug}-{before}") });
                    *before += 1;
                }
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    read.links.push(dest_url.into_string());
                }
                Event::Html(html) | Event::InlineHtml(html) => read.links.extend(attributes(&html)),
                Event::Code(word) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&word);
                    }
                    read.code.push(word.into_string());
                }
                Event::Text(words) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&words);
                    }
                }
                _ => {}
            }
        }
        read.links.extend(includes(text));
        read
    }
}

/// Returns the values of `src` and `href`.
fn attributes(html: &str) -> Vec<String> {
    let values = ["src=\"", "href=\""].into_iter().flat_map(|name| html.split(name).skip(1));
    values.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect()
}

/// Returns the files that mdBook includes in a page.
fn includes(text: &str) -> Vec<String> {
    let files = text.split("{{#include ").skip(1);
    files.filter_map(|rest| Some(rest.split_once("}}")?.0.trim().to_owned())).collect()
}

/// Returns a heading's anchor: lower case, hyphens for spaces, and no other punctuation.
fn slug(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept.chars().filter(|letter| letter.is_alphanumeric() || [' ', '-', '_'].contains(letter));
    kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}

#[test]
fn links_words_and_anchors_are_found() {
    let text = "# The `a/b` map\n\n[one](x.md#y) ![two](p.png) `core/z.rs` [three]\n\n| `cell` |\n|---|\n| [four](f.md) |\n\n\
        <p><img src=\"q.png\" alt=\"\"></p>\n\n```sh\n[no](no.md) `no`\n```\n\n# Twice\n\n# Twice\n\n{{#include ../i.md}}\n\n[three]: t.md\n";
    let read = Markdown::of(text);
    assert_eq!(read.links, ["x.md#y", "p.png", "t.md", "f.md", "q.png", "../i.md"]);
    assert_eq!(read.code, ["a/b", "core/z.rs", "cell"]);
    assert_eq!(read.anchors, ["the-ab-map", "twice", "twice-1"]);
}
