//! `serve`: opens the box office, serves it, and closes it in an orderly way.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use boxoffice::{BoxOffice, Limits};
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::admin;
use crate::app::app;
use crate::config::{ServeArgs, key_ring, log_filter};
use crate::listener::{self, ConnectionLimits};
use crate::logging;
use crate::settings::Settings;
use crate::state::AppState;
use crate::terminal::{Outcome, say};
use crate::webhooks::{WebhookError, Webhooks};

/// Interval of periodic maintenance.
const TIDY_EVERY: Duration = Duration::from_secs(5);

/// Number of open files besides connections.
const OTHER_FILES: u64 = 64 + 64 + ADMIN_CONNECTIONS_MAX as u64;

/// How many connections the address for operators takes.
const ADMIN_CONNECTIONS_MAX: usize = 128;

pub(super) fn run(args: &ServeArgs) -> Outcome {
    let _log = logging::start(args.log_format, &log_filter());
    let connections_max = connections_max(args.max_connections);
    create_private_dir(&args.data.data)?;
    let settings = Settings { cards: args.gateway.card_form()?, ..args.settings()? };
    let office = open(args)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(serve(args, settings, office, connections_max));
    // Administrative tasks that are still running end with the process.
    runtime.shutdown_background();
    outcome
}

fn open(args: &ServeArgs) -> Result<BoxOffice, Box<dyn std::error::Error>> {
    let builder = BoxOffice::builder()
        .limits(Limits::new().hold(args.hold).late_money(args.late_money).fees(args.fees()?))
        .session_length(args.session)
        .default_currency(args.currency)
        .accept_clock_jump(args.data.accept_clock_jump)
        .refuse_when_full(true);
    let builder = args.gateway.open()?.into_iter().fold(builder, boxoffice::Builder::gateway);
    let builder = key_ring()?.into_iter().fold(builder, boxoffice::Builder::key_ring);
    let office = builder.open(&args.data.data).map_err(admin::explained)?;
    tracing::info!(records = office.metrics().head_seq, "the box office is open");
    Ok(office)
}

async fn serve(args: &ServeArgs, settings: Settings, office: BoxOffice, connections_max: usize) -> Outcome {
    let stop = Stop { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? };
    let listener = TcpListener::bind(args.listen).await?;
    let address = listener.local_addr()?;
    let admin_listener = match args.admin_listen {
        Some(address) => Some(TcpListener::bind(address).await?),
        None => None,
    };
    let webhooks = open_webhooks(args, &office);
    let state = AppState::with_webhooks(office.clone(), settings, webhooks.clone());
    let admin = admin::Server::start(admin::Tools::new(office.clone(), webhooks.clone()), &args.data.data)?;
    #[cfg(feature = "pages")]
    state.keep_figures();
    state.count_sales();
    let tidying = tokio::spawn(tidy(state.clone()));
    say(format_args!("listening on http://{address}"));
    tracing::info!(%address, "listening");
    let clients = state.rates.is_some().then(|| Arc::clone(&state.clients));
    let admins =
        admin_listener.map(|listener| tokio::spawn(serve_admins(listener, state.clone(), args.shutdown_deadline)));

    let stopping = state.stopping.clone();
    let stopped = async move {
        stop.asked(&stopping).await;
    };
    let limits = ConnectionLimits { total: connections_max, client: args.max_client_connections as usize };
    listener::serve(listener, app(state), limits, clients, stopped, args.shutdown_deadline).await;
    if let Some(admins) = admins {
        // Its panic is in the log.
        let _ = admins.await;
    }

    tidying.abort();
    if let Some(webhooks) = webhooks {
        webhooks.stop();
    }
    drop(admin);
    office.close().await?;
    tracing::info!("closed");
    Ok(())
}

/// Opens the webhooks and starts their deliveries. Whatever is wrong with them, tickets are sold.
fn open_webhooks(args: &ServeArgs, office: &BoxOffice) -> Option<Webhooks> {
    let opened = Webhooks::open(office.clone(), &args.data.data, args.webhook_settings());
    let started = opened.and_then(|webhooks| webhooks.start().map(|()| webhooks));
    let told = |error: &WebhookError| {
        tracing::error!(
            error = error as &dyn std::error::Error,
            "nothing is delivered to webhooks until the next start"
        );
    };
    started.inspect_err(told).ok()
}

/// Serves operators at an address of their own. Nobody's share of its connections is limited: it is no stranger's to reach.
async fn serve_admins(listener: TcpListener, state: AppState, deadline: Duration) {
    if let Ok(address) = listener.local_addr() {
        say(format_args!("console and metrics on http://{address}"));
        tracing::info!(%address, "listening for operators");
    }
    let limits = ConnectionLimits { total: ADMIN_CONNECTIONS_MAX, client: ADMIN_CONNECTIONS_MAX };
    let stopping = state.stopping.clone();
    listener::serve(listener, app(state.for_admins()), limits, None, stopping.cancelled_owned(), deadline).await;
}

async fn tidy(state: AppState) {
    let mut ticks = tokio::time::interval(TIDY_EVERY);
    loop {
        ticks.tick().await;
        state.tidy();
    }
}

/// The signals that ask the process to stop.
struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    /// Waits for the first signal and starts the shutdown. A second signal ends the process at once; nothing that was
    /// answered is lost.
    async fn asked(mut self, stopping: &tokio_util::sync::CancellationToken) {
        self.any().await;
        tracing::info!("stopping");
        stopping.cancel();
        tokio::spawn(async move {
            self.any().await;
            std::process::exit(130);
        });
    }

    async fn any(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Creates the data directory, accessible to its owner only. An existing directory is unchanged.
fn create_private_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Returns the maximum number of connections, at most `wanted`. Each connection needs an open file, so the limit of
/// open files is raised to its maximum first.
fn connections_max(wanted: u32) -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    let soft = limit.current;
    limit.current = limit.maximum;
    let files = if setrlimit(Resource::Nofile, limit).is_ok() { limit.maximum } else { soft };
    let room = files.map_or(u64::MAX, |files| files.saturating_sub(OTHER_FILES).max(1));
    usize::try_from(room.min(u64::from(wanted))).unwrap_or(usize::MAX)
}
