//! `verify`: replays the journal and reports problems.

use std::process::ExitCode;

use crate::admin::{self, Answer, Report, Task, TaskError};
use crate::config::VerifyArgs;
use crate::terminal::{complain, follow, progress_bar, say};

/// Exit code if problems were found.
const PROBLEMS: u8 = 1;
/// Exit code if the journal could not be verified.
const UNKNOWN: u8 = 2;

pub(super) fn run(args: &VerifyArgs) -> ExitCode {
    let bar = progress_bar("verifying", "records");
    let outcome = admin::run(&args.data, &Task::Verify, &mut |reply| {
        follow(&bar, &reply);
        Ok(())
    });
    bar.finish_and_clear();
    match outcome {
        Ok(Answer::Verified(report)) => tell(&report),
        // A journal that is too damaged to open is a finding too.
        Err(TaskError::Refused(problem)) if problem.code == boxoffice::Code::JournalDamaged.as_str() => {
            say(format_args!("{problem}"));
            say("it does not open; `export --salvage` brings out every record before the damage");
            ExitCode::from(PROBLEMS)
        }
        Ok(_) => ExitCode::from(UNKNOWN),
        Err(error) => {
            complain(&error);
            ExitCode::from(UNKNOWN)
        }
    }
}

fn tell(report: &Report) -> ExitCode {
    say(format_args!("records: {}", report.records));
    say(format_args!("head:    {}", report.head));
    for (event, count) in &report.by_event {
        say(format_args!("  {event:<16} {count}"));
    }
    if report.problems.is_empty() {
        say("clean: the hash chain is whole and every rule is kept");
        return ExitCode::SUCCESS;
    }
    for problem in &report.problems {
        say(format_args!("problem at record {}: {}", problem.seq, problem.what));
    }
    ExitCode::from(PROBLEMS)
}
