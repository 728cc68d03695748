//! Whether the stream and the servers are what the journal needs. Every rule is here, as a function of what the servers say
//! of themselves.
//!
//! A stream with a limit forgets, a server that does not sync every write loses a whole stream with the power, and a user
//! who may purge will one day do so by mistake. So a host refuses to start on them, and is not ready while it sees one.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::{Value, json};

use super::subjects;
use crate::event::Hash;

/// Least number of replicas.
pub(crate) const REPLICAS_MIN: u64 = 3;

/// Name under which the stream's metadata has the identity of the journal.
const JOURNAL: &str = "boxoffice-journal";

/// Least limit of a message's size that leaves room for a batch.
const MESSAGE_BYTES_MIN: i64 = 64 * 1024;

/// Time for which a replica counts as heard, in nanoseconds. Leaders send a sign of life every second.
const HEARD_MAX: u64 = 2_500_000_000;

/// A stream as its leader describes it.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct StreamInfo {
    pub(crate) config: StreamConfig,
    pub(crate) state: StreamState,
    #[serde(default)]
    pub(crate) cluster: Option<ClusterInfo>,
}

impl StreamInfo {
    /// Returns the number of replicas that the stream should have.
    pub(crate) fn replicas(&self) -> u64 {
        self.config.num_replicas
    }

    /// Returns `true` if the server that says so has lately heard from as many others as make a majority. Only then what it says
    /// of the stream's end is of now: one that was cut off takes itself for the leader for some ten seconds.
    pub(crate) fn is_led(&self) -> bool {
        let Some(cluster) = &self.cluster else { return true };
        let is_heard = |replica: &&Replica| !replica.offline && replica.active < HEARD_MAX;
        let heard = cluster.replicas.iter().filter(is_heard).count();
        // It hears itself.
        !cluster.leader.is_empty() && heard + 1 > cluster.replicas.len().div_ceil(2)
    }

    /// Returns the journal that the stream is of, by its own word.
    pub(crate) fn journal(&self) -> Option<Hash> {
        let text = self.config.metadata.get(JOURNAL)?;
        blake3::Hash::from_hex(text).ok().map(|hash| Hash::from_bytes(*hash.as_bytes()))
    }
}

/// Configuration of a stream: what the rules ask for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct StreamConfig {
    pub(crate) name: String,
    subjects: Vec<String>,
    retention: String,
    discard: String,
    storage: String,
    num_replicas: u64,
    max_msgs: i64,
    max_bytes: i64,
    max_age: i64,
    max_msgs_per_subject: i64,
    /// Maximum bytes of a message; none if not positive.
    pub(crate) max_msg_size: i64,
    sealed: bool,
    deny_delete: bool,
    deny_purge: bool,
    metadata: BTreeMap<String, String>,
    /// All other settings, of which some must not be set.
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

/// State of a stream, on its leader or on one replica.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct StreamState {
    /// Number of its messages.
    pub(crate) messages: u64,
    /// Sequence number of its first message.
    pub(crate) first_seq: u64,
    /// Sequence number of its last message.
    pub(crate) last_seq: u64,
    /// Number of messages that are missing between the two.
    pub(crate) num_deleted: u64,
}

/// Where the replicas of a stream are.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ClusterInfo {
    /// Server that leads; empty while there is none.
    pub(crate) leader: String,
    /// The other servers.
    pub(crate) replicas: Vec<Replica>,
}

/// A replica as the leader sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Replica {
    /// Name of its server.
    pub(crate) name: String,
    /// `true` if it has what the leader has.
    pub(crate) current: bool,
    /// `true` if it is not reachable.
    pub(crate) offline: bool,
    /// Time since the leader heard from it, in nanoseconds.
    pub(crate) active: u64,
    /// Number of operations that it lacks.
    pub(crate) lag: u64,
}

/// A server as its own monitoring describes it, at `/jsz`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Server {
    #[serde(rename = "server_id")]
    id: String,
    disabled: bool,
    config: ServerConfig,
    account_details: Vec<Account>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct ServerConfig {
    sync_always: bool,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Account {
    stream_detail: Vec<Stream>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Stream {
    name: String,
    config: StreamConfig,
    state: StreamState,
}

/// A server that was asked, by the address of its monitoring.
pub(crate) type Seen = (String, Result<Server, String>);

/// What the stream has to be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected {
    pub(crate) journal: Hash,
    pub(crate) generation: u64,
    /// `true` if it is only a test: fewer replicas will do, and nobody asks how the servers write.
    pub(crate) is_test: bool,
}

/// Weight of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    /// The operator should see to it; nothing is lost by it alone.
    Warning,
    /// No host starts, and none is ready.
    Fatal,
}

/// Something about the stream or the servers that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) severity: Severity,
    pub(crate) what: String,
}

impl Finding {
    pub(crate) fn fatal(what: impl Into<String>) -> Self {
        Self { severity: Severity::Fatal, what: what.into() }
    }

    pub(crate) fn warning(what: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

/// Returns the configuration of a new stream.
pub(crate) fn wanted(expected: Expected, replicas: u64) -> Value {
    let Expected { journal, generation, .. } = expected;
    json!({
        "name": subjects::stream(generation),
        "description": "The journal of a box office. Only its hosts may publish here, and nothing may be removed.",
        "subjects": [subjects::stream_subject(generation)],
        "retention": "limits",
        "storage": "file",
        "num_replicas": replicas,
        "discard": "new",
        "max_msgs": -1,
        "max_bytes": -1,
        "max_age": 0,
        "max_msgs_per_subject": -1,
        "max_msg_size": -1,
        "max_consumers": -1,
        "deny_delete": true,
        "deny_purge": true,
        "allow_direct": false,
        "mirror_direct": false,
        "allow_rollup_hdrs": false,
        "metadata": { JOURNAL: journal.to_string() },
    })
}

/// Judges the configuration of the stream, and what its leader says of its state.
pub(crate) fn judge_stream(info: &StreamInfo, expected: Expected) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut fatal = |is_wrong: bool, what: String| {
        if is_wrong {
            findings.push(Finding::fatal(what));
        }
    };
    let StreamConfig { name, subjects: takes, metadata, num_replicas, .. } = &info.config;
    let Expected { journal, generation, is_test } = expected;
    fatal(
        *name != subjects::stream(generation),
        format!("the stream is {name}, and not {}", subjects::stream(generation)),
    );
    let identity = metadata.get(JOURNAL);
    fatal(
        identity != Some(&journal.to_string()),
        format!("stream {name} is of another journal, or none: {}", identity.map_or("it says nothing", String::as_str)),
    );
    fatal(
        *takes != [subjects::stream_subject(generation)],
        format!(
            "stream {name} takes subjects {takes:?}, and should take {} alone",
            subjects::stream_subject(generation)
        ),
    );
    fatal(
        *num_replicas < REPLICAS_MIN && !is_test,
        format!(
            "stream {name} has {num_replicas} replicas: with fewer than {REPLICAS_MIN} a lost server loses the journal"
        ),
    );
    findings.extend(forgetful(&info.config).into_iter().map(|what| Finding::fatal(format!("stream {name} {what}"))));
    findings.extend(holes(&info.state).map(|what| Finding::warning(format!("the leader of stream {name} {what}"))));
    findings
}

/// Returns the settings of a stream by which it would forget, refuse or change messages.
fn forgetful(config: &StreamConfig) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut text = |name: &str, is: &str, should: &str| {
        if is != should {
            wrong.push(format!("has {name} {is:?}: it must be {should:?}"));
        }
    };
    text("retention", &config.retention, "limits");
    text("storage", &config.storage, "file");
    text("discard", &config.discard, "new");
    for (name, limit) in [
        ("max_msgs", config.max_msgs),
        ("max_bytes", config.max_bytes),
        ("max_age", config.max_age),
        ("max_msgs_per_subject", config.max_msgs_per_subject),
    ] {
        if limit > 0 {
            wrong.push(format!("has a limit, {name} {limit}, by which it would forget or stop"));
        }
    }
    if (1..MESSAGE_BYTES_MIN).contains(&config.max_msg_size) {
        wrong.push(format!("takes messages of {} bytes, too few for a batch", config.max_msg_size));
    }
    for (name, is_set) in [("deny_delete", config.deny_delete), ("deny_purge", config.deny_purge)] {
        if !is_set {
            wrong.push(format!("lacks {name}: its messages can be removed"));
        }
    }
    if config.sealed {
        wrong.push("is sealed: it takes no more messages".into());
    }
    let set = config.others.iter().filter(|(name, value)| must_not_be_set(name, value));
    wrong.extend(set.map(|(name, value)| format!("has {name} set to {value}, with which it would not be a journal")));
    wrong
}

/// Returns `true` for a setting that is on and must be off.
fn must_not_be_set(name: &str, value: &Value) -> bool {
    let is_off = match value {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_u64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(true) => false,
    };
    match name {
        "no_ack"
        | "mirror"
        | "sources"
        | "subject_transform"
        | "republish"
        | "allow_direct"
        | "mirror_direct"
        | "discard_new_per_subject"
        | "allow_rollup_hdrs"
        | "allow_msg_ttl"
        | "subject_delete_marker_ttl"
        | "allow_msg_counter"
        | "allow_atomic"
        | "allow_msg_schedules"
        | "allow_batched" => !is_off,
        "first_seq" => !is_off && value.as_u64() != Some(1),
        "persist_mode" => !is_off && value.as_str() != Some("default"),
        // Each host reads by a consumer of its own, and makes another one whenever it is in doubt.
        "max_consumers" => value.as_i64().is_some_and(|max| max > 0),
        _ => false,
    }
}

/// Returns what is wrong with a state: messages that are gone.
fn holes(state: &StreamState) -> Option<String> {
    if state.num_deleted > 0 {
        return Some(format!("lacks {} messages: stop it, empty its store, and start it again", state.num_deleted));
    }
    let is_cut = state.messages > 0 && state.first_seq > 1;
    is_cut.then(|| format!("has forgotten all messages before {}", state.first_seq))
}

/// Judges the servers with the stream by what each says of itself.
///
/// A server that does not answer may be down, which is no reason not to start; but as many of those with the stream have to
/// be seen as make a majority.
pub(crate) fn judge_servers(seen: &[Seen], replicas: u64, expected: Expected) -> Vec<Finding> {
    let mut findings = judge_each(seen, expected);
    let name = subjects::stream(expected.generation);
    let journal = expected.journal.to_string();
    let mut with_stream = Vec::new();
    for (address, server) in seen {
        let Ok(server) = server else { continue };
        let streams = server.account_details.iter().flat_map(|account| &account.stream_detail);
        let is_ours = |stream: &&Stream| stream.name == name && stream.config.metadata.get(JOURNAL) == Some(&journal);
        for stream in streams.filter(is_ours) {
            with_stream.push(server.id.as_str());
            let hole = holes(&stream.state).map(|what| format!("the replica on the server of {address} {what}"));
            findings.extend(hole.map(Finding::warning));
        }
    }
    with_stream.sort_unstable();
    with_stream.dedup();
    findings.extend(too_few(with_stream.len() as u64, replicas, expected));
    findings
}

/// Judges servers on which the stream is to be made.
pub(crate) fn judge_future_servers(seen: &[Seen], replicas: u64, expected: Expected) -> Vec<Finding> {
    let mut findings = judge_each(seen, expected);
    let mut ids: Vec<&str> = seen.iter().filter_map(|(_, server)| Some(server.as_ref().ok()?.id.as_str())).collect();
    ids.sort_unstable();
    ids.dedup();
    findings.extend(too_few(ids.len() as u64, replicas, expected));
    findings
}

/// Judges each server by itself.
fn judge_each(seen: &[Seen], expected: Expected) -> Vec<Finding> {
    let judge = |(address, server): &Seen| match server {
        Err(why) => Some(Finding::warning(format!("the monitoring of {address} does not answer: {why}"))),
        Ok(server) if server.disabled => Some(Finding::fatal(format!("the server of {address} has no JetStream"))),
        Ok(server) if !server.config.sync_always && !expected.is_test => Some(Finding::fatal(format!(
            "the server of {address} lacks `sync_interval: always`: it would lose the journal's end with its power"
        ))),
        Ok(_) => None,
    };
    seen.iter().filter_map(judge).collect()
}

fn too_few(found: u64, replicas: u64, expected: Expected) -> Option<Finding> {
    let needed = replicas / 2 + 1;
    let is_wrong = found < needed && !expected.is_test;
    is_wrong.then(|| {
        Finding::fatal(format!(
            "{found} of the {replicas} servers with the journal could be asked how they write, and {needed} are needed: \
             name the addresses of their monitoring, such as http://nats-0:8222"
        ))
    })
}

/// What a host's user of the servers must not do. Each is asked of a stream that never exists.
pub(crate) const FORBIDDEN: &[&str] = &[
    "STREAM.UPDATE",
    "STREAM.PURGE",
    "STREAM.DELETE",
    "STREAM.SNAPSHOT",
    "STREAM.MSG.DELETE",
    "STREAM.LEADER.STEPDOWN",
];

/// Name of the stream that never exists.
pub(crate) const NO_STREAM: &str = "JOURNAL-0";

/// Judges what the host's user may do. `allowed` are those of [`FORBIDDEN`] that were answered.
pub(crate) fn judge_permissions(allowed: &[&str], violations: &[String]) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !allowed.is_empty() {
        findings.push(Finding::warning(format!(
            "the hosts' user of the servers may do {}, which only an operator should",
            allowed.join(", ")
        )));
    }
    let needed = violations.iter().filter(|subject| !subject.contains(NO_STREAM));
    findings.extend(needed.map(|subject| {
        Finding::fatal(format!("the hosts' user of the servers has no permission for {subject}, which it needs"))
    }));
    findings
}

/// Returns the subject that the servers' error denies, if it is about a permission.
pub(crate) fn violation(error: &str) -> Option<String> {
    let is_violation = error.to_lowercase().contains("permissions violation");
    let subject = error.split('"').nth(1).unwrap_or(error);
    is_violation.then(|| subject.to_owned())
}

#[cfg(test)]
mod tests;
