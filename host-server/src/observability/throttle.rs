//! Throttle of long tasks. A task runs at full speed while nothing is written, and for a quarter of the time during
//! sales.

use std::time::Duration;

use boxoffice::BoxOffice;
use tokio::time::Instant;

/// Ratio of rest to work. Verification uses all cores; without rests it reduced the rate of orders to a quarter.
const REST: u32 = 3;

/// Maximum length of a rest, so that progress stays visible.
const REST_MAX: Duration = Duration::from_secs(1);

/// The throttle of one task.
#[derive(Debug)]
pub(crate) struct Throttle {
    office: BoxOffice,
    /// Number of the last record at the end of the last rest.
    head: u64,
    since: Instant,
}

impl Throttle {
    pub(crate) fn of(office: &BoxOffice) -> Self {
        Self { office: office.clone(), head: office.metrics().head_seq, since: Instant::now() }
    }

    /// Rests if records were written since the last call. The task calls it every few tens of milliseconds. Blocks.
    #[expect(clippy::disallowed_methods, reason = "it waits for time to pass, and for nothing else")]
    pub(crate) fn rest(&mut self) {
        let head = self.office.metrics().head_seq;
        std::thread::sleep(rest_after(self.since.elapsed(), head != self.head));
        (self.head, self.since) = (head, Instant::now());
    }
}

/// Returns the length of the rest after work of this length.
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
