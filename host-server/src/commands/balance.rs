//! `balance`: prints what a seller is owed.

use crate::admin::{self, Answer, Task};
use crate::config::BalanceArgs;
use crate::terminal::{Outcome, say};

pub(super) fn run(args: &BalanceArgs) -> Outcome {
    let task = Task::Balance { seller: args.seller.to_string() };
    if let Answer::Balances(lines) = admin::run(&args.data, &task, &mut |_| Ok(()))? {
        lines.iter().for_each(say);
    }
    Ok(())
}
