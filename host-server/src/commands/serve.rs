//! `serve`: opens the box office, serves it, and closes it in an orderly way.

use std::fs::DirBuilder;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use boxoffice::{BoxOffice, Builder, Limits};
#[cfg(feature = "cluster")]
use boxoffice::{Cluster, ClusterOptions, KeyRing};
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

#[cfg(feature = "cluster")]
use super::waiting;
use crate::admin;
use crate::app::app;
use crate::cluster;
#[cfg(feature = "cluster")]
use crate::config::shared_keys;
use crate::config::{ServeArgs, key_ring, log_filter};
use crate::listener::{self, ConnectionLimits};
use crate::logging;
#[cfg(feature = "cluster")]
use crate::publisher;
#[cfg(feature = "cluster")]
use crate::services::Service;
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
    #[cfg(feature = "cluster")]
    if let Some(options) = args.cluster.options(args.services)? {
        let keys = shared_keys()?;
        return on_runtime(in_cluster(args, settings, &options, keys, connections_max));
    }
    #[cfg(not(feature = "cluster"))]
    args.cluster.servers.refuse()?;
    #[cfg(not(feature = "cluster"))]
    if !args.publishing.publish_servers.is_empty() {
        return Err(crate::config::NoPublisher.into());
    }
    let office = open(args)?;
    on_runtime(async {
        let entrance = Entrance::bind(args.listen).await?;
        serve(args, settings, office, entrance, connections_max).await
    })
}

fn on_runtime(work: impl Future<Output = Outcome>) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(work);
    // Administrative tasks that are still running end with the process.
    runtime.shutdown_background();
    outcome
}

/// Serves the box office as a host of a cluster. Until it has its copy of the journal, it says by its health that it waits.
#[cfg(feature = "cluster")]
async fn in_cluster(
    args: &ServeArgs,
    settings: Settings,
    options: &ClusterOptions,
    keys: KeyRing,
    connections_max: usize,
) -> Outcome {
    // The others ask the card processor by way of the hosts that offer payments: theirs are its keys.
    let gateway = if args.services.has(Service::Payments) { args.gateway.open()? } else { None };
    let builder = gateway.into_iter().fold(builder(args)?, Builder::gateway).key_ring(keys).cluster(options.clone());
    let dir = args.data.data.clone();
    let open = move || builder.clone().open(&dir).map_err(admin::explained);
    let Entrance { mut stop, listener, address, .. } = Entrance::bind(args.listen).await?;
    let listener = listener.into_std()?;
    announce(address);
    let limits = ConnectionLimits { total: connections_max, client: args.max_client_connections as usize };
    let Some(office) = waiting::opened(&listener, limits, options, open, stop.any()).await? else { return Ok(()) };
    tell_opened(&office);
    let entrance = Entrance { stop, listener: TcpListener::from_std(listener)?, address, is_announced: true };
    serve(args, settings, office, entrance, connections_max).await
}

fn open(args: &ServeArgs) -> Result<BoxOffice, Box<dyn std::error::Error>> {
    #[cfg(feature = "cluster")]
    warn_of_cluster(&args.data.data);
    let builder = args.gateway.open()?.into_iter().fold(builder(args)?, Builder::gateway);
    let builder = key_ring()?.into_iter().fold(builder, Builder::key_ring);
    let office = builder.open(&args.data.data).map_err(admin::explained)?;
    tell_opened(&office);
    Ok(office)
}

/// Warns whoever opens a host's directory without its cluster.
#[cfg(feature = "cluster")]
fn warn_of_cluster(dir: &Path) {
    // Whatever else is wrong with it, opening it tells.
    if matches!(Cluster::has_directory(dir), Ok(true)) {
        tracing::warn!(
            "this directory is a host's copy of a shared journal: opened without --cluster, it goes on alone and can't go back"
        );
    }
}

fn tell_opened(office: &BoxOffice) {
    tracing::info!(records = office.metrics().head_seq, "the box office is open");
}

fn builder(args: &ServeArgs) -> Result<Builder, Box<dyn std::error::Error>> {
    Ok(BoxOffice::builder()
        .limits(Limits::new().hold(args.hold).late_money(args.late_money).fees(args.fees()?))
        .session_length(args.session)
        .default_currency(args.currency)
        .accept_clock_jump(args.data.accept_clock_jump)
        .refuse_when_full(true))
}

/// What the process hears from outside: connections, and the signals to stop.
struct Entrance {
    stop: Stop,
    listener: TcpListener,
    address: SocketAddr,
    /// `true` if the address was said.
    is_announced: bool,
}

impl Entrance {
    async fn bind(address: SocketAddr) -> io::Result<Self> {
        let stop = Stop { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? };
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(Self { stop, listener, address, is_announced: false })
    }
}

fn announce(address: SocketAddr) {
    say(format_args!("listening on http://{address}"));
    tracing::info!(%address, "listening");
}

async fn serve(
    args: &ServeArgs,
    settings: Settings,
    office: BoxOffice,
    entrance: Entrance,
    connections_max: usize,
) -> Outcome {
    let Entrance { stop, listener, address, is_announced } = entrance;
    let admin_listener = match args.admin_listen {
        Some(address) => Some(TcpListener::bind(address).await?),
        None => None,
    };
    let webhooks = open_webhooks(args, &office);
    let state = AppState::with_webhooks(office.clone(), settings, webhooks.clone());
    let admin = admin::Server::start(admin::Tools::new(office.clone(), webhooks.clone()), &args.data.data)?;
    #[cfg(feature = "cluster")]
    let publishing = args.publishing.options().map(|options| tokio::spawn(publisher::serve(office.clone(), options)));
    #[cfg(feature = "pages")]
    state.keep_figures();
    state.count_sales();
    let tidying = tokio::spawn(tidy(state.clone()));
    if !is_announced {
        announce(address);
    }
    let clients = state.rates.is_some().then(|| Arc::clone(&state.clients));
    let admins =
        admin_listener.map(|listener| tokio::spawn(serve_admins(listener, state.clone(), args.shutdown_deadline)));

    let stopping = state.stopping.clone();
    let drain_delay = args.drain_delay;
    let stopped = async move {
        stop.asked(&stopping).await;
        tokio::time::sleep(drain_delay).await;
    };
    let limits = ConnectionLimits { total: connections_max, client: args.max_client_connections as usize };
    listener::serve(listener, app(state), limits, clients, stopped, args.shutdown_deadline).await;
    if let Some(admins) = admins {
        // Its panic is in the log.
        let _ = admins.await;
    }

    tidying.abort();
    #[cfg(feature = "cluster")]
    if let Some(publishing) = publishing {
        publishing.abort();
    }
    if let Some(webhooks) = webhooks {
        webhooks.stop();
    }
    drop(admin);
    let is_in_alarm = cluster::is_in_alarm(&office);
    match office.close().await {
        // Its copy may be what is damaged, which the alarm has said. Whatever it lacks is in the stream.
        Err(error) if is_in_alarm => {
            tracing::warn!(error = &error as &dyn std::error::Error, "closed without a checkpoint");
        }
        closed => {
            closed?;
            tracing::info!("closed");
        }
    }
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
pub(super) fn create_private_dir(path: &Path) -> io::Result<()> {
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
