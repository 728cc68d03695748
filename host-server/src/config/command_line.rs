//! Reads the command line and its variables: an empty variable is unset, and an error names the variable that it comes from.

use std::ffi::OsStr;

use clap::error::{ContextKind, ContextValue, Error};
use clap::{Arg, Command, CommandFactory, FromArgMatches};

use super::Cli;

impl Cli {
    /// Reads the arguments of this process and the variables of its environment. Ends the process with a message if they make no
    /// sense.
    pub fn read() -> Self {
        Self::try_read(std::env::args_os()).unwrap_or_else(|error| error.exit())
    }

    /// Reads these arguments, the first of which is the program's name.
    fn try_read<I>(args: I) -> Result<Self, Error>
    where
        I: IntoIterator<Item = std::ffi::OsString>,
    {
        let mut command = without_empty_variables(Self::command());
        let matches = command.try_get_matches_from_mut(args).map_err(|error| {
            // Arguments of subcommands that weren't called have no text otherwise, and the error's is compared with it.
            command.build();
            naming_variables(error, &command)
        })?;
        Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
    }
}

/// Takes empty variables from the arguments: composed environments set what they don't use to nothing.
fn without_empty_variables(command: Command) -> Command {
    let is_empty = |name: &OsStr| std::env::var_os(name).is_some_and(|value| is_blank(&value));
    let take = move |arg: Arg| {
        let is_empty = arg.get_env().is_some_and(is_empty);
        if is_empty { arg.env(None::<&'static str>) } else { arg }
    };
    command.mut_args(take).mut_subcommands(without_empty_variables)
}

/// Checks whether a variable is as good as unset.
pub(super) fn is_blank(value: &OsStr) -> bool {
    value.as_encoded_bytes().trim_ascii().is_empty()
}

/// Adds the variable to an error whose value came from one.
fn naming_variables(mut error: Error, command: &Command) -> Error {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        _ => None,
    };
    let (Some(name), value) = (text(ContextKind::InvalidArg), text(ContextKind::InvalidValue)) else { return error };
    let Some(variable) = variable_of(command, &name) else { return error };
    let set = std::env::var(&variable).unwrap_or_default();
    let is_from_there = value.is_none_or(|value| value.is_empty() || set.contains(&value));
    if !set.is_empty() && is_from_there && error.get(ContextKind::Suggested).is_none() {
        let tip = format!("the value may come from the variable {variable}");
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
    error
}

/// The variable of the argument that an error calls by this name, such as `--listen <ADDR>`.
fn variable_of(command: &Command, name: &str) -> Option<String> {
    let of = |arg: &Arg| arg.get_env().map(|variable| variable.to_string_lossy().into_owned());
    let here = command.get_arguments().find(|arg| arg.to_string() == name).and_then(of);
    here.or_else(|| command.get_subcommands().find_map(|command| variable_of(command, name)))
}
