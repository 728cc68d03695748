//! Options of publishing events on NATS, and the arguments of `publish`.

use std::path::PathBuf;

use clap::{ArgAction, Args};

use super::cluster::{ClusterDirArgs, parse_list};
use super::parse::List;

/// How a server publishes events on NATS.
#[derive(Debug, Clone, Args)]
pub struct ServePublishArgs {
    /// Publish every event on these NATS servers, such as `nats://nats-0:4222,nats://nats-1:4222`, in a stream that is made if there
    /// is none
    ///
    /// In a cluster, give it to every host: the one that writes publishes. The servers may be those of the cluster, the user another.
    #[arg(
        long = "publish", env = "BOXOFFICE_PUBLISH", value_name = "URLS", hide_env_values = true,
        action = ArgAction::Append, value_parser = parse_list
    )]
    pub publish_servers: Vec<List<String>>,

    /// File with what lets the server in there: the seed of an nkey, or what `nsc` writes as `.creds`
    #[arg(long, env = "BOXOFFICE_PUBLISH_CREDENTIALS", value_name = "FILE")]
    pub publish_credentials: Option<PathBuf>,

    /// File with the certificates of the authorities that vouch for these servers; those of the machine by default
    #[arg(long, env = "BOXOFFICE_PUBLISH_CA", value_name = "FILE")]
    pub publish_ca: Option<PathBuf>,

    /// Beginning of the subjects: an event goes to `events.OrderCreated`
    #[arg(
        long, env = "BOXOFFICE_PUBLISH_SUBJECT_PREFIX", value_name = "SUBJECT", default_value = "events",
        value_parser = parse_subject
    )]
    pub publish_subject_prefix: String,

    /// Name of the stream
    #[arg(
        long, env = "BOXOFFICE_PUBLISH_STREAM", value_name = "NAME", default_value = "EVENTS", value_parser = parse_stream
    )]
    pub publish_stream: String,

    /// Number of servers that have the stream, if it is made; one if there is only one
    #[arg(
        long, env = "BOXOFFICE_PUBLISH_REPLICAS", value_name = "COUNT", default_value_t = 3,
        value_parser = clap::value_parser!(u64).range(1..=5)
    )]
    pub publish_replicas: u64,
}

/// Arguments of `publish`.
#[derive(Debug, Args)]
pub struct PublishArgs {
    /// The data directory.
    #[command(flatten)]
    pub dir: ClusterDirArgs,

    /// NATS servers, such as `nats://nats-0:4222,nats://nats-1:4222`
    #[arg(
        long = "nats", env = "BOXOFFICE_PUBLISH", value_name = "URLS", hide_env_values = true, required = true,
        action = ArgAction::Append, value_parser = parse_list
    )]
    pub nats: Vec<List<String>>,

    /// File with what lets this program in there: the seed of an nkey, or what `nsc` writes as `.creds`
    #[arg(long, env = "BOXOFFICE_PUBLISH_CREDENTIALS", value_name = "FILE")]
    pub credentials: Option<PathBuf>,

    /// File with the certificates of the authorities that vouch for these servers; those of the machine by default
    #[arg(long, env = "BOXOFFICE_PUBLISH_CA", value_name = "FILE")]
    pub ca: Option<PathBuf>,

    /// Beginning of the subjects: an event goes to `events.OrderCreated`
    #[arg(
        long, env = "BOXOFFICE_PUBLISH_SUBJECT_PREFIX", value_name = "SUBJECT", default_value = "events",
        value_parser = parse_subject
    )]
    pub subject_prefix: String,

    /// Name of the stream
    #[arg(
        long, env = "BOXOFFICE_PUBLISH_STREAM", value_name = "NAME", default_value = "EVENTS", value_parser = parse_stream
    )]
    pub stream: String,

    /// Number of servers that have the stream, if it is made; one if there is only one
    #[arg(
        long, env = "BOXOFFICE_PUBLISH_REPLICAS", value_name = "COUNT", default_value_t = 3,
        value_parser = clap::value_parser!(u64).range(1..=5)
    )]
    pub replicas: u64,
}

/// Error of a program that was built without what these options are for.
#[cfg(not(feature = "cluster"))]
#[derive(Debug, thiserror::Error)]
#[error("publishing on NATS (BOXOFFICE_PUBLISH) is not in this program: it was built without the feature `cluster`")]
pub(crate) struct NoPublisher;

/// Parses the beginning of a subject: words with dots between them.
fn parse_subject(text: &str) -> Result<String, String> {
    if !text.is_empty() && text.split('.').all(is_word) {
        Ok(text.to_owned())
    } else {
        Err("must be letters, digits, hyphens and underscores, with single dots between words, such as shop.events"
            .to_owned())
    }
}

fn parse_stream(text: &str) -> Result<String, String> {
    if is_word(text) { Ok(text.to_owned()) } else { Err("must be letters, digits, hyphens and underscores".to_owned()) }
}

fn is_word(text: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    (1..=128).contains(&text.len()) && text.chars().all(is_letter)
}

#[cfg(feature = "cluster")]
mod options {
    use super::{List, PublishArgs, ServePublishArgs};
    use crate::publisher::Options;

    impl ServePublishArgs {
        /// Returns where the server publishes events; none if it does not.
        pub(crate) fn options(&self) -> Option<Options> {
            let servers = all(&self.publish_servers);
            (!servers.is_empty()).then(|| Options {
                servers,
                credentials: self.publish_credentials.clone(),
                authorities: self.publish_ca.clone(),
                prefix: self.publish_subject_prefix.clone(),
                stream: self.publish_stream.clone(),
                replicas: self.publish_replicas,
            })
        }
    }

    impl PublishArgs {
        /// Returns where events are published.
        pub(crate) fn options(&self) -> Options {
            Options {
                servers: all(&self.nats),
                credentials: self.credentials.clone(),
                authorities: self.ca.clone(),
                prefix: self.subject_prefix.clone(),
                stream: self.stream.clone(),
                replicas: self.replicas,
            }
        }
    }

    fn all(lists: &[List<String>]) -> Vec<String> {
        lists.iter().flat_map(|list| list.0.iter().cloned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_and_names_of_streams() {
        for good in ["events", "shop.events", "shop-1.events_2"] {
            assert_eq!(parse_subject(good).as_deref(), Ok(good));
        }
        for bad in ["", ".", "events.", ".events", "a..b", "a b", "events.*", "events.>", "$JS", "größe"] {
            assert!(parse_subject(bad).is_err(), "{bad}");
        }
        assert_eq!(parse_stream("EVENTS").as_deref(), Ok("EVENTS"));
        for bad in ["", "a.b", "EVENTS *", &"x".repeat(129)] {
            assert!(parse_stream(bad).is_err(), "{bad}");
        }
    }
}
