//! Retry schedule of failed deliveries, as Standard Webhooks recommends it: over three days.

use std::time::Duration;

/// Delay after each failure. There is no retry after the last.
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

/// Maximum delay that a receiver can request by `Retry-After`.
const RETRY_AFTER_MAX: Duration = Duration::from_hours(24);

/// Maximum number of attempts of a delivery.
pub(super) const ATTEMPTS_MAX: u32 = 10;

/// Returns the delay after failure number `attempts`, at least as long as the receiver requested; `None` if that was
/// the last attempt. `chance` (0 to 1) adds up to a fifth, so that receivers that were down together are not called
/// together.
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
