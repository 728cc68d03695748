//! The arguments of an operation in JavaScript: by place what it can't do without, in an object of options what it can.

use std::collections::BTreeMap;

use super::super::model::{Doc, Field, Handle, Method, Model, Param, Role, Struct, Type, camel_case};
use super::types::{incoming, is_class, property, structure};

/// Inputs whose fields are arguments of their own.
const SPREAD: &[&str] = &["SignIn", "SignUp", "UserUpdate"];

/// Optional fields of those that are no options: the operation, the name of the argument and that of its type.
const CHANGES: &[(&str, &str, &str)] = &[("update_user", "changes", "UserChanges")];

/// What everything takes that may be waited for.
pub(super) const WAIT_OPTIONS: &str = "WaitOptions";

/// An argument.
pub(super) struct Argument {
    /// Its name in Rust.
    pub(super) name: String,
    /// Its type in the native module; none if only JavaScript sees it.
    pub(super) rust: Option<String>,
    /// Its type in TypeScript.
    pub(super) ts: String,
    /// Whether it may be left out.
    pub(super) is_optional: bool,
    /// What JavaScript does with it before the native module has it.
    pub(super) check: Check,
}

/// What JavaScript does with an argument.
pub(super) enum Check {
    /// Nothing: the native module tells what is wrong.
    Nothing,
    /// Refuses fields that there are not, of this type; of a list with the name of the argument before them.
    Fields { of: String, is_list: bool },
    /// Refuses options that there are not, of this type.
    Options(String),
    /// Turns it into what the native module takes, by this function.
    Turn(&'static str),
}

/// An object of options, or of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Options {
    /// The name of its type.
    pub(super) name: String,
    /// Whether waiting can be given up by it.
    pub(super) has_signal: bool,
    /// What it has, from the operation's parameters.
    pub(super) fields: Vec<Field>,
    /// Whether the key of a command is among it.
    pub(super) has_key: bool,
}

impl Options {
    /// Whether nothing in it is required.
    pub(super) fn is_optional(&self) -> bool {
        self.fields.iter().all(|field| !field.is_required)
    }
}

/// What an operation gives, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A promise.
    Promise,
    /// A value, at once.
    Value,
    /// An iterator, at once.
    Parts,
    /// A subscription, at once.
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

/// The operations of a handle that are generated: not those that come before there is a box office.
pub(super) fn methods(handle: &Handle) -> impl Iterator<Item = &Method> {
    handle.methods.iter().filter(|method| method.has_self)
}

/// The name of a parameter in Rust and, in camel case, in JavaScript: what it is, where Rust says where it stands.
pub(super) fn param_name(param: &Param) -> String {
    if param.published == "from" { "from_seq".to_owned() } else { param.published.clone() }
}

/// The input whose fields are arguments of their own.
pub(super) fn spread<'m>(model: &'m Model, param: &Param) -> Option<&'m Struct> {
    let Type::Struct(name) = param.kind.plain() else { return None };
    SPREAD.contains(&name.as_str()).then(|| model.structs.get(&name)).flatten()
}

/// Whether a parameter is an option: what may be missing, and truth values that the operation's name does not explain.
pub(super) fn is_option(method: &Method, param: &Param) -> bool {
    let is_bare = param.kind == Type::Bool && !method.name.ends_with(&format!("_{}", param.name));
    is_bare || matches!(param.kind.plain(), Type::Optional(_))
}

/// The options of an operation, and its changes.
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

/// A parameter as the field of the options that it is.
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

/// All options and changes that some operation takes, by name.
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

/// Everything that an operation takes, in its order.
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
        Type::Actor => Check::Turn("actor"),
        Type::Headers => Check::Turn("headerPairs"),
        Type::Bytes => Check::Turn("messageBytes"),
        Type::Path => Check::Turn("directoryOf"),
        _ => Check::Nothing,
    };
    Ok(Argument { name, rust: Some(rust), ts: sides.ts, is_optional, check })
}

/// Whether an input has nothing that must be given, and so need not be given itself.
fn is_left_out(model: &Model, kind: &Type) -> Result<bool, String> {
    let Type::Struct(name) = kind else { return Ok(false) };
    let of = structure(model, name)?;
    Ok(!is_class(of) && of.fields.iter().all(|field| !field.is_required))
}

/// The inputs that callers make objects of.
pub(super) fn inputs(model: &Model) -> impl Iterator<Item = &Struct> {
    model.structs_of(Role::Input).filter(|of| !is_class(of) && !SPREAD.contains(&of.name.as_str()))
}

/// The name of a handle's class.
pub(super) fn class_name(handle: &Handle) -> String {
    pascal(&handle.name)
}

/// `refund_part` as `RefundPart`.
pub(super) fn pascal(name: &str) -> String {
    let camel = camel_case(name);
    let mut letters = camel.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The name of an option in JavaScript.
pub(super) fn option_name(field: &Field) -> String {
    property(&field.name, &field.kind)
}
