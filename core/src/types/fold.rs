//! Forms of a text by which it is compared or found, and what its characters are. Nobody reads these forms.

use std::borrow::Cow;

use icu_casemap::CaseMapper;
use icu_normalizer::{ComposingNormalizer, DecomposingNormalizer};
use icu_properties::props::{BidiControl, DefaultIgnorableCodePoint, GeneralCategory, LineBreak, Script};
use icu_properties::{CodePointMapData, CodePointSetData};

/// Acute accent that stands alone.
const ACUTE: char = '\u{b4}';

/// Returns the text in Unicode's composed form, so that what is read the same is the same.
pub(crate) fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { Cow::Borrowed(text) } else { ComposingNormalizer::new_nfc().normalize(text) }
}

/// Returns the text in Unicode's compatible and composed form: without width, ligatures and other ways to write a letter.
pub(super) fn compatible(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { Cow::Borrowed(text) } else { ComposingNormalizer::new_nfkc().normalize(text) }
}

/// Returns `true` for marks that change the order in which the text around them is shown.
pub(crate) fn is_bidi_control(letter: char) -> bool {
    !letter.is_ascii() && CodePointSetData::new::<BidiControl>().contains(letter)
}

/// Returns `true` for characters that are shown as nothing, although they are no spaces.
pub(crate) fn is_ignorable(letter: char) -> bool {
    !letter.is_ascii() && CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(letter)
}

/// Returns `true` for characters of which something is to be seen.
pub(crate) fn is_visible(letter: char) -> bool {
    const BRAILLE_BLANK: char = '\u{2800}';
    let is_format = || general_category(letter) == GeneralCategory::Format;
    !letter.is_whitespace()
        && !letter.is_control()
        && letter != BRAILLE_BLANK
        && (letter.is_ascii() || !(is_ignorable(letter) || is_format()))
}

/// Returns `true` for marks that belong to the letter before them.
pub(crate) fn is_mark(letter: char) -> bool {
    use GeneralCategory::{EnclosingMark, NonspacingMark, SpacingMark};
    !letter.is_ascii() && matches!(general_category(letter), EnclosingMark | NonspacingMark | SpacingMark)
}

/// Returns `true` for letters of scripts that are written without spaces between words.
pub(crate) fn is_unspaced(letter: char) -> bool {
    const SCRIPTS: [Script; 5] = [Script::Han, Script::Hiragana, Script::Katakana, Script::Bopomofo, Script::Yi];
    // Marks of iteration and length, which several scripts share.
    const SHARED: [char; 5] = ['\u{3005}', '\u{3006}', '\u{3007}', '\u{303b}', '\u{30fc}'];
    // Nothing before Thai is written so.
    letter >= '\u{e00}'
        && (CodePointMapData::<LineBreak>::new().get(letter) == LineBreak::ComplexContext
            || SCRIPTS.contains(&CodePointMapData::<Script>::new().get(letter))
            || SHARED.contains(&letter))
}

/// Returns `true` for everything that looks like a hyphen.
pub(super) fn is_dash(letter: char) -> bool {
    general_category(letter) == GeneralCategory::DashPunctuation || letter == '\u{2212}'
}

fn general_category(letter: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(letter)
}

/// Returns the text with the case folded letter by letter, so that no letter becomes two: `ß` stays `ß`.
pub(crate) fn case_folded(text: &str) -> String {
    text.chars().map(|letter| CaseMapper::new().simple_fold(letter)).collect()
}

/// Returns the form in which texts that look alike are the same: case, width, spaces, dashes and what can't be seen make
/// no difference, and neither does the alphabet that a letter is taken from.
///
/// Latin letters and digits stand for themselves: row I is not row 1. A letter that looks like a digit stays a letter.
pub(crate) fn look_alike(text: &str) -> String {
    let text = with_apostrophes(text);
    let compatible = compatible(&text);
    let mut form = String::with_capacity(compatible.len());
    for word in compatible.split_whitespace() {
        if !form.is_empty() {
            form.push(' ');
        }
        for letter in word.chars().filter(|letter| !is_ignorable(*letter)).flat_map(char::to_uppercase) {
            form.push(prototype(letter));
        }
    }
    if form.is_ascii() { form } else { ComposingNormalizer::new_nfc().normalize(&form).into_owned() }
}

/// Returns the text with an apostrophe for each acute accent that stands alone: many keyboards have it beside the letters, and
/// Unicode would take it apart into a space and a mark.
fn with_apostrophes(text: &str) -> Cow<'_, str> {
    if text.contains(ACUTE) { Cow::Owned(text.replace(ACUTE, "'")) } else { Cow::Borrowed(text) }
}

/// Returns the letter that stands for all capitals that look like this one.
fn prototype(letter: char) -> char {
    if letter.is_ascii() || letter.is_numeric() {
        return letter;
    }
    if is_dash(letter) {
        return '-';
    }
    let mut buffer = [0; 4];
    let mut alike = unicode_security::skeleton(letter.encode_utf8(&mut buffer));
    match (alike.next(), alike.next()) {
        // Among capitals, what looks like a stroke is an I.
        (Some('l'), None) => 'I',
        (Some(digit), None) if digit.is_ascii_digit() => letter,
        (Some(one), None) => one.to_ascii_uppercase(),
        _ => letter,
    }
}

/// Returns the form in which texts are searched: without case, accents and width, `ß` as `ss`, and every apostrophe as `'`.
pub(crate) fn searchable(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let text = with_apostrophes(text);
    let apart = DecomposingNormalizer::new_nfkd().normalize(&text);
    let folded = CaseMapper::new().fold_string(&apart);
    let mut form = String::with_capacity(folded.len());
    for letter in folded.chars().filter(|letter| !is_accent(*letter) && !is_ignorable(*letter)) {
        match plain(letter) {
            Some(letters) => form.push_str(letters),
            None => form.push(letter),
        }
    }
    ComposingNormalizer::new_nfc().normalize(&form).into_owned()
}

/// Returns `true` for marks without which people write the same word: accents and strokes, the points of Hebrew and
/// Arabic. The marks of other scripts are letters of the word.
const fn is_accent(mark: char) -> bool {
    matches!(mark,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{487}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'..='\u{5c2}'
        | '\u{5c4}'..='\u{5c5}' | '\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e4}' | '\u{6e7}'..='\u{6e8}' | '\u{6ea}'..='\u{6ed}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20f0}' | '\u{fe20}'..='\u{fe2f}')
}

/// Returns the plain letters for those that Unicode does not take apart, and one apostrophe for all.
const fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '\u{2bb}' | '\u{2bc}' | '\u{2bd}' | '\u{a78c}' | '`' => "'",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ŧ' => "t",
        'ı' => "i",
        'ŋ' => "n",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_alike_is_alike() {
        for (one, other) in [
            ("Row A, seat 1", "row a,  seat 1"),
            ("Row A, seat 1", "Row \u{410}, seat 1"),
            ("Row \u{432}, seat 1", "Row B, seat 1"),
            ("Row I", "Row \u{406}"),
            ("Row I", "Row \u{399}"),
            ("\u{ff21}\u{ff11}", "A1"),
            ("A\u{2013}1", "A-1"),
            ("A\u{200b}1", "A1"),
            ("O\u{2019}Neill", "O'Neill"),
            ("O\u{b4}Neill", "O'Neill"),
            ("Cafe\u{301}", "Caf\u{e9}"),
            ("Caf\u{435}\u{301}", "CAF\u{c9}"),
            ("Große Bühne", "GROSSE BÜHNE"),
            ("Ряд Б", "ряд б"),
        ] {
            assert_eq!(look_alike(one), look_alike(other), "{one} {other}");
        }
    }

    #[test]
    fn what_can_be_told_apart_is_apart() {
        for (one, other) in [
            ("Row I", "Row 1"),
            ("Row L", "Row 1"),
            ("Row O", "Row 0"),
            ("Row II", "Row 11"),
            ("Ряд З", "Ряд 3"),
            ("Ряд Г", "Ряд Р"),
            ("Row N", "Row V"),
            ("Σειρά Ν", "Σειρά Υ"),
            ("Café", "Cafe"),
            ("A 11", "A1 1"),
            ("列 一", "列 二"),
        ] {
            assert_ne!(look_alike(one), look_alike(other), "{one} {other}");
        }
    }

    #[test]
    fn alike_once_is_alike_for_ever() {
        for text in ["Row A", "Ряд В", "Große Bühne", "Caf\u{435}\u{301}", "ﬁ ½ ①", "I\u{307}"] {
            let form = look_alike(text);
            assert_eq!(look_alike(&form), form, "{text}");
        }
    }

    #[test]
    fn searches_find_what_people_type() {
        for (text, form) in [
            ("Ångström", "angstrom"),
            ("ÉTÉ", "ete"),
            ("STRASSE", "strasse"),
            ("Straße", "strasse"),
            ("O\u{2019}Brien", "o'brien"),
            ("O\u{2bc}Brien", "o'brien"),
            ("Ｔｏｓｃａ", "tosca"),
            ("Smørrebrød", "smorrebrod"),
            ("Ёлка", "елка"),
            ("ガラ", "ガラ"),
            ("ｶﾞﾗ", "ガラ"),
            ("서울", "서울"),
            ("สวัสดี", "สวัสดี"),
            ("co\u{ad}op", "coop"),
        ] {
            assert_eq!(searchable(text), form, "{text}");
        }
    }

    #[test]
    fn emails_keep_their_letters() {
        assert_eq!(case_folded("STRAßE"), "straße");
        assert_eq!(case_folded("ẞ"), "ß");
        assert_eq!(case_folded("ΝΙΚΟΣ"), case_folded("νικος"));
    }

    #[test]
    fn what_is_to_be_seen() {
        for letter in ['a', '字', '👪', '-', '\u{301}'] {
            assert!(is_visible(letter), "{letter:?}");
        }
        for letter in [' ', '\u{a0}', '\u{200b}', '\u{3164}', '\u{2800}', '\u{feff}', '\u{ad}', '\u{e0020}', '\u{7}'] {
            assert!(!is_visible(letter), "{letter:?}");
        }
    }

    #[test]
    fn scripts_without_spaces() {
        assert!("東京ドームกรุงเทพខ្មែរ".chars().all(|letter| is_unspaced(letter) || is_mark(letter)));
        assert!(!"Tokyo Дядя 서울 עברית عربي 1".chars().any(is_unspaced));
    }
}
