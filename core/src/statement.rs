//! Statements as CSV by RFC 4180.

use crate::error::{Code, Error};

/// Returns the text, changed so that no spreadsheet takes it for a formula.
pub(crate) fn harmless(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if is_formula { format!("'{text}") } else { text.to_owned() }
}

/// Writes rows as lines.
pub(crate) fn lines<const N: usize>(rows: impl Iterator<Item = [String; N]>) -> Result<String, Error> {
    let internal = |error: csv::Error| Error::from(Code::Internal).with_source(error);
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).map_err(internal)?;
    }
    let bytes = writer.into_inner().map_err(|error| internal(error.into_error().into()))?;
    String::from_utf8(bytes).map_err(|error| Error::from(Code::Internal).with_source(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_text() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)"] {
            assert_eq!(harmless(formula), format!("'{formula}"));
        }
        assert_eq!(harmless("SEPA 2027-02"), "SEPA 2027-02");
    }

    #[test]
    fn quotes_and_commas_are_quoted() {
        let row: [_; 10] = std::array::from_fn(|at| if at == 5 { "a \"b\", c".to_owned() } else { at.to_string() });
        assert_eq!(lines([row].into_iter()).unwrap(), "0,1,2,3,4,\"a \"\"b\"\", c\",6,7,8,9\r\n");
    }
}
