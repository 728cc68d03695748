//! Opening a box office.

use std::sync::Arc;
use std::time::Duration;

use boxoffice::testing::SeededIds;
use boxoffice::{BoxOffice, Builder, Clock, Code, Error, KeyRing};
use napi::bindgen_prelude::{ClassInstance, Function, PromiseRaw};
use napi::{Either, Env};
use napi_derive::napi;

use crate::clock::{HostClock, ManualClock};
use crate::completions::{Batch, Completions};
use crate::convert::{millis, natural};
use crate::errors::rejection;
use crate::generated::NativeOptions;
use crate::log::{Logger, heard_by};
use crate::stripe::StripeGateway;

/// An open box office and the state that its parts share.
pub(crate) struct Shared {
    /// `None` only during `drop`.
    office: Option<BoxOffice>,
    /// Length of sessions; `None` for the default.
    pub(crate) session_length: Option<Duration>,
    /// Operations in flight.
    pub(crate) completions: Arc<Completions>,
    /// `true` if the clock is written in JavaScript, whose thread must then not read the time: it would wait for itself.
    pub(crate) asks_javascript: bool,
    /// Hears of what is logged as long as this is open.
    _logger: Arc<Logger>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("office", &self.office).finish_non_exhaustive()
    }
}

impl Shared {
    pub(crate) fn office(&self) -> &BoxOffice {
        self.office.as_ref().expect("only drop takes it")
    }
}

impl Drop for Shared {
    /// Drops the box office on another thread. This waits for the writer, which may wait for a clock of this thread.
    #[expect(clippy::disallowed_methods, reason = "the thread that collects garbage must not wait")]
    fn drop(&mut self) {
        let office = self.office.take();
        std::thread::spawn(move || drop(office));
    }
}

impl NativeOptions {
    fn builder(mut self, clock: Option<Arc<dyn Clock>>) -> Result<(Builder, Option<Duration>), Error> {
        let session_length = self.session_length_ms.map(|length| millis("sessionLengthMs", length)).transpose()?;
        let mut builder = self.plain(BoxOffice::builder())?;
        if let Some(keys) = self.keys()? {
            builder = builder.key_ring(keys);
        }
        if let Some(seed) = self.seed {
            builder = builder.ids(Arc::new(SeededIds::new(natural("seed", seed)?)));
        }
        if let Some(gateway) = self.gateway {
            builder = builder.gateway(Arc::new(gateway));
        }
        if let Some(clock) = clock {
            builder = builder.clock(clock);
        }
        Ok((builder, session_length))
    }

    fn keys(&self) -> Result<Option<KeyRing>, Error> {
        let Some(key) = &self.jwt_key else { return Ok(None) };
        let previous = self.previous_jwt_keys.iter().flatten();
        previous.fold(KeyRing::new(key), |ring, key| ring?.with_previous(key)).map(Some)
    }
}

/// An open box office, wrapped by `BoxOffice`.
#[napi]
#[derive(Debug)]
pub struct Office(pub(crate) Arc<Shared>);

impl Office {
    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.0
    }
}

#[napi]
impl Office {
    /// Opens the directory, or creates a box office there. `deliver` gets the outcomes of its operations, in batches.
    #[napi]
    pub fn open<'env>(
        env: &'env Env,
        path: String,
        options: NativeOptions,
        logger: Logger,
        #[napi(ts_arg_type = "(entries: unknown[]) => void")] deliver: Function<'_, Batch, ()>,
        clock: Option<Either<ClassInstance<'_, ManualClock>, ClassInstance<'_, HostClock>>>,
        stripe: Option<ClassInstance<'_, StripeGateway>>,
    ) -> napi::Result<PromiseRaw<'env, Office>> {
        let asks_javascript = matches!(clock, Some(Either::B(_)));
        let clock = clock.map(|clock| match clock {
            Either::A(manual) => Arc::clone(&manual.0) as Arc<dyn Clock>,
            Either::B(host) => Arc::clone(&host.0) as Arc<dyn Clock>,
        });
        let stripe = stripe.map(|stripe| Arc::clone(&stripe.0));
        let completions = Completions::new(&deliver)?;
        let logger = heard_by(logger);
        env.spawn_future(async move {
            let opened = tokio::task::spawn_blocking(move || {
                let (builder, session_length) = options.builder(clock)?;
                let builder = match stripe {
                    Some(stripe) => builder.gateway(stripe),
                    None => builder,
                };
                builder.open(path).map(|office| Shared {
                    office: Some(office),
                    session_length,
                    completions,
                    asks_javascript,
                    _logger: logger,
                })
            });
            let opened = opened.await.unwrap_or_else(|_| Err(Code::Internal.into()));
            opened.map(|shared| Self(Arc::new(shared))).map_err(|error| rejection(explained(error)))
        })
    }
}

/// Returns a part that only some box offices have. Its class is made for those alone.
pub(crate) fn present<T>(part: Option<T>) -> Result<T, Error> {
    part.ok_or_else(|| Code::Internal.into())
}

/// Returns the same error, with the option that accepts a far clock by its name in JavaScript.
fn explained(error: Error) -> Error {
    if error.code() != Code::ClockJumped {
        return error;
    }
    let faults = error.serialize_errors();
    let message = faults.first().map(|fault| fault.message.replace("accept_clock_jump", "acceptClockJump"));
    Error::with_message(Code::ClockJumped, message.unwrap_or_default())
}
