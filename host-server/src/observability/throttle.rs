//! How a long task goes on beside the sales: as fast as it can while nothing happens, and a quarter of the time while people buy.

use std::time::Duration;

use boxoffice::BoxOffice;
use tokio::time::Instant;

/// How long to rest for each time worked. Verifying takes every core; at full pace it left orders a quarter of theirs.
const REST: u32 = 3;

/// The longest rest, so that progress is seen.
const REST_MAX: Duration = Duration::from_secs(1);

/// What slows one task down.
#[derive(Debug)]
pub(crate) struct Throttle {
    office: BoxOffice,
    /// The last record when the task went on.
    head: u64,
    since: Instant,
}

impl Throttle {
    pub(crate) fn of(office: &BoxOffice) -> Self {
        Self { office: office.clone(), head: office.metrics().head_seq, since: Instant::now() }
    }

    /// To be called every now and then, a few tens of milliseconds apart. It blocks.
    #[expect(clippy::disallowed_methods, reason = "it waits for time to pass, and for nothing else")]
    pub(crate) fn rest(&mut self) {
        let head = self.office.metrics().head_seq;
        std::thread::sleep(rest_after(self.since.elapsed(), head != self.head));
        (self.head, self.since) = (head, Instant::now());
    }
}

/// How long to rest after work of this length, while others need the machine or nobody does.
fn rest_after(worked: Duration, is_busy: bool) -> Duration {
    if is_busy { worked.saturating_mul(REST).min(REST_MAX) } else { Duration::ZERO }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_rests_while_others_work() {
        let worked = Duration::from_millis(25);
        assert_eq!(rest_after(worked, false), Duration::ZERO);
        assert_eq!(rest_after(worked, true), 3 * worked);
        assert_eq!(rest_after(Duration::from_secs(10), true), REST_MAX);
    }
}
