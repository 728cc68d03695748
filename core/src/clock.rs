//! Sources of time.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use crate::failpoint::Failpoint;
use crate::types::Timestamp;

/// A source of time.
///
/// The engine reads the clock once a batch. Engine time never runs backwards: when a clock is set back, engine time
/// continues from its last value at the clock's pace.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Returns the current time.
    fn now(&self) -> Timestamp;

    /// Returns the real time to wait before `until` can be reached. `None` means that it is unknown; the clock then
    /// calls the waker passed to [`Clock::wake_by`].
    fn wait_for(&self, until: Timestamp) -> Option<Duration> {
        Some(until.since(self.now()))
    }

    /// Registers a function that the clock calls whenever the time has jumped.
    fn wake_by(&self, waker: Waker) {
        let _ = waker;
    }

    /// Registers a function that returns once everything that is due is durable and visible, or can't become so. A clock that
    /// is moved by hand may call it after a move, on any thread but the engine's.
    fn settle_by(&self, settle: Waker) {
        let _ = settle;
    }
}

/// Function that a clock calls: one that notifies the engine that the time has jumped, or one that waits for the engine.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// The machine's clock, smoothed.
///
/// It starts at the machine's time of day and then follows the monotonic clock, so a change of the time of day moves no
/// deadline. It converges to a different time of day by at most 5 milliseconds a second.
pub struct SystemClock(Mutex<Anchor>);

/// Rate at which the clock follows a corrected time of day, in thousandths.
const SLEW_PER_MILLE: u64 = 5;

struct Anchor {
    /// The smoothed time at `instant`, in microseconds.
    micros: u64,
    instant: Instant,
}

impl SystemClock {
    /// Creates a clock that starts at the machine's time of day.
    pub fn new() -> Self {
        Self(Mutex::new(Anchor { micros: wall_micros(), instant: monotonic() }))
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for SystemClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SystemClock")
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let mut anchor = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let instant = monotonic();
        let elapsed = u64::try_from(instant.duration_since(anchor.instant).as_micros()).unwrap_or(u64::MAX);
        anchor.micros = steadied(anchor.micros, elapsed, wall_micros());
        anchor.instant = instant;
        Timestamp::from_millis(anchor.micros / 1000)
    }
}

/// Returns the time `elapsed` after `last`, slewed towards the time of day.
fn steadied(last: u64, elapsed: u64, wall: u64) -> u64 {
    let steady = last.saturating_add(elapsed);
    let slew_max = elapsed / 1000 * SLEW_PER_MILLE;
    if wall >= steady { steady + (wall - steady).min(slew_max) } else { steady - (steady - wall).min(slew_max) }
}

#[expect(clippy::disallowed_methods, reason = "this is the one source of the time of day")]
fn wall_micros() -> u64 {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_epoch.as_micros()).unwrap_or(u64::MAX)
}

#[expect(clippy::disallowed_methods, reason = "this is the one source of monotonic time")]
fn monotonic() -> Instant {
    Instant::now()
}

/// Returns the milliseconds on a clock that is never set, and that counts while the machine sleeps, if it can tell.
#[cfg(feature = "cluster")]
pub(crate) fn moment() -> u64 {
    #[cfg(target_os = "linux")]
    {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        let whole = u64::try_from(now.tv_sec).unwrap_or_default() * 1_000;
        whole + u64::try_from(now.tv_nsec).unwrap_or_default() / 1_000_000
    }
    #[cfg(not(target_os = "linux"))]
    {
        static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(monotonic);
        u64::try_from(monotonic().duration_since(*START).as_millis()).unwrap_or(u64::MAX)
    }
}

/// A stopwatch for metrics. No decision depends on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self(monotonic())
    }

    pub(crate) fn elapsed(self) -> Duration {
        monotonic().duration_since(self.0)
    }
}

/// Engine time. It follows a clock but never runs backwards.
#[derive(Debug)]
pub(crate) struct EngineTime {
    clock: Arc<dyn Clock>,
    progress: Mutex<Progress>,
}

#[derive(Debug)]
struct Progress {
    /// Last reading of the clock.
    clock: Timestamp,
    /// Engine time at that reading.
    engine: Timestamp,
}

impl EngineTime {
    /// Creates an engine time that follows `clock` and starts no earlier than `earliest`.
    pub(crate) fn new(clock: Arc<dyn Clock>, earliest: Timestamp) -> Self {
        let now = clock.now();
        Self { clock, progress: Mutex::new(Progress { clock: now, engine: now.max(earliest) }) }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.read().engine
    }

    /// Reads the clock, and moves engine time on by what has passed since it was last read.
    fn read(&self) -> MutexGuard<'_, Progress> {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        let clock = self.clock.now();
        let mut stepped = progress.engine.plus(clock.since(progress.clock));
        if Failpoint::ClockNotMonotonic.is_active() {
            stepped = clock;
        }
        progress.engine = stepped;
        progress.clock = clock;
        progress
    }

    /// Moves engine time on to the time of a fact that another host has recorded, unless it is later already.
    #[cfg(feature = "cluster")]
    pub(crate) fn reach(&self, fact: Timestamp) {
        // What has passed until now must not count once more after the fact.
        let mut progress = self.read();
        progress.engine = progress.engine.max(fact);
    }

    /// Returns the real time to wait before engine time can reach `until`; `None` to wait for the clock's waker.
    pub(crate) fn wait_for(&self, until: Timestamp) -> Option<Duration> {
        let ahead = until.since(self.now());
        if ahead.is_zero() {
            // No waker fires for a time that has already passed.
            return Some(Duration::ZERO);
        }
        let clock = self.progress.lock().unwrap_or_else(PoisonError::into_inner).clock;
        self.clock.wait_for(clock.plus(ahead))
    }

    pub(crate) fn wake_by(&self, waker: Waker) {
        self.clock.wake_by(waker);
    }

    pub(crate) fn settle_by(&self, settle: Waker) {
        self.clock.settle_by(settle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000;

    #[test]
    fn a_steadied_clock_follows_the_monotonic_clock() {
        assert_eq!(steadied(100 * SECOND, 2 * SECOND, 102 * SECOND), 102 * SECOND);
    }

    #[test]
    fn a_time_of_day_set_by_an_hour_moves_it_by_milliseconds_only() {
        let hour = 3600 * SECOND;
        assert_eq!(steadied(2 * hour, SECOND, hour), 2 * hour + SECOND - 5_000);
        assert_eq!(steadied(2 * hour, SECOND, 3 * hour), 2 * hour + SECOND + 5_000);
    }

    #[derive(Debug)]
    struct Settable(Mutex<u64>);

    impl Clock for Settable {
        fn now(&self) -> Timestamp {
            Timestamp::from_millis(*self.0.lock().unwrap())
        }
    }

    #[test]
    fn engine_time_goes_on_at_the_clocks_pace_after_it_was_set_back() {
        let clock = Arc::new(Settable(Mutex::new(10_000)));
        let time = EngineTime::new(clock.clone(), Timestamp::default());
        let check = |clock_ms, engine_ms| {
            *clock.0.lock().unwrap() = clock_ms;
            assert_eq!(time.now().as_millis(), engine_ms);
        };
        check(10_500, 10_500);
        check(2_000, 10_500);
        check(2_300, 10_800);
        check(2_300, 10_800);
    }

    #[test]
    fn engine_time_starts_at_the_last_fact() {
        let clock = Arc::new(Settable(Mutex::new(10_000)));
        let time = EngineTime::new(clock, Timestamp::from_millis(50_000));
        assert_eq!(time.now().as_millis(), 50_000);
    }

    #[cfg(feature = "cluster")]
    #[test]
    fn engine_time_is_never_before_a_fact_of_another_host() {
        let clock = Arc::new(Settable(Mutex::new(10_000)));
        let time = EngineTime::new(clock.clone(), Timestamp::default());
        time.reach(Timestamp::from_millis(12_000));
        assert_eq!(time.now().as_millis(), 12_000);
        time.reach(Timestamp::from_millis(11_000));
        *clock.0.lock().unwrap() = 10_100;
        assert_eq!(time.now().as_millis(), 12_100);
        // A host that follows for long doesn't ask for the time.
        *clock.0.lock().unwrap() = 90_000;
        time.reach(Timestamp::from_millis(92_100));
        assert_eq!(time.now().as_millis(), 92_100);
    }
}
