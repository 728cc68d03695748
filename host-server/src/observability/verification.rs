//! Verification of the journal in the background: at most one at a time, with its progress.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use boxoffice::{BoxOffice, Error, Timestamp, VerifyReport};

use super::throttle::Throttle;

/// The background task and its result.
#[derive(Debug, Clone, Default)]
pub(crate) struct Verification(Arc<Mutex<State>>);

/// The state of the task.
#[derive(Debug, Clone, Default)]
pub(crate) enum State {
    /// Not started since the host started.
    #[default]
    Never,
    /// The task is running.
    Running {
        /// Time at which the task started.
        since: Timestamp,
        /// Number of records checked so far.
        done: u64,
        /// Total number of records.
        total: u64,
    },
    /// The task has ended.
    Done {
        /// Time at which the task ended.
        at: Timestamp,
        /// The report, or the error that ended the task.
        outcome: Result<Arc<VerifyReport>, Error>,
    },
}

impl State {
    pub(crate) fn is_running(&self) -> bool {
        matches!(self, Self::Running { .. })
    }

    /// Returns the progress, in whole percent.
    pub(crate) fn percent(&self) -> u64 {
        match self {
            Self::Never => 0,
            Self::Running { done, total, .. } => (done * 100).checked_div(*total).unwrap_or(0).min(100),
            Self::Done { .. } => 100,
        }
    }
}

impl Verification {
    /// Returns the state of the task.
    pub(crate) fn state(&self) -> State {
        self.lock().clone()
    }

    /// Starts the task on a blocking thread, unless it is running; returns `true` if it was started.
    pub(crate) fn start(&self, office: BoxOffice) -> bool {
        {
            let mut state = self.lock();
            if state.is_running() {
                return false;
            }
            *state = State::Running { since: office.now(), done: 0, total: office.metrics().head_seq };
        }
        let ending = Ending { verification: self.clone(), office };
        tokio::task::spawn_blocking(move || ending.run());
        true
    }

    fn progress(&self, done: u64, total: u64) {
        if let State::Running { done: so_far, total: of, .. } = &mut *self.lock() {
            (*so_far, *of) = (done, total);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Guard that records the end of the task in every case. A task that panics, or that the runtime drops before it
/// starts, must not block the next one.
struct Ending {
    verification: Verification,
    office: BoxOffice,
}

impl Ending {
    fn run(self) {
        let mut throttle = Throttle::of(&self.office);
        let outcome = self.office.journal().verify(&mut |done, total| {
            self.verification.progress(done, total);
            throttle.rest();
        });
        self.end(outcome.map(Arc::new));
    }

    fn end(&self, outcome: Result<Arc<VerifyReport>, Error>) {
        let mut state = self.verification.lock();
        if state.is_running() {
            *state = State::Done { at: self.office.now(), outcome };
        }
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.end(Err(boxoffice::Code::Internal.into()));
    }
}

#[cfg(test)]
mod tests {
    use boxoffice::SignUp;

    use super::*;

    async fn ended(verification: &Verification) -> State {
        // The task runs on another thread; this loop yields until it has ended.
        loop {
            let state = verification.state();
            if !state.is_running() {
                return state;
            }
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn it_runs_once_at_a_time_and_tells_what_it_found() {
        let dir = tempfile::tempdir().unwrap();
        let office = BoxOffice::open(dir.path()).unwrap();
        office.auth().sign_up(SignUp::new("ann@example.com", "correct horse")).await.unwrap();
        let verification = Verification::default();
        assert!(matches!(verification.state(), State::Never));
        // The state is set by hand, so that the task counts as running.
        *verification.lock() = State::Running { since: office.now(), done: 0, total: 0 };
        assert!(!verification.start(office.clone()));
        assert_eq!(verification.state().percent(), 0);
        verification.progress(1, 4);
        assert_eq!(verification.state().percent(), 25);
        *verification.lock() = State::Never;

        assert!(verification.start(office.clone()));
        let State::Done { outcome, .. } = ended(&verification).await else { panic!("it has ended") };
        let report = outcome.unwrap();
        assert!(report.is_clean());
        assert_eq!((report.records, report.users), (1, 1));
        assert!(verification.start(office), "another one may begin once it has ended");
        ended(&verification).await;
    }

    #[tokio::test]
    async fn a_task_that_breaks_off_stands_in_nobodys_way() {
        let dir = tempfile::tempdir().unwrap();
        let office = BoxOffice::open(dir.path()).unwrap();
        let verification = Verification::default();
        *verification.lock() = State::Running { since: office.now(), done: 0, total: 0 };
        drop(Ending { verification: verification.clone(), office });
        assert!(matches!(verification.state(), State::Done { outcome: Err(_), .. }));
    }
}
