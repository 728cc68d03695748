//! The generated part of the npm package: operations and values of its native module, declarations, options, checks of
//! arguments, and the events for Express.
//!
//! [`types`] has the table of conversions. The documentation for callers is in `index.d.ts`, not in the native module.

mod arguments;
mod checks;
mod choices;
mod declarations;
mod events;
mod made;
mod operations;
mod option_sets;
mod types;
mod values;
mod words;

use super::model::{Handle, Model};
use super::{Output, rust};
use arguments::class_name;

/// Folder of the generated Rust, and folder of the package.
const NATIVE: &str = "bindings/node/src/generated";
const PACKAGE: &str = "bindings/node";

pub(super) fn outputs(model: &Model) -> Result<Vec<Output>, String> {
    let mut outputs = vec![
        native("mod", module(model)?),
        native("choices", choices::rust_file(model)?),
        native("inputs", values::inputs_file(model)?),
        native("option_sets", option_sets::rust_file(model)?),
        native("parts", operations::parts_file(model)?),
        native("texts", values::texts_file(model)?),
        native("values", values::file(model)?),
        package("index.d.ts", declarations::file(model)?),
        package("events.d.ts", events::data_file(model)?),
        package("lib/codes.d.ts", declarations::codes_file(model)),
        package("lib/generated.js", checks::file(model)?),
        package("express/subjects.d.ts", events::types_file(model)?),
        package("express/subjects.js", events::names_file(model)),
    ];
    for handle in all(model) {
        outputs.push(native(&handle.name, operations::file(model, handle)?));
    }
    Ok(outputs)
}

/// Returns the box office itself and its handles.
fn all(model: &Model) -> impl Iterator<Item = &Handle> {
    std::iter::once(&model.office).chain(&model.handles)
}

fn native(name: &str, text: String) -> Output {
    Output { path: format!("{NATIVE}/{name}.rs"), text }
}

fn package(name: &str, text: String) -> Output {
    Output { path: format!("{PACKAGE}/{name}"), text }
}

/// Generates the root module of the generated Rust.
fn module(model: &Model) -> Result<String, String> {
    let mut modules: Vec<_> = all(model).map(|handle| handle.name.as_str()).collect();
    modules.extend(["choices", "inputs", "option_sets", "parts", "texts", "values"]);
    modules.sort_unstable();
    let modules: Vec<_> = modules.iter().map(|name| format!("mod {name};")).collect();
    let reexport = |handle: &Handle| format!("pub(crate) use {}::{};", handle.name, class_name(handle));
    let uses: Vec<_> = model.handles.iter().map(reexport).collect();
    rust::file(&format!(
        "//! Code generated from the façade. Its documentation is in `index.d.ts`.\n\n\
         #![allow(missing_docs, reason = \"what JavaScript sees is documented in index.d.ts\")]\n\
         #![allow(unused_imports, reason = \"the prelude has what any file may need\")]\n\
         #![allow(clippy::pedantic, clippy::too_many_arguments, reason = \"it is written for all types alike\")]\n\n\
         {}\n\nmod prelude {{\n{PRELUDE}}}\n\n\
         pub(crate) use choices::NativeOptions;\npub(crate) use inputs::*;\npub(crate) use option_sets::*;\n\
         pub(crate) use parts::*;\npub(crate) use values::*;\n{}",
        modules.join("\n"),
        uses.join("\n")
    ))
}

/// Imports of the generated Rust.
const PRELUDE: &str = "
    pub(crate) use std::collections::HashMap;
    pub(crate) use std::path::PathBuf;
    pub(crate) use std::sync::Arc;

    pub(crate) use boxoffice::{Builder, Change, Error, FieldErrors, Limits};
    pub(crate) use napi::Env;
    pub(crate) use napi::bindgen_prelude::Buffer;
    pub(crate) use napi_derive::napi;

    pub(crate) use super::*;
    pub(crate) use crate::calls::{Parts, Progress, aside, reading, telling};
    pub(crate) use crate::convert::{
        Acting, Date, Shown, When, changed, header_bytes, id, ids, key, millis, natural, parsed, shown_as_name, shown_as_secret,
        shown_as_text, user, written,
    };
    pub(crate) use crate::errors::rejection;
    pub(crate) use crate::feed::Subscription;
    pub(crate) use crate::gateway::GatewayHooks;
    pub(crate) use crate::office::{Office, Shared, present};
    pub(crate) use crate::values::{FeePolicy, JournalRecord, Money, SignedMoney};
";

#[cfg(test)]
mod tests;
