//! The records of a table: each with the line in which it begins, and with what its quotes leave open.

use csv::StringRecord;

/// A record of a table.
#[derive(Debug)]
pub(super) struct Record {
    /// Number of the line in which it begins.
    pub(super) line: usize,
    pub(super) cells: StringRecord,
    /// What is wrong with its quotes.
    pub(super) problem: Option<String>,
}

/// Reads the records of a table, its header first.
#[derive(Debug)]
pub(super) struct Records<'t> {
    reader: csv::Reader<&'t [u8]>,
    text: &'t str,
    separator: char,
    /// Line and byte at which the next record begins, or the blank lines before it.
    line: usize,
    at: usize,
}

impl<'t> Records<'t> {
    pub(super) fn new(text: &'t str, separator: u8) -> Self {
        let mut builder = csv::ReaderBuilder::new();
        builder.has_headers(false).flexible(true).trim(csv::Trim::All).delimiter(separator);
        let reader = builder.from_reader(text.as_bytes());
        Self { reader, text, separator: char::from(separator), line: 1, at: 0 }
    }
}

impl Iterator for Records<'_> {
    type Item = Result<Record, csv::Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut cells = StringRecord::new();
        match self.reader.read_record(&mut cells) {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => return Some(Err(error)),
        }
        let end = usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX);
        let raw = self.text.get(self.at..end).unwrap_or_default();
        // The reader counts from the end of the record before, whose line may end only here.
        let own = raw.trim_start_matches(['\r', '\n']);
        let line = self.line + lines(raw) - lines(own);
        (self.line, self.at) = (self.line + lines(raw), end);
        Some(Ok(Record { line, cells, problem: fault(own, self.separator) }))
    }
}

fn lines(text: &str) -> usize {
    text.matches('\n').count()
}

/// Where in its cell a letter stands.
#[derive(Debug, Clone, Copy)]
enum At {
    Start,
    Plain,
    Quoted,
    /// After a quote that closes the cell, unless another follows it.
    Quote,
    /// After a cell in quotes.
    Closed,
}

/// Returns what is wrong with the quotes of a record. Programs read it in different ways, or swallow what follows.
fn fault(record: &str, separator: char) -> Option<String> {
    let (mut at, mut cell) = (At::Start, 1);
    for letter in record.chars() {
        at = match (at, letter) {
            (At::Quoted, '"') => At::Quote,
            (At::Quoted, _) | (At::Start | At::Quote, '"') => At::Quoted,
            (_, letter) if letter == separator => {
                cell += 1;
                At::Start
            }
            (At::Quote | At::Closed, ' ' | '\r' | '\n') => At::Closed,
            (At::Quote | At::Closed, _) => {
                return Some(format!(
                    "Cell {cell} goes on after its closing quote: put all of it in quotes, and write a quote in it twice"
                ));
            }
            (At::Start | At::Plain, _) => At::Plain,
        };
    }
    matches!(at, At::Quoted).then(|| format!("The quote at the beginning of cell {cell} is not closed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_know_their_line_however_lines_end() {
        for end in ["\n", "\r\n"] {
            let text = ["seat,price", "A1,1", "", "\"A", "2\",2", "A3,3", ""].join(end);
            let records = Records::new(&text, b',').map(Result::unwrap);
            let found: Vec<_> = records.map(|record| (record.line, record.cells.len(), record.problem)).collect();
            assert_eq!(found, [(1, 2, None), (2, 2, None), (4, 2, None), (6, 2, None)], "{text:?}");
        }
    }

    #[test]
    fn quotes_close_what_they_open() {
        for right in
            ["A1,45", "\"A1\",45", "\"A, \"\"1\"\"\", 45", "The \"Best\",5\"", "\"A1\" ,\"45\"\r\n", "\"\",", ""]
        {
            assert_eq!(fault(right, ','), None, "{right}");
        }
        for (wrong, told) in [
            ("\"A\"1,45", "Cell 1 goes on"),
            ("A1,\"45\"0", "Cell 2 goes on"),
            ("\"A\" \"1\",45", "Cell 1 goes on"),
            ("A1,\"45\nA2,50\n", "beginning of cell 2 is not closed"),
        ] {
            assert!(fault(wrong, ',').is_some_and(|problem| problem.contains(told)), "{wrong}");
        }
        assert!(fault("\"A\";1", ';').is_none() && fault("\"A\";1", ',').is_some());
    }
}
