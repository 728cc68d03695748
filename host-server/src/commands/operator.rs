//! `operator`: gives the role to an existing user, or takes it. It is never got by signing up.

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
