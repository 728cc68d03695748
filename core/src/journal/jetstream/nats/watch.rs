//! Looking at the stream and the servers: once before a host starts, and again and again after that.

use std::sync::Arc;
use std::time::Duration;

use async_nats::{HeaderMap, Request};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::super::member::{Moment, PeerState};
use super::api::{self, ApiFailure};
use super::config::{self, Expected, FORBIDDEN, Finding, NO_STREAM, Severity, StreamInfo};
use super::connection::{Connection, Servers};
use super::protocol::EXPECTED_LAST;
use super::shared::{Shared, lock};
use super::{monitoring, stream, subjects};

/// Interval in which the stream and the servers are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// Difference of two clocks beyond which the operator is told, in milliseconds.
const SKEW_MAX: u64 = 1_000;

/// Time for which it counts what a host was heard to say, in milliseconds.
const HEARD_FOR: Moment = 3_000;

/// Time within which what a user may do is answered.
const PROBE_TIMEOUT: Duration = Duration::from_secs(1);

/// Looks at the stream and the servers. The stream is missing if it can't be asked for.
pub(super) async fn look(
    servers: &Servers,
    connection: &Connection,
    expected: Expected,
) -> (Option<StreamInfo>, Vec<Finding>) {
    let name = subjects::stream(expected.generation);
    let (info, mut findings) = match stream::info(&connection.client, expected.generation).await {
        Ok(info) => {
            let findings = config::judge_stream(&info, expected);
            (Some(info), findings)
        }
        Err(error) if error.code() == Some(api::STREAM_NOT_FOUND) => {
            (None, vec![Finding::fatal(format!("the stream {name} is gone"))])
        }
        // Servers without a leader say nothing, or just that. The stream's silence tells it soon enough.
        Err(error) if error.passes() => (None, vec![Finding::warning(error.to_string())]),
        Err(error) => (None, vec![Finding::fatal(error.to_string())]),
    };
    if let Ok(Some(newest)) = stream::newest(&connection.client).await
        && newest > expected.generation
    {
        let newest = subjects::stream(newest);
        findings.push(Finding::fatal(format!("the journal goes on in stream {newest}: start this host again")));
    }
    let replicas = info.as_ref().map_or(config::REPLICAS_MIN, StreamInfo::replicas);
    let discovered = connection.client.server_info().connect_urls;
    let seen = if expected.is_test { Vec::new() } else { monitoring::look(servers.monitors(&discovered)).await };
    findings.extend(config::judge_servers(&seen, replicas, expected));
    findings.extend(config::judge_permissions(&[], &connection.denied()));
    (info, findings)
}

/// Finds out what the hosts' user may do that it should not, and whether it may publish to the stream.
pub(super) async fn probe(connection: &Connection, expected: Expected) -> Vec<Finding> {
    let mut probes = Vec::new();
    for what in FORBIDDEN {
        let client = connection.client.clone();
        probes.push(tokio::spawn(async move {
            let (subject, body) = (format!("{what}.{NO_STREAM}"), json!({ "name": NO_STREAM, "seq": 1 }));
            let asked = api::ask::<Value>(&client, &subject, &body);
            // A permission that is denied looks like a server that is silent.
            let is_answered = matches!(timeout(PROBE_TIMEOUT, asked).await, Ok(Ok(_) | Err(ApiFailure::Refused(..))));
            is_answered.then_some(*what)
        }));
    }
    let mut headers = HeaderMap::new();
    // No stream ever ends there: nothing is stored.
    headers.insert(EXPECTED_LAST, i64::MAX.to_string());
    let request = Request::new().headers(headers).timeout(Some(PROBE_TIMEOUT));
    let subject = subjects::stream_subject(expected.generation);
    if let Err(error) = connection.client.send_request(subject, request).await {
        tracing::debug!(%error, "the stream does not answer a publish");
    }
    let mut allowed = Vec::new();
    for probe in probes {
        allowed.extend(probe.await.ok().flatten());
    }
    config::judge_permissions(&allowed, &connection.denied())
}

/// Looks at the stream and the servers, until the process ends.
pub(super) async fn watch(shared: Arc<Shared>) {
    loop {
        sleep(LOOK_EVERY).await;
        let (_, mut findings) = look(&shared.servers, &shared.connection, shared.expected).await;
        let others = lock(&shared.member).others((shared.now)());
        findings.extend(judge_clocks(&others));
        shared.note(findings);
    }
}

/// Judges the clocks of the other hosts, as they were heard. A host whose clock differs too much from the writer's is not ready,
/// and one whose clock differs more from all others' never writes.
fn judge_clocks(others: &[PeerState]) -> Vec<Finding> {
    let differs = |other: &&PeerState| other.age <= HEARD_FOR && other.ahead.unsigned_abs() > SKEW_MAX;
    let finding = |other: &PeerState| {
        let (seconds, side) = (other.ahead.unsigned_abs() / 1_000, if other.ahead > 0 { "ahead of" } else { "behind" });
        let host = other.host;
        Finding::warning(format!(
            "the clock of host {host} is {seconds} s or more {side} this host's: synchronise them"
        ))
    };
    others.iter().filter(differs).map(finding).collect()
}

impl Shared {
    /// Keeps what was found, and tells what is new.
    pub(super) fn note(&self, findings: Vec<Finding>) {
        let mut known = lock(&self.findings);
        for finding in findings.iter().filter(|finding| !known.contains(finding)) {
            match finding.severity {
                Severity::Fatal => tracing::error!(%finding, "this host is not ready"),
                Severity::Warning => tracing::warn!(%finding, "the servers of the cluster"),
            }
        }
        *known = findings;
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::peer::Standing;
    use super::*;
    use crate::event::Hash;
    use crate::types::HostId;

    #[test]
    fn clocks_that_differ_are_told() {
        let (journal, head, blank, secured) = (Hash::ZERO, Hash::ZERO, false, None);
        let standing = Standing { journal, generation: 1, epoch: 1, n: 1, head, blank, secured };
        let other = |ahead, age| {
            let host = HostId::from_bytes([1; 16]);
            [PeerState { host, standing, age, ahead, is_writer: false }]
        };
        assert_eq!(judge_clocks(&other(1_000, 0)), []);
        assert_eq!(judge_clocks(&other(9_000, HEARD_FOR + 1)), [], "it may be down");
        for (ahead, words) in [(1_001, "1 s or more ahead of"), (-7_500, "7 s or more behind")] {
            let findings = judge_clocks(&other(ahead, 100));
            assert!(findings.len() == 1 && findings[0].what.contains(words), "{findings:?}");
            assert_eq!(findings[0].severity, Severity::Warning);
        }
    }
}
