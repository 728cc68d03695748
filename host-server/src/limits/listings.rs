//! What a listing costs goes by its tickets: 150 bytes of seat patterns are 10,000 of them. So users have an allowance of tickets, and
//! what takes long is done on threads of its own, of which there are few.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use boxoffice::{Code, Error, UserId};
use tokio::sync::{Notify, Semaphore};
use tokio::time::Instant;

use crate::error::Failure;
use crate::settings::Settings;

/// Time after which a user who lists nothing has the whole allowance again.
const REFILL: Duration = Duration::from_secs(100);

/// Number of tickets that take no time worth a thread.
const FEW: usize = 100;

/// The allowance of each user, and the threads for what takes long.
#[derive(Debug, Clone)]
pub(crate) struct Listings(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// How many tickets a user may list in a row; `None` for any number.
    max: Option<u32>,
    /// When each user has the whole allowance again. Whoever has it is not here, or will soon be forgotten.
    full_at: Mutex<HashMap<UserId, Instant>>,
    /// Permits to work: half as many as there are cores, so that as many are left to whoever buys.
    workers: Arc<Semaphore>,
}

impl Listings {
    pub(crate) fn new(settings: &Settings) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self(Arc::new(Shared {
            max: settings.rate_limit.then_some(settings.listings_max.max(1)),
            full_at: Mutex::default(),
            workers: Arc::new(Semaphore::new((cores / 2).max(1))),
        }))
    }

    /// Takes so many tickets of a user's allowance, before anything is done about them. Of more tickets than the whole allowance has,
    /// it takes the whole.
    ///
    /// # Errors
    /// `rate.limited`, with the time after which there are enough.
    pub(crate) fn take(&self, user: UserId, tickets: usize) -> Result<(), Error> {
        let Some(max) = self.0.max else { return Ok(()) };
        let now = Instant::now();
        let mut full_at = self.full_at();
        let known = full_at.get(&user).copied().filter(|full| *full > now);
        let full = known.unwrap_or(now) + time_of(tickets, max);
        let wait = full.saturating_duration_since(now).saturating_sub(REFILL);
        if wait.is_zero() {
            full_at.insert(user, full);
            return Ok(());
        }
        let secs = wait.as_millis().div_ceil(1000);
        let message = format!("So many tickets can't be listed or previewed in a row: try again in {secs} seconds");
        Err(Error::with_message(Code::RateLimited, message).with_retry_after(wait))
    }

    /// Gives back what was taken beyond the tickets that there turned out to be.
    pub(crate) fn give_back(&self, user: UserId, taken: usize, tickets: usize) {
        let Some(max) = self.0.max else { return };
        let unused = time_of(taken, max).saturating_sub(time_of(tickets, max));
        if let Some(full) = self.full_at().get_mut(&user) {
            *full = full.checked_sub(unused).unwrap_or(*full);
        }
    }

    /// Does work about so many tickets, [apart](Self::apart) if they are more than a few.
    pub(crate) async fn apart_if_many<T: Send + 'static>(
        &self,
        tickets: usize,
        work: impl Future<Output = Result<T, Failure>> + Send + 'static,
    ) -> Result<T, Failure> {
        if tickets <= FEW { work.await } else { self.apart(work).await }
    }

    /// Does work on threads of its own, so that no other request waits for it. While it waits for somebody itself, it has no thread.
    pub(crate) async fn apart<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Failure>> + Send + 'static,
    ) -> Result<T, Failure> {
        let bell = Arc::new(Bell::default());
        let waker = Waker::from(Arc::clone(&bell));
        let mut work: Work<T> = Box::pin(work);
        loop {
            let permit = Arc::clone(&self.0.workers).acquire_owned().await.map_err(|_| Code::EngineClosed)?;
            let waker = waker.clone();
            // Whoever stops waiting leaves the step behind, which counts until it is done.
            let step = move || {
                let _permit = permit;
                (work.as_mut().poll(&mut Context::from_waker(&waker)), work)
            };
            match tokio::task::spawn_blocking(step).await.map_err(|_| Code::Internal)? {
                (Poll::Ready(done), _) => return done,
                (Poll::Pending, rest) => work = rest,
            }
            bell.0.notified().await;
        }
    }

    /// Forgets users who have their whole allowance.
    pub(crate) fn forget_the_idle(&self) {
        let now = Instant::now();
        self.full_at().retain(|_, full| *full > now);
    }

    fn full_at(&self) -> MutexGuard<'_, HashMap<UserId, Instant>> {
        self.0.full_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Work<T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send>>;

/// Tells that work which waits can go on.
#[derive(Debug, Default)]
struct Bell(Notify);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.notify_one();
    }
}

/// Returns the time in which an allowance of `max` tickets regains so many.
fn time_of(tickets: usize, max: u32) -> Duration {
    let tickets = u32::try_from(tickets).unwrap_or(u32::MAX).min(max);
    REFILL.saturating_mul(tickets) / max
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    const ANN: UserId = UserId::from_bytes([1; 16]);
    const BOB: UserId = UserId::from_bytes([2; 16]);

    fn listings(listings_max: u32) -> Listings {
        Listings::new(&Settings { listings_max, ..Settings::default() })
    }

    #[tokio::test(start_paused = true)]
    async fn each_user_has_an_allowance_that_comes_back() {
        let listings = listings(20_000);
        let wait = |user, tickets| listings.take(user, tickets).map_err(|error| error.retry_after().unwrap().as_secs());
        assert_eq!([wait(ANN, 10_000), wait(ANN, 10_000), wait(ANN, 10_000)], [Ok(()), Ok(()), Err(50)]);
        assert_eq!(wait(BOB, 20_000), Ok(()));
        tokio::time::advance(Duration::from_secs(10)).await;
        assert_eq!([wait(ANN, 10_000), wait(ANN, 2_000), wait(ANN, 1)], [Err(40), Ok(()), Err(0)]);
        listings.forget_the_idle();
        assert_eq!(listings.full_at().len(), 2);
        tokio::time::advance(REFILL).await;
        listings.forget_the_idle();
        assert!(listings.full_at().is_empty());
        assert_eq!(wait(ANN, 20_000), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_not_needed_is_given_back() {
        let listings = listings(20_000);
        listings.take(ANN, 20_000).unwrap();
        listings.give_back(ANN, 20_000, 5_000);
        listings.take(ANN, 15_000).unwrap();
        assert_eq!(listings.take(ANN, 10_000).unwrap_err().code(), Code::RateLimited);
        // A listing that is longer than the allowance takes the whole of it.
        listings.take(BOB, 30_000).unwrap();
        listings.give_back(BOB, 30_000, 40_000);
        assert_eq!(listings.take(BOB, 1).unwrap_err().code(), Code::RateLimited);
    }

    #[test]
    fn without_limits_there_is_none() {
        let listings = Listings::new(&Settings { rate_limit: false, ..Settings::default() });
        for _ in 0..10 {
            listings.take(ANN, usize::MAX).unwrap();
        }
    }

    #[tokio::test]
    async fn long_work_is_done_on_other_threads_and_waits_for_others_without_one() {
        let listings = listings(1);
        let here = thread::current().id();
        let is_here =
            async |tickets| listings.apart_if_many(tickets, async move { Ok(thread::current().id() == here) }).await;
        assert!(is_here(FEW).await.unwrap());
        assert!(!is_here(FEW + 1).await.unwrap());
        let (ask, asked) = tokio::sync::oneshot::channel();
        let waits = async move { Ok::<_, Failure>((asked.await.unwrap(), thread::current().id() == here)) };
        let others = listings.clone();
        let waiting = tokio::spawn(async move { others.apart(waits).await });
        // Whatever waits takes no permit, of which there may be one.
        for _ in 0..20 {
            assert!(!is_here(FEW + 1).await.unwrap());
        }
        ask.send(7).unwrap();
        assert_eq!(waiting.await.unwrap().unwrap(), (7, false));
    }
}
