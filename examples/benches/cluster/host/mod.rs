//! A host: a box office in this process, which does what it is told on standard input.
//!
//! An order is one line of words with tabs between them, and so is its answer: `ok` and the result, or `failed` and the reason.

mod check;
mod sellers;
mod work;

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use boxoffice::gateway::Sandbox;
use boxoffice::{BoxOffice, ClusterOptions, KeyRing, Limits};
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};

use self::sellers::Sellers;
use crate::arguments::Place;
use crate::{Failure, LONG};

/// Secret that all hosts share.
const SECRET: &[u8] = b"a secret that all hosts of the benchmark share";

struct Host {
    office: BoxOffice,
    runtime: Arc<Runtime>,
    sellers: Sellers,
}

/// Runs the host until its standard input ends, or it is asked to stop.
pub(crate) fn run(place: &Place) -> Result<(), Failure> {
    let runtime = Arc::new(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?);
    let office = open(place)?;
    let sellers = Sellers::new(office.clone(), &place.name);
    let terminate = {
        let _inside = runtime.enter();
        signal(SignalKind::terminate())?
    };
    runtime.spawn(stop_when_asked(terminate, office.clone(), sellers.clone()));
    let host = Host { office, runtime, sellers };
    say("ok\topen")?;
    for line in std::io::stdin().lines() {
        let line = line?;
        let words: Vec<&str> = line.split('\t').collect();
        match host.obey(&words) {
            Ok(result) => say(&format!("ok\t{result}"))?,
            Err(error) => say(&format!("failed\t{}", error.to_string().replace('\n', "; ")))?,
        }
    }
    // Nobody is there any more to tell it anything.
    std::process::exit(0)
}

fn open(place: &Place) -> Result<BoxOffice, Failure> {
    let keys = KeyRing::new(SECRET)?;
    let options = ClusterOptions::new([place.url.clone()])
        .monitoring(place.monitoring.clone())
        .host_name(place.name.parse()?)
        .level_within(LONG);
    if place.begins {
        options.init(&place.dir, &keys)?;
    }
    let limits = Limits::new().open_orders_max(u32::MAX).hold(Duration::from_hours(24));
    let builder = BoxOffice::builder().limits(limits).key_ring(keys).gateway(Arc::new(Sandbox::in_memory()));
    Ok(builder.cluster(options).open(&place.dir)?)
}

/// Closes the box office when the process is asked to end.
async fn stop_when_asked(mut terminate: Signal, office: BoxOffice, sellers: Sellers) {
    terminate.recv().await;
    sellers.tell_to_stop();
    let closed = office.close().await;
    std::process::exit(i32::from(closed.is_err()));
}

impl Host {
    fn obey(&self, words: &[&str]) -> Result<String, Failure> {
        let Self { office, runtime, sellers } = self;
        let nothing = |()| String::new();
        match words {
            ["status"] => self.status(),
            ["people", file] => runtime.block_on(work::sign_up(office, Path::new(file))).map(nothing),
            ["list", file, people, count] => {
                runtime.block_on(work::list(office, Path::new(file), Path::new(people), count.parse()?)).map(nothing)
            }
            ["reserve", tickets, people, callers] => {
                let rate = work::reserve(runtime, office, Path::new(tickets), Path::new(people), callers.parse()?)?;
                Ok(rate.to_string())
            }
            ["alone", tickets, people] => {
                runtime.block_on(work::reserve_alone(office, Path::new(tickets), Path::new(people)))
            }
            ["churn", tickets, people, records] => {
                work::churn(runtime, office, Path::new(tickets), Path::new(people), records.parse()?).map(nothing)
            }
            ["sell", tickets, people, answered] => {
                sellers.start(runtime, Path::new(tickets), Path::new(people), Path::new(answered)).map(nothing)
            }
            ["mark"] => sellers.mark().map(nothing),
            ["sold"] => sellers.sold(),
            ["stop"] => runtime.block_on(sellers.stop()).map(nothing),
            ["dump", file] => check::dump(office, Path::new(file)),
            ["verify"] => check::verify(office),
            _ => Err(format!("no order is called {words:?}").into()),
        }
    }

    fn status(&self) -> Result<String, Failure> {
        let status = self.office.cluster().ok_or("the box office is in no cluster")?.status();
        let voters = status.hosts.iter().filter(|host| host.voter).count();
        let ready = u8::from(self.office.check_ready().is_ok());
        let head = self.office.journal().head()?;
        Ok(format!("{}\t{}\t{}\t{voters}\t{ready}\t{head}", status.state, status.message, status.applied))
    }
}

/// Prints an answer.
fn say(line: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}
