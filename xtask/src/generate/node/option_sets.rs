//! The options of a part of the box office: objects whose unknown names are refused.

use std::fmt::Write;

use super::super::model::{Choice, Doc, Model, OptionSet, Param, Type, camel_case};
use super::super::rust;
use super::types::{Sides, field_name, incoming};
use super::words;

/// An option of a set.
struct Chosen<'m> {
    /// Name of the field in Rust and, in camel case, in JavaScript.
    field: String,
    doc: &'m Doc,
    sides: Sides,
    is_required: bool,
}

/// Returns the names of the options in JavaScript.
pub(super) fn names(set: &OptionSet) -> Vec<String> {
    let required = set.required.iter().map(|param| field_name(&param.name, &param.kind));
    let optional = set.choices.iter().map(field_of);
    required.chain(optional).map(|field| camel_case(&field)).collect()
}

/// Generates the declaration of a set.
pub(super) fn declaration(model: &Model, set: &OptionSet) -> Result<String, String> {
    let mut text = format!("\n{}export interface {} {{\n", words::item(model, &set.doc, 0), set.name);
    for Chosen { field, doc, sides, is_required } in chosen(model, set)? {
        let mark = if is_required { "" } else { "?" };
        let _ = writeln!(text, "{}  {}{mark}: {}", words::item(model, doc, 2), camel_case(&field), sides.ts);
    }
    Ok(text + "}\n")
}

/// Generates the file of the native module.
pub(super) fn rust_file(model: &Model) -> Result<String, String> {
    let mut text = "//! Options of a part of the box office.\n\nuse crate::generated::prelude::*;\n".to_owned();
    for set in &model.option_sets {
        text.push_str(&object(model, set)?);
    }
    rust::file(&text)
}

fn object(model: &Model, set: &OptionSet) -> Result<String, String> {
    let (name, mut declared, mut fields) = (&set.name, String::new(), Vec::new());
    for Chosen { field, sides, is_required, .. } in chosen(model, set)? {
        let rust = if is_required { sides.rust } else { format!("Option<{}>", sides.rust) };
        let _ = write!(declared, "pub {field}: {rust}, ");
        fields.push(field);
    }
    Ok(format!(
        "\n#[napi(object, object_to_js = false)]\npub struct {name} {{ {declared} }}\n\n\
         impl std::fmt::Debug for {name} {{\n/// There may be a password among them.\n\
         fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {{ f.write_str(\"{name}(…)\") }} }}\n\n\
         impl {name} {{\npub(crate) fn given(self) -> Result<boxoffice::{name}, Error> {{ let Self {{ {} }} = self;\n{}\n\
         Ok(options) }} }}\n",
        fields.join(", "),
        statements(set)?
    ))
}

fn chosen<'m>(model: &Model, set: &'m OptionSet) -> Result<Vec<Chosen<'m>>, String> {
    let mut all = Vec::new();
    for param in &set.required {
        let field = field_name(&param.name, &param.kind);
        all.push(Chosen { field, doc: &set.required_doc, sides: sides(model, &param.kind)?, is_required: true });
    }
    for choice in &set.choices {
        let sides = match &choice.params[..] {
            [one] => sides(model, &one.kind)?,
            several => tuple(model, several)?,
        };
        all.push(Chosen { field: field_of(choice), doc: &choice.doc, sides, is_required: false });
    }
    Ok(all)
}

/// Returns the name of the field of an option.
fn field_of(choice: &Choice) -> String {
    choice.params.first().map_or_else(|| choice.name.clone(), |first| field_name(&choice.name, &first.kind))
}

/// Returns the types of an option. A path is a plain text among options.
fn sides(model: &Model, kind: &Type) -> Result<Sides, String> {
    let text = || Sides { rust: "String".to_owned(), ts: "string".to_owned() };
    if *kind == Type::Path { Ok(text()) } else { incoming(model, kind) }
}

/// Returns the types of an option of several values of one type.
fn tuple(model: &Model, params: &[Param]) -> Result<Sides, String> {
    let all = params.iter().map(|param| sides(model, &param.kind)).collect::<Result<Vec<_>, _>>()?;
    let rust = all.first().map(|it| it.rust.clone()).unwrap_or_default();
    if all.iter().any(|it| it.rust != rust) {
        return Err(unknown("values of several types"));
    }
    let named = params.iter().zip(&all).map(|(param, sides)| format!("{}: {}", camel_case(&param.name), sides.ts));
    let ts = format!("[{}]", named.collect::<Vec<_>>().join(", "));
    Ok(Sides { rust: format!("Vec<{rust}>"), ts })
}

/// Generates the statements that make the options, in a variable `options`.
fn statements(set: &OptionSet) -> Result<String, String> {
    let values = set.required.iter().map(|param| value(&param.kind, &param.name, &camel_case(&param.name)));
    let values = values.collect::<Result<Vec<_>, _>>()?;
    let mut text = format!("let mut options = boxoffice::{}::new({});\n", set.name, values.join(", "));
    for choice in &set.choices {
        let (name, field) = (&choice.name, field_of(choice));
        let js = camel_case(&field);
        let parts: Vec<_> = choice.params.iter().map(|param| param.name.as_str()).collect();
        let (bound, values) = match &choice.params[..] {
            [one] => (String::new(), value(&one.kind, "it", &js)?),
            several => {
                let values = several.iter().map(|param| value(&param.kind, &param.name, &js));
                (unpacked(&parts, &js), values.collect::<Result<Vec<_>, _>>()?.join(", "))
            }
        };
        let _ = writeln!(text, "if let Some(it) = {field} {{ {bound}options = options.{name}({values}); }}");
    }
    Ok(text)
}

/// Generates the statement that takes the values of an option apart.
fn unpacked(parts: &[&str], js: &str) -> String {
    let count = ["no", "one", "two", "three"].get(parts.len()).unwrap_or(&"several");
    format!(
        "let Ok([{}]) = <[_; {}]>::try_from(it) else {{ return Err(Error::invalid(\"{js}\", \"must be {count} values\")); }};\n",
        parts.join(", "),
        parts.len()
    )
}

/// Generates the value of an option for its setter; `js` is the option's name in JavaScript.
fn value(kind: &Type, it: &str, js: &str) -> Result<String, String> {
    Ok(match kind.plain() {
        Type::Bool | Type::Text | Type::Path => it.to_owned(),
        Type::Integer(_) => format!("natural(\"{js}\", {it})?"),
        Type::Duration => format!("millis(\"{js}\", {it})?"),
        Type::CheckedText(_) | Type::Enum(_) => format!("parsed(\"{js}\", &{it})?"),
        Type::List(inner) if *inner == Type::Text => it.to_owned(),
        other => return Err(unknown(&format!("{other:?}"))),
    })
}

fn unknown(what: &str) -> String {
    format!("Node can't choose {what}: say how in xtask/src/generate/node/option_sets.rs")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::root;

    #[test]
    fn options_of_a_part_are_an_object() {
        let model = Model::read(&root()).unwrap();
        let set = &model.option_sets[0];
        let declared = declaration(&model, set).unwrap();
        for line in [
            "export interface ClusterOptions {",
            "  servers: string[]",
            "  credentialsFile?: string",
            "  user?: [user: string, password: string]",
            "  monitoring?: string[]",
            "  acknowledge?: Acknowledgement",
            "  levelWithinMs?: number",
            "  testServers?: boolean",
        ] {
            assert!(declared.lines().any(|it| it == line), "{line} is not in:\n{declared}");
        }
        let made = rust_file(&model).unwrap();
        for line in [
            "pub servers: Vec<String>,",
            "pub level_within_ms: Option<f64>,",
            "let mut options = boxoffice::ClusterOptions::new(servers);",
            "let Ok([user, password]) = <[_; 2]>::try_from(it) else {",
            "options = options.host_name(parsed(\"hostName\", &it)?);",
            "options = options.acknowledge(parsed(\"acknowledge\", &it)?);",
            "f.write_str(\"ClusterOptions(…)\")",
        ] {
            assert!(made.contains(line), "{line} is not in:\n{made}");
        }
        assert!(names(set).contains(&"certificateAuthorities".to_owned()));
        assert!(value(&Type::Gateway, "it", "gateway").is_err());
    }
}
