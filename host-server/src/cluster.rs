//! The cluster that this host belongs to, if it belongs to one. Without the feature `cluster` it never does.

use boxoffice::BoxOffice;

/// Returns the reason why a host of a cluster must not be asked now; none if it may be, or is on one machine.
#[cfg(feature = "cluster")]
pub(crate) fn unready(office: &BoxOffice) -> Option<String> {
    office.cluster().and_then(|cluster| cluster.status().unready)
}

#[cfg(not(feature = "cluster"))]
pub(crate) fn unready(_: &BoxOffice) -> Option<String> {
    None
}

/// Returns what is wrong with the servers or the stream of a host's cluster, as far as it may be asked nevertheless.
#[cfg(feature = "cluster")]
pub(crate) fn findings(office: &BoxOffice) -> Vec<String> {
    office.cluster().map(|cluster| cluster.status().findings).unwrap_or_default()
}

#[cfg(not(feature = "cluster"))]
pub(crate) fn findings(_: &BoxOffice) -> Vec<String> {
    Vec::new()
}

/// Returns `true` if this host is in alarm: it decides and answers nothing any more, and has said why.
#[cfg(all(feature = "cli", feature = "cluster"))]
pub(crate) fn is_in_alarm(office: &BoxOffice) -> bool {
    office.cluster().is_some_and(|cluster| cluster.status().state == boxoffice::HostState::Alarm)
}

#[cfg(all(feature = "cli", not(feature = "cluster")))]
pub(crate) fn is_in_alarm(_: &BoxOffice) -> bool {
    false
}

/// Returns `true` if the box office is a host of a cluster.
#[cfg(all(feature = "pages", feature = "cluster"))]
pub(crate) fn is_host(office: &BoxOffice) -> bool {
    office.cluster().is_some()
}

#[cfg(all(feature = "pages", not(feature = "cluster")))]
pub(crate) fn is_host(_: &BoxOffice) -> bool {
    false
}
