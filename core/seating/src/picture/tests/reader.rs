//! A reader of what the pictures have of XML. It panics at all else.

use std::collections::{BTreeMap, BTreeSet};

/// An element, with the text before the next tag.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) text: String,
}

impl Element {
    /// Returns an attribute, which it must have.
    pub(super) fn get(&self, name: &str) -> &str {
        self.attributes.get(name).unwrap_or_else(|| panic!("no {name} in {self:?}"))
    }

    /// Returns an attribute as a number; 0 if it has none.
    pub(super) fn number(&self, name: &str) -> i64 {
        self.attributes.get(name).map_or(0, |number| number.parse().unwrap())
    }
}

/// Returns the elements of a picture in their order. It checks that the text is well-formed, that ids are unique, and
/// that there is nothing that runs, sets styles or leads outside.
pub(super) fn read(svg: &str) -> Vec<Element> {
    let (mut elements, mut open, mut rest) = (Vec::new(), Vec::new(), svg);
    while !rest.is_empty() {
        let inner = rest.strip_prefix('<').expect("a tag");
        let (tag, after) = inner.split_once('>').expect("the end of the tag");
        let (text, next) = after.split_at(after.find('<').unwrap_or(after.len()));
        rest = next;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "ends what has not begun");
            assert_eq!(text, "", "behind {name}");
            continue;
        }
        let (tag, is_empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        if is_empty {
            assert_eq!(text, "", "behind {name}");
        } else {
            open.push(name);
        }
        let (name, text) = (name.to_owned(), plain(text));
        elements.push(Element { name, attributes: attributes_of(attributes), text });
    }
    assert_eq!(open, Vec::<&str>::new(), "no end");
    check(&elements);
    elements
}

/// Returns the elements with this name.
pub(super) fn named<'e>(elements: &'e [Element], name: &str) -> Vec<&'e Element> {
    elements.iter().filter(|element| element.name == name).collect()
}

fn check(elements: &[Element]) {
    let permitted = ["svg", "title", "desc", "defs", "g", "path", "use", "text", "a"];
    let mut ids = BTreeSet::new();
    for element in elements {
        assert!(permitted.contains(&element.name.as_str()), "{element:?}");
        for (name, value) in &element.attributes {
            assert!(!name.starts_with("on") && name != "style", "{element:?}");
            assert!(name != "href" || element.name == "a" || value.starts_with('#'), "{element:?}");
        }
        assert!(element.attributes.get("id").is_none_or(|id| ids.insert(id.clone())), "doubled: {element:?}");
    }
    let targets = elements.iter().filter(|element| element.name == "use").map(|seat| seat.get("href"));
    targets.for_each(|target| assert!(ids.contains(&target[1..]), "{target}"));
}

fn attributes_of(text: &str) -> BTreeMap<String, String> {
    let (mut attributes, mut rest) = (BTreeMap::new(), text);
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"").expect("an attribute");
        let (value, after) = after.split_once('"').expect("the end of the attribute");
        assert!(name.chars().all(|letter| letter.is_ascii_alphabetic() || letter == '-'), "{name}");
        assert!(attributes.insert(name.to_owned(), plain(value)).is_none(), "{name} comes twice");
        rest = if after.is_empty() { after } else { after.strip_prefix(' ').expect("a space") };
    }
    attributes
}

/// Returns a text without its escapes.
fn plain(text: &str) -> String {
    let is_wrong = |letter: char| letter.is_control() || "<>\"'\u{fffe}\u{ffff}".contains(letter);
    assert!(!text.contains(is_wrong), "{text:?}");
    let mut parts = text.split('&');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(';').expect("the end of the escape");
        plain.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "#39" => '\'',
            other => panic!("there is no &{other};"),
        });
        plain.push_str(rest);
    }
    plain
}

#[test]
fn the_reader_sees_what_is_wrong() {
    let is_refused = |svg: &'static str| std::panic::catch_unwind(|| read(svg)).is_err();
    assert!(!is_refused("<svg><g id=\"a\"><text>a &lt; b</text></g><use href=\"#a\"/></svg>"));
    for svg in [
        "text",
        "<svg>",
        "<svg></g>",
        "<svg/>text",
        "<svg><script></script></svg>",
        "<svg onload=\"a\"/>",
        "<svg style=\"a\"/>",
        "<svg id=a/>",
        "<svg id=\"a\"id=\"b\"/>",
        "<svg id=\"a\" id=\"b\"/>",
        "<svg id=\"a\"><g id=\"a\"/></svg>",
        "<svg><use href=\"#a\"/></svg>",
        "<svg><use href=\"https://example.com/\"/></svg>",
        "<svg><text>a & b</text></svg>",
        "<svg><text>&nbsp;</text></svg>",
        "<svg><text>]]></text></svg>",
        "<svg><text>\u{1}</text></svg>",
    ] {
        assert!(is_refused(svg), "{svg}");
    }
}
