//! The page of the cluster: its hosts, which of them writes, and how far each has the journal. There is none on one machine.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use boxoffice::{Actor, BoxOffice, Error, HostId};

use super::operator::Operator;
use super::page::{Frame, page};
use crate::dto::{ClusterHostOut, ClusterOut};
use crate::error::{Failure, Refusal};
use crate::web::site::{Chrome, Flash, Form, show as shown};

/// Path of this page.
const HERE: &str = "/console/cluster";

/// Time without a word after which a host counts as gone. Each says how it is every second.
const GONE_AFTER_MS: u64 = 10_000;

/// A host, formatted for the page.
struct Listed {
    id: String,
    name: String,
    part: &'static str,
    message: String,
    behind: String,
    heard: String,
    clock: String,
    is_own: bool,
    /// `true` for a member that has not been heard for long.
    is_gone: bool,
}

#[derive(Template)]
#[template(path = "console/cluster.html")]
struct ClusterPage {
    chrome: Chrome,
    frame: Frame,
    cluster: ClusterOut,
    own: String,
    writer: String,
    hosts: Vec<Listed>,
    lag: u64,
    voters: usize,
}

crate::web::site::page!(ClusterPage);

pub(super) async fn show(operator: Operator, State(office): State<BoxOffice>) -> Result<Response, Failure> {
    Ok(page(&made(operator, &office, Frame::new("Cluster", HERE))?))
}

fn made(operator: Operator, office: &BoxOffice, frame: Frame) -> Result<ClusterPage, Failure> {
    let cluster = ClusterOut::of(office).ok_or(Refusal::RouteNotFound)?;
    let furthest = cluster.hosts.iter().filter_map(|host| host.message).max().unwrap_or_default();
    Ok(ClusterPage {
        chrome: operator.chrome,
        frame,
        own: cluster.name_of(&cluster.host).to_owned(),
        writer: cluster.name_of(&cluster.writer).to_owned(),
        hosts: cluster.hosts.iter().map(|host| listed(host, &cluster, furthest)).collect(),
        lag: cluster.message.saturating_sub(cluster.applied),
        voters: cluster.hosts.iter().filter(|host| host.voter).count(),
        cluster,
    })
}

fn listed(host: &ClusterHostOut, cluster: &ClusterOut, furthest: u64) -> Listed {
    let is_own = host.id == cluster.host;
    let is_heard = host.heard_ago_ms.is_some_and(|ago| ago < GONE_AFTER_MS);
    Listed {
        id: host.id.clone(),
        name: host.name.clone().unwrap_or_else(|| "has not joined".to_owned()),
        part: match (host.writes && is_heard, host.voter) {
            (true, _) => "writes",
            (false, true) => "votes",
            (false, false) => "follows",
        },
        message: host.message.map_or_else(|| "–".to_owned(), |message| message.to_string()),
        behind: host.message.map_or_else(|| "–".to_owned(), |message| furthest.saturating_sub(message).to_string()),
        heard: heard(host, is_own),
        clock: if is_own { "–".to_owned() } else { format!("{:+} ms", host.clock_ahead_ms) },
        is_own,
        is_gone: !is_own && !is_heard && host.name.is_some(),
    }
}

/// Returns when a host was heard, in words.
fn heard(host: &ClusterHostOut, is_own: bool) -> String {
    match host.heard_ago_ms {
        _ if is_own => "this host".to_owned(),
        Some(ago) if ago < GONE_AFTER_MS => format!("{ago} ms ago"),
        Some(ago) => format!("{} s ago", ago / 1_000),
        None => "not since this host started".to_owned(),
    }
}

/// Removes a host that is gone.
pub(super) async fn remove(
    operator: Operator,
    State(office): State<BoxOffice>,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let id: HostId = id.parse().map_err(|_| Refusal::RouteNotFound)?;
    match removed(&office, operator.actor, id).await {
        Ok(()) => Ok(form.redirect(HERE, Flash::HostRemoved)),
        Err(error) => refused(operator, &office, &error),
    }
}

#[cfg(feature = "cluster")]
async fn removed(office: &BoxOffice, actor: Actor, host: HostId) -> Result<(), Error> {
    let cluster = office.cluster().ok_or(boxoffice::Code::ClusterHostNotFound)?;
    cluster.remove(actor, host).await.map(drop)
}

#[cfg(not(feature = "cluster"))]
fn removed(_: &BoxOffice, _: Actor, _: HostId) -> std::future::Ready<Result<(), Error>> {
    std::future::ready(Err(boxoffice::Code::ClusterHostNotFound.into()))
}

/// Returns the page with the error.
fn refused(operator: Operator, office: &BoxOffice, error: &Error) -> Result<Response, Failure> {
    let status = StatusCode::from_u16(error.status_code()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if status.is_server_error() || status == StatusCode::NOT_FOUND {
        return Err(error.clone().into());
    }
    Ok(shown(status, &made(operator, office, Frame::new("Cluster", HERE).faults(error))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(id: &str, name: Option<&str>, heard_ago_ms: Option<u64>) -> ClusterHostOut {
        ClusterHostOut {
            id: id.to_owned(),
            name: name.map(str::to_owned),
            voter: name.is_some(),
            writes: false,
            message: heard_ago_ms.map(|_| 15),
            heard_ago_ms,
            clock_ahead_ms: 7,
        }
    }

    fn cluster() -> ClusterOut {
        ClusterOut {
            host: "1".to_owned(),
            state: "follower".to_owned(),
            writer: "2".to_owned(),
            epoch: 3,
            message: 17,
            applied: 16,
            stream: "JOURNAL-1".to_owned(),
            unready: None,
            findings: Vec::new(),
            hosts: Vec::new(),
        }
    }

    #[test]
    fn only_a_member_that_is_silent_for_long_is_gone() {
        let is_gone = |host: &ClusterHostOut| listed(host, &cluster(), 17).is_gone;
        assert!(is_gone(&host("3", Some("c"), Some(GONE_AFTER_MS))));
        assert!(is_gone(&host("3", Some("c"), None)));
        assert!(!is_gone(&host("3", Some("c"), Some(900))));
        assert!(!is_gone(&host("3", None, None)), "it is no member");
        assert!(!is_gone(&host("1", Some("a"), None)), "it is this host");
    }

    #[test]
    fn a_host_that_wrote_and_is_silent_does_not_count_as_the_writer() {
        let part = |heard_ago_ms| {
            let host = ClusterHostOut { writes: true, ..host("2", Some("b"), heard_ago_ms) };
            listed(&host, &cluster(), 17).part
        };
        assert_eq!((part(Some(50)), part(Some(60_000))), ("writes", "votes"));
    }

    #[test]
    fn what_a_host_lacks_is_counted_from_the_furthest() {
        let shown = listed(&host("2", Some("b"), Some(50)), &cluster(), 17);
        assert_eq!((shown.message.as_str(), shown.behind.as_str(), shown.clock.as_str()), ("15", "2", "+7 ms"));
        let silent = listed(&host("2", Some("b"), None), &cluster(), 17);
        assert_eq!((silent.message.as_str(), silent.behind.as_str()), ("–", "–"));
        assert_eq!(silent.heard, "not since this host started");
    }
}
