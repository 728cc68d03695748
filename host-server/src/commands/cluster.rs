//! `cluster`: begins a cluster, and looks after this host's part in it.

use std::path::Path;
use std::time::Duration;

use boxoffice::{ClusterOptions, ClusterOverview};

use super::serve::create_private_dir;
use crate::admin::{self, Answer, ClusterTask, Task, TaskError};
use crate::config::{
    ClusterAction, ClusterArgs, ClusterInitArgs, ClusterRemakeArgs, ClusterStatusArgs, ClusterTakeOverArgs, DataArgs,
    shared_keys,
};
use crate::dto::{ClusterHostOut, ClusterOut};
use crate::terminal::{Outcome, follow, progress_bar, say};

pub(super) fn run(args: &ClusterArgs) -> Outcome {
    match &args.action {
        ClusterAction::Init(args) => init(args),
        ClusterAction::Status(args) => status(args),
        ClusterAction::Join(args) => join(&args.dir.data, args.within),
        ClusterAction::Leave(args) => leave(&args.dir.data, args.host.clone()),
        ClusterAction::TakeOver(args) => take_over(args),
        ClusterAction::Remake(args) => remake(args),
    }
}

fn init(args: &ClusterInitArgs) -> Outcome {
    let (options, keys, dir) = (args.options()?, shared_keys()?, args.dir.data.as_path());
    check_not_served(dir)?;
    if let Some(from) = &args.from {
        copy(&options, from, dir)?;
    }
    create_private_dir(dir)?;
    let stream = options.init(dir, &keys)?;
    say(format_args!("the journal is the stream {stream}, and {} is its first copy", dir.display()));
    say("start its server with --cluster, if it is not running");
    Ok(())
}

/// Copies the box office of a directory into an empty one, to begin a cluster with it.
fn copy(options: &ClusterOptions, from: &Path, dir: &Path) -> Outcome {
    check_not_served(from)?;
    if dir.join("journal.redb").try_exists()? {
        let dir = dir.display();
        return Err(format!("{dir} has a box office already: without --from, the cluster begins with that").into());
    }
    if options.exists()? {
        return Err("there is a cluster on these servers already".into());
    }
    let bar = progress_bar("copying", "steps");
    let task = Task::Backup { dest: std::path::absolute(dir)? };
    let data = DataArgs { data: from.to_owned(), accept_clock_jump: false };
    let outcome = admin::run(&data, &task, &mut |reply| {
        follow(&bar, &reply);
        Ok(())
    });
    bar.finish_and_clear();
    if let Answer::BackedUp { seq } = outcome? {
        say(format_args!("copied everything up to record {seq} from {}, which stays as it is", from.display()));
    }
    Ok(())
}

fn remake(args: &ClusterRemakeArgs) -> Outcome {
    let (options, dir) = (args.options()?, args.dir.data.as_path());
    check_not_served(dir)?;
    let stream = options.remake(dir, args.voter.as_ref(), args.even_if_there)?;
    say(format_args!("the journal goes on in the stream {stream} from the copy in {}", dir.display()));
    if let Some(voter) = &args.voter {
        say(format_args!("{} is the directory of {voter} from now on", dir.display()));
    }
    say("start the other hosts again; those that had more or fewer messages than this copy need empty directories");
    Ok(())
}

fn check_not_served(dir: &Path) -> Outcome {
    if dir.try_exists()? && admin::is_served(dir)? {
        return Err(format!("a server has {} open: stop it first", dir.display()).into());
    }
    Ok(())
}

fn join(dir: &Path, within: Duration) -> Outcome {
    if let Answer::Host { id, name } = ask(dir, ClusterTask::Join, within)? {
        say(format_args!("{name} ({id}) votes on who writes"));
    }
    Ok(())
}

fn leave(dir: &Path, host: Option<String>) -> Outcome {
    if let Answer::Host { id, name } = ask(dir, ClusterTask::Leave { host }, Duration::ZERO)? {
        say(format_args!("{name} ({id}) is no member any more: stop its server, if it still runs"));
    }
    Ok(())
}

fn take_over(args: &ClusterTakeOverArgs) -> Outcome {
    if !args.alone {
        return Err("say --alone: that the other hosts are gone for good, and that what only they had is lost".into());
    }
    if let Answer::Cluster(cluster) = ask(&args.dir.data, ClusterTask::TakeOver, Duration::ZERO)? {
        say(format_args!("{} writes, in epoch {}", cluster.name_of(&cluster.host), cluster.epoch));
        say("let the hosts leave that are gone: `cluster leave HOST`");
    }
    Ok(())
}

/// Gives a task to the directory's server.
fn ask(dir: &Path, action: ClusterTask, within: Duration) -> Result<Answer, Box<dyn std::error::Error>> {
    let answer = admin::ask_server(dir, &Task::Cluster { action }, within)?;
    let none = || format!("no server has {} open: start it with --cluster, and say it again then", dir.display());
    Ok(answer.ok_or_else(none)?)
}

/// Prints what the directory's server knows, if it runs, and what the servers of the journal say, if they are named.
fn status(args: &ClusterStatusArgs) -> Outcome {
    let options = args.servers.options()?;
    let task = Task::Cluster { action: ClusterTask::Status };
    let own = match admin::ask_server(&args.dir.data, &task, Duration::ZERO) {
        Ok(Some(Answer::Cluster(cluster))) => Some(cluster),
        Ok(_) => None,
        // A server on one machine: the servers that are named are asked all the same.
        Err(TaskError::Refused(_)) if options.is_some() => None,
        Err(TaskError::Io(error)) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    if own.is_none() && options.is_none() {
        return Err("no server has the directory open, and no servers are named: --cluster (BOXOFFICE_CLUSTER)".into());
    }
    if let Some(cluster) = &own {
        show(cluster);
    }
    if let Some(options) = options {
        show_outside(&options.overview(&shared_keys()?)?, own.is_none());
    }
    Ok(())
}

fn show(cluster: &ClusterOut) {
    let ready = cluster.unready.as_ref().map_or_else(|| "ready".to_owned(), |why| format!("not ready: {why}"));
    say(format_args!("host     {}, {}, {ready}", cluster.name_of(&cluster.host), cluster.state));
    say(format_args!("writer   {}, epoch {}", cluster.name_of(&cluster.writer), cluster.epoch));
    say(format_args!("message  {}, {} applied", cluster.message, cluster.applied));
    for host in &cluster.hosts {
        say(format_args!("  {}", line(host)));
    }
    for finding in &cluster.findings {
        say(format_args!("finding  {finding}"));
    }
}

/// Returns a host as a line of text.
fn line(host: &ClusterHostOut) -> String {
    let name = host.name.as_deref().unwrap_or("(no member)");
    let votes = if host.voter { "votes" } else { "no vote" };
    let message = host.message.map_or_else(|| "-".to_owned(), |message| message.to_string());
    let heard = host.heard_ago_ms.map_or_else(|| "not heard".to_owned(), |ago| format!("heard {ago} ms ago"));
    format!("{name:<20} {votes:<8} message {message:<12} {heard:<20} clock {:+} ms  {}", host.clock_ahead_ms, host.id)
}

fn show_outside(overview: &ClusterOverview, has_hosts: bool) {
    let leader = overview.leader.as_deref().unwrap_or("nobody");
    say(format_args!("stream   {}, {} messages, led by {leader}", overview.stream, overview.messages));
    for (server, is_level) in &overview.replicas {
        say(format_args!("  {server:<20} {}", if *is_level { "level" } else { "behind" }));
    }
    if has_hosts {
        for host in &overview.hosts {
            let message = host.message.map_or_else(|| "-".to_owned(), |message| message.to_string());
            say(format_args!("host     {} message {message}{}", host.id, if host.writes { ", writes" } else { "" }));
        }
        for finding in &overview.findings {
            say(format_args!("finding  {finding}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_line() {
        let host = ClusterHostOut {
            id: "01938f6e-8c7a-7b2e-8f00-0123456789ab".to_owned(),
            name: Some("boxoffice-0".to_owned()),
            voter: true,
            writes: true,
            message: Some(17),
            heard_ago_ms: Some(30),
            clock_ahead_ms: -3,
        };
        let text = line(&host);
        for part in ["boxoffice-0 ", "votes", "message 17 ", "heard 30 ms ago", "clock -3 ms", "01938f6e"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let gone = ClusterHostOut { name: None, voter: false, message: None, heard_ago_ms: None, ..host };
        let text = line(&gone);
        assert!(text.contains("(no member)") && text.contains("no vote") && text.contains("not heard"), "{text}");
    }
}
