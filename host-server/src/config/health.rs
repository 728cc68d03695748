//! Arguments of `health`.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;

use super::parse::parse_duration;

/// Arguments of `health`.
#[derive(Debug, Args)]
pub struct HealthArgs {
    /// Address that the host listens on; all addresses of the machine, such as `0.0.0.0`, are asked at this machine's own
    #[arg(long, env = "BOXOFFICE_LISTEN", value_name = "ADDR", default_value = "127.0.0.1:3000")]
    pub listen: SocketAddr,

    /// Ask whether the process lives, not whether it is ready
    #[arg(long)]
    pub live: bool,

    /// Time to wait for the answer
    #[arg(long, value_name = "DURATION", default_value = "2s", value_parser = parse_duration)]
    pub timeout: Duration,
}
