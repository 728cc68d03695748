//! `export`: writes the journal as JSON lines.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use crate::admin::{self, Reply, Task};
use crate::config::ExportArgs;
use crate::terminal::{Outcome, follow, progress_bar};

pub(super) fn run(args: &ExportArgs) -> Outcome {
    let mut out = output(args)?;
    let bar = progress_bar("exporting", "records");
    let outcome = admin::run(&args.data, &Task::Export { after: args.after }, &mut |reply| {
        follow(&bar, &reply);
        if let Reply::Record(record) = reply { writeln!(out, "{record}") } else { Ok(()) }
    });
    bar.finish_and_clear();
    outcome?;
    out.flush()?;
    Ok(())
}

/// Opens the output of the lines: a new file, or the standard output.
pub(super) fn output(args: &ExportArgs) -> io::Result<Box<dyn Write>> {
    Ok(match &args.out {
        Some(path) => Box::new(BufWriter::new(File::create_new(path)?)),
        None => Box::new(BufWriter::new(io::stdout().lock())),
    })
}
