//! `compact`: reclaims unused disk space in the files.

use std::path::Path;

use crate::admin::{self, Answer, Task};
use crate::config::CompactArgs;
use crate::terminal::{Outcome, say};

/// Files that may contain unused space.
const FILES: [&str; 2] = ["journal.redb", "views.redb"];

pub(super) fn run(args: &CompactArgs) -> Outcome {
    let dir = &args.data.data;
    let before = FILES.map(|name| megabytes(dir, name));
    if let Answer::Compacted = admin::run(&args.data, &Task::Compact, &mut |_| Ok(()))? {
        for (name, before) in FILES.into_iter().zip(before) {
            say(format_args!("{name}: {before:.1} MB before, {:.1} MB now", megabytes(dir, name)));
        }
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a size of a few digits")]
fn megabytes(dir: &Path, name: &str) -> f64 {
    std::fs::metadata(dir.join(name)).map_or(0.0, |file| file.len() as f64 / 1e6)
}
