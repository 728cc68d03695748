//! The running host against Schemathesis, a property-based tester that makes up requests from the host's own description, good
//! ones and bad ones, and checks every answer.
//!
//! It is also asked to send webhooks to a receiver that judges them by the reference library of Standard Webhooks, in Python.
//!
//! The tester runs twice, as an ordinary user and as an operator. What it may not hold against the host is in `hooks.py`, with reasons.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::shell::{host, quietly, root, run as shell, say, target_folder};

/// For how long each of the two runs makes up requests.
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

/// Installs what a folder of ours requires where nothing else is touched, once for each set of versions.
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

/// Has webhooks delivered to a receiver in another language.
fn webhooks(program: &Path, folder: &Path) -> Result<(), String> {
    let python = install(WEBHOOKS, folder)?.join("bin/python");
    let data = fresh(folder, "data")?;
    let server = Server::start(program, &data, &["--webhooks-allow-http", "--webhooks-allow-private"])?;
    let mut command = Command::new(python);
    command.arg(root().join(WEBHOOKS).join("check.py")).env("BOXOFFICE_URL", &server.url);
    shell(command.env("BOXOFFICE_PROGRAM", program).env("BOXOFFICE_DIR", &data))
}

/// An empty directory of this name.
fn fresh(folder: &Path, name: &str) -> Result<PathBuf, String> {
    let data = folder.join(name);
    let _ = fs::remove_dir_all(&data);
    fs::create_dir_all(&data).map_err(|error| error.to_string())?;
    Ok(data)
}

/// A server on data of its own; it is killed when it is dropped.
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
        // It may have ended by itself; then there is nobody to kill.
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
    // Whatever was asked of it, what it wrote down follows the rules.
    quietly(Command::new(program).arg("verify").arg("--data").arg(&data))
}
