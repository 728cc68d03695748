//! Arguments of the commands about users: operators, balances, payouts.

use boxoffice::{IdempotencyKey, UserId};
use clap::{Args, Subcommand};

use super::DataArgs;

/// Arguments of `operator`.
#[derive(Debug, Args)]
pub struct OperatorArgs {
    /// The action.
    #[command(subcommand)]
    pub action: OperatorAction,
}

/// The action on the operator role.
#[derive(Debug, Subcommand)]
pub enum OperatorAction {
    /// Make an existing user an operator
    Add(OperatorOf),
    /// Make an operator an ordinary user again
    Remove(OperatorOf),
}

/// A user, by email.
#[derive(Debug, Args)]
pub struct OperatorOf {
    /// Email address of the user
    pub email: String,
    /// The data directory.
    #[command(flatten)]
    pub data: DataArgs,
}

/// Arguments of `payout`.
#[derive(Debug, Args)]
pub struct PayoutArgs {
    /// The action.
    #[command(subcommand)]
    pub action: PayoutAction,
}

/// The action on payouts.
#[derive(Debug, Subcommand)]
pub enum PayoutAction {
    /// Record that a seller was paid; this moves no money
    Record(RecordPayoutArgs),
}

/// Arguments of `payout record`.
#[derive(Debug, Args)]
pub struct RecordPayoutArgs {
    /// Id of the seller
    pub seller: UserId,
    /// Amount in major units, such as 120.50
    pub amount: String,
    /// Currency, as an ISO 4217 code
    pub currency: String,
    /// Reference of the payout at the bank
    pub reference: String,
    /// Idempotency key: with the same key within a day, the payout is recorded once
    #[arg(long, value_name = "KEY")]
    pub idempotency_key: Option<IdempotencyKey>,
    /// The data directory.
    #[command(flatten)]
    pub data: DataArgs,
}

/// Arguments of `balance`.
#[derive(Debug, Args)]
pub struct BalanceArgs {
    /// Id of the seller
    pub seller: UserId,
    /// The data directory.
    #[command(flatten)]
    pub data: DataArgs,
}
