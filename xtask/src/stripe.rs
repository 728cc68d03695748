//! Tests of the Stripe gateway, and of the running host with it, against localstripe: a third-party mock of Stripe with
//! its own books.
//!
//! `stand_in.py` adds what localstripe lacks, with reasons.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use crate::api::install;
use crate::shell::{cargo, root, run as shell, target_folder};

const FOLDER: &str = "core/tests/stripe";

/// Number of checks, a moment apart, for which the mock may take to start.
const STARTS: u32 = 150;

/// Environment variable with the address of the mock for the tests.
pub(crate) const ADDRESS: &str = "BOXOFFICE_STRIPE_STAND_IN";

pub(crate) fn check() -> Result<(), String> {
    let stand_in = StandIn::installed()?;
    // Built as the step `test` builds them, so that nothing is built twice.
    let tests =
        ["test", "--workspace", "--all-features", "--lib", "--test", "it", "--", "--include-ignored", "stripe::"];
    shell(cargo(&tests).env(ADDRESS, stand_in.url()))
}

/// The running mock. It is killed when dropped.
pub(crate) struct StandIn {
    child: Child,
    url: String,
}

impl StandIn {
    /// Starts the mock, and installs it first if needed.
    pub(crate) fn installed() -> Result<Self, String> {
        let folder = target_folder()?.join("stripe-stand-in");
        let python = install(FOLDER, &folder)?.join("bin/python");
        Self::start(&python, &folder)
    }

    /// Returns its address.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    fn start(python: &Path, folder: &Path) -> Result<Self, String> {
        let log_path = folder.join("stand-in.log");
        let log = fs::File::create(&log_path).map_err(|error| format!("{}: {error}", log_path.display()))?;
        let errors = log.try_clone().map_err(|error| error.to_string())?;
        let port = free_port()?;
        let mut command = Command::new(python);
        command.arg(root().join(FOLDER).join("stand_in.py")).args(["--from-scratch", "--port", &port.to_string()]);
        let child = command.stdout(log).stderr(errors).spawn();
        let child = child.map_err(|error| format!("{}: {error}", python.display()))?;
        let mut stand_in = Self { child, url: format!("http://127.0.0.1:{port}") };
        for _ in 0..STARTS {
            let ended = stand_in.child.try_wait().map_err(|error| error.to_string())?;
            if ended.is_some() {
                break;
            }
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(stand_in);
            }
            moment();
        }
        Err(format!("the stand-in did not start; see {}", log_path.display()))
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        // It may have exited by itself; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[expect(clippy::disallowed_methods, reason = "neither a stand-in nor a container tells when it listens")]
pub(crate) fn moment() {
    std::thread::sleep(Duration::from_millis(200));
}

/// Returns a port that was free just now, for programs that can't choose and report one.
pub(crate) fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    listener.local_addr().map(|address| address.port()).map_err(|error| error.to_string())
}
