//! `export --salvage`: writes the intact records of a damaged journal as JSON lines.

use std::error::Error;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::process::ExitCode;

use boxoffice::{BoxOffice, Record, Recovery};

use super::export;
use crate::admin;
use crate::config::ExportArgs;
use crate::terminal::{complain, progress_bar};

/// Exit code if records are missing after the recovered ones.
const DAMAGED: u8 = 1;
/// Exit code if nothing could be recovered.
const FAILED: u8 = 2;

pub(super) fn run(args: &ExportArgs) -> ExitCode {
    match recover(args) {
        Ok(recovery) => tell(&recovery),
        Err(error) => {
            complain(error.as_ref());
            ExitCode::from(FAILED)
        }
    }
}

fn recover(args: &ExportArgs) -> Result<Recovery, Box<dyn Error>> {
    let dir = &args.data.data;
    if admin::is_served(dir)? {
        return Err("a server has the directory and writes to it: stop it first".into());
    }
    let mut out = export::output(args)?;
    let bar = progress_bar("recovering", "records");
    let mut failure = None;
    let recovered = BoxOffice::recover(dir, &mut |record| {
        bar.set_position(record.seq);
        if record.seq <= args.after {
            return ControlFlow::Continue(());
        }
        match write(&mut out, &record) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failure = Some(error);
                ControlFlow::Break(())
            }
        }
    });
    bar.finish_and_clear();
    let recovered = recovered?;
    failure.map_or(Ok(()), Err)?;
    out.flush()?;
    Ok(recovered)
}

fn write(out: &mut dyn Write, record: &Record) -> io::Result<()> {
    serde_json::to_writer(&mut *out, record)?;
    out.write_all(b"\n")
}

/// Reports the result on the standard error, because the records may be on the standard output.
fn tell(recovery: &Recovery) -> ExitCode {
    if recovery.searched > 0 {
        eprintln!("{} of the records were found by searching the file", recovery.searched);
    }
    match &recovery.damage {
        None => {
            eprintln!("the journal is whole: {} records", recovery.records);
            ExitCode::SUCCESS
        }
        Some(damage) => {
            eprintln!("{} records; stopped at record {}: {}", recovery.records, damage.seq, damage.what);
            ExitCode::from(DAMAGED)
        }
    }
}
