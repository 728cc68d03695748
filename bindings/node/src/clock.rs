//! Clocks for tests: the manual clock, and clocks written in JavaScript.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use boxoffice::{Clock, Code, Timestamp, Waker};
use napi::bindgen_prelude::{Either, PromiseRaw};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, JsDate};
use napi_derive::napi;

use crate::convert::{Date, date, millis, natural};
use crate::errors::rejection;

/// Maximum time that the engine waits for a clock. Without an answer, time stands still until the next call.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// A clock that stands still until it is moved, for tests.
#[napi]
#[derive(Debug)]
pub struct ManualClock(pub(crate) Arc<boxoffice::testing::ManualClock>);

#[napi]
impl ManualClock {
    /// Creates a clock that stands at this time: RFC 3339 or a `Date`.
    #[napi(constructor, ts_args_type = "now: string | Date")]
    pub fn new(now: Either<String, JsDate<'_>>) -> napi::Result<Self> {
        Ok(Self(Arc::new(boxoffice::testing::ManualClock::at(timestamp(now)?))))
    }

    /// Returns the current time of the clock.
    #[napi]
    pub fn now(&self) -> Date {
        date(self.0.now())
    }

    /// Moves the clock forwards by so many milliseconds, at once. The promise is fulfilled when what fell due is durable and
    /// visible.
    #[napi]
    pub fn advance<'env>(&self, env: &'env Env, by_ms: f64) -> napi::Result<PromiseRaw<'env, ()>> {
        let by = millis("byMs", by_ms).map_err(rejection)?;
        self.move_to(env, self.0.now().plus(by))
    }

    /// Sets the clock, forwards or backwards, at once. The promise is fulfilled when what fell due is durable and visible.
    #[napi]
    pub fn set<'env>(&self, env: &'env Env, now: JsDate<'_>) -> napi::Result<PromiseRaw<'env, ()>> {
        self.move_to(env, timestamp(Either::B(now))?)
    }
}

impl ManualClock {
    /// The thread of JavaScript does not wait for the engine.
    fn move_to<'env>(&self, env: &'env Env, now: Timestamp) -> napi::Result<PromiseRaw<'env, ()>> {
        let clock = Arc::clone(&self.0);
        clock.set_without_waiting(now);
        env.spawn_future(async move {
            let settled = tokio::task::spawn_blocking(move || clock.settle()).await;
            settled.map_err(|_| rejection(Code::Internal.into()))
        })
    }
}

/// A point in time that a clock can stand at; a `Date` may be none, or before 1970.
fn timestamp(at: Either<String, JsDate<'_>>) -> napi::Result<Timestamp> {
    let wrong = || rejection(boxoffice::Error::invalid("now", boxoffice::TimestampParseError));
    match at {
        Either::A(text) => text.parse().map_err(|_| wrong()),
        Either::B(date) => natural("now", date.value_of()?.trunc()).map(Timestamp::from_millis).map_err(|_| wrong()),
    }
}

/// Function that returns the time in milliseconds since 1970, or a text that says why there is none.
type Ask = ThreadsafeFunction<(), Either<f64, String>, (), napi::Status, false, true>;

/// A clock written in JavaScript, in the form that the package passes on.
#[napi]
pub struct HostClock(pub(crate) Arc<Host>);

pub(crate) struct Host {
    ask: Ask,
    /// Last time that the clock returned, in milliseconds since 1970.
    last: AtomicU64,
    /// `true` if the clock reports jumps: it then wakes waiters itself and no timeout is needed.
    wakes: bool,
    wakers: Mutex<Vec<Waker>>,
}

#[napi]
impl HostClock {
    /// Creates a clock. `now` must not throw. `wakes` is `true` if the clock calls `wake` after each jump.
    #[napi(constructor, ts_args_type = "now: () => number | string, startMs: number, wakes: boolean")]
    pub fn new(now: Ask, start_ms: i64, wakes: bool) -> Self {
        let last = AtomicU64::new(u64::try_from(start_ms).unwrap_or_default());
        Self(Arc::new(Host { ask: now, last, wakes, wakers: Mutex::default() }))
    }

    /// Wakes everything that waits for the clock, after a jump.
    #[napi]
    pub fn wake(&self) {
        for waker in self.0.wakers().iter() {
            waker();
        }
    }
}

impl std::fmt::Debug for HostClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host").field("last", &self.last).field("wakes", &self.wakes).finish_non_exhaustive()
    }
}

impl Host {
    fn wakers(&self) -> MutexGuard<'_, Vec<Waker>> {
        self.wakers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for Host {
    /// Returns the time. If the clock fails, time stands still; the package reports the exception.
    fn now(&self) -> Timestamp {
        let (tell, told) = std::sync::mpsc::sync_channel(1);
        self.ask.call_with_return_value((), ThreadsafeFunctionCallMode::NonBlocking, move |said, _| {
            // The receiver is gone if the answer is late.
            let _ = tell.try_send(said.ok());
            Ok(())
        });
        if let Ok(Some(Either::A(millis))) = told.recv_timeout(ANSWER_WITHIN) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it saturates, which is right"
            )]
            self.last.store(millis as u64, Ordering::Relaxed);
        }
        Timestamp::from_millis(self.last.load(Ordering::Relaxed))
    }

    fn wait_for(&self, until: Timestamp) -> Option<Duration> {
        if self.wakes { None } else { Some(until.since(self.now())) }
    }

    fn wake_by(&self, waker: Waker) {
        self.wakers().push(waker);
    }
}
