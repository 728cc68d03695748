//! Metrics of the cluster, as this host sees it. On one machine there are none.

use std::time::Duration;

use boxoffice::{BoxOffice, ClusterHost, ClusterStatus, HostState};
use metrics::{describe_counter, describe_gauge, describe_histogram, gauge};

use super::figure;

/// How long a host counts as heard: each says how it is every second.
const HEARD_FOR: Duration = Duration::from_secs(5);

pub(super) fn describe() {
    describe_gauge!("boxoffice_cluster_ready", "1 while this host may be asked");
    describe_gauge!("boxoffice_cluster_state", "1 for the state of this host, 0 for all others");
    describe_gauge!("boxoffice_cluster_epoch", "The number of the last claim to write that this host has read");
    describe_gauge!(
        "boxoffice_cluster_message",
        "The number of the last message of the journal that this host has read"
    );
    describe_gauge!("boxoffice_cluster_lag_messages", "Messages that this host has read and not applied yet");
    describe_gauge!("boxoffice_cluster_behind_messages", "Messages that another host has read and this one has not");
    describe_gauge!("boxoffice_cluster_voters", "Hosts that vote on who writes");
    describe_gauge!("boxoffice_cluster_hosts_heard", "Hosts that were heard lately, this one included");
    describe_gauge!(
        "boxoffice_cluster_clock_difference_seconds",
        "Difference of the clock that differs most from this host's"
    );
    describe_gauge!("boxoffice_cluster_findings", "Things that are wrong with the servers or the stream");
    describe_histogram!("boxoffice_stream_append_seconds", "Time from an append to the stream to its place there");
    describe_counter!("boxoffice_forwarded_commands_total", "Commands that were given to the host that writes");
}

/// Sets the gauges to their current values.
pub(super) fn set(office: &BoxOffice) {
    if let Some(cluster) = office.cluster() {
        set_from(&cluster.status());
    }
}

fn set_from(status: &ClusterStatus) {
    let is_heard = |host: &&ClusterHost| host.heard_ago.is_some_and(|ago| ago <= HEARD_FOR);
    let heard: Vec<_> = status.hosts.iter().filter(is_heard).collect();
    let furthest = heard.iter().filter_map(|host| host.message).max().unwrap_or_default();
    let clocks = heard.iter().map(|host| host.clock_ahead_ms.unsigned_abs()).max().unwrap_or_default();
    gauge!("boxoffice_cluster_ready").set(figure(u8::from(status.unready.is_none())));
    for state in HostState::ALL {
        gauge!("boxoffice_cluster_state", "state" => state.as_str()).set(figure(u8::from(status.state == *state)));
    }
    gauge!("boxoffice_cluster_epoch").set(figure(status.epoch));
    gauge!("boxoffice_cluster_message").set(figure(status.message));
    gauge!("boxoffice_cluster_lag_messages").set(figure(status.message.saturating_sub(status.applied)));
    gauge!("boxoffice_cluster_behind_messages").set(figure(furthest.saturating_sub(status.message)));
    gauge!("boxoffice_cluster_voters").set(figure(status.hosts.iter().filter(|host| host.voter).count()));
    gauge!("boxoffice_cluster_hosts_heard").set(figure(heard.len()));
    gauge!("boxoffice_cluster_clock_difference_seconds").set(figure(clocks) / 1_000.0);
    gauge!("boxoffice_cluster_findings").set(figure(status.findings.len()));
}
