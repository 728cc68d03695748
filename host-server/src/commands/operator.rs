//! `operator`: grants the operator role to an existing user, or revokes it. Signing up never grants it.

use crate::admin::{self, Task};
use crate::config::{OperatorAction, OperatorArgs};
use crate::terminal::{Outcome, say};

pub(super) fn run(args: &OperatorArgs) -> Outcome {
    let (of, operator) = match &args.action {
        OperatorAction::Add(of) => (of, true),
        OperatorAction::Remove(of) => (of, false),
    };
    let task = Task::SetOperator { email: of.email.clone(), operator };
    admin::run(&of.data, &task, &mut |_| Ok(()))?;
    say(format_args!("{} is {} operator", of.email, if operator { "an" } else { "no" }));
    Ok(())
}
