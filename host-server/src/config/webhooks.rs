//! Arguments of `webhooks`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::DataArgs;
use super::parse::parse_bool;

/// Arguments of `webhooks`.
#[derive(Debug, Args)]
pub struct WebhooksArgs {
    /// The action.
    #[command(subcommand)]
    pub action: WebhooksAction,
    /// The data directory
    #[arg(long, env = "BOXOFFICE_DATA", value_name = "DIR", default_value = "./boxoffice-data", global = true)]
    pub data: PathBuf,
    /// Accept a clock that is far from the journal's last record
    #[arg(long, env = "BOXOFFICE_ACCEPT_CLOCK_JUMP", value_parser = parse_bool, global = true)]
    pub accept_clock_jump: bool,
}

impl WebhooksArgs {
    pub(crate) fn data(&self) -> DataArgs {
        DataArgs { data: self.data.clone(), accept_clock_jump: self.accept_clock_jump }
    }
}

/// The action on webhooks.
#[derive(Debug, Subcommand)]
pub enum WebhooksAction {
    /// Send events to a URL; prints the webhook's id and its secret
    Add {
        /// URL that deliveries are sent to
        url: String,
        /// Type of the delivered events, such as `OrderCreated`; may be repeated, all by default
        #[arg(long = "event", value_name = "TYPE")]
        events: Vec<String>,
        /// Number of the last record that is not delivered; by default, only later records are delivered
        #[arg(long, value_name = "SEQ")]
        after: Option<u64>,
    },
    /// Print all webhooks
    List,
    /// Remove a webhook with its log
    Remove {
        /// Id of the webhook
        id: uuid::Uuid,
    },
    /// Resume deliveries at once, from where they stopped
    Resume {
        /// Id of the webhook
        id: uuid::Uuid,
    },
    /// Create a new secret and print it; for a day, the previous one also signs
    RotateSecret {
        /// Id of the webhook
        id: uuid::Uuid,
    },
    /// Send a ping without an event, to test the receiver
    Ping {
        /// Id of the webhook
        id: uuid::Uuid,
    },
    /// Print the attempts, latest first
    Deliveries {
        /// Id of the webhook
        id: uuid::Uuid,
        /// Maximum number of attempts
        #[arg(long, value_name = "COUNT", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
    },
    /// Repeat a delivery
    Resend {
        /// Id of the webhook
        id: uuid::Uuid,
        /// Number of the delivery
        delivery: u64,
    },
}
