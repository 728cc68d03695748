//! When a delivery that failed is tried again: the schedule that Standard Webhooks recommends, over three days.

use std::time::Duration;

/// How long to wait after each failure. The one after the last is the end.
const WAITS: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(14),
    Duration::from_hours(20),
    Duration::from_hours(24),
];

/// Longer than this no receiver can put off a delivery by `Retry-After`.
const RETRY_AFTER_MAX: Duration = Duration::from_hours(24);

/// How many times a delivery is tried.
pub(super) const ATTEMPTS_MAX: u32 = 10;

/// How long to wait after failure number `attempts`, with up to a fifth more by `chance` (0 to 1), so that receivers that were down
/// together are not asked together; and no shorter than the receiver asked for. `None` if that was the last attempt.
pub(super) fn wait(attempts: u32, retry_after: Option<Duration>, chance: f64) -> Option<Duration> {
    let wait = *WAITS.get(attempts.max(1) as usize - 1)?;
    let wait = wait.mul_f64(1.0 + chance.clamp(0.0, 1.0) / 5.0);
    Some(wait.max(retry_after.unwrap_or_default().min(RETRY_AFTER_MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_over_days_and_end() {
        let waits: Vec<_> = (1..=ATTEMPTS_MAX).map(|attempt| wait(attempt, None, 0.0)).collect();
        assert_eq!(waits[0], Some(Duration::from_secs(5)));
        assert!(waits[..9].is_sorted());
        assert_eq!(waits[9], None);
        assert!(waits.iter().flatten().sum::<Duration>() > Duration::from_hours(72));
    }

    #[test]
    fn receivers_may_ask_for_longer_but_not_for_ever() {
        let asked = |secs| wait(1, Some(Duration::from_secs(secs)), 0.0);
        assert_eq!(asked(1), Some(Duration::from_secs(5)));
        assert_eq!(asked(3600), Some(Duration::from_hours(1)));
        assert_eq!(asked(u64::MAX), Some(RETRY_AFTER_MAX));
        assert_eq!(wait(1, None, 1.0), Some(Duration::from_secs(6)));
    }
}
