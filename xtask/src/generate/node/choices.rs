//! The options with which a box office is opened.

use std::fmt::Write;

use super::super::model::{Choice, Model, Type, camel_case, snake_case};
use super::super::rust;
use super::types::{field_name, incoming};
use super::words;

/// An option in JavaScript.
pub(super) struct Chosen {
    /// Name in JavaScript.
    pub(super) name: String,
    /// Type in TypeScript.
    pub(super) ts: String,
    /// Documentation, as a comment.
    pub(super) doc: String,
    /// Shape of its value, if JavaScript checks it.
    pub(super) shape: Option<String>,
    /// Field of the native module's options; `None` if it is passed separately.
    native: Option<(String, String)>,
    /// Statement that passes it to the builder; `None` if hand-written code does.
    statement: Option<String>,
}

/// An option that is an object in Rust and another type here: name, type, documentation, and type of its field.
type Other = (&'static str, &'static str, Option<&'static str>, Option<&'static str>);

const SEED: &[Other] = &[(
    "seed",
    "number",
    Some("Makes ids that are the same in every run, for tests; two box offices of one seed make the same ids."),
    Some("f64"),
)];

const KEYS: &[Other] = &[
    ("jwtKey", "Buffer", None, Some("Buffer")),
    ("previousJwtKeys", "Buffer[]", Some("Keys whose sessions are still accepted."), Some("Vec<Buffer>")),
];

const GATEWAY: &[Other] = &[("gateway", "PaymentGateway | StripeGateway", None, Some("GatewayHooks"))];

const CLOCK: &[Other] = &[("clock", "ManualClock | Clock", None, None)];

fn otherwise(choice: &Choice) -> &'static [Other] {
    match choice.params.first().map(|param| param.kind.plain()) {
        Some(Type::Ids) => SEED,
        Some(Type::KeyRing) => KEYS,
        Some(Type::Gateway) => GATEWAY,
        Some(Type::Clock) => CLOCK,
        _ => &[],
    }
}

/// Returns all options, in the order of the façade.
pub(super) fn chosen(model: &Model) -> Result<Vec<Chosen>, String> {
    let mut all = Vec::new();
    for choice in &model.choices {
        let others = otherwise(choice);
        for (name, ts, doc, native) in others {
            let native = native.map(|kind| (snake_case(name), kind.to_owned()));
            let doc =
                doc.map_or_else(|| words::item(model, &choice.doc, 2), |doc| words::comment(&[doc.to_owned()], 2));
            let (name, ts) = ((*name).to_owned(), (*ts).to_owned());
            all.push(Chosen { name, ts, doc, shape: None, native, statement: None });
        }
        if others.is_empty() {
            all.push(plain(model, choice)?);
        }
    }
    all.push(logger());
    Ok(all)
}

/// What is chosen beside the builder.
fn logger() -> Chosen {
    let doc = "Hears of failures and of what is worth knowing: by default warnings of the process, for failures alone.";
    Chosen {
        name: "logger".to_owned(),
        ts: "Logger".to_owned(),
        doc: words::comment(&[doc.to_owned()], 2),
        shape: None,
        native: None,
        statement: None,
    }
}

fn plain(model: &Model, choice: &Choice) -> Result<Chosen, String> {
    let [first, more @ ..] = &choice.params[..] else { return Err(format!("`{}` chooses nothing", choice.name)) };
    let field = field_name(&choice.name, &first.kind);
    let name = camel_case(&field);
    let sides = incoming(model, &first.kind)?;
    let (ts, rust) = if more.is_empty() {
        (sides.ts, sides.rust)
    } else {
        let named = choice.params.iter().map(|param| format!("{}: {}", camel_case(&param.name), sides.ts));
        (format!("[{}]", named.collect::<Vec<_>>().join(", ")), format!("Vec<{}>", sides.rust))
    };
    let value = match first.kind.plain() {
        Type::Bool => "it".to_owned(),
        Type::Integer(_) => format!("natural(\"{name}\", it)?"),
        Type::Duration if more.is_empty() => format!("millis(\"{name}\", it)?"),
        Type::Duration => {
            let names: Vec<_> = choice.params.iter().map(|param| param.name.as_str()).collect();
            names.iter().map(|it| format!("millis(\"{name}\", {it})?")).collect::<Vec<_>>().join(", ")
        }
        Type::Currency | Type::LateMoneyPolicy => format!("parsed(\"{name}\", &it)?"),
        Type::FeePolicy => "it.checked()?".to_owned(),
        Type::OptionSet(_) => "it.given()?".to_owned(),
        other => return Err(format!("Node can't choose {other:?}: say how in xtask/src/generate/node/choices.rs")),
    };
    let call = if choice.is_limit {
        format!("limits.{} = {value};", choice.name)
    } else {
        format!("builder = builder.{}({value});", choice.name)
    };
    let statement = if more.is_empty() {
        format!("if let Some(it) = self.{field}.take() {{ {call} }}")
    } else {
        let names: Vec<_> = choice.params.iter().map(|param| param.name.as_str()).collect();
        format!(
            "if let Some(it) = self.{field}.take() {{\nlet &[{}] = it.as_slice() else {{\n\
             return Err(Error::invalid(\"{name}\", \"must be {} numbers\")); }};\n{call} }}",
            names.join(", "),
            ["no", "one", "two", "three"].get(names.len()).unwrap_or(&"several")
        )
    };
    let shape = match &first.kind {
        Type::FeePolicy => Some("FEE_POLICY".to_owned()),
        Type::OptionSet(name) => Some(snake_case(name).to_uppercase()),
        _ => None,
    };
    let doc = words::item(model, &choice.doc, 2);
    Ok(Chosen { name, ts, doc, shape, native: Some((field, rust)), statement: Some(statement) })
}

/// Generates the file of the native module.
pub(super) fn rust_file(model: &Model) -> Result<String, String> {
    let all = chosen(model)?;
    let mut text = "//! Options, as JavaScript passes them.\n\nuse crate::generated::prelude::*;\n\n\
                    /// Everything that can be chosen but for the clock; what is left out is as the core has it.\n\
                    #[napi(object, object_to_js = false)]\npub struct NativeOptions {\n"
        .to_owned();
    for (field, kind) in all.iter().filter_map(|it| it.native.as_ref()) {
        let _ = writeln!(text, "pub {field}: Option<{kind}>,");
    }
    text.push_str(
        "}\n\nimpl std::fmt::Debug for NativeOptions {\n/// There is a key among them.\n\
         fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(\"NativeOptions(…)\") } }\n\n\
         impl NativeOptions {\n/// Sets the options that only need to be read, limits first, so that they undo no other option.\n\
         pub(crate) fn plain(&mut self, builder: Builder) -> Result<Builder, Error> {\nlet mut limits = Limits::default();\n",
    );
    let is_limit = |it: &&Chosen| it.statement.as_ref().is_some_and(|it| it.contains("limits."));
    let (limits, rest): (Vec<_>, Vec<_>) = all.iter().partition(is_limit);
    for statement in limits.iter().filter_map(|it| it.statement.as_ref()) {
        let _ = writeln!(text, "{statement}");
    }
    text.push_str("let mut builder = builder.limits(limits);\n");
    for statement in rest.iter().filter_map(|it| it.statement.as_ref()) {
        let _ = writeln!(text, "{statement}");
    }
    text.push_str("Ok(builder)\n}\n}\n");
    rust::file(&text)
}
