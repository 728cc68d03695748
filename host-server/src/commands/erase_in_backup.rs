//! `erase-in-backup`: lets a backup follow who was erased after it was made.

use crate::admin::{self, Answer, Task};
use crate::config::EraseInBackupArgs;
use crate::terminal::{Outcome, say};

pub(super) fn run(args: &EraseInBackupArgs) -> Outcome {
    // The server has a working directory of its own.
    let task = Task::EraseInBackup { backup: std::path::absolute(&args.backup)? };
    if let Answer::ErasedInBackup { users } = admin::run(&args.data, &task, &mut |_| Ok(()))? {
        say(format_args!("erased in {}: {users} more", args.backup.display()));
    }
    Ok(())
}
