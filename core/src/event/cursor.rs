//! Places in the journal that readers remember.

use std::fmt;
use std::str::FromStr;

use super::{Hash, Record};

/// How many bytes of a record's hash a cursor carries: enough that no two histories agree by chance.
const MARK_BYTES: usize = 8;

/// A place in the journal that a reader has reached: the number of the last record that it has, and a part of that record's hash.
///
/// The hash covers all records before it too. So a cursor tells a journal that goes on from one whose history is another, such as
/// after an older backup was restored. The text form is `12-9f86d081884c7d65`. A number alone, such as `12`, is a cursor that
/// knows no history: it fits every journal that is that long. `0` is the place before the first record.
///
/// ```
/// use boxoffice::JournalCursor;
///
/// let cursor: JournalCursor = "12-9f86d081884c7d65".parse()?;
/// assert_eq!((cursor.seq(), cursor.to_string().as_str()), (12, "12-9f86d081884c7d65"));
/// assert_eq!("12".parse(), Ok(JournalCursor::number(12)));
/// # Ok::<(), boxoffice::JournalCursorError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct JournalCursor {
    seq: u64,
    mark: Option<[u8; MARK_BYTES]>,
}

/// Error for text that is not a cursor of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the number of a record, or a cursor that the journal gave")]
pub struct JournalCursorError;

impl JournalCursor {
    /// Creates the cursor after record number `seq` of whatever history.
    pub const fn number(seq: u64) -> Self {
        Self { seq, mark: None }
    }

    /// Returns the number of the last record that the reader has; 0 if it has none.
    pub const fn seq(self) -> u64 {
        self.seq
    }

    /// Returns `true` if the cursor carries a part of a hash, which only a look at the record can compare.
    pub(crate) const fn is_marked(self) -> bool {
        self.mark.is_some()
    }

    /// Returns `true` if the cursor is after this record, in the record's history.
    pub(crate) fn is_after(self, record: &Record) -> bool {
        self.seq == record.seq && self.mark.is_none_or(|mark| mark == mark_of(record.hash))
    }
}

fn mark_of(hash: Hash) -> [u8; MARK_BYTES] {
    let mut mark = [0; MARK_BYTES];
    mark.copy_from_slice(&hash.as_bytes()[..MARK_BYTES]);
    mark
}

impl Record {
    /// Returns the cursor of a reader that has this record and all before it.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// for record in office.journal().read(1, 1)? {
    ///     let later = office.journal().read_after(record.cursor(), 100)?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn cursor(&self) -> JournalCursor {
        JournalCursor { seq: self.seq, mark: Some(mark_of(self.hash)) }
    }
}

impl fmt::Display for JournalCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.seq)?;
        if let Some(mark) = self.mark {
            f.write_str("-")?;
            mark.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        }
        Ok(())
    }
}

impl FromStr for JournalCursor {
    type Err = JournalCursorError;

    fn from_str(text: &str) -> Result<Self, JournalCursorError> {
        let (number, mark) = text.split_once('-').map_or((text, None), |(number, mark)| (number, Some(mark)));
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(JournalCursorError);
        }
        // Never more than every language's integers hold.
        let seq: u64 = number.parse().ok().filter(|seq| i64::try_from(*seq).is_ok()).ok_or(JournalCursorError)?;
        let mark = mark.map(parse_mark).transpose()?;
        // No record is before the first one.
        if seq == 0 && mark.is_some() { Err(JournalCursorError) } else { Ok(Self { seq, mark }) }
    }
}

/// Accepts lower-case digits only, so that each cursor has exactly one text.
fn parse_mark(text: &str) -> Result<[u8; MARK_BYTES], JournalCursorError> {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if text.len() != 2 * MARK_BYTES || !text.bytes().all(is_digit) {
        return Err(JournalCursorError);
    }
    u64::from_str_radix(text, 16).map(u64::to_be_bytes).map_err(|_| JournalCursorError)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_has_one_text() {
        for text in ["0", "12", "9223372036854775807", "12-9f86d081884c7d65", "1-0000000000000000"] {
            assert_eq!(text.parse::<JournalCursor>().unwrap().to_string(), text);
        }
        let bad = [
            "",
            "-",
            "x",
            "+1",
            "-1",
            "1-",
            "1-9f86",
            "1-9F86D081884C7D65",
            "1-9f86d081884c7d65-",
            "0-9f86d081884c7d65",
            " 1",
            "1 ",
            "9223372036854775808",
            "1-+f86d081884c7d65",
            "１",
        ];
        for text in bad {
            assert_eq!(text.parse::<JournalCursor>(), Err(JournalCursorError), "{text:?}");
        }
    }
}
