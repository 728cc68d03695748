//! The parameters of an operation in Python, and the statements that convert them to the façade's arguments.

use std::fmt::Write;

use super::super::model::{Constructor, Doc, Field, Method, Model, Param, Role, Struct, Type, camel_case, snake_case};
use super::types::{acting, incoming, is_class, published};

/// A parameter in Python.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Argument {
    /// Name.
    pub(super) name: String,
    /// Type in the native module.
    pub(super) rust: String,
    /// Type hint in Python, without a default.
    pub(super) hint: String,
    /// `true` if it is keyword-only.
    pub(super) by_name: bool,
    /// `true` if it is optional.
    pub(super) is_optional: bool,
    /// Documentation, if it is not part of the operation's documentation.
    pub(super) doc: Option<Doc>,
}

impl Argument {
    /// What stands behind the name in a signature for `PyO3`. `None` takes away what an edit is about, so that only an argument
    /// that is not given leaves it.
    pub(super) fn default(&self) -> &'static str {
        match self.is_optional {
            true if self.rust.starts_with("Edit<") => "=Edit::KEEP",
            true => "=None",
            false => "",
        }
    }
}

/// Returns the parameters of an operation in Python, in the order of its signature.
pub(super) fn arguments(model: &Model, method: &Method) -> Result<Vec<Argument>, String> {
    let mut all = Vec::new();
    for param in &method.params {
        match spread(model, param)? {
            Some(of) => {
                for field in &of.fields {
                    all.push(of_field(field)?);
                }
            }
            None => all.push(of_param(method, param)?),
        }
    }
    if method.takes_key {
        all.push(key());
    }
    // Keyword-only parameters come last, required ones before optional ones.
    all.sort_by_key(|argument| (argument.by_name, argument.is_optional && argument.by_name));
    Ok(all)
}

/// Returns the struct whose fields are separate arguments, if callers need no class for the parameter.
pub(super) fn spread<'m>(model: &'m Model, param: &Param) -> Result<Option<&'m Struct>, String> {
    let Type::Struct(name) = param.kind.plain() else { return Ok(None) };
    let of = published(model, &name)?;
    Ok((!of.is(Role::Value) && !is_class(model, &name)).then_some(of))
}

/// Documentation of an actor in Python.
const ACTOR: &str = "The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.";

/// Returns the parameter of a command's idempotency key.
pub(super) fn key() -> Argument {
    Argument {
        name: "idempotency_key".into(),
        rust: "Option<String>".into(),
        hint: "str | None".into(),
        by_name: true,
        is_optional: true,
        doc: None,
    }
}

fn of_param(method: &Method, param: &Param) -> Result<Argument, String> {
    let taken = if param.acts { acting() } else { incoming(&param.kind)? };
    let name = python_name(&param.published);
    let is_progress = param.kind == Type::Progress;
    let is_optional = is_progress || matches!(param.kind.plain(), Type::Optional(_));
    // A boolean is keyword-only, unless the operation's name explains it.
    let is_bare = param.kind == Type::Bool && !method.name.ends_with(&format!("_{name}"));
    let (rust, hint) = match is_progress {
        true => (format!("Option<{}>", taken.rust), format!("{} | None", taken.hint)),
        false => (taken.rust, taken.hint),
    };
    let doc = (param.kind == Type::Actor).then(|| Doc::parse(ACTOR));
    Ok(Argument { name, rust, hint, by_name: is_optional || is_bare, is_optional, doc })
}

/// Returns the argument for a field of an input.
pub(super) fn of_field(field: &Field) -> Result<Argument, String> {
    let taken = incoming(&field.kind)?;
    let is_option = matches!(field.kind.plain(), Type::Optional(_) | Type::Change(_));
    let (rust, hint) = match field.is_required || is_option {
        true => (taken.rust, taken.hint),
        false => (format!("Option<{}>", taken.rust), format!("{} | None", taken.hint)),
    };
    Ok(Argument {
        name: python_name(&field.name),
        rust,
        hint,
        by_name: !field.is_required,
        is_optional: !field.is_required,
        doc: Some(field.doc.clone()),
    })
}

/// Returns a name that is not a keyword.
pub(super) fn python_name(name: &str) -> String {
    match name {
        "from" => "from_seq".to_owned(),
        "in" | "is" | "not" | "class" | "global" | "pass" | "raise" | "with" | "yield" => format!("{name}_"),
        name => name.to_owned(),
    }
}

/// Generates the statements that check the arguments of an operation, and the expressions to call it with.
pub(super) fn checked(model: &Model, method: &Method) -> Result<(String, Vec<String>), String> {
    let (mut statements, mut expressions) = (String::new(), Vec::new());
    for param in &method.params {
        let expression = match spread(model, param)? {
            Some(of) => {
                statements.push_str(&made(of, &param.name)?);
                param.name.clone()
            }
            None => plain(param, &mut statements)?,
        };
        let is_whole = matches!(param.kind, Type::Progress);
        let reference = if param.by_reference && !is_whole { "&" } else { "" };
        expressions.push(format!("{reference}{expression}"));
    }
    Ok((statements, expressions))
}

fn plain(param: &Param, statements: &mut String) -> Result<String, String> {
    let name = python_name(&param.published);
    let field = camel_case(&name);
    Ok(match param.kind.plain() {
        Type::Id(_) if param.acts => {
            let _ = writeln!(statements, "let {name} = {name}.user(\"{field}\")?;");
            name
        }
        Type::Bool | Type::Text | Type::Path | Type::Bytes | Type::Duration => name,
        Type::Optional(inner) if matches!(*inner, Type::Bool | Type::Text) => name,
        Type::Optional(inner) if matches!(*inner, Type::Integer(_)) => format!("{name}.map(|it| it.0)"),
        Type::Amount | Type::Integer(_) | Type::Moment | Type::Struct(_) | Type::FeePolicy => format!("{name}.0"),
        Type::Id(_) => {
            let _ = writeln!(statements, "let {name} = id(\"{field}\", &{name})?;");
            name
        }
        Type::CheckedText(_) => {
            let _ = writeln!(statements, "let {name} = parsed(\"{field}\", &{name})?;");
            name
        }
        Type::Actor => {
            let _ = writeln!(statements, "let {name} = {name}.actor(\"{field}\")?;");
            name
        }
        Type::Enum(_) => {
            let _ = writeln!(statements, "let {name} = {name}.checked(\"{field}\")?;");
            name
        }
        Type::List(inner) => {
            let one = match *inner {
                Type::Id(_) => format!("map(|text| id(\"{field}\", &text)).collect::<Result<Vec<_>, Error>>()?"),
                Type::Struct(_) | Type::Amount => "map(|one| one.0).collect::<Vec<_>>()".to_owned(),
                Type::Text => "collect::<Vec<_>>()".to_owned(),
                other => {
                    return Err(format!(
                        "Python can't give a list of {other:?}: say how in xtask/src/generate/python/arguments.rs"
                    ));
                }
            };
            let _ = writeln!(statements, "let {name} = {name}.0.into_iter().{one};");
            name
        }
        Type::Headers => {
            let _ = writeln!(
                statements,
                "let {name}: Vec<_> = {name}.0.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();"
            );
            name
        }
        Type::Progress => format!("&mut telling({name})"),
        other => return Err(format!("Python can't give {other:?}: say how in xtask/src/generate/python/arguments.rs")),
    })
}

/// Generates the statements that create an input from its fields, in a variable of this name.
pub(super) fn made(of: &Struct, name: &str) -> Result<String, String> {
    let mut text = String::new();
    let needs_errors = of.has_check || of.fields.iter().any(|field| is_checked(&field.kind));
    if needs_errors {
        text.push_str("let mut errors = FieldErrors::default();\n");
    }
    let value = |field: &String| {
        let found = of.fields.iter().find(|it| it.name == *field);
        found.map(direct).ok_or_else(|| format!("{}::new takes `{field}`, which is no field", of.name))
    };
    let set: Vec<&Field> = match &of.constructor {
        Constructor::New(fields) => {
            let values = fields.iter().map(value).collect::<Result<Vec<_>, _>>()?;
            let _ = writeln!(text, "let mut {name} = boxoffice::{}::new({});", of.name, values.join(", "));
            of.fields.iter().filter(|field| !fields.contains(&field.name)).collect()
        }
        Constructor::Default => {
            let _ = writeln!(text, "let mut {name} = boxoffice::{}::default();", of.name);
            of.fields.iter().collect()
        }
        Constructor::Literal => {
            let fields: Vec<_> = of.fields.iter().map(|field| format!("{}: {}", field.name, direct(field))).collect();
            let _ = writeln!(text, "let {name} = boxoffice::{} {{ {} }};", of.name, fields.join(", "));
            Vec::new()
        }
    };
    for field in set {
        text.push_str(&assignment(name, field));
    }
    if of.has_check {
        let _ = writeln!(text, "{name}.check(&mut errors);");
    }
    if needs_errors {
        text.push_str("errors.into_result(())?;\n");
    }
    // Without a field that is set afterwards, the variable is not mutable.
    Ok(if text.contains(&format!("{name}.")) { text } else { text.replace("let mut ", "let ") })
}

fn assignment(name: &str, field: &Field) -> String {
    let (to, argument) = (format!("{name}.{}", field.name), python_name(&field.name));
    let wire = &field.wire;
    if !is_checked(&field.kind) {
        let value = direct(field);
        return match field.kind {
            Type::Optional(_) | Type::Change(_) => format!("{to} = {value};\n"),
            _ => format!("if let Some({argument}) = {argument} {{ {to} = {value}; }}\n"),
        };
    }
    let (inner, is_option) = match &field.kind {
        Type::Optional(inner) => (inner.as_ref(), true),
        kind => (kind, false),
    };
    let text = match inner {
        Type::Amount | Type::PriceBound | Type::Moment | Type::Time => {
            format!("{argument}.as_ref().map(|it| it.0.as_str())")
        }
        Type::PageLimit => format!("{argument}.map(|it| it.0.to_string()).as_deref()"),
        Type::Enum(_) => format!("{argument}.as_ref().map(Given::text)"),
        Type::Address => {
            return format!(
                "{to} = {argument}.and_then(|text| errors.check(\"{wire}\", text.parse().map_err(|_| \"must be an IP address\")));\n"
            );
        }
        _ => format!("{argument}.as_deref()"),
    };
    let parsed = match inner {
        Type::Id(of) => format!("errors.parse_as(\"{wire}\", {text}, \"must be the id of {}\")", one(of)),
        _ => format!("errors.parse(\"{wire}\", {text})"),
    };
    if is_option { format!("{to} = {parsed};\n") } else { format!("if let Some(it) = {parsed} {{ {to} = it; }}\n") }
}

/// Returns the noun of an id with its article: `a user` for `UserId`.
fn one(id: &str) -> String {
    let noun = snake_case(id.trim_end_matches("Id")).replace('_', " ");
    let article = if noun.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    format!("{article} {noun}")
}

/// Returns `true` if a field is passed as text and parsed.
fn is_checked(kind: &Type) -> bool {
    match kind.plain() {
        Type::Optional(inner) | Type::Change(inner) => is_checked(&inner),
        Type::Bool | Type::Integer(_) | Type::Text | Type::Amount | Type::Moment | Type::Struct(_) => false,
        _ => true,
    }
}

/// Generates the value of a field that is not parsed.
fn direct(field: &Field) -> String {
    let name = python_name(&field.name);
    match field.kind.plain() {
        Type::Amount | Type::Integer(_) | Type::Moment | Type::Struct(_) => format!("{name}.0"),
        Type::Optional(inner) if matches!(*inner, Type::Amount | Type::Integer(_) | Type::Moment | Type::Struct(_)) => {
            format!("{name}.map(|it| it.0)")
        }
        Type::Change(inner) if *inner == Type::Text => format!("{name}.0"),
        Type::Change(_) => format!("{name}.0.map(|it| it.0)"),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::root;

    /// Returns the signature of an operation: `*` precedes keyword-only parameters and `?` follows optional ones.
    fn signature(model: &Model, handle: &str, name: &str) -> String {
        let handle = model.handles.iter().find(|it| it.name == handle).unwrap();
        let method = handle.methods.iter().find(|it| it.name == name).unwrap();
        let mark = |it: Argument| {
            let (star, mark) = (if it.by_name { "*" } else { "" }, if it.is_optional { "?" } else { "" });
            format!("{star}{}{mark}", it.name)
        };
        arguments(model, method).unwrap().into_iter().map(mark).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn signatures_are_pythons() {
        let model = Model::read(&root()).unwrap();
        for (handle, name, expected) in [
            ("auth", "sign_up", "email password *idempotency_key?"),
            ("auth", "sign_in", "email password *client?"),
            ("auth", "update_user", "session current_password *email? *password?"),
            ("auth", "set_operator", "email operator"),
            ("tickets", "create_many", "seller_id tickets *idempotency_key?"),
            ("tickets", "withdraw", "seller_id ticket_id *expected_version? *idempotency_key?"),
            ("orders", "create", "buyer_id ticket_ids *idempotency_key?"),
            ("orders", "list", "buyer_id *status? *limit? *cursor?"),
            ("payments", "refund", "actor_id order_id *return_to_sale *idempotency_key?"),
            ("ledger", "record_payout", "actor_id seller_id amount reference *currency? *idempotency_key?"),
            ("journal", "read", "from_seq limit"),
            ("journal", "verify", "*progress?"),
        ] {
            assert_eq!(signature(&model, handle, name), expected, "{handle}.{name}");
        }
    }

    #[test]
    fn structs_that_hold_others_are_classes() {
        let model = Model::read(&root()).unwrap();
        for (name, expected) in [("NewTicket", true), ("NewShow", true), ("TicketUpdate", true), ("SignUp", false)] {
            assert_eq!(is_class(&model, name), expected, "{name}");
        }
        assert_eq!([one("UserId"), one("OrderId")], ["a user", "an order"]);
    }
}
