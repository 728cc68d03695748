//! Formatting of generated Rust with the workspace's settings.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::shell::root;

/// First line of every generated file.
pub(crate) const HEADER: &str = "Written by `cargo xtask generate` from the façade of the core. Changes here are lost.";

/// Creates the content of a Rust file: the header and the text, formatted by `rustfmt`.
///
/// # Errors
/// The message of `rustfmt` if the text is not valid Rust.
pub(crate) fn file(text: &str) -> Result<String, String> {
    formatted(&format!("// {HEADER}\n\n{text}"))
}

fn formatted(text: &str) -> Result<String, String> {
    let failure = |error: std::io::Error| format!("rustfmt: {error}");
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout", "--config-path"])
        .arg(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failure)?;
    let mut input = rustfmt.stdin.take().ok_or("rustfmt takes no input")?;
    // `rustfmt` reads all input before it writes.
    input.write_all(text.as_bytes()).map_err(failure)?;
    drop(input);
    let output = rustfmt.wait_with_output().map_err(failure)?;
    if !output.status.success() {
        return Err(format!("{}\n{text}", String::from_utf8_lossy(&output.stderr)));
    }
    String::from_utf8(output.stdout).map_err(|error| error.to_string())
}

/// Creates a doc comment of these lines.
pub(crate) fn comment<'l>(lines: impl IntoIterator<Item = &'l str>) -> String {
    let line = |line: &str| if line.is_empty() { "///\n".to_owned() } else { format!("/// {line}\n") };
    lines.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_formatted() {
        let text = file("fn  f( ){ }").unwrap();
        assert_eq!(text, format!("// {HEADER}\n\nfn f() {{}}\n"));
        assert!(file("fn f(").unwrap_err().contains("fn f("));
    }
}
