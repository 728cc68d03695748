//! Delivers outcomes to the thread of JavaScript in batches.
//!
//! A batch of the engine answers thousands of callers at the same moment. Each promise of napi has a queue and a handle of the event
//! loop of its own, which cost more than the operation. Instead the package keeps its promises in a table, and gives the slot of each
//! to its operation. What has an outcome, or can go on, is put on a list, one call tells the event loop that there is something, and
//! the package gets a batch of slots and values.
//!
//! **Invariant:** who wakes an operation neither polls nor drops it: that may be the writer, within a lock of its queue.

use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Wake, Waker};

use boxoffice::{Code, Error};
use futures_util::FutureExt;
use napi::bindgen_prelude::{Array, Function, JsValuesTupleIntoVec, ToNapiValue, spawn};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status, sys};

use crate::convert::Shown;
use crate::errors::{failure, rejection};

/// Maximum number of entries of a batch. The event loop turns before the next one.
const BATCH_MAX: usize = 1_024;

/// Sets the entry of an array at an index to the value of an operation.
type Value = Box<dyn FnOnce(&mut Array<'_>, u32) -> napi::Result<()> + Send>;

type Outcome = Result<Value, Error>;

type Operation = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// Tells the event loop that there is something on the list. It keeps the process alive only while something is in flight.
type Bell = ThreadsafeFunction<(), (), Batch, Status, false, true>;

/// Operations in flight of a box office, and what is to be delivered of them.
pub(crate) struct Completions(Mutex<State>);

#[derive(Default)]
struct State {
    /// `None` only until it is made.
    bell: Option<Bell>,
    ready: Vec<Ready>,
    /// Operations that the thread of JavaScript polls, by slot.
    tasks: Vec<Option<Arc<Task>>>,
    in_flight: usize,
    /// `true` once the environment of JavaScript has ended.
    has_ended: bool,
}

/// An entry of the list.
enum Ready {
    /// An operation that can go on.
    Woken(Arc<Task>),
    /// The outcome of an operation of another thread, by slot.
    Settled(u32, Outcome),
}

impl State {
    /// Puts an operation in flight, which keeps the process alive until its outcome is delivered.
    fn begin(&mut self, env: Env, slot: u32, task: Option<Arc<Task>>) {
        self.in_flight += 1;
        if self.in_flight == 1 {
            self.keep_alive(env, true);
        }
        if task.is_some() {
            let at = slot as usize;
            if self.tasks.len() <= at {
                self.tasks.resize(at + 1, None);
            }
            self.tasks[at] = task;
        }
    }

    /// Forgets operations whose outcomes are delivered.
    fn settle(&mut self, env: Env, settled: &[(u32, Outcome)]) {
        for (slot, _) in settled {
            if let Some(task) = self.tasks.get_mut(*slot as usize) {
                *task = None;
            }
        }
        self.in_flight -= settled.len();
        if self.in_flight == 0 && !settled.is_empty() {
            self.keep_alive(env, false);
        }
    }

    #[expect(deprecated, reason = "what is advised instead, a clone for each operation, costs more, and there is none")]
    fn keep_alive(&mut self, env: Env, keep: bool) {
        let Some(bell) = &mut self.bell else { return };
        // Fails only while the environment ends, which waits for nothing.
        let _ = if keep { bell.refer(&env) } else { bell.unref(&env) };
    }

    /// Takes what is on the list, up to a batch.
    fn batch(&mut self) -> Vec<Ready> {
        let mut batch = mem::take(&mut self.ready);
        if batch.len() > BATCH_MAX {
            self.ready = batch.split_off(BATCH_MAX);
            self.ring();
        }
        batch
    }

    fn ring(&self) {
        if let Some(bell) = &self.bell {
            // Fails only while the environment ends. What is on the list is dropped then.
            bell.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }
}

impl Completions {
    /// Creates the list of a box office. `deliver` gets slots and values in turn; the slot of a failure is counted from -1 down, and
    /// its value is a text.
    pub(crate) fn new(deliver: &Function<'_, Batch, ()>) -> napi::Result<Arc<Self>> {
        let completions = Arc::new(Self(Mutex::default()));
        let listener = Listener(Arc::downgrade(&completions));
        let bell = deliver
            .build_threadsafe_function::<()>()
            .weak::<true>()
            .build_callback(move |call| Ok(listener.batch(call.env)))?;
        completions.lock().bell = Some(bell);
        Ok(completions)
    }

    /// Polls an operation at once, and then whenever it is woken, on this thread, which is that of JavaScript.
    ///
    /// # Errors
    /// The operation's, if it fails at once. Nothing is delivered then.
    pub(crate) fn poll<T>(
        self: &Arc<Self>,
        env: Env,
        slot: u32,
        operation: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> napi::Result<()>
    where
        T: Shown<Js: ToNapiValue + Send + 'static>,
    {
        let operation: Operation = Box::pin(async move { operation.await.map(|it| value(it.shown())) });
        let task = Arc::new(Task {
            completions: Arc::clone(self),
            slot,
            is_woken: AtomicBool::new(false),
            operation: Mutex::new(Some(operation)),
        });
        match task.poll() {
            None => self.lock().begin(env, slot, Some(task)),
            Some(Ok(value)) => {
                self.lock().begin(env, slot, None);
                self.push(Ready::Settled(slot, Ok(value)));
            }
            Some(Err(error)) => return Err(rejection(error)),
        }
        Ok(())
    }

    /// Runs an operation on a thread of the runtime.
    pub(crate) fn spawn<T>(
        self: &Arc<Self>,
        env: Env,
        slot: u32,
        operation: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) where
        T: Shown<Js: ToNapiValue + Send + 'static>,
    {
        self.lock().begin(env, slot, None);
        let completions = Arc::clone(self);
        spawn(async move {
            let operation = async move { operation.await.map(|it| value(it.shown())) };
            let outcome = AssertUnwindSafe(operation).catch_unwind().await;
            completions.push(Ready::Settled(slot, outcome.unwrap_or_else(|_| Err(Code::Internal.into()))));
        });
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an entry on the list. Callable from any thread.
    fn push(&self, ready: Ready) {
        let mut state = self.lock();
        if state.has_ended {
            // Nobody is there any more to whom it could be told.
            return;
        }
        state.ready.push(ready);
        if state.ready.len() == 1 {
            state.ring();
        }
    }

    /// Polls what was woken, and returns the outcomes that are there.
    fn deliver(&self, env: Env) -> Batch {
        let ready = self.lock().batch();
        let mut settled = Vec::with_capacity(ready.len());
        for entry in ready {
            match entry {
                Ready::Woken(task) => settled.extend(task.poll().map(|outcome| (task.slot, outcome))),
                Ready::Settled(slot, outcome) => settled.push((slot, outcome)),
            }
        }
        self.lock().settle(env, &settled);
        Batch(settled)
    }

    /// Drops everything in flight, because nobody polls it any more. What the writer has taken is decided all the same.
    fn end(&self) {
        let mut state = self.lock();
        state.has_ended = true;
        let (tasks, ready) = (mem::take(&mut state.tasks), mem::take(&mut state.ready));
        drop(state);
        for task in tasks.into_iter().flatten() {
            drop(task.take());
        }
        drop(ready);
    }
}

/// What the event loop calls. It is dropped with the environment of JavaScript.
struct Listener(Weak<Completions>);

impl Listener {
    fn batch(&self, env: Env) -> Batch {
        self.0.upgrade().map(|completions| completions.deliver(env)).unwrap_or_default()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Some(completions) = self.0.upgrade() {
            completions.end();
        }
    }
}

/// An operation that the thread of JavaScript polls.
struct Task {
    completions: Arc<Completions>,
    slot: u32,
    /// `true` from when it is woken until it is polled, so that it is on the list only once.
    is_woken: AtomicBool,
    /// `None` once it is done, or nobody waits for it any more.
    operation: Mutex<Option<Operation>>,
}

impl Task {
    /// Returns the outcome, if it is there and was not returned before.
    fn poll(self: &Arc<Self>) -> Option<Outcome> {
        // Whoever wakes it from here on puts it on the list again.
        self.is_woken.store(false, Ordering::SeqCst);
        let waker = Waker::from(Arc::clone(self));
        let mut context = Context::from_waker(&waker);
        let mut operation = self.lock();
        let polled = catch_unwind(AssertUnwindSafe(|| match operation.as_mut() {
            Some(operation) => operation.as_mut().poll(&mut context).map(Some),
            None => Poll::Ready(None),
        }));
        let outcome = match polled {
            Ok(Poll::Pending) => return None,
            Ok(Poll::Ready(outcome)) => outcome,
            Err(_) => Some(Err(Code::Internal.into())),
        };
        let done = operation.take();
        drop(operation);
        drop(done);
        outcome
    }

    /// Takes the operation, to drop it without a lock.
    fn take(&self) -> Option<Operation> {
        self.lock().take()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Operation>> {
        self.operation.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        Self::wake_by_ref(&self);
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.is_woken.swap(true, Ordering::SeqCst) {
            self.completions.push(Ready::Woken(Arc::clone(self)));
        }
    }
}

/// Outcomes by slot, as the package gets them.
#[derive(Default)]
pub struct Batch(Vec<(u32, Outcome)>);

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch").field("len", &self.0.len()).finish()
    }
}

impl JsValuesTupleIntoVec for Batch {
    fn into_vec(self, env: sys::napi_env) -> napi::Result<Vec<sys::napi_value>> {
        let env = Env::from_raw(env);
        let mut entries = env.create_array(u32::try_from(2 * self.0.len()).unwrap_or_default())?;
        for (at, (slot, outcome)) in (0..).step_by(2).zip(self.0) {
            let slot = i64::from(slot);
            match outcome.and_then(|value| value(&mut entries, at + 1).map_err(unconverted)) {
                Ok(()) => entries.set(at, slot)?,
                Err(error) => {
                    entries.set(at, -1 - slot)?;
                    entries.set(at + 1, failure(&error))?;
                }
            }
        }
        entries.into_vec(env.raw())
    }
}

fn value<Js: ToNapiValue + Send + 'static>(js: Js) -> Value {
    Box::new(move |entries: &mut Array<'_>, at| entries.set(at, js))
}

/// The error of a value that JavaScript can't hold, such as a text of a gigabyte.
fn unconverted(error: napi::Error) -> Error {
    Error::with_message(Code::Internal, error.reason.clone())
}
