//! Three servers and three hosts, with people who trade.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use boxoffice_examples::disk;
use tempfile::TempDir;

use crate::arguments::Place;
use crate::hosts::{Host, Status};
use crate::servers::{COUNT, Servers, Site};
use crate::{Failure, LONG, within};

/// Callers who sell at each host while others die.
const SELLERS: usize = 8;

/// A cluster. Its directory is removed when dropped.
pub(crate) struct Trio {
    hosts: Vec<Host>,
    pub(crate) servers: Servers,
    /// Number of files that were made.
    files: usize,
    /// Last, so that nobody writes there any more.
    dir: TempDir,
}

impl Trio {
    /// Starts servers and hosts, waits until all hosts vote, and signs people up.
    pub(crate) fn start(sites: Vec<Site>) -> Result<Self, Failure> {
        let dir = disk::bench_dir()?;
        let servers = Servers::start(dir.path(), sites)?;
        let mut trio = Self { hosts: Vec::new(), servers, files: 0, dir };
        for number in 0..COUNT {
            let host = trio.spawn(number, number == 0)?;
            host.wait_until_open()?;
            trio.hosts.push(host);
        }
        trio.wait_until_ready()?;
        let people = trio.people();
        let writer = trio.writer()?;
        trio.tell(writer, &["people", &text(&people)])?;
        trio.level()?;
        Ok(trio)
    }

    pub(crate) fn host(&mut self, number: usize) -> &mut Host {
        &mut self.hosts[number]
    }

    pub(crate) fn tell(&mut self, number: usize, words: &[&str]) -> Result<String, Failure> {
        self.hosts[number].tell(words).map_err(|error| format!("host {number}: {error}").into())
    }

    /// Returns the file with the people who trade.
    pub(crate) fn people(&self) -> PathBuf {
        self.dir.path().join("people")
    }

    /// Lists tickets at the host that writes, and returns the file with their ids once all hosts have them.
    pub(crate) fn list(&mut self, count: usize) -> Result<String, Failure> {
        let writer = self.writer()?;
        self.list_at(writer, count)
    }

    /// Lists tickets at a host, and returns the file with their ids.
    pub(crate) fn list_at(&mut self, number: usize, count: usize) -> Result<String, Failure> {
        let (file, people) = (self.file("tickets"), text(&self.people()));
        self.tell(number, &["list", &file, &people, &count.to_string()])?;
        Ok(file)
    }

    /// Returns the path of a new file.
    pub(crate) fn file(&mut self, name: &str) -> String {
        self.files += 1;
        text(&self.dir.path().join(format!("{name}-{}", self.files)))
    }

    /// Returns the number of the host that writes, as soon as there is one.
    pub(crate) fn writer(&mut self) -> Result<usize, Failure> {
        self.writer_of(&[0, 1, 2])
    }

    /// Returns the one of these hosts that writes, as soon as one of them does.
    pub(crate) fn writer_of(&mut self, numbers: &[usize]) -> Result<usize, Failure> {
        let mut writer = None;
        within(LONG, "a host writes", || {
            for number in numbers {
                if self.hosts[*number].status()?.state == "writer" {
                    writer = Some(*number);
                }
            }
            Ok(writer.is_some())
        })?;
        writer.ok_or_else(|| "no host writes".into())
    }

    /// Returns the hosts that don't write.
    pub(crate) fn followers(&mut self) -> Result<[usize; 2], Failure> {
        let writer = self.writer()?;
        Ok([(writer + 1) % COUNT, (writer + 2) % COUNT])
    }

    /// Waits until all hosts are ready, and vote.
    pub(crate) fn wait_until_ready(&mut self) -> Result<(), Failure> {
        let is_one = |status: &Status| status.is_ready && status.voters == COUNT;
        within(LONG, "all hosts are ready, and vote", || {
            let statuses = self.hosts.iter_mut().map(Host::status).collect::<Result<Vec<_>, _>>()?;
            Ok(statuses.iter().all(is_one))
        })
    }

    /// Waits until all hosts have what the one that writes has now.
    pub(crate) fn level(&mut self) -> Result<(), Failure> {
        let writer = self.writer()?;
        let message = self.hosts[writer].status()?.message;
        within(LONG, "all hosts are level", || {
            let statuses = self.hosts.iter_mut().map(Host::status).collect::<Result<Vec<_>, _>>()?;
            Ok(statuses.iter().all(|status| status.applied >= message))
        })
    }

    /// Starts the process of a host, and doesn't wait until it is open.
    fn spawn(&self, number: usize, begins: bool) -> Result<Host, Failure> {
        let name = format!("host-{number}");
        let place = Place {
            dir: self.dir.path().join(&name),
            begins,
            url: self.servers.url(number),
            monitoring: self.servers.monitoring(),
            name,
        };
        let log = self.dir.path().join(format!("host-{number}.log"));
        Host::spawn(&place, self.servers.site(number), &log)
    }

    /// Starts a host again that has ended, and waits until it is open.
    pub(crate) fn restart(&mut self, number: usize) -> Result<(), Failure> {
        let host = self.spawn(number, false)?;
        host.wait_until_open()?;
        self.hosts[number] = host;
        Ok(())
    }

    /// Lets callers sell at a host, each with a ticket of its own. The orders that are answered go to a file.
    pub(crate) fn sell(&mut self, number: usize) -> Result<(), Failure> {
        let tickets = self.list_at(number, SELLERS)?;
        let (people, answered) = (text(&self.people()), text(&self.answered(number)));
        self.tell(number, &["sell", &tickets, &people, &answered]).map(drop)
    }

    fn answered(&self, number: usize) -> PathBuf {
        self.dir.path().join(format!("answered-{number}"))
    }

    /// Stops all sales. Checks that every order that was answered is in the journal of every host, that no command has led to
    /// two, and that the journals are equal and keep every rule. Returns the number of the orders that were answered.
    pub(crate) fn account(&mut self) -> Result<usize, Failure> {
        (0..COUNT).try_for_each(|number| self.tell(number, &["stop"]).map(drop))?;
        self.level()?;
        let mut answered = Vec::new();
        for number in 0..COUNT {
            answered.extend(lines(&self.answered(number))?);
        }
        let mut first = None;
        for number in 0..COUNT {
            let file = self.file("orders");
            let end = self.tell(number, &["dump", &file])?;
            if *first.get_or_insert_with(|| end.clone()) != end {
                return Err(format!("host {number} has another journal than host 0: {end:?} and {first:?}").into());
            }
            check(number, &answered, &lines(Path::new(&file))?)?;
            self.verify(number)?;
        }
        Ok(answered.len())
    }

    /// Checks that the journal of a host keeps every rule, once the keys of personal data have come that were made while it was
    /// away.
    fn verify(&mut self, number: usize) -> Result<(), Failure> {
        let what = format!("host {number} has all keys");
        let mut problems = String::new();
        within(LONG, &what, || {
            problems = self.hosts[number].tell(&["verify"])?;
            Ok(!problems.contains("the key of"))
        })?;
        if problems.is_empty() { Ok(()) } else { Err(format!("host {number}: {problems}").into()) }
    }
}

/// Checks the orders of one journal.
fn check(number: usize, answered: &[String], created: &[String]) -> Result<(), Failure> {
    let pairs: Vec<(&str, &str)> = created.iter().filter_map(|line| line.split_once('\t')).collect();
    let orders: HashSet<&str> = pairs.iter().map(|(order, _)| *order).collect();
    let commands: HashSet<&str> = pairs.iter().map(|(_, command)| *command).collect();
    if orders.len() < pairs.len() || commands.len() < pairs.len() {
        return Err(format!("host {number} has an order or a command twice").into());
    }
    let lost = answered.iter().filter(|order| !orders.contains(order.as_str())).count();
    let twice = answered.len() - answered.iter().collect::<HashSet<_>>().len();
    if lost + twice > 0 {
        let all = answered.len();
        return Err(
            format!("host {number}: of {all} answered orders {lost} are lost and {twice} are there twice").into()
        );
    }
    Ok(())
}

fn lines(file: &Path) -> Result<Vec<String>, Failure> {
    // A host that was killed may have left half a line, of an order of whose answer nobody has heard.
    let text = std::fs::read_to_string(file)?;
    Ok(text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')).map(str::to_owned).collect())
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
