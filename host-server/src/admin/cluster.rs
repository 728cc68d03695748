//! Administrative tasks about the cluster. Only a running server can perform them: it is the host.

use std::sync::Arc;
use std::time::Duration;

use boxoffice::{Actor, BoxOffice, Cluster, Code, Error, Host, HostId, HostName, HostState};
use tokio::time::{Instant, sleep};

use super::protocol::Problem;
use super::webhooks::wait;
use super::{Answer, ClusterTask, Reply, Tools};
use crate::dto::ClusterOut;

/// Time for which a host waits until it may join, or until it writes.
const PATIENCE: Duration = Duration::from_mins(1);

/// Pause before it looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Performs the task. Blocks.
pub(super) fn perform(tools: &Tools, task: &ClusterTask) -> Reply {
    let Some(cluster) = tools.office.cluster() else {
        return Reply::Failed(Problem {
            code: Code::ClusterHostNotFound.as_str().to_owned(),
            message: "this server is no host of a cluster: start it with --cluster".to_owned(),
        });
    };
    match wait(act(&tools.office, &cluster, task)) {
        Ok(Ok(answer)) => Reply::Done(answer),
        Ok(Err(error)) => Reply::Failed(Problem::from(&error)),
        Err(error) => Reply::Failed(Problem { code: "internal".to_owned(), message: error.to_string() }),
    }
}

async fn act(office: &BoxOffice, cluster: &Cluster, task: &ClusterTask) -> Result<Answer, Error> {
    match task {
        ClusterTask::Status => status(office),
        ClusterTask::Join => {
            let host = join(cluster).await?;
            Ok(answer(&host))
        }
        ClusterTask::Leave { host } => {
            let host = cluster.remove(Actor::System, find(cluster, host.as_deref())?).await?;
            Ok(answer(&host))
        }
        ClusterTask::TakeOver => {
            take_over(cluster).await?;
            status(office)
        }
    }
}

fn status(office: &BoxOffice) -> Result<Answer, Error> {
    ClusterOut::of(office).map(Answer::Cluster).ok_or_else(|| Code::ClusterHostNotFound.into())
}

fn answer(host: &Host) -> Answer {
    Answer::Host { id: host.id.to_string(), name: host.name.to_string() }
}

/// Joins, once this host has what the others have, and no other host joins or leaves.
async fn join(cluster: &Cluster) -> Result<Arc<Host>, Error> {
    let until = Instant::now() + PATIENCE;
    loop {
        let is_late = Instant::now() >= until;
        if cluster.status().state != HostState::Blank {
            match cluster.join(Actor::System).await {
                Err(error) if error.code() == Code::ClusterChangePending && !is_late => {}
                joined => return joined,
            }
        } else if is_late {
            return Err(not_yet("this host does not have yet what the others have", cluster));
        }
        sleep(LOOK_AGAIN).await;
    }
}

/// Has this host write, and waits until it does.
async fn take_over(cluster: &Cluster) -> Result<(), Error> {
    let until = Instant::now() + PATIENCE;
    cluster.take_over_alone(Actor::System)?;
    while cluster.status().state != HostState::Writer {
        if Instant::now() >= until {
            return Err(not_yet("this host does not write", cluster));
        }
        sleep(LOOK_AGAIN).await;
    }
    Ok(())
}

fn not_yet(what: &str, cluster: &Cluster) -> Error {
    let status = cluster.status();
    let why = status.unready.unwrap_or_else(|| format!("it is a {}", status.state));
    Error::with_message(Code::JournalUnavailable, format!("{what}: {why}"))
}

/// Returns the host with this name or id; without one, this host.
fn find(cluster: &Cluster, text: Option<&str>) -> Result<HostId, Error> {
    let status = cluster.status();
    let Some(text) = text else { return Ok(status.host) };
    let is_meant = |name: &HostName| name.as_str() == text;
    let named = status.hosts.iter().find(|host| host.name.as_ref().is_some_and(is_meant)).map(|host| host.id);
    named.or_else(|| text.parse().ok()).ok_or_else(|| Code::ClusterHostNotFound.into())
}
