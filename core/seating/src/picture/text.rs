//! Texts of strangers among other texts.

/// Returns the text without what changes how its surroundings read: marks of direction that have an effect beyond their
/// text, line breaks and other control characters.
pub(super) fn clean(text: &str) -> String {
    let is_break = |letter: char| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}');
    let kept = text.chars().filter(|letter| !turns(*letter));
    kept.map(|letter| if is_break(letter) { ' ' } else { letter }).collect()
}

/// Returns the clean text as it may stand within a sentence. One that is written from right to left is isolated, so
/// that the words and numbers behind it stay where they are.
pub(super) fn isolated(text: &str) -> String {
    let text = clean(text);
    if text.chars().any(is_right_to_left) { format!("\u{2068}{text}\u{2069}") } else { text }
}

/// Returns at most this number of characters of the text, the last of which then tells that there are more.
pub(super) fn shortened(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    text.chars().take(chars_max - 1).chain(['…']).collect()
}

/// Returns the text as XML has it between tags and in attributes. What XML has no room for becomes a space or a mark.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push(char::REPLACEMENT_CHARACTER),
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Returns the template with values in place of their `{names}`. Values are taken as they are: labels may have braces.
pub(super) fn filled(template: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, braced)) = rest.split_once('{') {
        text.push_str(before);
        let is_named =
            |(name, _): &&(&str, &str)| braced.strip_prefix(*name).is_some_and(|after| after.starts_with('}'));
        if let Some((name, value)) = values.iter().find(is_named) {
            text.push_str(value);
            rest = &braced[name.len() + 1..];
        } else {
            text.push('{');
            rest = braced;
        }
    }
    text.push_str(rest);
    text
}

/// Returns `true` for marks that embed, override or isolate the direction of what follows them.
fn turns(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns `true` for the blocks of scripts that are written from right to left.
fn is_right_to_left(letter: char) -> bool {
    matches!(
        letter,
        '\u{590}'..='\u{8ff}'
            | '\u{fb1d}'..='\u{fdff}'
            | '\u{fe70}'..='\u{fefc}'
            | '\u{10800}'..='\u{10fff}'
            | '\u{1e800}'..='\u{1efff}'
    )
}
