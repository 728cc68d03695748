//! The first copy of the journal, and those of the others.

use boxoffice::simulation::{SimulatedCluster, join_host};
use boxoffice::{Clock as _, Error, HostId, HostName};

use super::host::Host;
use crate::auditor::{Auditor, Verdict};
use crate::process::Process;
use crate::run::asked;
use crate::watch::News;

/// Number of records that are read at a time: more than a founding has.
const READ_MAX: usize = 100;

/// Makes the hosts members of one cluster, and gives each a copy of its journal.
pub(super) fn found(seed: u64, hosts: &[Host], ids: &[HostId], auditor: &mut Auditor) -> Verdict<SimulatedCluster> {
    let first = hosts.first().ok_or("there is no host")?;
    let mut process = Process::start(&first.disks, &first.outside).map_err(|error| told(&error))?;
    for (number, id) in ids.iter().enumerate() {
        join(&mut process, *id, number)?;
        audit(first, &process, auditor)?;
    }
    process.end();
    let cluster = SimulatedCluster::found(seed, first.disks.storage(), ids).map_err(|error| told(&error))?;
    hosts.iter().skip(1).for_each(|host| host.disks.copy_journal(&first.disks));
    Ok(cluster)
}

fn join(process: &mut Process, id: HostId, number: usize) -> Verdict {
    let name: HostName = format!("host-{number}").parse().map_err(|_| "the name of a host is none")?;
    let office = process.office().clone();
    process.spawn(Box::pin(async move {
        // The auditor gets the answer.
        let _ = join_host(&office, id, name).await;
    }));
    process.pump();
    process.engine.decide();
    process.engine.append();
    process.pump();
    Ok(())
}

fn audit(host: &Host, process: &Process, auditor: &mut Auditor) -> Verdict {
    let now = host.clock.now();
    let mut answers = Vec::new();
    for news in host.outside.watch.take() {
        match news {
            News::Asked(command) => auditor.asked(command.id, asked(&command, now)),
            News::Answered(id, outcome) => answers.push((id, outcome)),
            News::Gateway(_) => {}
        }
    }
    let (seq, _) = auditor.head();
    for record in process.engine.read(seq + 1, READ_MAX).map_err(|error| told(&error))? {
        auditor.record(&record)?;
    }
    for (id, outcome) in answers {
        if let Err(code) = outcome {
            return Err(format!("a host can't join: {code}"));
        }
        auditor.answered(id, outcome, now)?;
    }
    Ok(())
}

fn told(error: &Error) -> String {
    format!("the founding of the cluster: {error}")
}
