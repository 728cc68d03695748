//! Options of what concerns people: operators, balances, payouts.

use boxoffice::{IdempotencyKey, UserId};
use clap::{Args, Subcommand};

use super::DataArgs;

/// Who is to be an operator.
#[derive(Debug, Args)]
pub struct OperatorArgs {
    /// What to do.
    #[command(subcommand)]
    pub action: OperatorAction,
}

/// What to do with the role.
#[derive(Debug, Subcommand)]
pub enum OperatorAction {
    /// Make an existing user an operator
    Add(OperatorOf),
    /// Make an operator an ordinary user again
    Remove(OperatorOf),
}

/// A user of a box office.
#[derive(Debug, Args)]
pub struct OperatorOf {
    /// The email that the user signed up with
    pub email: String,
    /// Where the data is.
    #[command(flatten)]
    pub data: DataArgs,
}

/// What to do with payouts.
#[derive(Debug, Args)]
pub struct PayoutArgs {
    /// What to do.
    #[command(subcommand)]
    pub action: PayoutAction,
}

/// What to do with payouts.
#[derive(Debug, Subcommand)]
pub enum PayoutAction {
    /// Record that a seller was paid; no money moves by it
    Record(RecordPayoutArgs),
}

/// A payout to record.
#[derive(Debug, Args)]
pub struct RecordPayoutArgs {
    /// The seller's id
    pub seller: UserId,
    /// How much, in major units, such as 120.50
    pub amount: String,
    /// The currency, as an ISO 4217 code
    pub currency: String,
    /// By what it is found at the bank
    pub reference: String,
    /// A name for the payout: given again within a day, it is recorded once
    #[arg(long, value_name = "KEY")]
    pub idempotency_key: Option<IdempotencyKey>,
    /// Where the data is.
    #[command(flatten)]
    pub data: DataArgs,
}

/// Whose balance to print.
#[derive(Debug, Args)]
pub struct BalanceArgs {
    /// The seller's id
    pub seller: UserId,
    /// Where the data is.
    #[command(flatten)]
    pub data: DataArgs,
}
