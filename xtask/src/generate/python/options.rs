//! The options with which a box office is opened.

use std::fmt::Write;

use super::super::model::{Choice, Model, Type, camel_case};
use super::super::prose::wrapped;
use super::super::rust;
use super::imports::Imports;
use super::types::incoming;
use super::words;

/// An option in Python.
struct Chosen {
    name: String,
    rust: String,
    hint: String,
    doc: Vec<String>,
    /// Statement that passes it to the builder; `None` if hand-written code does.
    statement: Option<String>,
}

/// An option that is an object in Rust and another type in Python: name, type, hint, and documentation if it differs.
type Other = (&'static str, &'static str, &'static str, Option<&'static str>);

const SEED: &[Other] = &[(
    "seed",
    "u64",
    "int",
    Some("Makes ids that are the same in every run, for tests; two box offices of one seed make the same ids."),
)];

const KEYS: &[Other] = &[
    ("jwt_key", "Vec<u8>", "bytes", None),
    ("previous_jwt_keys", "Vec<Vec<u8>>", "Sequence[bytes]", Some("Keys whose sessions are still accepted.")),
];

const GATEWAY: &[Other] = &[("gateway", "Bound<'py, PyAny>", "PaymentGateway | StripeGateway", None)];

const CLOCK: &[Other] = &[("clock", "Bound<'py, PyAny>", "Clock", None)];

fn otherwise(choice: &Choice) -> &'static [Other] {
    match choice.params[..].first().map(|param| param.kind.plain()) {
        Some(Type::Ids) => SEED,
        Some(Type::KeyRing) => KEYS,
        Some(Type::Gateway) => GATEWAY,
        Some(Type::Clock) => CLOCK,
        _ => &[],
    }
}

fn chosen(model: &Model) -> Result<Vec<Chosen>, String> {
    let mut all = Vec::new();
    for choice in &model.choices {
        let doc = words::item(model, &choice.doc, 4);
        let others = otherwise(choice);
        for (name, rust, hint, own) in others {
            let doc = own.map_or_else(|| doc.clone(), |own| vec![own.to_owned()]);
            let (name, rust, hint) = ((*name).to_owned(), (*rust).to_owned(), (*hint).to_owned());
            all.push(Chosen { name, rust, hint, doc, statement: None });
        }
        if others.is_empty() {
            all.push(plain(choice, doc)?);
        }
    }
    Ok(all)
}

fn plain(choice: &Choice, doc: Vec<String>) -> Result<Chosen, String> {
    let name = choice.name.clone();
    let taken = choice.params.iter().map(|param| incoming(&param.kind)).collect::<Result<Vec<_>, _>>()?;
    let join = |parts: Vec<&str>| parts.join(", ");
    let (rust, hint) = match &taken[..] {
        [one] => (one.rust.clone(), one.hint.replace("SupportsIndex", "int")),
        several => (
            format!("({})", join(several.iter().map(|it| it.rust.as_str()).collect())),
            format!("tuple[{}]", join(several.iter().map(|it| it.hint.as_str()).collect())),
        ),
    };
    let (bound, value) = match choice.params[..].first().map(|param| param.kind.plain()) {
        Some(Type::Currency | Type::LateMoneyPolicy) => {
            let text = if rust == "Steps" { "it.0.parse()" } else { "it.parse()" };
            let field = camel_case(&name);
            ("it".to_owned(), format!("{text}.map_err(|reason| Error::invalid(\"{field}\", reason))?"))
        }
        Some(Type::FeePolicy | Type::Integer(_)) => ("it".to_owned(), "it.0".to_owned()),
        Some(Type::OptionSet(_)) => ("it".to_owned(), "it.0.clone()".to_owned()),
        _ if choice.params.len() > 1 => {
            let names = choice.params.iter().map(|param| param.name.as_str()).collect::<Vec<_>>().join(", ");
            (format!("({names})"), names)
        }
        _ => ("it".to_owned(), "it".to_owned()),
    };
    let is_set = choice.params.iter().any(|param| matches!(param.kind, Type::OptionSet(_)));
    let by = match is_set || matches!(rust.as_str(), "String" | "Steps") {
        true => format!("if let Some(it) = &self.{name}"),
        false => format!("if let Some({bound}) = self.{name}"),
    };
    let statement = match choice.is_limit {
        true => format!("{by} {{ limits.{name} = {value}; }}"),
        false => format!("{by} {{ builder = builder.{name}({value}); }}"),
    };
    Ok(Chosen { name, rust, hint, doc, statement: Some(statement) })
}

/// Generates the file of the native module.
pub(super) fn rust_file(model: &Model) -> Result<String, String> {
    let all = chosen(model)?;
    let mut text = "//! Options, as Python passes them.\n\nuse crate::generated::prelude::*;\n\n".to_owned();
    text.push_str("/// Everything that can be chosen, `None` where the box office's own default holds.\n");
    text.push_str("#[derive(FromPyObject)]\n#[pyo3(from_item_all)]\npub(crate) struct Options<'py> {\n");
    for option in &all {
        let _ = writeln!(text, "pub(crate) {}: Option<{}>,", option.name, option.rust);
    }
    // Callers do not choose the event loop on which a gateway's coroutines run.
    text.push_str("pub(crate) gateway_loop: Option<Bound<'py, PyAny>>,\n}\n\nimpl Options<'_> {\n");
    text.push_str("/// Sets the options that need no Python, limits first, so that they undo no other option.\n");
    text.push_str("pub(crate) fn plain(&self, builder: Builder) -> Result<Builder, Error> {\nlet mut limits = Limits::default();\n");
    let limits: Vec<_> = model.choices.iter().filter(|choice| choice.is_limit).map(|choice| &choice.name).collect();
    let (of_limits, of_builder): (Vec<_>, Vec<_>) = all.iter().partition(|it| limits.contains(&&it.name));
    for statement in of_limits.iter().filter_map(|it| it.statement.as_ref()) {
        let _ = writeln!(text, "{statement}");
    }
    text.push_str("let mut builder = builder.limits(limits);\n");
    for statement in of_builder.iter().filter_map(|it| it.statement.as_ref()) {
        let _ = writeln!(text, "{statement}");
    }
    text.push_str("Ok(builder)\n}\n}\n");
    rust::file(&text)
}

/// Generates `_options.py`.
pub(super) fn file(model: &Model, types: &[String]) -> Result<String, String> {
    let mut imports = Imports::default();
    let (mut fields, mut help) = (String::new(), Vec::new());
    for option in chosen(model)? {
        let lines = wrapped(&format!("{} ({}): {}", option.name, option.hint, option.doc.join(" ")), 104);
        help.extend(
            lines.into_iter().enumerate().map(|(at, line)| format!("{}{line}", if at == 0 { "" } else { "    " })),
        );
        imports.hint(&option.hint);
        let _ = write!(fields, "    {}: {}\n{}", option.name, option.hint, words::docstring(&option.doc, 4));
    }
    imports.hint("TypedDict");
    let imports = imports.of_types(types).text();
    Ok(format!(
        "\"\"\"Everything that can be chosen about a box office.\"\"\"\n\n{imports}\n\nclass Options(TypedDict, total=False):\n    \
         \"\"\"Everything that can be chosen about a box office; what is left out is as the core has it.\"\"\"\n\n{fields}\n\n\
         HELP = \"\"\"Options:\n{}\"\"\"\n\"\"\"The same for `help`.\"\"\"\n",
        help.iter().map(|line| format!("        {line}\n")).collect::<String>() + "    "
    ))
}
