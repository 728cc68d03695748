//! A seller's entries as CSV.

use super::Ledger;
use super::ledger::BalanceEntry;
use crate::error::{Code, Error};
use crate::event::Actor;
use crate::types::UserId;
use crate::views::{Cursor, LedgerQuery, PageLimit};

/// The names of the columns.
const HEADER: [&str; 10] =
    ["number", "at", "kind", "orderId", "payoutId", "reference", "currency", "gross", "fee", "amount"];

/// The parts of a statement: the header, then page after page.
#[derive(Debug)]
pub(super) struct Statement {
    ledger: Ledger,
    actor: Actor,
    seller: UserId,
    next: Next,
}

#[derive(Debug)]
enum Next {
    Header,
    Page(LedgerQuery),
    End,
}

impl Statement {
    pub(super) fn new(ledger: Ledger, actor: Actor, seller: UserId) -> Self {
        Self { ledger, actor, seller, next: Next::Header }
    }

    fn page(&mut self, query: &LedgerQuery) -> Result<String, Error> {
        let page = self.ledger.entries(self.actor, self.seller, query)?;
        if let Some(cursor) = page.next {
            self.next = Next::Page(from(Some(cursor)));
        }
        lines(page.items.iter().map(row))
    }
}

impl Iterator for Statement {
    type Item = Result<String, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        match std::mem::replace(&mut self.next, Next::End) {
            Next::Header => {
                self.next = Next::Page(from(None));
                Some(lines([HEADER.map(str::to_owned)].into_iter()))
            }
            Next::Page(query) => Some(self.page(&query)),
            Next::End => None,
        }
    }
}

fn from(cursor: Option<Cursor>) -> LedgerQuery {
    LedgerQuery::new().limit(PageLimit::MAX.get()).after(cursor)
}

fn row(entry: &BalanceEntry) -> [String; 10] {
    [
        entry.number.to_string(),
        entry.at.to_string(),
        entry.kind.as_str().to_owned(),
        entry.order_id.map(|id| id.to_string()).unwrap_or_default(),
        entry.payout_id.map(|id| id.to_string()).unwrap_or_default(),
        entry.reference.as_ref().map(|text| harmless(text.as_str())).unwrap_or_default(),
        entry.amount.currency().code().to_owned(),
        entry.gross().decimal(),
        entry.fee.decimal(),
        entry.amount.decimal(),
    ]
}

/// The text, so that no spreadsheet takes it for a formula.
fn harmless(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if is_formula { format!("'{text}") } else { text.to_owned() }
}

fn lines(rows: impl Iterator<Item = [String; 10]>) -> Result<String, Error> {
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
        let row = std::array::from_fn(|at| if at == 5 { "a \"b\", c".to_owned() } else { at.to_string() });
        assert_eq!(lines([row].into_iter()).unwrap(), "0,1,2,3,4,\"a \"\"b\"\", c\",6,7,8,9\r\n");
    }
}
