//! Options of what is done with webhooks.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::DataArgs;

/// What to do with webhooks.
#[derive(Debug, Args)]
pub struct WebhooksArgs {
    /// What to do.
    #[command(subcommand)]
    pub action: WebhooksAction,
    /// The data directory
    #[arg(long, env = "BOXOFFICE_DATA", value_name = "DIR", default_value = "./boxoffice-data", global = true)]
    pub data: PathBuf,
    /// Accept a clock that is far from the journal's last record
    #[arg(long, env = "BOXOFFICE_ACCEPT_CLOCK_JUMP", global = true)]
    pub accept_clock_jump: bool,
}

impl WebhooksArgs {
    pub(crate) fn data(&self) -> DataArgs {
        DataArgs { data: self.data.clone(), accept_clock_jump: self.accept_clock_jump }
    }
}

/// What to do with webhooks.
#[derive(Debug, Subcommand)]
pub enum WebhooksAction {
    /// Send what happens to a URL; prints the webhook's id and its secret
    Add {
        /// Where deliveries go
        url: String,
        /// An event that is delivered, such as `OrderCreated`; may be repeated, all by default
        #[arg(long = "event", value_name = "TYPE")]
        events: Vec<String>,
        /// The last record that is not delivered; without it only what happens from now on is
        #[arg(long, value_name = "SEQ")]
        after: Option<u64>,
    },
    /// Print all webhooks
    List,
    /// Remove a webhook with its log
    Remove {
        /// The webhook's id
        id: uuid::Uuid,
    },
    /// Deliver again, at once, from where it stopped
    Resume {
        /// The webhook's id
        id: uuid::Uuid,
    },
    /// Make a new secret and print it; for a day the one of before signs too
    RotateSecret {
        /// The webhook's id
        id: uuid::Uuid,
    },
    /// Send a message that nothing happened, to see whether the receiver takes it
    Ping {
        /// The webhook's id
        id: uuid::Uuid,
    },
    /// Print what was tried, the latest first
    Deliveries {
        /// The webhook's id
        id: uuid::Uuid,
        /// How many
        #[arg(long, value_name = "COUNT", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
    },
    /// Send what was sent before once more
    Resend {
        /// The webhook's id
        id: uuid::Uuid,
        /// The number of the delivery
        delivery: u64,
    },
}
