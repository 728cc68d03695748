//! Colours of categories.

/// Colours for categories that have none. People who see few colours can tell them apart.
const PALETTE: [[u8; 3]; 8] = [
    [0x00, 0x72, 0xb2],
    [0xe6, 0x9f, 0x00],
    [0x00, 0x9e, 0x73],
    [0xcc, 0x79, 0xa7],
    [0x56, 0xb4, 0xe9],
    [0xd5, 0x5e, 0x00],
    [0xf0, 0xe4, 0x42],
    [0x99, 0x99, 0x99],
];

/// Returns the colour of the category with this number, if its plan gives it none.
pub(super) fn of_category(index: usize) -> [u8; 3] {
    PALETTE[index % PALETTE.len()]
}

/// Returns the colour that is written as `#1f5f7a` or `#15a`; `None` if it is written in another way.
pub(super) fn parse(text: &str) -> Option<[u8; 3]> {
    let digits = text.trim().strip_prefix('#')?;
    let digit = |at: usize| digits[at..=at].chars().next()?.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    match digits.len() {
        3 if digits.is_ascii() => Some([digit(0)? * 17, digit(1)? * 17, digit(2)? * 17]),
        6 if digits.is_ascii() => {
            let pair = |at: usize| Some(digit(at)? * 16 + digit(at + 1)?);
            Some([pair(0)?, pair(2)?, pair(4)?])
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_are_read() {
        assert_eq!(parse("#1f5f7A"), Some([0x1f, 0x5f, 0x7a]));
        assert_eq!(parse(" #15a "), Some([0x11, 0x55, 0xaa]));
        for text in ["", "#", "1f5f7a", "#1f5f7", "#1f5f7a00", "#1f5f7g", "#äöü", "#äb", "#+1+1+1", "red"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn there_is_a_color_for_every_category() {
        assert_eq!(of_category(8), of_category(0));
        assert_ne!(of_category(1), of_category(0));
    }
}
