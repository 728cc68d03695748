//! Cursors of listings.

use std::fmt;
use std::str::FromStr;

use super::key::{KEY_LEN, Key};

/// Position in a listing at which the next page starts, right after the last entry of the previous page.
///
/// The text form is opaque and safe in a URL. A cursor names a position in one sort order, not a number of entries.
/// Whatever is listed, sold or withdrawn meanwhile, an entry that has not changed appears exactly once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// Kind of listing that the cursor belongs to.
    pub(super) tag: u8,
    /// Last position that the previous pages have covered.
    pub(super) key: Key,
}

/// Error for text that is not a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not one that a listing gave")]
pub struct CursorParseError;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x}", self.tag)?;
        self.key.to_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Cursor {
    type Err = CursorParseError;

    fn from_str(text: &str) -> Result<Self, CursorParseError> {
        let mut bytes = [0; 1 + KEY_LEN];
        if text.len() != 2 * bytes.len() {
            return Err(CursorParseError);
        }
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = 16 * hex_digit(digits[0])? + hex_digit(digits[1])?;
        }
        let key = Key::from_bytes(&bytes[1..]).ok_or(CursorParseError)?;
        Ok(Self { tag: bytes[0], key })
    }
}

/// Accepts lower-case digits only, so that each position has exactly one text.
fn hex_digit(digit: u8) -> Result<u8, CursorParseError> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => Err(CursorParseError),
    }
}

/// The largest number of entries that a page may have: 1 to 100.
///
/// ```
/// use boxoffice::PageLimit;
///
/// assert_eq!(PageLimit::default().get(), 50);
/// assert_eq!(PageLimit::new(1000), PageLimit::MAX);
/// assert_eq!("20".parse(), Ok(PageLimit::new(20)));
/// assert!("1000".parse::<PageLimit>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageLimit(u8);

impl PageLimit {
    /// The longest page: 100 entries.
    pub const MAX: Self = Self(100);

    /// Creates a limit: numbers below 1 count as 1, above 100 as 100.
    pub const fn new(entries: usize) -> Self {
        match entries {
            0 => Self(1),
            #[expect(clippy::cast_possible_truncation, reason = "it is at most 100")]
            1..=100 => Self(entries as u8),
            _ => Self::MAX,
        }
    }

    /// Returns the number of entries.
    pub const fn get(self) -> usize {
        self.0 as usize
    }
}

impl Default for PageLimit {
    /// Returns 50.
    fn default() -> Self {
        Self(50)
    }
}

/// A text that is no [`PageLimit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number from 1 to 100")]
pub struct PageLimitParseError;

impl FromStr for PageLimit {
    type Err = PageLimitParseError;

    /// Reads a number from 1 to 100; others are refused.
    fn from_str(text: &str) -> Result<Self, PageLimitParseError> {
        let number = text.parse().ok().filter(|number| (1..=Self::MAX.get()).contains(number));
        number.map(Self::new).ok_or(PageLimitParseError)
    }
}

/// One page of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// Entries of the page. A page may be short or even empty although a next page exists: a search for rare matches in
    /// a long history spans several pages.
    pub items: Vec<T>,
    /// Start of the next page; `None` on the last page.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// Converts each entry with `turn`, and keeps the cursor.
    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(turn).collect(), next: self.next }
    }

    /// Turns the entries into something else, unless one of them can't be.
    pub(crate) fn try_map<U, E>(self, turn: impl FnMut(T) -> Result<U, E>) -> Result<Page<U>, E> {
        Ok(Page { items: self.items.into_iter().map(turn).collect::<Result<_, E>>()?, next: self.next })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        let cursor = Cursor { tag: 0xa3, key: Key::new(77, &[9; 16]) };
        let text = cursor.to_string();
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_eq!(text.parse(), Ok(cursor));
    }

    #[test]
    fn limits_as_text() {
        assert_eq!(("1".parse(), "100".parse()), (Ok(PageLimit::new(1)), Ok(PageLimit::MAX)));
        for bad in ["0", "-1", "1.5", "many", "101"] {
            assert_eq!(bad.parse::<PageLimit>(), Err(PageLimitParseError), "{bad}");
        }
        assert_eq!((PageLimit::new(0).get(), PageLimit::new(101).get()), (1, 100));
    }

    #[test]
    fn not_a_cursor() {
        let good = Cursor { tag: 1, key: Key::new(77, &[9; 16]) }.to_string();
        for bad in
            ["", "1", &good[1..], &format!("{good}00"), &good.replace('9', "G"), &"é".repeat(25), &"+1".repeat(25)]
        {
            assert_eq!(bad.parse::<Cursor>(), Err(CursorParseError), "{bad}");
        }
    }
}
