//! The page of flags and variables, generated from the definition of the command line.

use std::fmt::Write as _;
use std::fs;

use boxoffice_server::config::Cli;
use clap::{Arg, Command, CommandFactory};

const PAGE: &str = "docs/src/reference/command-line.md";

const HEADER: &str = "\
<!-- Written by `BLESS=1 cargo test -p boxoffice-server --test it command_line`. Edit `host-server/src`, not this page. -->

# Command line

Every flag and variable of `boxoffice-server`. A flag takes precedence over its variable. Subcommands work while the
server runs, over a Unix socket in the data directory, and directly when it doesn't.
";

#[test]
fn the_page_is_current() {
    let path = super::document(PAGE);
    let page = page(Cli::command());
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == page, "{PAGE} is not current: BLESS=1 cargo test -p boxoffice-server --test it command_line");
}

#[test]
fn a_page_has_every_flag_variable_default_and_choice() {
    let flag = Arg::new("log")
        .long("log")
        .value_name("LOG")
        .env("APP_LOG")
        .value_parser(["a|b", "c"])
        .default_value("c")
        .help("A line");
    let sub = Command::new("run").about("Run it").arg(Arg::new("dir").value_name("DIR").help("Where"));
    let page = page(Command::new("app").arg(flag).subcommand(sub).after_help("More"));
    let expected = "\n## `app`\n\n```text\napp [OPTIONS] [COMMAND]\n```\n\n\
        | argument | variable | default | |\n|---|---|---|---|\n\
        | `--log <LOG>` | `APP_LOG` | `c` | A line. One of `a\\|b`, `c`. |\n\n\
        ```text\nMore\n```\n\
        \n## `app run`\n\nRun it\n\n```text\napp run [DIR]\n```\n\n\
        | argument | variable | default | |\n|---|---|---|---|\n\
        | `[DIR]` | | | Where. |\n";
    assert_eq!(page, format!("{HEADER}{expected}"));
}

#[test]
fn a_default_subcommand_has_the_only_table() {
    let flag = || Arg::new("log").long("log").help("A line");
    let page = page(Command::new("app").arg(flag()).subcommand(Command::new("run").arg(flag())));
    assert_eq!(page.matches("A line").count(), 1, "{page}");
    assert!(page.contains("those of [`app run`](#app-run)"), "{page}");
}

fn page(mut command: Command) -> String {
    command.build();
    let mut page = HEADER.to_owned();
    describe(&mut page, &command);
    page
}

/// Adds the section of a command, and those of its subcommands.
fn describe(page: &mut String, command: &Command) {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    let _ = writeln!(page, "\n## `{name}`");
    let about = command.get_long_about().or_else(|| command.get_about());
    if let Some(about) = about {
        let _ = writeln!(page, "\n{about}");
    }
    let usage = command.clone().render_usage().to_string();
    let _ = writeln!(page, "\n```text\n{}\n```", usage.trim_start_matches("Usage: "));
    let arguments = arguments(command);
    if let Some(same) = command.get_subcommands().find(|subcommand| is_alike(command, subcommand)) {
        let name = same.get_bin_name().unwrap_or_else(|| same.get_name());
        let _ = writeln!(page, "\nIts arguments are those of [`{name}`](#{}).", name.replace(' ', "-"));
    } else if !arguments.is_empty() {
        let _ = writeln!(page, "\n| argument | variable | default | |\n|---|---|---|---|");
        for argument in arguments {
            let _ = writeln!(page, "{}", row(argument));
        }
    }
    if let Some(more) = command.get_after_help() {
        let _ = writeln!(page, "\n```text\n{more}\n```");
    }
    for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
        describe(page, subcommand);
    }
}

/// Returns a command's arguments, without those that clap adds to every command.
fn arguments(command: &Command) -> Vec<&Arg> {
    command.get_arguments().filter(|argument| !["help", "version"].contains(&argument.get_id().as_str())).collect()
}

/// Returns `true` if both commands have equal arguments; then one table is enough.
fn is_alike(command: &Command, subcommand: &Command) -> bool {
    let ids = |command| arguments(command).iter().map(|argument| argument.get_id().clone()).collect::<Vec<_>>();
    !ids(command).is_empty() && ids(command) == ids(subcommand)
}

fn row(argument: &Arg) -> String {
    let variable = argument.get_env().map(|name| name.to_string_lossy().into_owned());
    let defaults: Vec<_> = if takes_value(argument) {
        argument.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect()
    } else {
        Vec::new()
    };
    let cells = [
        code(&usage(argument)),
        variable.as_deref().map(code).unwrap_or_default(),
        defaults.iter().map(|value| code(value)).collect::<Vec<_>>().join(", "),
        meaning(argument),
    ];
    cells.iter().fold("|".to_owned(), |row, cell| if cell.is_empty() { row + " |" } else { format!("{row} {cell} |") })
}

/// Returns the argument as typed on the command line.
fn usage(argument: &Arg) -> String {
    argument.to_string()
}

fn takes_value(argument: &Arg) -> bool {
    argument.get_num_args().is_some_and(|count| count.takes_values())
}

/// Returns the description of the argument, with its possible values if they are limited.
fn meaning(argument: &Arg) -> String {
    let help = argument.get_long_help().or_else(|| argument.get_help()).map(ToString::to_string).unwrap_or_default();
    let sentences: Vec<_> = help.split("\n\n").map(|part| sentence(&part.replace('\n', " "))).collect();
    let mut text = escaped(&sentences.join(" "));
    let choices = if takes_value(argument) { argument.get_possible_values() } else { Vec::new() };
    if !choices.is_empty() {
        let choices: Vec<_> = choices.iter().map(|choice| code(choice.get_name())).collect();
        let _ = write!(text, " One of {}.", choices.join(", "));
    }
    text
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '?']) { text.to_owned() } else { format!("{text}.") }
}

fn code(text: &str) -> String {
    format!("`{}`", escaped(text))
}

/// Escapes a text for a cell of a table.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|")
}
