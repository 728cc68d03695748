//! What the options of a host of a cluster come to.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use boxoffice::{Acknowledgement, ClusterOptions, HostName, KeyRing};

use super::cluster::{
    ClusterAcknowledgement, ClusterHostArgs, ClusterInitArgs, ClusterRemakeArgs, ClusterServersArgs, ClusterVotes,
};
use super::environment::key_ring;
use super::parse::List;
use crate::services::{Service, Services};

/// Files with the name of the machine, of which the first that can be read counts.
const NAME_FILES: [&str; 2] = ["/proc/sys/kernel/hostname", "/etc/hostname"];

/// Error of the options of a cluster. It names the variables and flags, and contains no secret.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClusterFault {
    #[error(
        "name the servers of the journal: --cluster (BOXOFFICE_CLUSTER), such as nats://nats-0:4222,nats://nats-1:4222"
    )]
    NoServers,
    #[error(
        "--cluster (BOXOFFICE_CLUSTER): each server must have an address such as nats://nats-0:4222 or tls://nats-0:4222"
    )]
    Address,
    #[error("--cluster-monitoring (BOXOFFICE_CLUSTER_MONITORING): each address must be such as http://nats-0:8222")]
    Monitoring,
    #[error("{flag} ({variable}): {path}: {error}", flag = .0, variable = .1, path = .2.display(), error = .3)]
    File(&'static str, &'static str, PathBuf, io::Error),
    #[error(
        "JWT_KEY must be set for a cluster (--cluster, BOXOFFICE_CLUSTER): all its hosts share it, and none makes one up"
    )]
    NoKey,
}

/// Returns the keys that all hosts of a cluster share.
///
/// # Errors
/// Returns an error if they are not in the environment, or are none.
pub(crate) fn shared_keys() -> Result<KeyRing, Box<dyn std::error::Error>> {
    Ok(key_ring()?.ok_or(ClusterFault::NoKey)?)
}

impl ClusterServersArgs {
    /// Returns the options by which a host gets in; none if no servers are named.
    ///
    /// # Errors
    /// Returns an error if they make no sense, or a file can't be read.
    pub(crate) fn options(&self) -> Result<Option<ClusterOptions>, ClusterFault> {
        if self.servers.is_empty() {
            return Ok(None);
        }
        let (servers, monitoring) = (all(&self.servers), all(&self.monitoring));
        let is_server = |url: &String| ["nats://", "tls://"].iter().any(|scheme| is_address(url, scheme));
        if !servers.iter().all(is_server) {
            return Err(ClusterFault::Address);
        }
        if !monitoring.iter().all(|url| is_address(url, "http://")) {
            return Err(ClusterFault::Monitoring);
        }
        let mut options = ClusterOptions::new(servers).monitoring(monitoring).test_servers(self.is_test);
        if let Some(path) = &self.credentials {
            let unreadable = file("--cluster-credentials", "BOXOFFICE_CLUSTER_CREDENTIALS", path);
            let text = fs::read_to_string(path).map_err(unreadable)?;
            options = if has_token(&text) { options.credentials_file(path) } else { options.nkey_file(path) };
        }
        if let Some(path) = &self.authorities {
            File::open(path).map_err(file("--cluster-ca", "BOXOFFICE_CLUSTER_CA", path))?;
            options = options.certificate_authorities(path);
        }
        if let (Some(certificate), Some(key)) = (&self.certificate, &self.private_key) {
            let unreadable = file("--cluster-certificate", "BOXOFFICE_CLUSTER_CERTIFICATE", certificate);
            File::open(certificate).map_err(unreadable)?;
            File::open(key).map_err(file("--cluster-key", "BOXOFFICE_CLUSTER_KEY", key))?;
            options = options.client_certificate(certificate, key);
        }
        Ok(Some(options))
    }

    fn needed(&self) -> Result<ClusterOptions, ClusterFault> {
        self.options()?.ok_or(ClusterFault::NoServers)
    }
}

impl ClusterHostArgs {
    /// Returns the options of a host that offers these services; none if it is on one machine.
    ///
    /// # Errors
    /// Returns an error if they make no sense, or a file can't be read.
    pub(crate) fn options(&self, services: Services) -> Result<Option<ClusterOptions>, ClusterFault> {
        let Some(options) = self.servers.options()? else { return Ok(None) };
        let options = named(options, self.host_name.as_ref());
        let options = options.preferred_writer(self.preferred.unwrap_or(services.is_only(Service::Expiration)));
        let options = options.payments(services.has(Service::Payments));
        let options = options.acknowledge(match self.acknowledge {
            ClusterAcknowledgement::Stream => Acknowledgement::Stream,
            ClusterAcknowledgement::SecondHost => Acknowledgement::SecondHost,
        });
        Ok(Some(match self.votes {
            ClusterVotes::Asked => options.joins(false),
            ClusterVotes::Always => options,
            ClusterVotes::Never => options.votes(false),
        }))
    }
}

impl ClusterInitArgs {
    /// Returns the options of the first host of a cluster.
    ///
    /// # Errors
    /// Returns an error if they make no sense, or a file can't be read.
    pub(crate) fn options(&self) -> Result<ClusterOptions, ClusterFault> {
        Ok(named(self.servers.needed()?, self.host_name.as_ref()).replicas(self.replicas))
    }
}

impl ClusterRemakeArgs {
    /// Returns the options for a new stream.
    ///
    /// # Errors
    /// Returns an error if they make no sense, or a file can't be read.
    pub(crate) fn options(&self) -> Result<ClusterOptions, ClusterFault> {
        Ok(self.servers.needed()?.replicas(self.replicas))
    }
}

fn named(options: ClusterOptions, name: Option<&HostName>) -> ClusterOptions {
    name.cloned().or_else(machine_name).into_iter().fold(options, ClusterOptions::host_name)
}

/// Returns `true` for the text of a file that `nsc` has written: it has a token beside the seed, between lines that say so.
fn has_token(text: &str) -> bool {
    text.contains("-----BEGIN")
}

/// Returns the name of this machine, if it can be the name of a host.
fn machine_name() -> Option<HostName> {
    let text = NAME_FILES.iter().find_map(|path| fs::read_to_string(path).ok())?;
    name(&text)
}

fn name(text: &str) -> Option<HostName> {
    text.trim().to_ascii_lowercase().parse().ok()
}

fn file(flag: &'static str, variable: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ClusterFault {
    let path = path.to_owned();
    move |error| ClusterFault::File(flag, variable, path, error)
}

fn is_address(url: &str, scheme: &str) -> bool {
    url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty())
}

fn all(lists: &[List<String>]) -> Vec<String> {
    lists.iter().flat_map(|list| list.0.iter().cloned()).collect()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::config::{Cli, ClusterAction, Command, ServeArgs};

    fn serve(args: &[&str]) -> ServeArgs {
        Cli::parse_from(["boxoffice-server"].iter().chain(args)).serve
    }

    fn options(args: &[&str]) -> Result<Option<ClusterOptions>, ClusterFault> {
        let args = serve(args);
        args.cluster.options(args.services)
    }

    #[test]
    fn without_servers_a_host_is_on_one_machine() {
        assert!(options(&[]).unwrap().is_none());
        assert!(options(&["--cluster-name", "boxoffice-0"]).unwrap().is_none());
    }

    #[test]
    fn servers_are_a_list() {
        let args = serve(&["--cluster", "nats://a:4222, tls://b:4222", "--cluster", "nats://c:4222"]);
        assert_eq!(all(&args.cluster.servers.servers), ["nats://a:4222", "tls://b:4222", "nats://c:4222"]);
        assert!(options(&["--cluster", "nats://a:4222,tls://b:4222"]).unwrap().is_some());
        assert!(Cli::try_parse_from(["boxoffice-server", "--cluster", " , "]).is_err());
    }

    #[test]
    fn what_is_no_address_is_refused_and_not_shown() {
        for wrong in ["a:4222", "http://shop:secret@a:4222", "nats://", "nats://a:4222,b:4222"] {
            let fault = options(&["--cluster", wrong]).unwrap_err();
            assert!(matches!(fault, ClusterFault::Address), "{wrong}: {fault}");
            let told = fault.to_string();
            assert!(told.contains("BOXOFFICE_CLUSTER") && !told.contains("secret"), "{told}");
        }
        let fault = options(&["--cluster", "nats://a:4222", "--cluster-monitoring", "a:8222"]).unwrap_err();
        assert!(matches!(fault, ClusterFault::Monitoring), "{fault}");
    }

    #[test]
    fn a_host_votes_once_it_is_asked_unless_it_is_told_otherwise() {
        let here = ["--cluster", "nats://a:4222"];
        let shown = |args: &[&str]| format!("{:?}", options(&[&here[..], args].concat()).unwrap());
        let check = |args: &[&str], votes: bool, joins: bool| {
            let shown = shown(args);
            assert!(shown.contains(&format!("votes: {votes}")), "{args:?}: {shown}");
            assert!(shown.contains(&format!("joins: {joins}")), "{args:?}: {shown}");
        };
        check(&[], true, false);
        check(&["--cluster-votes", "asked"], true, false);
        check(&["--cluster-votes", "always"], true, true);
        check(&["--cluster-votes", "never"], false, true);
        for (args, preferred) in [
            (&[][..], false),
            (&["--services", "expiration"], true),
            (&["--services", "expiration,tickets"], false),
            (&["--services", "expiration", "--cluster-preferred", "off"], false),
            (&["--cluster-preferred", "on"], true),
        ] {
            let shown = shown(args);
            assert!(shown.contains(&format!("preferred: {preferred}")), "{args:?}: {shown}");
        }
    }

    #[test]
    fn a_host_that_offers_payments_has_the_card_processors_keys() {
        for (args, keys) in
            [(&[][..], "Own"), (&["--services", "payments"], "Own"), (&["--services", "web"], "Elsewhere")]
        {
            let shown = format!("{:?}", options(&[&["--cluster", "nats://a:4222"], args].concat()).unwrap());
            assert!(shown.contains(&format!("processor_keys: {keys}")), "{args:?}: {shown}");
        }
    }

    #[test]
    fn answers_wait_for_the_stream_unless_they_are_to_wait_for_a_second_host() {
        for (args, expected) in [
            (&[][..], "Stream"),
            (&["--cluster-acknowledge", "stream"], "Stream"),
            (&["--cluster-acknowledge", "second-host"], "SecondHost"),
        ] {
            let shown = format!("{:?}", options(&[&["--cluster", "nats://a:4222"], args].concat()).unwrap());
            assert!(shown.contains(&format!("acknowledgement: {expected}")), "{args:?}: {shown}");
        }
        assert!(Cli::try_parse_from(["boxoffice-server", "--cluster-acknowledge", "nobody"]).is_err());
    }

    #[test]
    fn credentials_are_a_seed_or_a_file_of_nsc() {
        let seed = "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY\n";
        let token = format!("-----BEGIN NATS USER JWT-----\nabc\n------END NATS USER JWT------\n{seed}");
        assert!(has_token(&token) && !has_token(seed));
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("credentials");
        let options = || options(&["--cluster", "nats://a:4222", "--cluster-credentials", path.to_str().unwrap()]);
        let fault = options().unwrap_err();
        assert!(fault.to_string().contains("BOXOFFICE_CLUSTER_CREDENTIALS"), "{fault}");
        fs::write(&path, seed).unwrap();
        let shown = format!("{:?}", options().unwrap().unwrap());
        assert!(!shown.contains("SUACSSL"), "{shown}");
    }

    #[test]
    fn a_certificate_comes_with_its_key() {
        let alone = ["boxoffice-server", "--cluster", "tls://a:4222", "--cluster-certificate", "host.pem"];
        assert!(Cli::try_parse_from(alone).is_err());
        let files = ["--cluster-certificate", "/no/such.pem", "--cluster-key", "/no/such.key"];
        let fault = options(&[&["--cluster", "tls://a:4222"], &files[..]].concat());
        assert!(matches!(fault, Err(ClusterFault::File("--cluster-certificate", ..))), "{fault:?}");
    }

    #[test]
    fn a_machines_name_is_a_hosts_name_if_it_can_be() {
        assert_eq!(name("Boxoffice-0\n").unwrap().as_str(), "boxoffice-0");
        assert_eq!(name("box_office"), None);
        assert_eq!(name(""), None);
    }

    #[test]
    fn what_begins_a_cluster_needs_servers() {
        let parse = |args: &[&str]| {
            let cli = Cli::parse_from(["boxoffice-server", "cluster"].iter().chain(args));
            let Some(Command::Cluster(command)) = cli.command else { panic!("another command") };
            command.action
        };
        let ClusterAction::Init(init) = parse(&["init", "--from", "old"]) else { panic!("another action") };
        assert!(matches!(init.options(), Err(ClusterFault::NoServers)));
        assert_eq!((init.replicas, init.from), (3, Some("old".into())));
        let remake = parse(&["remake", "--cluster", "nats://a:4222", "--replicas", "5", "--even-if-there"]);
        let ClusterAction::Remake(remake) = remake else { panic!("another action") };
        assert!(remake.even_if_there && remake.options().is_ok() && remake.voter.is_none());
        let ClusterAction::Remake(remake) = parse(&["remake", "--as", "boxoffice-1"]) else { panic!("another action") };
        assert_eq!(remake.voter.unwrap().as_str(), "boxoffice-1");
        assert!(Cli::try_parse_from(["boxoffice-server", "cluster", "remake", "--as", "Box Office"]).is_err());
    }
}
