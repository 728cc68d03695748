//! Output to the user, and execution of other programs.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Returns the folder of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

/// Returns the folder of all build output.
pub(crate) fn target_folder() -> Result<PathBuf, String> {
    let asked = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let folder = root().join(asked.unwrap_or_else(|| "target".into()));
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

/// Prints a line about the progress of the runner; results go to [`print()`].
pub(crate) fn say(line: &str) {
    // If standard error is closed, nobody reads the message.
    let _ = writeln!(io::stderr(), "{line}");
}

/// Prints a line of a result, for a person or a pipe.
pub(crate) fn print(line: &str) -> Result<(), String> {
    writeln!(io::stdout(), "{line}").map_err(|error| format!("can't print: {error}"))
}

/// Creates a `cargo` command in the workspace.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    keep_to_itself(&mut command);
    command
}

/// Removes the variables that cargo has set for this process from a command that may start cargo. Otherwise build
/// scripts that read them would run again, and everything built on them would be rebuilt.
pub(crate) fn keep_to_itself(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if ["CARGO_MANIFEST_", "CARGO_PKG_"].iter().any(|start| name.to_string_lossy().starts_with(start)) {
            command.env_remove(name);
        }
    }
}

/// Builds the host in the development profile and returns its path.
pub(crate) fn host() -> Result<PathBuf, String> {
    run(&mut cargo(&["build", "--package", "boxoffice-server"]))?;
    Ok(target_folder()?.join("debug").join("boxoffice-server"))
}

/// Prints and runs a command.
pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    say(&format!("\n$ {}", spelled(command)));
    let status = command.status().map_err(|error| format!("`{}`: {error}", spelled(command)))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` failed: {status}", spelled(command))) }
}

/// Runs a command without showing its output; on failure the output is the error.
pub(crate) fn quietly(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("`{}`: {error}", spelled(command)))?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()) }
}

/// Runs `work` and returns its result and its duration.
#[expect(clippy::disallowed_methods, reason = "the runner's stopwatch; nothing is decided by it")]
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = std::time::Instant::now();
    (work(), start.elapsed())
}

/// Returns the command as typed in a shell, with its environment.
pub(crate) fn spelled(command: &Command) -> String {
    let given = command.get_envs().filter_map(|(name, value)| Some((name, value?)));
    let mut words: Vec<_> =
        given.map(|(name, value)| format!("{}={}", name.display(), quoted(&value.to_string_lossy()))).collect();
    words.push(Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned());
    words.extend(command.get_args().map(|argument| quoted(&argument.to_string_lossy())));
    words.join(" ")
}

fn quoted(word: &str) -> String {
    if word.contains(' ') { format!("'{word}'") } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_spelled_as_one_types_them() {
        let mut command = Command::new("/usr/bin/cargo");
        command.args(["doc", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings").env_remove("CARGO_PKG_NAME");
        assert_eq!(spelled(&command), "RUSTDOCFLAGS='-D warnings' cargo doc --no-deps");
    }

    #[test]
    fn nobody_is_told_what_this_process_was_told() {
        let mut command = Command::new("env");
        keep_to_itself(&mut command);
        let output = command.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(std::env::var_os("CARGO_PKG_NAME").is_some(), "cargo has told this test nothing");
        assert!(text.contains("PATH=") && !text.contains("CARGO_PKG_") && !text.contains("CARGO_MANIFEST_"), "{text}");
    }

    #[test]
    fn failures_are_errors_that_say_what_failed() {
        let error = run(&mut Command::new("false")).unwrap_err();
        assert!(error.starts_with("`false` failed: "), "{error}");
        let error = quietly(&mut cargo(&["no-such-command"])).unwrap_err();
        assert!(error.contains("no-such-command"), "{error}");
        let error = run(&mut Command::new("no-such-program")).unwrap_err();
        assert!(error.starts_with("`no-such-program`"), "{error}");
    }
}
