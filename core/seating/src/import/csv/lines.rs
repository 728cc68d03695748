//! The lines of a table, with their numbers.

use ::csv::{Position, Reader, ReaderBuilder, StringRecord};

use crate::plan::{Place, PlanFault};

/// Cells of a table, line by line.
pub(super) struct Lines<'t> {
    text: &'t [u8],
    reader: Reader<&'t [u8]>,
    /// Byte up to which lines are counted, and the number of the line there.
    counted: usize,
    line: u64,
}

impl<'t> Lines<'t> {
    /// Begins with the header, which also tells what separates cells.
    pub(super) fn new(text: &'t str) -> Self {
        let mut builder = ReaderBuilder::new();
        builder.has_headers(false).flexible(true).delimiter(delimiter(text));
        let text = text.as_bytes();
        Self { text, reader: builder.from_reader(text), counted: 0, line: 1 }
    }

    /// Returns the next line that is not empty, with the number of its first line; `None` at the end.
    pub(super) fn next_line(&mut self) -> Result<Option<(u64, StringRecord)>, PlanFault> {
        let mut cells = StringRecord::new();
        loop {
            match self.reader.read_record(&mut cells) {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                // The text is in memory, is UTF-8, and lines may have any number of cells: nothing is left to fail.
                Err(error) => return Err(PlanFault::Unreadable { place: Place::Whole, why: error.to_string() }),
            }
            let begin = cells.position().map_or(0, first_byte);
            let line = self.line_at(begin);
            if cells.iter().any(|cell| !cell.trim().is_empty()) {
                return Ok(Some((line, cells)));
            }
        }
    }

    /// Returns the number of the line that begins at this byte or behind the line ends that are there. The reader's own
    /// number is too small after CRLF and after empty lines.
    fn line_at(&mut self, begin: usize) -> u64 {
        while self.counted < begin || matches!(self.text.get(self.counted), Some(b'\r' | b'\n')) {
            self.line += u64::from(ends_line(self.text, self.counted));
            self.counted += 1;
        }
        self.line
    }
}

fn first_byte(position: &Position) -> usize {
    usize::try_from(position.byte()).unwrap_or(usize::MAX)
}

/// Returns the number of the line with this byte, from 1.
pub(super) fn number_at(text: &[u8], byte: usize) -> u64 {
    (0..byte.min(text.len())).map(|at| u64::from(ends_line(text, at))).sum::<u64>() + 1
}

/// Returns `true` if a line ends with the byte at this index.
fn ends_line(text: &[u8], at: usize) -> bool {
    match text.get(at) {
        Some(b'\n') => true,
        Some(b'\r') => text.get(at + 1) != Some(&b'\n'),
        _ => false,
    }
}

/// Returns what separates cells: what the header has most of outside quotes, and a comma if it has nothing of all.
fn delimiter(text: &str) -> u8 {
    let header = text.trim_start().split(['\n', '\r']).next().unwrap_or_default();
    let count = |delimiter: u8| {
        let (mut count, mut is_quoted) = (0_usize, false);
        for byte in header.bytes() {
            is_quoted ^= byte == b'"';
            count += usize::from(byte == delimiter && !is_quoted);
        }
        count
    };
    let mut best = (b',', count(b','));
    for other in [b';', b'\t'] {
        if count(other) > best.1 {
            best = (other, count(other));
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the lines as their numbers and their first cells.
    fn read(text: &str) -> Vec<(u64, String)> {
        let mut lines = Lines::new(text);
        let mut all = Vec::new();
        while let Some((line, cells)) = lines.next_line().unwrap() {
            all.push((line, cells[0].to_owned()));
        }
        all
    }

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        let expected = [(1_u64, "a"), (2, "b"), (5, "c\nd"), (7, "e")].map(|(line, cell)| (line, cell.to_owned()));
        assert_eq!(read("a,1\nb,1\n\n,\n\"c\nd\",1\ne,1"), expected);
        let expected = [(2_u64, "a"), (3, "b"), (6, "c"), (7, "d")].map(|(line, cell)| (line, cell.to_owned()));
        for end in ["\n", "\r\n", "\r"] {
            assert_eq!(read(&"\na,1\nb,1\n\n\nc,1\nd,1\n\n".replace('\n', end)), expected, "{end:?}");
        }
    }

    #[test]
    fn a_byte_has_a_line() {
        assert_eq!(number_at(b"", 0), 1);
        assert_eq!(number_at(b"a\nb\nc", 4), 3);
        assert_eq!(number_at(b"a\r\nb\r\nc", 6), 3);
        assert_eq!(number_at(b"a\r\nb", 2), 1);
        assert_eq!(number_at(b"a\rb", 9), 2);
    }

    #[test]
    fn the_header_tells_the_delimiter() {
        assert_eq!(delimiter("a,b;c,d\n;;;;;"), b',');
        assert_eq!(delimiter("\r\na;b;c,d"), b';');
        assert_eq!(delimiter("a\tb\tc"), b'\t');
        assert_eq!(delimiter("\"a;b;c;d\",e"), b',');
        assert_eq!(delimiter("a"), b',');
    }
}
