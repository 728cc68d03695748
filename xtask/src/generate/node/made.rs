//! The statements that convert JavaScript's arguments to the façade's.

use std::fmt::Write;

use super::super::model::{Constructor, Field, Method, Model, Param, Struct, Type, camel_case, snake_case};
use super::arguments::{is_option, options, param_name, spread};
use super::types::{field_name, is_class, structure};

/// The statements that check the arguments, and the expressions to call the operation with.
pub(super) struct Made {
    pub(super) statements: String,
    pub(super) expressions: Vec<String>,
}

/// Generates the conversion of the arguments of an operation.
pub(super) fn made(model: &Model, method: &Method) -> Result<Made, String> {
    let mut statements = opened(model, method);
    let mut expressions = Vec::new();
    for param in &method.params {
        let expression = match spread(model, param) {
            Some(of) => {
                statements.push_str(&of_fields(of, &param.name)?);
                param.name.clone()
            }
            None => of_param(model, method, param, &mut statements)?,
        };
        let reference = if param.by_reference && param.kind != Type::Progress { "&" } else { "" };
        expressions.push(format!("{reference}{expression}"));
    }
    Ok(Made { statements: statements.trim_end().to_owned(), expressions })
}

/// Generates the destructuring of the options.
fn opened(model: &Model, method: &Method) -> String {
    let mut text = String::new();
    for of in options(model, method) {
        let mut names: Vec<_> = of.fields.iter().map(|field| field_name(&field.name, &field.kind)).collect();
        names.extend(of.has_key.then(|| "idempotency_key".to_owned()));
        if names.is_empty() {
            continue;
        }
        let value = match (of.has_signal, of.is_optional()) {
            (false, _) => "changes",
            (true, true) => "options.unwrap_or_default()",
            (true, false) => "options",
        };
        let _ = writeln!(text, "let {} {{ {} }} = {value};", of.name, names.join(", "));
    }
    text
}

fn of_param(model: &Model, method: &Method, param: &Param, statements: &mut String) -> Result<String, String> {
    let name = if is_option(method, param) { param.published.clone() } else { param_name(param) };
    let field = camel_case(&name);
    let statement = match param.kind.plain() {
        Type::Id(_) if param.acts => format!("let {name} = user(\"{field}\", {name})?;"),
        Type::Bool | Type::Text | Type::Amount | Type::Bytes => return Ok(name),
        Type::Progress => return Ok(format!("&mut telling({name})")),
        Type::Path => format!("let {name} = PathBuf::from({name});"),
        Type::Moment => format!("let {name} = written({name});"),
        Type::Id(_) => format!("let {name} = id(\"{field}\", &{name})?;"),
        Type::Actor => format!("let {name} = {name}.actor(\"{field}\")?;"),
        Type::Integer(_) => format!("let {name} = natural(\"{field}\", {name})?;"),
        Type::Duration => format!("let {name} = millis(\"{field}\", {name})?;"),
        Type::Enum(_) | Type::CheckedText(_) => format!("let {name} = parsed(\"{field}\", &{name})?;"),
        Type::Headers => format!(
            "let {name} = header_bytes(&{name})?;\n\
             let {name}: Vec<_> = {name}.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();"
        ),
        Type::Struct(of) if is_class(structure(model, &of)?) => return Ok(name),
        Type::Struct(of) => {
            let is_optional = structure(model, &of)?.fields.iter().all(|field| !field.is_required);
            let given = if is_optional { format!("{name}.unwrap_or_default()") } else { name.clone() };
            format!("let {name} = {given}.given()?;")
        }
        Type::Optional(inner) => match *inner {
            Type::Bool | Type::Text | Type::Amount => return Ok(name),
            Type::Integer(_) => format!("let {name} = {name}.map(|it| natural(\"{field}\", it)).transpose()?;"),
            Type::Id(_) => format!("let {name} = {name}.map(|it| id(\"{field}\", &it)).transpose()?;"),
            Type::Enum(_) => format!("let {name} = {name}.map(|it| parsed(\"{field}\", &it)).transpose()?;"),
            other => return Err(unknown(&other)),
        },
        Type::List(inner) => match *inner {
            Type::Text | Type::Amount => return Ok(name),
            Type::Id(_) => format!("let {name} = ids(\"{field}\", &{name})?;"),
            Type::Struct(of) => {
                format!("let {name} = {name}.into_iter().map({of}::given).collect::<Result<Vec<_>, _>>()?;")
            }
            other => return Err(unknown(&other)),
        },
        other => return Err(unknown(&other)),
    };
    let _ = writeln!(statements, "{statement}");
    Ok(name)
}

fn unknown(kind: &Type) -> String {
    format!("Node can't give {kind:?}: say how in xtask/src/generate/node/made.rs")
}

/// Generates the statements that create an input from its fields, in a variable of this name.
pub(super) fn of_fields(of: &Struct, name: &str) -> Result<String, String> {
    let mut text = String::new();
    let needs_errors = of.has_check || of.fields.iter().any(|field| is_parsed(&field.kind));
    if needs_errors {
        text.push_str("let mut errors = FieldErrors::default();\n");
    }
    let set: Vec<&Field> = match &of.constructor {
        Constructor::New(taken) => {
            let value = |field: &String| {
                let found = of.fields.iter().find(|it| it.name == *field);
                found.map_or_else(|| Err(format!("{}::new takes `{field}`, which is no field", of.name)), direct)
            };
            let values = taken.iter().map(value).collect::<Result<Vec<_>, _>>()?;
            let _ = writeln!(text, "let mut {name} = boxoffice::{}::new({});", of.name, values.join(", "));
            of.fields.iter().filter(|field| !taken.contains(&field.name)).collect()
        }
        Constructor::Default => {
            let _ = writeln!(text, "let mut {name} = boxoffice::{}::default();", of.name);
            of.fields.iter().collect()
        }
        Constructor::Literal => {
            let fields = of.fields.iter().map(|field| match direct(field)? {
                value if value == field.name => Ok(value),
                value => Ok(format!("{}: {value}", field.name)),
            });
            let fields = fields.collect::<Result<Vec<_>, String>>()?;
            let _ = writeln!(text, "let {name} = boxoffice::{} {{ {} }};", of.name, fields.join(", "));
            Vec::new()
        }
    };
    for field in set {
        text.push_str(&assignment(name, field)?);
    }
    if of.has_check {
        let _ = writeln!(text, "{name}.check(&mut errors);");
    }
    if needs_errors {
        text.push_str("errors.into_result(())?;\n");
    }
    // Without a field that is set afterwards, the variable is not mutable.
    let is_set = text.contains(&format!("{name}."));
    Ok(if is_set { text } else { text.replace(&format!("let mut {name} ="), &format!("let {name} =")) })
}

/// Generates the statement that sets a field from a variable with the field's name.
fn assignment(of: &str, field: &Field) -> Result<String, String> {
    let (to, name, wire) = (format!("{of}.{}", field.name), &field.name, &field.wire);
    if !is_parsed(&field.kind) {
        let value = direct(field)?;
        return Ok(match field.kind.plain() {
            Type::Optional(_) | Type::Change(_) => format!("{to} = {value};\n"),
            _ => format!("if let Some({name}) = {name} {{ {to} = {value}; }}\n"),
        });
    }
    let (inner, is_option) = match field.kind.plain() {
        Type::Optional(inner) => (*inner, true),
        kind => (kind, false),
    };
    let text = match inner {
        Type::PageLimit => format!("{name}.map(|it| it.to_string()).as_deref()"),
        _ => format!("{name}.as_deref()"),
    };
    let parsed = match &inner {
        Type::Id(id) => {
            let of = snake_case(id.strip_suffix("Id").unwrap_or(id));
            format!("errors.parse_as(\"{wire}\", {text}, \"must be the id of a {of}\")")
        }
        Type::Address => format!("errors.parse_as(\"{wire}\", {text}, \"must be an IP address\")"),
        _ => format!("errors.parse(\"{wire}\", {text})"),
    };
    Ok(if is_option { format!("{to} = {parsed};\n") } else { format!("if let Some(it) = {parsed} {{ {to} = it; }}\n") })
}

/// Returns `true` if a field is passed as text and parsed.
fn is_parsed(kind: &Type) -> bool {
    match kind.plain() {
        Type::Optional(inner) | Type::Change(inner) => is_parsed(&inner),
        Type::Bool | Type::Integer(_) | Type::Text | Type::Amount | Type::Moment | Type::Struct(_) => false,
        _ => true,
    }
}

/// Generates the value of a field that is not parsed.
fn direct(field: &Field) -> Result<String, String> {
    let (name, wire) = (&field.name, &field.wire);
    let one = |kind: &Type, it: &str| match kind {
        Type::Bool | Type::Text | Type::Amount => Ok(it.to_owned()),
        Type::Integer(_) => Ok(format!("natural(\"{wire}\", {it})?")),
        Type::Moment => Ok(format!("written({it})")),
        Type::Struct(_) => Ok(format!("{it}.given()?")),
        other => Err(unknown(other)),
    };
    match field.kind.plain() {
        Type::Optional(inner) => Ok(match *inner {
            Type::Bool | Type::Text | Type::Amount => name.clone(),
            Type::Integer(_) => format!("{name}.map(|it| natural(\"{wire}\", it)).transpose()?"),
            Type::Moment => format!("{name}.map(written)"),
            Type::Struct(of) => format!("{name}.map({of}::given).transpose()?"),
            other => return Err(unknown(&other)),
        }),
        Type::Change(inner) => Ok(match *inner {
            Type::Text => format!("Change::given({name})"),
            Type::Struct(of) => format!("changed({name}, {of}::given)?"),
            other => return Err(unknown(&other)),
        }),
        kind => one(&kind, name),
    }
}
