//! The image: built from the Dockerfile with the tests' own program instead of the stage that compiles one, and run as in a
//! cluster.
//!
//! No registry is needed: `base_image.sh` makes a stand-in for the image that it builds on. Images and containers are in
//! folders of their own and know nothing of those of the user.

use std::fs::{self, Permissions};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::{FOLDER, TESTS, Tools, failed, judged, read, write};
use crate::shell::{quietly, root, run as shell, say, timed};
use crate::stripe::{free_port, moment};

const IMAGE: &str = "localhost/boxoffice-server:test";

/// Stand-in for the image of NATS.
const NATS: &str = "localhost/nats:test";

const CONTAINER: &str = "boxoffice-test";

/// User of the image.
const USER: &str = "65532:65532";

/// Maximum size of the image without the server, in bytes: of the 60 MB that an image may have, 35 are the server's.
const BESIDE_MAX: u64 = 25_000_000;

/// How long the server may take to stop.
const STOP_MAX: Duration = Duration::from_secs(2);

/// Number of checks, a moment apart, for which the server may take to start.
const STARTS: u32 = 150;

/// Checks the image. Returns the storage that it is in.
pub(super) fn check<'a>(tools: &'a Tools, program: &Path) -> Result<Containers<'a>, String> {
    let containers = Containers::new(tools)?;
    containers.base()?;
    let stripped = containers.build(program)?;
    containers.inspect(&stripped)?;
    containers.remove()?;
    let ran = containers.run();
    // What went wrong is more important than what can't be cleared away.
    let removed = containers.remove();
    ran.and(removed).map(|()| containers)
}

/// podman with storage of its own.
pub(super) struct Containers<'a> {
    tools: &'a Tools,
    storage: PathBuf,
    /// What it notes of containers that run. podman refuses a path of more than 50 characters, and one that changes.
    notes: PathBuf,
}

impl<'a> Containers<'a> {
    fn new(tools: &'a Tools) -> Result<Self, String> {
        let storage = tools.folder.join("containers");
        fs::create_dir_all(&storage).map_err(|error| failed(&storage, &error))?;
        let notes = short(&storage)?;
        Ok(Self { tools, storage, notes })
    }

    /// Returns the command of podman.
    pub(super) fn podman(&self) -> Command {
        let mut command = Command::new("podman");
        command.arg("--root").arg(self.storage.join("storage")).arg("--runroot").arg(&self.notes);
        command.env("CONTAINERS_CONF", root().join(TESTS).join("containers.conf")).current_dir(root());
        command
    }

    /// Makes the image that the Dockerfile builds on, once for each way of making it.
    fn base(&self) -> Result<(), String> {
        let script = root().join(TESTS).join("base_image.sh");
        let name = base_name(&read(&root().join(FOLDER).join("Dockerfile"))?)?;
        let suite = suite(&read(Path::new("/etc/os-release"))?)?;
        let (wanted, noted) = (format!("{suite} {name}\n{}", read(&script)?), self.storage.join("base.txt"));
        let is_there = quietly(self.podman().args(["image", "exists", &name])).is_ok();
        if is_there && read(&noted).is_ok_and(|noted| noted == wanted) {
            return Ok(());
        }
        let podman = self.podman();
        let mut make = Command::new(script);
        make.args([&suite, &name]).arg(podman.get_program()).args(podman.get_args());
        for (variable, value) in podman.get_envs() {
            make.env(variable, value.unwrap_or_default());
        }
        shell(&mut make)?;
        write(&noted, &wanted)
    }

    /// Builds the image, and returns the program in it.
    fn build(&self, program: &Path) -> Result<PathBuf, String> {
        let out = self.tools.fresh("image")?.join("out");
        let data = out.join("volumes/data");
        fs::create_dir_all(&data).map_err(|error| failed(&data, &error))?;
        fs::set_permissions(&data, Permissions::from_mode(0o700)).map_err(|error| failed(&data, &error))?;
        let stripped = out.join("boxoffice-server");
        shell(Command::new("strip").arg("-o").arg(&stripped).arg(program))?;
        let stage = format!("build={}", self.tools.folder.join("image").display());
        let mut build = self.podman();
        // Docker's form of images knows health checks.
        build.args([
            "build",
            "--quiet",
            "--format",
            "docker",
            "--pull=never",
            "--build-context",
            &stage,
            "--tag",
            IMAGE,
        ]);
        shell(build.arg("--file").arg(root().join(FOLDER).join("Dockerfile")).arg("."))?;
        Ok(stripped)
    }

    /// Builds a stand-in for the image of NATS: the program that the tests install, on what the server's image builds on.
    pub(super) fn nats(&self) -> Result<(), String> {
        let folder = self.tools.fresh("nats-image")?;
        for data in ["volumes/data", "volumes/run/nats"] {
            let data = folder.join(data);
            fs::create_dir_all(&data).map_err(|error| failed(&data, &error))?;
        }
        let program = self.tools.python.join("bin/nats-server");
        fs::copy(&program, folder.join("nats-server")).map_err(|error| failed(&program, &error))?;
        let base = base_name(&read(&root().join(FOLDER).join("Dockerfile"))?)?;
        let file = folder.join("Containerfile");
        let text = format!(
            "FROM {base}\nCOPY nats-server /usr/local/bin/nats-server\n\
             # New volumes get the owner of what lies under them.\nCOPY --chown={USER} volumes/ /\n\
             ENTRYPOINT [\"/usr/local/bin/nats-server\"]\n"
        );
        write(&file, &text)?;
        let mut build = self.podman();
        build.args(["build", "--quiet", "--pull=never", "--tag", NATS, "--file"]).arg(&file).arg(&folder);
        shell(&mut build)
    }

    /// Checks what the image says of itself, and its size.
    fn inspect(&self, program: &Path) -> Result<(), String> {
        let version = env!("CARGO_PKG_VERSION");
        let says = [
            ("{{.Config.User}}", USER),
            ("{{.Config.Volumes}}", "map[/data:{}]"),
            ("{{.Config.Entrypoint}} {{.Config.Cmd}}", "[/usr/local/bin/boxoffice-server] [serve]"),
            ("{{.HealthCheck.Test}}", "[CMD /usr/local/bin/boxoffice-server health]"),
            ("{{index .Labels \"org.opencontainers.image.version\"}}", version),
            ("{{index .Labels \"org.opencontainers.image.licenses\"}}", "MIT OR Apache-2.0"),
        ];
        for (what, expected) in says {
            let found = self.asked(&["image", "inspect", "--format", what, IMAGE])?;
            if found != expected {
                return Err(format!("the image's {what} is {found:?} instead of {expected:?}"));
            }
        }
        let size = self.asked(&["image", "inspect", "--format", "{{.Size}}", IMAGE])?;
        let size: u64 = size.parse().map_err(|error| format!("{size}: {error}"))?;
        let own = fs::metadata(program).map_err(|error| failed(program, &error))?.len();
        say(&format!("the image has {size} bytes, of which {own} are the server's, without optimization"));
        let beside = size.saturating_sub(own);
        if beside > BESIDE_MAX {
            return Err(format!("the image has {beside} bytes beside the server, more than {BESIDE_MAX}"));
        }
        Ok(())
    }

    /// Runs the server twice on one volume: read-only, without capabilities, as its user.
    fn run(&self) -> Result<(), String> {
        let port = free_port()?;
        self.start(port)?;
        let state = self.asked(&["inspect", "--format", "{{.State.Pid}}", CONTAINER])?;
        let status = read(Path::new(&format!("/proc/{state}/status")))?;
        let is_own_user =
            status.lines().any(|line| line.split_whitespace().eq(["Uid:", "65532", "65532", "65532", "65532"]));
        if !is_own_user {
            return Err(format!("the server doesn't run as {USER}:\n{status}"));
        }
        shell(self.podman().args(["healthcheck", "run", CONTAINER]))?;
        let body = r#"{"email":"ann@example.com","password":"correct horse"}"#;
        expect(port, &post("/api/users/signup", body), "201")?;
        self.stop()?;
        // The volume has what was written; nothing else could be.
        self.podman_quietly(&["rm", CONTAINER])?;
        self.start(port)?;
        expect(port, &post("/api/users/signin", body), "200")?;
        self.stop()
    }

    fn start(&self, port: u16) -> Result<(), String> {
        let listen = format!("BOXOFFICE_LISTEN=127.0.0.1:{port}");
        let mut run = self.podman();
        run.args(["run", "--detach", "--pull=never", "--name", CONTAINER, "--network", "host", "--read-only"]);
        run.args(["--read-only-tmpfs=false", "--cap-drop", "all", "--security-opt", "no-new-privileges"]);
        run.args(["--env", &listen, "--volume", "boxoffice-test:/data", IMAGE]);
        quietly(&mut run)?;
        for _ in 0..STARTS {
            if expect(port, "GET /readyz HTTP/1.1", "200").is_ok() {
                return Ok(());
            }
            moment();
        }
        let (_, log) = judged(self.podman().args(["logs", CONTAINER]))?;
        Err(format!("the server in the image did not get ready:\n{log}"))
    }

    /// Stops the server as a cluster does.
    fn stop(&self) -> Result<(), String> {
        let (stopped, time) = timed(|| self.podman_quietly(&["stop", "--time", "20", CONTAINER]));
        stopped?;
        let status = self.asked(&["inspect", "--format", "{{.State.ExitCode}}", CONTAINER])?;
        if status != "0" || time > STOP_MAX {
            return Err(format!("the server stopped after {time:?} with {status}, not within {STOP_MAX:?} with 0"));
        }
        Ok(())
    }

    /// Removes the container and its volume, if they are there.
    fn remove(&self) -> Result<(), String> {
        self.podman_quietly(&["rm", "--force", "--ignore", CONTAINER])?;
        self.podman_quietly(&["volume", "rm", "--force", "boxoffice-test"])
    }

    fn podman_quietly(&self, arguments: &[&str]) -> Result<(), String> {
        quietly(self.podman().args(arguments))
    }

    /// Returns what a command answers. podman complains beside it where systemd isn't running.
    fn asked(&self, arguments: &[&str]) -> Result<String, String> {
        let output = self.podman().args(arguments).output().map_err(|error| format!("podman: {error}"))?;
        let [answer, complaints] =
            [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        if output.status.success() { Ok(answer.trim().to_owned()) } else { Err(complaints) }
    }
}

/// Returns the folder for notes of this storage: its path is short wherever the storage is, and stays the same.
fn short(storage: &Path) -> Result<PathBuf, String> {
    let noted = storage.join("notes.txt");
    if let Ok(path) = read(&noted)
        && Path::new(&path).is_dir()
    {
        return Ok(PathBuf::from(path));
    }
    // What the storage knows of containers names the folder: both begin anew after this machine has cleared its own away.
    fs::remove_dir_all(storage).and_then(|()| fs::create_dir_all(storage)).map_err(|error| failed(storage, &error))?;
    let output = Command::new("mktemp").args(["-d", "/tmp/boxoffice-XXXXXXXX"]).output();
    let output = output.map_err(|error| format!("mktemp: {error}"))?;
    let path = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    write(&noted, &path)?;
    if path.is_empty() { Err("mktemp has made no folder".to_owned()) } else { Ok(PathBuf::from(path)) }
}

/// Returns the image that the last stage of the Dockerfile builds on.
fn base_name(dockerfile: &str) -> Result<String, String> {
    let name = dockerfile.lines().find_map(|line| line.strip_prefix("ARG RUNTIME="));
    name.map(str::to_owned).ok_or_else(|| "deploy/Dockerfile names no image to build on".to_owned())
}

/// Returns the release of Debian or Ubuntu that this machine runs, so that the tests' own program runs in the image.
fn suite(os_release: &str) -> Result<String, String> {
    let suite = os_release.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME="));
    suite.map(str::to_owned).ok_or_else(|| "the image can be tested on Debian and Ubuntu only".to_owned())
}

fn post(path: &str, body: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// Sends a request to the server, and checks the status of the answer. The request has no `Host` yet.
fn expect(port: u16, request: &str, status: &str) -> Result<(), String> {
    let answer = answer(port, request).map_err(|error| format!("{request}: {error}"))?;
    let is_expected = answer.strip_prefix("HTTP/1.1 ").is_some_and(|rest| rest.starts_with(status));
    if is_expected { Ok(()) } else { Err(format!("{request}: {answer}")) }
}

fn answer(port: u16, request: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let (line, rest) = request.split_once("\r\n").unwrap_or((request, "\r\n"));
    write!(stream, "{line}\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n{rest}")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_is_that_of_the_dockerfile() {
        let dockerfile = read(&root().join(FOLDER).join("Dockerfile")).unwrap();
        assert_eq!(base_name(&dockerfile).unwrap(), "gcr.io/distroless/cc-debian12:nonroot");
        assert!(dockerfile.contains("\nFROM ${RUNTIME}\n"));
        assert!(base_name("FROM scratch").is_err());
    }

    #[test]
    fn the_release_of_this_machine_is_read() {
        assert_eq!(suite("NAME=\"Debian\"\nVERSION_CODENAME=bookworm\n").unwrap(), "bookworm");
        assert!(suite("NAME=Fedora\n").is_err());
    }
}
