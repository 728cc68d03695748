//! The closed sets: `Literal`s in Python, and their names in the native module.

use std::fmt::Write;

use super::super::model::{Enum, Model, Role, Type};
use super::super::rust;
use super::words;

/// Returns the enums that operations, values and options of a part name, and the steps for late money.
fn used(model: &Model) -> Vec<&Enum> {
    let structs = model.structs.values().filter(|it| it.is(Role::Input) || it.is(Role::Value));
    let fields = structs.flat_map(|it| it.fields.iter().chain(&it.computed)).map(|field| &field.kind);
    let params = model.handles.iter().flat_map(|handle| &handle.methods).flat_map(|method| &method.params);
    let chosen = model.option_sets.iter().flat_map(|set| &set.choices).flat_map(|choice| &choice.params);
    let kinds: Vec<_> = fields.chain(params.chain(chosen).map(|param| &param.kind)).flat_map(Type::parts).collect();
    let is_used = |of: &&Enum| kinds.iter().any(|kind| **kind == Type::Enum(of.name.clone()));
    model.enums.values().filter(is_used).collect()
}

/// Returns the set of steps of which a policy consists.
fn steps(model: &Model) -> Result<&Enum, String> {
    model.enums.get(STEPS).ok_or_else(|| format!("the model has no enum {STEPS}"))
}

const STEPS: &str = "LateMoneyStep";

/// Name of the set of all events.
const EVENTS: &str = "EventName";

/// Returns the names in `_types.py`.
pub(super) fn names(model: &Model) -> Vec<String> {
    let mut names: Vec<_> = used(model).into_iter().map(|it| it.name.clone()).collect();
    names.extend(["LateMoneyPolicy", STEPS, EVENTS].map(str::to_owned));
    names.sort();
    names.dedup();
    names
}

/// Generates `_types.py`.
pub(super) fn file(model: &Model) -> Result<String, String> {
    let mut text =
        "\"\"\"The closed sets of the box office, as texts.\"\"\"\n\nfrom typing import Literal\n".to_owned();
    let mut sets: Vec<_> = used(model);
    let steps = steps(model)?;
    if !sets.iter().any(|it| it.name == STEPS) {
        sets.push(steps);
    }
    for set in sets {
        let texts = set.variants.iter().map(|variant| variant.text.clone());
        text.push_str(&alias(&set.name, &texts.collect::<Vec<_>>(), &words::docstring(&doc(model, set), 0)));
    }
    let policies = policies(&steps.variants.iter().map(|it| it.text.as_str()).collect::<Vec<_>>());
    let doc = "\"\"\"Steps of `LateMoneyStep` in the order in which they are tried, with commas between them.\"\"\"\n";
    text.push_str(&alias("LateMoneyPolicy", &policies, doc));
    let events: Vec<_> = model.events.iter().map(|event| event.name.clone()).collect();
    text.push_str(&alias(EVENTS, &events, "\"\"\"The names of the events.\"\"\"\n"));
    Ok(text)
}

/// Generates the documentation of a set and its texts.
fn doc(model: &Model, set: &Enum) -> Vec<String> {
    let mut lines = words::item(model, &set.doc, 0);
    lines.push(String::new());
    for variant in &set.variants {
        let meaning = words::item(model, &variant.doc, 0).join(" ");
        lines.push(format!("- `{}`: {meaning}", variant.text));
    }
    lines
}

fn alias(name: &str, texts: &[String], doc: &str) -> String {
    let quoted: Vec<_> = texts.iter().map(|text| format!("\"{text}\"")).collect();
    let one = format!("\n{name} = Literal[{}]\n", quoted.join(", "));
    let set = if one.len() <= 122 { one } else { format!("\n{name} = Literal[\n{}]\n", listed(&quoted)) };
    format!("{set}{doc}")
}

fn listed(quoted: &[String]) -> String {
    quoted.iter().map(|text| format!("    {text},\n")).collect()
}

/// Returns every comma-separated list of steps without repetition.
fn policies(steps: &[&str]) -> Vec<String> {
    let mut all = Vec::new();
    for step in steps {
        all.push((*step).to_owned());
        let rest: Vec<_> = steps.iter().copied().filter(|other| other != step).collect();
        all.extend(policies(&rest).into_iter().map(|policy| format!("{step},{policy}")));
    }
    all
}

/// Generates the file of the names in the native module.
pub(super) fn rust_file(model: &Model) -> Result<String, String> {
    let mut text =
        "//! The closed sets by their names in `boxoffice._types`.\n\nuse crate::convert::Named;\n".to_owned();
    for set in used(model) {
        let name = &set.name;
        let _ = writeln!(
            text,
            "\nimpl Named for boxoffice::{name} {{ const NAME: &'static str = \"{name}\";\n\
             fn text(self) -> &'static str {{ self.as_str() }} }}"
        );
    }
    rust::file(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_are_all_lists_without_repetition() {
        assert_eq!(policies(&["a", "b"]), ["a", "a,b", "b", "b,a"]);
        assert_eq!(policies(&["a", "b", "c"]).len(), 15);
    }

    #[test]
    fn sets_are_literals() {
        assert_eq!(alias("Sort", &["up".into()], "\"\"\"How.\"\"\"\n"), "\nSort = Literal[\"up\"]\n\"\"\"How.\"\"\"\n");
    }
}
