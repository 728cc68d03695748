//! The generated part of the Python package: the operations and values of its native module, the classes for asyncio,
//! the closed sets, the options and the events.

mod arguments;
mod asyncio;
mod events;
mod facades;
mod imports;
mod literals;
mod operations;
mod option_sets;
mod options;
mod system;
mod types;
mod values;
mod words;

use super::model::{Handle, Model};
use super::{Output, rust};
use crate::shell::root;

/// Folder of the generated Rust, and folder of the package's Python.
const NATIVE: &str = "bindings/python/src/generated";
const PACKAGE: &str = "bindings/python/python/boxoffice";

pub(super) fn outputs(model: &Model) -> Result<Vec<Output>, String> {
    operations::check_lists(model)?;
    let types = literals::names(model);
    let path = root().join(PACKAGE).join("_by_hand.py");
    let by_hand = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut outputs = vec![
        native("mod", module(model)?),
        native("inputs", values::inputs_file(model)?),
        native("names", literals::rust_file(model)?),
        native("option_sets", option_sets::rust_file(model)?),
        native("options", options::rust_file(model)?),
        package("_facades", &facades::file(model, &types)?),
        package("_asyncio", &asyncio::file(model, &types)?),
        package("_system", &system::file(model, &types)?),
        package("_types", &literals::file(model)?),
        package("_options", &options::file(model, &types)?),
        package("events", &events::file(model)?),
        package("__init__", &public(model, &types, &by_hand)?),
    ];
    let handles: Vec<_> = all(model).collect();
    for handle in &handles {
        outputs.push(native(&handle.name, operations::file(model, handle)?));
    }
    // The values of the box office itself come last.
    let ordered = [&handles[1..], &handles[..1]].concat();
    let files = values::files(model, &ordered)?;
    let names: Vec<_> = files.iter().map(|(name, _)| *name).collect();
    outputs.push(native("values/mod", values_module(&names)?));
    outputs.extend(files.into_iter().map(|(name, text)| native(&format!("values/{name}"), text)));
    Ok(outputs)
}

/// Returns the box office itself and its handles.
fn all(model: &Model) -> impl Iterator<Item = &Handle> {
    std::iter::once(&model.office).chain(&model.handles)
}

fn native(name: &str, text: String) -> Output {
    Output { path: format!("{NATIVE}/{name}.rs"), text }
}

fn package(name: &str, text: &str) -> Output {
    Output { path: format!("{PACKAGE}/{name}.py"), text: format!("# {}\n\n{text}", rust::HEADER) }
}

/// Generates the root module of the values.
fn values_module(names: &[&str]) -> Result<String, String> {
    let modules: String = names.iter().map(|name| format!("mod {name};\n")).collect();
    let uses: String = names.iter().map(|name| format!("pub(crate) use {name}::*;\n")).collect();
    rust::file(&format!("//! Results, by the operations that return them.\n\n{modules}\n{uses}"))
}

/// Generates the root module of the generated Rust: its modules, and the macro that defines the native module.
fn module(model: &Model) -> Result<String, String> {
    let handles: Vec<_> = all(model).collect();
    let names: Vec<_> = handles.iter().map(|handle| handle.name.as_str()).collect();
    let mut modules = [&names[..], &["inputs", "names", "option_sets", "options", "values"]].concat();
    modules.sort_unstable();
    let modules: String = modules.iter().map(|name| format!("mod {name};\n")).collect();
    let classes: Vec<_> = handles.iter().map(|handle| operations::class_name(handle)).collect();
    let operations: String = handles
        .iter()
        .zip(&classes)
        .map(|(handle, class)| format!("pub(crate) use {}::{{Async{class}, {class}}};\n", handle.name))
        .collect();
    let names = classes_beside(model)?.join(", ");
    let pairs: Vec<_> = classes.iter().map(|class| format!("Async{class}, {class}")).collect();
    rust::file(&format!(
        "//! Code generated from the façade.\n\n{modules}\nmod prelude {{{PRELUDE}}}\n\n{operations}\
         pub(crate) use inputs::*;\npub(crate) use option_sets::*;\npub(crate) use options::Options;\n\
         pub(crate) use values::*;\n\n\
         /// Makes the native module: what is given, and the classes that are generated.\n\
         macro_rules! native_module {{\n    ($(#[$doc:meta])* mod $name:ident {{ $($by_hand:tt)* }}) => {{\n        \
         $(#[$doc])*\n        #[pyo3::pymodule]\n        mod $name {{\n            $($by_hand)*\n            \
         #[pymodule_export]\n            use crate::generated::{{{}, {names}}};\n        }}\n    }};\n}}\n\
         pub(crate) use native_module;\n",
        pairs.join(", ")
    ))
}

/// Returns the names of the generated classes that hold what operations take and return, and what a box office is
/// opened with.
fn classes_beside(model: &Model) -> Result<Vec<String>, String> {
    let sets = model.option_sets.iter().map(|set| set.name.clone()).collect();
    Ok([values::names(model)?, sets].concat())
}

/// Imports of the generated Rust.
const PRELUDE: &str = "
    //! What the generated files use.

    pub(crate) use std::collections::BTreeMap;
    pub(crate) use std::path::PathBuf;
    pub(crate) use std::sync::Arc;
    pub(crate) use std::time::Duration;

    pub(crate) use boxoffice::{BoxOffice, Builder, Error, FieldErrors, Limits};
    pub(crate) use pyo3::prelude::*;
    pub(crate) use pyo3::pybacked::PyBackedBytes;

    pub(crate) use super::{*, inputs::*, values::*};
    pub(crate) use crate::call::{Awaitable, Shared, present};
    pub(crate) use crate::convert::{
        Amount, Edit, Given, Headers, Items, Name, Natural, Nothing, Progress, Steps, Time, When, Who, Whole, id, key, parsed,
        telling,
    };
    pub(crate) use crate::errors::exception;
    pub(crate) use crate::feed::{AsyncSubscription, Subscription};
    pub(crate) use crate::parts::{AsyncIter, Iter, Parts, reading};
    pub(crate) use crate::values::{FeePolicy, Money, Record, SignedMoney, repr};
";

/// Generates `__init__.py`: the hand-written and the generated names.
fn public(model: &Model, types: &[String], by_hand: &str) -> Result<String, String> {
    let (doc, names) = named_by_hand(by_hand).ok_or("_by_hand.py: has no docstring, or no list `__all__`")?;
    let classes: Vec<_> = model.handles.iter().map(operations::class_name).collect();
    let mut native = [classes_beside(model)?, classes.clone()].concat();
    native.sort();
    let mut asyncio: Vec<_> = classes.iter().map(|class| format!("Async{class}")).collect();
    asyncio.sort();
    let system = system::names(model);
    let mut all = [&names[..], &system[..], &native[..], &asyncio[..], types, &["Options".to_owned()][..]].concat();
    all.sort();
    let listed = |names: &[String]| names.iter().map(|name| format!("    {name},\n")).collect::<String>();
    let quoted: String = all.iter().map(|name| format!("    \"{name}\",\n")).collect();
    Ok(format!(
        "\"\"\"{doc}\"\"\"\n\nfrom boxoffice._asyncio import (\n{})\nfrom boxoffice._by_hand import (\n{})\n\
         from boxoffice._native import (\n{})\nfrom boxoffice._options import Options\nfrom boxoffice._system import (\n{})\nfrom boxoffice._types import (\n{})\n\n\
         __all__ = [\n{quoted}]\n",
        listed(&asyncio),
        listed(&names),
        listed(&native),
        listed(&system),
        listed(types)
    ))
}

/// Returns the docstring of a module and the names in its `__all__`.
fn named_by_hand(text: &str) -> Option<(&str, Vec<String>)> {
    let (doc, rest) = text.strip_prefix("\"\"\"")?.split_once("\"\"\"")?;
    let (_, list) = rest.split_once("__all__ = [")?;
    let names = list.split_once(']')?.0.split(',').map(|name| name.trim().trim_matches('"').to_owned());
    Some((doc, names.filter(|name| !name.is_empty()).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_by_hand_are_found() {
        let text = "\"\"\"Doc.\"\"\"\n\n__all__ = [\n    \"A\",\n    \"B\",\n]\n";
        assert_eq!(named_by_hand(text), Some(("Doc.", vec!["A".to_owned(), "B".to_owned()])));
        assert_eq!(named_by_hand("__all__ = []"), None);
    }
}
