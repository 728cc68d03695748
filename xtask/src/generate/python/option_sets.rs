//! The classes of options of a part of the box office.

use std::fmt::Write;

use super::super::model::{Choice, Model, OptionSet, Param, Type, camel_case};
use super::super::rust;
use super::arguments::Argument;
use super::types::incoming;
use super::words;

/// Generates the file of all sets.
pub(super) fn rust_file(model: &Model) -> Result<String, String> {
    let mut text =
        "//! Options of a part of the box office, as immutable Python objects.\n\nuse crate::generated::prelude::*;\n"
            .to_owned();
    for set in &model.option_sets {
        text.push_str(&class(model, set)?);
    }
    rust::file(&text)
}

fn class(model: &Model, set: &OptionSet) -> Result<String, String> {
    let (required, optional) = (required(set)?, optional(set)?);
    let arguments = [&required[..], &optional[..]].concat();
    let mut names: Vec<_> = required.iter().map(|it| it.name.clone()).collect();
    names.push("*".to_owned());
    names.extend(optional.iter().map(|it| format!("{}=None", it.name)));
    let params: Vec<_> = arguments.iter().map(|it| format!("{}: {}", it.name, it.rust)).collect();
    let name = &set.name;
    let doc = rust::comment(words::class(model, &set.doc, &arguments, 4).iter().map(String::as_str));
    let mut text = format!(
        "\n{doc}#[pyclass(frozen, from_py_object, module = \"boxoffice\")]\n#[derive(Debug, Clone)]\n\
         pub(crate) struct {name}(pub(crate) boxoffice::{name});\n\n#[pymethods]\nimpl {name} {{\n"
    );
    let _ = writeln!(text, "#[new]\n#[pyo3(signature = ({}))]", names.join(", "));
    let _ = writeln!(text, "fn new(py: Python<'_>, {}) -> PyResult<Self> {{", params.join(", "));
    let _ = writeln!(text, "let make = move || -> Result<_, Error> {{\n{}Ok(options)\n}};", statements(set)?);
    text.push_str("make().map(Self).map_err(|error| exception(py, &error))\n}\n\n");
    // There may be a password among them.
    let _ = writeln!(text, "fn __repr__(&self) -> &'static str {{ \"{name}(…)\" }}\n}}");
    Ok(text)
}

fn required(set: &OptionSet) -> Result<Vec<Argument>, String> {
    let argument = |(at, param): (usize, &Param)| {
        let taken = incoming(&param.kind)?;
        Ok(Argument {
            name: param.name.clone(),
            rust: taken.rust,
            hint: taken.hint,
            by_name: false,
            is_optional: false,
            doc: (at == 0).then(|| set.required_doc.clone()),
        })
    };
    set.required.iter().enumerate().map(argument).collect()
}

fn optional(set: &OptionSet) -> Result<Vec<Argument>, String> {
    let argument = |choice: &Choice| {
        let taken = choice.params.iter().map(|param| incoming(&param.kind)).collect::<Result<Vec<_>, _>>()?;
        let joined = |parts: Vec<&str>| parts.join(", ");
        let (rust, hint) = match &taken[..] {
            [one] => (one.rust.clone(), one.hint.clone()),
            several => (
                format!("({})", joined(several.iter().map(|it| it.rust.as_str()).collect())),
                format!("tuple[{}]", joined(several.iter().map(|it| it.hint.as_str()).collect())),
            ),
        };
        Ok(Argument {
            name: choice.name.clone(),
            rust: format!("Option<{rust}>"),
            hint: format!("{hint} | None"),
            by_name: true,
            is_optional: true,
            doc: Some(choice.doc.clone()),
        })
    };
    set.choices.iter().map(argument).collect()
}

/// Generates the statements that make the options, in a variable `options`.
fn statements(set: &OptionSet) -> Result<String, String> {
    let values = set.required.iter().map(|param| value(&param.kind, &param.name, &param.name));
    let values = values.collect::<Result<Vec<_>, _>>()?;
    let mut text = format!("let mut options = boxoffice::{}::new({});\n", set.name, values.join(", "));
    for choice in &set.choices {
        let name = &choice.name;
        let parts: Vec<_> = choice.params.iter().map(|param| param.name.as_str()).collect();
        let bound = match parts[..] {
            [_] => "it".to_owned(),
            _ => format!("({})", parts.join(", ")),
        };
        let values = choice.params.iter().map(|param| {
            let it = if parts.len() == 1 { "it" } else { param.name.as_str() };
            value(&param.kind, it, name)
        });
        let values = values.collect::<Result<Vec<_>, _>>()?.join(", ");
        let _ = writeln!(text, "if let Some({bound}) = {name} {{ options = options.{name}({values}); }}");
    }
    Ok(text)
}

/// Generates the value of an option for its setter.
fn value(kind: &Type, it: &str, name: &str) -> Result<String, String> {
    Ok(match kind.plain() {
        Type::Bool | Type::Text | Type::Path | Type::Duration => it.to_owned(),
        Type::Integer(_) => format!("{it}.0"),
        Type::List(inner) if *inner == Type::Text => format!("{it}.0"),
        Type::CheckedText(_) => format!("parsed(\"{}\", &{it})?", camel_case(name)),
        Type::Enum(_) => format!("{it}.checked(\"{}\")?", camel_case(name)),
        other => {
            return Err(format!("Python can't choose {other:?}: say how in xtask/src/generate/python/option_sets.rs"));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::root;

    #[test]
    fn options_of_a_part_are_keyword_arguments() {
        let text = rust_file(&Model::read(&root()).unwrap()).unwrap();
        for line in [
            "#[pyclass(frozen, from_py_object, module = \"boxoffice\")]",
            "servers: Items<String>,",
            "credentials_file: Option<PathBuf>,",
            "user: Option<(String, String)>,",
            "let mut options = boxoffice::ClusterOptions::new(servers.0);",
            "options = options.user(user, password);",
            "options = options.monitoring(it.0);",
            "options = options.host_name(parsed(\"hostName\", &it)?);",
            "acknowledge: Option<Given<boxoffice::Acknowledgement>>,",
            "options = options.acknowledge(it.checked(\"acknowledge\")?);",
            "options = options.replicas(it.0);",
            "\"ClusterOptions(…)\"",
            "///     level_within: Sets the time for which opening waits",
        ] {
            assert!(text.contains(line), "{line} is not in:\n{text}");
        }
        assert!(value(&Type::Gateway, "it", "gateway").is_err());
    }
}
