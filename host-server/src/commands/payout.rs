//! `payout`: records that a seller was paid.

use crate::admin::{self, Answer, Task};
use crate::config::{PayoutAction, PayoutArgs};
use crate::terminal::{Outcome, say};

pub(super) fn run(args: PayoutArgs) -> Outcome {
    let PayoutAction::Record(args) = args.action;
    let task = Task::RecordPayout {
        seller: args.seller.to_string(),
        amount: args.amount,
        currency: args.currency,
        reference: args.reference,
        key: args.idempotency_key.map(|key| key.expose().to_owned()),
    };
    if let Answer::PaidOut { payout_id, amount } = admin::run(&args.data, &task, &mut |_| Ok(()))? {
        say(format_args!("payout {payout_id} of {amount} is recorded"));
    }
    Ok(())
}
