//! The server of administrative tasks.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use super::{Reply, Task, Tools, perform, socket};

/// Maximum number of concurrent tasks.
const TASKS_MAX: usize = 4;

/// Maximum number of replies that wait for a slow client.
const REPLIES_MAX: usize = 256;

/// Maximum length of a task, in bytes.
const TASK_LEN_MAX: u64 = 64 * 1024;

/// A socket that accepts tasks until it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    path: PathBuf,
    stop: CancellationToken,
}

impl Server {
    /// Starts to accept tasks for the box office whose data is in `dir`.
    ///
    /// Replaces a socket that an earlier server left behind. The box office has the directory open, so no other server
    /// listens on it.
    pub(crate) fn start(tools: Tools, dir: &Path) -> io::Result<Self> {
        let path = dir.join(socket::NAME);
        let fresh = dir.join("admin.sock.new");
        remove(&fresh)?;
        let address = socket::address(dir, "admin.sock.new")?;
        let listener = UnixListener::bind(&address.path)?;
        // The socket is renamed only after its permissions are restricted, so that no other user can open it.
        fs::set_permissions(&fresh, Permissions::from_mode(0o600))?;
        fs::rename(&fresh, &path)?;
        let stop = CancellationToken::new();
        tokio::spawn(accept(listener, tools, stop.clone()));
        Ok(Self { path, stop })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Err(error) = remove(&self.path) {
            tracing::warn!(%error, "can't remove the administrators' socket");
        }
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

async fn accept(listener: UnixListener, tools: Tools, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(TASKS_MAX));
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            () = stop.cancelled() => return,
            next = next => next,
        };
        let Ok((stream, _)) = accepted else { continue };
        let tools = tools.clone();
        tokio::spawn(async move {
            let _place = place;
            if let Err(error) = answer(stream, tools).await {
                tracing::debug!(%error, "an administrator's connection broke off");
            }
        });
    }
}

async fn answer(mut stream: UnixStream, tools: Tools) -> io::Result<()> {
    let (reader, mut writer) = stream.split();
    let mut line = String::new();
    BufReader::new(reader.take(TASK_LEN_MAX)).read_line(&mut line).await?;
    let task: Task = serde_json::from_str(&line)?;
    tracing::info!(task = name(&task), "an administrator's task");
    let (replies, mut waiting) = mpsc::channel::<Reply>(REPLIES_MAX);
    // The channel of replies closes when the task ends.
    tokio::task::spawn_blocking(move || {
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        perform(&tools, &task, &mut |reply| replies.blocking_send(reply).map_err(gone))
    });
    let mut lines = Vec::new();
    let mut batch = Vec::with_capacity(REPLIES_MAX);
    while waiting.recv_many(&mut batch, REPLIES_MAX).await > 0 {
        for reply in batch.drain(..) {
            serde_json::to_writer(&mut lines, &reply)?;
            lines.push(b'\n');
        }
        writer.write_all(&lines).await?;
        lines.clear();
    }
    writer.shutdown().await
}

fn name(task: &Task) -> &'static str {
    match task {
        Task::SetOperator { .. } => "operator",
        Task::RecordPayout { .. } => "payout",
        Task::Balance { .. } => "balance",
        Task::Verify => "verify",
        Task::Export { .. } => "export",
        Task::Follow { .. } => "follow",
        Task::Backup { .. } => "backup",
        Task::EraseInBackup { .. } => "erase-in-backup",
        Task::Compact => "compact",
        Task::Webhooks { .. } => "webhooks",
        Task::Cluster { .. } => "cluster",
    }
}
