//! The arguments of an operation in JavaScript: required ones by position, optional ones in an object of options.

use std::collections::BTreeMap;

use super::super::model::{Doc, Field, Handle, Method, Model, Param, Role, Struct, Type, camel_case};
use super::types::{field_name, incoming, is_class, property, structure};

/// Inputs whose fields are separate arguments.
const SPREAD: &[&str] = &["SignIn", "SignUp", "UserUpdate"];

/// Operations whose optional fields are changes, not options: the operation, the name of the argument and its type.
const CHANGES: &[(&str, &str, &str)] = &[("update_user", "changes", "UserChanges")];

/// Type of the options of every operation that waits.
pub(super) const WAIT_OPTIONS: &str = "WaitOptions";

/// An argument of an operation.
pub(super) struct Argument {
    /// Name in Rust.
    pub(super) name: String,
    /// Type in the native module; `None` if only JavaScript has it.
    pub(super) rust: Option<String>,
    /// Type in TypeScript.
    pub(super) ts: String,
    /// `true` if it is optional.
    pub(super) is_optional: bool,
    /// Check or conversion in JavaScript, before the native module is called.
    pub(super) check: Check,
}

/// Check or conversion of an argument in JavaScript.
pub(super) enum Check {
    /// None: the native module checks the argument.
    Nothing,
    /// Refuses unknown fields of this type. In a list, the name of the argument precedes the path of a field.
    Fields { of: String, is_list: bool },
    /// Refuses unknown options of this type.
    Options(String),
    /// Refuses a `Date` that is none.
    Date,
    /// Converts the argument for the native module by this function.
    Turn(&'static str),
}

/// An object of options, or of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Options {
    /// Name of the type.
    pub(super) name: String,
    /// `true` if it has a `signal` that stops waiting.
    pub(super) has_signal: bool,
    /// Fields, from the operation's parameters.
    pub(super) fields: Vec<Field>,
    /// `true` if it has the idempotency key of a command.
    pub(super) has_key: bool,
}

impl Options {
    /// Returns `true` if no field is required.
    pub(super) fn is_optional(&self) -> bool {
        self.fields.iter().all(|field| !field.is_required)
    }
}

/// Form of the result of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A promise.
    Promise,
    /// A value, returned at once.
    Value,
    /// An iterator, returned at once.
    Parts,
    /// A subscription, returned at once.
    Feed,
}

impl Form {
    pub(super) fn of(method: &Method) -> Self {
        match method.result.plain() {
            Type::Parts(_) => Self::Parts,
            Type::Subscription => Self::Feed,
            Type::Bool if !method.is_async && !method.is_fallible => Self::Value,
            _ => Self::Promise,
        }
    }
}

/// Returns the operations of a handle that are generated: those with a receiver.
pub(super) fn methods(handle: &Handle) -> impl Iterator<Item = &Method> {
    handle.methods.iter().filter(|method| method.has_self)
}

/// Returns the name of a parameter in Rust and, in camel case, in JavaScript. `from` becomes `from_seq`; times say their unit.
pub(super) fn param_name(param: &Param) -> String {
    match param.published.as_str() {
        "from" => "from_seq".to_owned(),
        name => field_name(name, &param.kind),
    }
}

/// Returns the input of a parameter whose fields are separate arguments.
pub(super) fn spread<'m>(model: &'m Model, param: &Param) -> Option<&'m Struct> {
    let Type::Struct(name) = param.kind.plain() else { return None };
    SPREAD.contains(&name.as_str()).then(|| model.structs.get(&name)).flatten()
}

/// Returns `true` if a parameter is an option: it is optional, or a boolean that the operation's name omits.
pub(super) fn is_option(method: &Method, param: &Param) -> bool {
    let is_bare = param.kind == Type::Bool && !method.name.ends_with(&format!("_{}", param.name));
    is_bare || matches!(param.kind.plain(), Type::Optional(_))
}

/// Returns the options and changes of an operation.
pub(super) fn options(model: &Model, method: &Method) -> Vec<Options> {
    let mut fields: Vec<Field> = Vec::new();
    let mut all = Vec::new();
    let changes = CHANGES.iter().find(|(name, ..)| *name == method.name);
    for param in &method.params {
        if let Some(of) = spread(model, param) {
            let optional: Vec<_> = of.fields.iter().filter(|field| !field.is_required).cloned().collect();
            match changes {
                Some((_, _, name)) => {
                    let name = (*name).to_owned();
                    all.push(Options { name, has_signal: false, fields: optional, has_key: false });
                }
                None => fields.extend(optional),
            }
        } else if is_option(method, param) {
            fields.push(field_of(param));
        }
    }
    let has_key = method.takes_key;
    let waits = matches!(Form::of(method), Form::Parts | Form::Feed) || takes_progress(method);
    if has_key || waits || !fields.is_empty() {
        let name = match (fields.is_empty(), has_key) {
            (true, true) => "CommandOptions".to_owned(),
            (true, false) => WAIT_OPTIONS.to_owned(),
            (false, _) => format!("{}Options", pascal(&method.name)),
        };
        all.push(Options { name, has_signal: true, fields, has_key });
    }
    all
}

fn takes_progress(method: &Method) -> bool {
    method.params.iter().any(|param| param.kind == Type::Progress)
}

/// Converts a parameter to a field of the options.
fn field_of(param: &Param) -> Field {
    Field {
        name: param.published.clone(),
        wire: camel_case(&param.published),
        doc: Doc::default(),
        kind: param.kind.clone(),
        may_be_missing: false,
        is_required: !matches!(param.kind.plain(), Type::Optional(_)),
    }
}

/// Returns the options and changes of all operations, by name.
pub(super) fn all_options(model: &Model) -> Result<BTreeMap<String, Options>, String> {
    let mut all: BTreeMap<String, Options> = BTreeMap::new();
    for handle in std::iter::once(&model.office).chain(&model.handles) {
        for of in methods(handle).flat_map(|method| options(model, method)) {
            match all.get(&of.name) {
                Some(known) if *known != of => {
                    return Err(format!("{}: two operations have different {}", handle.rust, of.name));
                }
                _ => all.insert(of.name.clone(), of),
            };
        }
    }
    Ok(all)
}

/// Returns the arguments of an operation, in order.
pub(super) fn arguments(model: &Model, method: &Method) -> Result<Vec<Argument>, String> {
    let mut all = Vec::new();
    for param in &method.params {
        if let Some(of) = spread(model, param) {
            for field in of.fields.iter().filter(|field| field.is_required) {
                let sides = incoming(model, &field.kind)?;
                let name = field.name.clone();
                all.push(Argument {
                    name,
                    rust: Some(sides.rust),
                    ts: sides.ts,
                    is_optional: false,
                    check: Check::Nothing,
                });
            }
        } else if !is_option(method, param) {
            all.push(argument(model, param)?);
        }
    }
    for of in options(model, method) {
        let is_optional = of.is_optional() && of.has_signal;
        let native = of.has_key || !of.fields.is_empty();
        let rust = if is_optional { format!("Option<{}>", of.name) } else { of.name.clone() };
        let (name, check) = match CHANGES.iter().find(|(_, _, name)| *name == of.name) {
            Some((_, name, _)) => ((*name).to_owned(), Check::Fields { of: of.name.clone(), is_list: false }),
            None => ("options".to_owned(), Check::Options(of.name.clone())),
        };
        all.push(Argument { name, rust: native.then_some(rust), ts: of.name, is_optional, check });
    }
    Ok(all)
}

fn argument(model: &Model, param: &Param) -> Result<Argument, String> {
    let (name, kind) = (param_name(param), param.kind.plain());
    let sides = incoming(model, &kind)?;
    let is_optional = kind == Type::Progress || is_left_out(model, &kind)?;
    let may_be_nobody = param.acts && matches!(kind, Type::Id(_));
    let rust = if is_optional || may_be_nobody { format!("Option<{}>", sides.rust) } else { sides.rust };
    let check = match &kind {
        Type::Struct(of) if !is_class(structure(model, of)?) => Check::Fields { of: of.clone(), is_list: false },
        Type::List(inner) => match inner.as_ref() {
            Type::Struct(of) => Check::Fields { of: of.clone(), is_list: true },
            _ => Check::Nothing,
        },
        Type::Moment | Type::Time => Check::Date,
        Type::Actor => Check::Turn("actor"),
        Type::Headers => Check::Turn("headerPairs"),
        Type::Bytes => Check::Turn("messageBytes"),
        Type::Path => Check::Turn("directoryOf"),
        _ => Check::Nothing,
    };
    Ok(Argument { name, rust: Some(rust), ts: sides.ts, is_optional, check })
}

/// Returns `true` if an input has no required field and is therefore optional itself.
fn is_left_out(model: &Model, kind: &Type) -> Result<bool, String> {
    let Type::Struct(name) = kind else { return Ok(false) };
    let of = structure(model, name)?;
    Ok(!is_class(of) && of.fields.iter().all(|field| !field.is_required))
}

/// Returns the inputs that callers pass as objects.
pub(super) fn inputs(model: &Model) -> impl Iterator<Item = &Struct> {
    model.structs_of(Role::Input).filter(|of| !is_class(of) && !SPREAD.contains(&of.name.as_str()))
}

/// Returns the name of a handle's class.
pub(super) fn class_name(handle: &Handle) -> String {
    pascal(&handle.name)
}

/// Converts a name to Pascal case: `refund_part` to `RefundPart`.
pub(super) fn pascal(name: &str) -> String {
    let camel = camel_case(name);
    let mut letters = camel.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Returns the name of an option in JavaScript.
pub(super) fn option_name(field: &Field) -> String {
    property(&field.name, &field.kind)
}
