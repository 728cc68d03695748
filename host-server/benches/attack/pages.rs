//! Visitors of the pages.

use std::time::Duration;

use tokio::time::sleep;

use crate::client::{Connection, request};
use crate::host::Host;
use crate::pace::paced;
use crate::report::Latencies;
use crate::{Failure, VISITORS_FROM, now};

/// Interval of requests for the same page.
const EVERY: Duration = Duration::from_millis(50);

/// Maximum time until the pages know what was listed, and interval of looking.
const KNOWN_WITHIN: Duration = Duration::from_mins(1);
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Somebody who is not signed in.
#[derive(Debug)]
pub(crate) struct Visitor {
    connection: Connection,
}

impl Visitor {
    pub(crate) async fn come(host: &Host) -> Result<Self, Failure> {
        Ok(Self { connection: Connection::open(VISITORS_FROM, host.address).await? })
    }

    /// Reads a page, and returns how long that took.
    pub(crate) async fn look(&mut self, path: &str) -> Result<Duration, Failure> {
        let page = request("GET", path, None, None);
        let asked = now();
        self.connection.send(&page).await?.checked(200)?;
        Ok(asked.elapsed())
    }

    /// Reads a page so many times, one after the other.
    pub(crate) async fn look_often(&mut self, path: &str, count: usize) -> Result<Latencies, Failure> {
        // The first does not count: it may bring in what is needed once.
        self.look(path).await?;
        let mut times = Vec::with_capacity(count);
        for _ in 0..count {
            times.push(self.look(path).await?);
        }
        Ok(Latencies::of(times))
    }

    /// Reads a page 20 times a second, over this time.
    pub(crate) async fn look_for(&mut self, path: &str, duration: Duration) -> Result<Latencies, Failure> {
        paced(EVERY, duration, async |_| self.look(path).await).await
    }

    /// Reads a page until it has this text, and returns the page. Pages know of tickets a moment after they are listed.
    pub(crate) async fn wait_for(&mut self, path: &str, text: &str) -> Result<String, Failure> {
        let page = request("GET", path, None, None);
        let start = now();
        while start.elapsed() < KNOWN_WITHIN {
            let answer = self.connection.send(&page).await?.checked(200)?;
            let html = String::from_utf8_lossy(answer.body).into_owned();
            if html.contains(text) {
                return Ok(html);
            }
            sleep(LOOK_EVERY).await;
        }
        Err(format!("the page {path} never had {text:?}").into())
    }
}
