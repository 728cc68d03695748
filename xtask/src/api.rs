//! Tests of the running host with Schemathesis, a property-based tester that generates valid and invalid requests from
//! the host's own description and checks every answer.
//!
//! The host also sends webhooks to a receiver that verifies them with the reference library of Standard Webhooks, in
//! Python.
//!
//! The tester runs twice, as an ordinary user and as an operator. `hooks.py` lists the accepted deviations, with
//! reasons.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::shell::{host, quietly, root, run as shell, say, target_folder};

/// Duration of each of the two runs, in seconds.
const SECONDS: &str = "60";

const FOLDER: &str = "host-server/tests/schemathesis";

const WEBHOOKS: &str = "host-server/tests/webhooks";

pub(crate) fn check() -> Result<(), String> {
    let folder = target_folder()?.join("api-tester");
    let tester = install(FOLDER, &folder)?.join("bin/schemathesis");
    let server = host()?;
    webhooks(&server, &target_folder()?.join("webhooks"))?;
    for role in ["user", "operator"] {
        say(&format!("\nas {role}"));
        run(&server, &tester, &folder, role)?;
    }
    Ok(())
}

/// Installs the requirements of one of our folders in a separate environment, once for each set of versions.
pub(crate) fn install(ours: &str, folder: &Path) -> Result<PathBuf, String> {
    let requirements = root().join(ours).join("requirements.txt");
    let wanted = fs::read_to_string(&requirements).map_err(|error| format!("{}: {error}", requirements.display()))?;
    let (place, noted) = (folder.join("python"), folder.join("installed.txt"));
    if fs::read_to_string(&noted).is_ok_and(|installed| installed == wanted) {
        return Ok(place);
    }
    fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    shell(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&place))?;
    let mut pip = Command::new(place.join("bin/pip"));
    shell(pip.args(["install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(&requirements))?;
    fs::write(&noted, wanted).map_err(|error| error.to_string())?;
    Ok(place)
}

/// Delivers webhooks to a receiver in another language.
fn webhooks(program: &Path, folder: &Path) -> Result<(), String> {
    let python = install(WEBHOOKS, folder)?.join("bin/python");
    let data = fresh(folder, "data")?;
    let server = Server::start(program, &data, &["--webhooks-allow-http", "--webhooks-allow-private"])?;
    let mut command = Command::new(python);
    command.arg(root().join(WEBHOOKS).join("check.py")).env("BOXOFFICE_URL", &server.url);
    shell(command.env("BOXOFFICE_PROGRAM", program).env("BOXOFFICE_DIR", &data))
}

/// Creates an empty directory of this name.
fn fresh(folder: &Path, name: &str) -> Result<PathBuf, String> {
    let data = folder.join(name);
    let _ = fs::remove_dir_all(&data);
    fs::create_dir_all(&data).map_err(|error| error.to_string())?;
    Ok(data)
}

/// A server with its own data. It is killed when dropped.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(program: &Path, data: &Path, more: &[&str]) -> Result<Self, String> {
        let log = data.with_extension("log");
        let log = fs::File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let mut command = Command::new(program);
        command.args(["serve", "--listen", "127.0.0.1:0", "--rate-limit", "off", "--data"]).arg(data).args(more);
        command.env_remove("JWT_KEY").stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().map_err(|error| format!("{}: {error}", program.display()))?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.as_mut() {
            BufReader::new(stdout).read_line(&mut line).map_err(|error| error.to_string())?;
        }
        let mut server = Self { child, url: String::new() };
        let url = line.trim().strip_prefix("listening on ").ok_or("the server did not start; see its log")?;
        server.url.push_str(url);
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have exited by itself; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(program: &Path, tester: &Path, folder: &Path, role: &str) -> Result<(), String> {
    let data = fresh(folder, role)?;
    let server = Server::start(program, &data, &[])?;
    let mut command = Command::new(tester);
    command.args(["run", "--checks", "all", "--generation-deterministic", "--continue-on-failure", "--no-color"]);
    command.args(["--max-examples", "30", "--max-time", SECONDS, "--warnings", "off"]);
    command.arg(format!("{}/openapi.json", server.url)).current_dir(folder);
    command
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env("PYTHONPATH", root().join(FOLDER))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    command.env("BOXOFFICE_URL", &server.url).env("BOXOFFICE_ROLE", role);
    command.env("BOXOFFICE_PROGRAM", program).env("BOXOFFICE_DIR", &data);
    shell(&mut command)?;
    drop(server);
    // Whatever was requested, the recorded journal follows the rules.
    quietly(Command::new(program).arg("verify").arg("--data").arg(&data))
}
