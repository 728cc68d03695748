//! Configurations of what stands before and around the server: nginx, as the Ingress and as the snippet for one machine, and
//! systemd.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::manifests::path_of;
use super::{FOLDER, SBIN, Tools, accepts, judged, mistaken, read, refuses, write};
use crate::shell::{quietly, root, run as shell};
use crate::stripe::free_port;
use crate::suite;

/// Overlays with an Ingress.
const WITH_INGRESS: &[&str] = &["one", "cluster", "services"];

/// Highest exposure that systemd may find in the unit, in tenths.
const EXPOSURE_MAX: &str = "20";

pub(super) fn check(tools: &Tools, program: &Path) -> Result<(), String> {
    let rendered = tools.folder.join("rendered");
    for overlay in WITH_INGRESS {
        let mut test = tools.test("through_nginx.py");
        shell(test.arg(program).arg(path_of(&rendered, overlay)).arg(tools.fresh("nginx")?))?;
    }
    let mut apart = tools.test("routes.py");
    shell(apart.arg(program).arg(path_of(&rendered, "services")).arg(tools.fresh("services")?))?;
    unknown_annotation(tools, &rendered)?;
    snippet(tools)?;
    unit(tools, program)
}

/// Runs the HTTP tests through nginx with the Ingress of a manifest. A proxy that takes smaller bodies than the host must make
/// them fail.
pub(super) fn http_tests(tools: &Tools) -> Result<(), String> {
    let one = path_of(&tools.folder.join("rendered"), "one");
    let through = |manifest: &Path, tests: &[OsString]| -> Result<Command, String> {
        let mut command = tools.test("http_tests.py");
        command.arg(manifest).arg(tools.fresh("http")?).args(tests);
        Ok(command)
    };
    shell(&mut through(&one, &suite::through_a_proxy()?)?)?;
    let wrong = tools.fresh("mistaken")?;
    let small = mistaken(&one, &wrong, "proxy-body-size: 8m", "proxy-body-size: 1m")?;
    // The answer of the proxy has no code of the host.
    refuses(&mut through(&small, &suite::of_large_bodies()?)?, "left: (413, \"\")")
}

/// An annotation that no test covers makes the translation of an Ingress fail.
fn unknown_annotation(tools: &Tools, rendered: &Path) -> Result<(), String> {
    let wrong = tools.fresh("mistaken")?;
    let file = mistaken(&path_of(rendered, "one"), &wrong, "proxy-buffering", "proxy-bufering")?;
    let mut translate = tools.test("ingress_nginx.py");
    refuses(translate.arg(file).args(["80", "443", "crt", "key", "boxoffice=127.0.0.1:1"]), "proxy-bufering")
}

/// Lets nginx read the snippet, with a certificate that is there and ports that anybody may take.
fn snippet(tools: &Tools) -> Result<(), String> {
    let folder = tools.fresh("nginx")?;
    certificate(&folder)?;
    let here = [
        ("/etc/letsencrypt/live/tickets.example.com", folder.to_string_lossy().into_owned()),
        ("listen 80;", format!("listen 127.0.0.1:{};", free_port()?)),
        ("listen 443 ", format!("listen 127.0.0.1:{} ", free_port()?)),
    ];
    let mut text = read(&root().join(FOLDER).join("nginx/boxoffice.conf"))?;
    for (from, to) in here {
        if !text.contains(from) {
            return Err(format!("deploy/nginx/boxoffice.conf has no {from:?}"));
        }
        text = text.replace(from, &to);
    }
    let typo = text.replace("proxy_buffering", "proxy_bufering");
    for (name, text) in [("right.conf", text), ("wrong.conf", typo)] {
        let around = format!("pid nginx.pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{text}}}\n");
        write(&folder.join(name), &around)?;
    }
    let reading = |name: &str| {
        let mut command = Command::new(nginx());
        command.args(["-t", "-q", "-p"]).arg(&folder).arg("-c").arg(folder.join(name));
        command
    };
    quietly(&mut reading("right.conf"))?;
    refuses(&mut reading("wrong.conf"), "proxy_bufering")
}

/// Makes a certificate where the snippet looks for one.
fn certificate(folder: &Path) -> Result<(), String> {
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=tickets.example.com"]);
    openssl.arg("-out").arg(folder.join("fullchain.pem")).arg("-keyout").arg(folder.join("privkey.pem"));
    quietly(&mut openssl)
}

fn nginx() -> PathBuf {
    let installed = Path::new(SBIN).join("nginx");
    if installed.exists() { installed } else { PathBuf::from("nginx") }
}

/// Lets systemd judge the unit, with a program that is there.
fn unit(tools: &Tools, program: &Path) -> Result<(), String> {
    let (right, wrong) = (tools.fresh("unit")?, tools.fresh("mistaken")?);
    let file = root().join(FOLDER).join("systemd/boxoffice.service");
    let here = mistaken(&file, &right, "/usr/local/bin/boxoffice-server", &program.to_string_lossy())?;
    let verify = |file: &Path| {
        let mut command = Command::new("systemd-analyze");
        command.args(["verify", "--man=no"]).arg(file);
        command
    };
    accepts(&mut verify(&here))?;
    // It only warns.
    let typo = mistaken(&here, &wrong, "ProtectSystem=", "ProtectSystm=")?;
    let (_, output) = judged(&mut verify(&typo))?;
    if !output.contains("ProtectSystm") {
        return Err(format!("systemd-analyze does not find the mistake that was made for it:\n{output}"));
    }
    let mut security = Command::new("systemd-analyze");
    security.args(["security", "--offline=true", "--no-pager", &format!("--threshold={EXPOSURE_MAX}")]).arg(&here);
    match judged(&mut security)? {
        (true, _) => Ok(()),
        (false, output) => Err(format!("the unit is open to more than it needs:\n{output}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_shows_the_snippet_that_is_tested() {
        let page = read(&root().join("docs/src/operations/proxy.md")).unwrap();
        let snippet = read(&root().join(FOLDER).join("nginx/boxoffice.conf")).unwrap();
        assert!(page.contains(&format!("```nginx\n{snippet}```\n")), "{snippet}");
    }
}
