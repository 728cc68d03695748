//! What a host's journal has come to.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use boxoffice::{BoxOffice, DomainEvent};

use crate::Failure;

/// Writes the orders of the journal to a file, each with the command that created it. Returns the number and the hash of the
/// last record.
pub(super) fn dump(office: &BoxOffice, file: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let mut last = None;
    for record in office.journal().iter(1) {
        let record = record?;
        if let DomainEvent::OrderCreated(created) = &record.event {
            writeln!(text, "{}\t{}", created.order_id, record.command_id)?;
        }
        last = Some((record.seq, record.hash));
    }
    fs::write(file, text)?;
    let (seq, hash) = last.ok_or("the journal is empty")?;
    Ok(format!("{seq}\t{hash}"))
}

/// Verifies the journal. Returns its problems, with semicolons between them.
pub(super) fn verify(office: &BoxOffice) -> Result<String, Failure> {
    let report = office.journal().verify(&mut |_, _| {})?;
    let problems = report.problems.iter().map(|problem| format!("record {}: {}", problem.seq, problem.what));
    Ok(problems.collect::<Vec<_>>().join("; "))
}
