//! `backup`: makes a consistent copy of the data directory.

use crate::admin::{self, Answer, Task};
use crate::config::BackupArgs;
use crate::terminal::{Outcome, follow, progress_bar, say};

pub(super) fn run(args: &BackupArgs) -> Outcome {
    let bar = progress_bar("copying", "steps");
    // The server has its own working directory.
    let task = Task::Backup { dest: std::path::absolute(&args.dest)? };
    let outcome = admin::run(&args.data, &task, &mut |reply| {
        follow(&bar, &reply);
        Ok(())
    });
    bar.finish_and_clear();
    if let Answer::BackedUp { seq } = outcome? {
        say(format_args!("copied everything up to record {seq} to {}", args.dest.display()));
        say("the session key (jwt.key) is not in the copy: keep it elsewhere, or everybody signs in again");
    }
    Ok(())
}
