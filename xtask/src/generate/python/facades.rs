//! The generated base classes of `BoxOffice` and `AsyncBoxOffice`: the handles, and the operations of the box office.

use std::fmt::Write;

use super::super::model::Model;
use super::asyncio::function;
use super::imports::Imports;
use super::operations::{Facade, class_name, methods, wrapping};
use super::{system, words};

/// Generates `_facades.py`.
pub(super) fn file(model: &Model, types: &[String]) -> Result<String, String> {
    let mut imports = Imports::default();
    let mut text = facade(model, "", Facade::Blocking, &mut imports)?;
    text.push_str(&facade(model, "Async", Facade::Asyncio, &mut imports)?);
    let head = "\"\"\"What a box office has: the groups of its operations, and what it does itself.\"\"\"";
    let imports = imports.of_types(types).text();
    Ok(format!("{head}\n\n{imports}{text}"))
}

fn facade(model: &Model, prefix: &str, facade: Facade, imports: &mut Imports) -> Result<String, String> {
    imports.module("_native");
    let mut names: Vec<_> = model.handles.iter().map(|handle| format!("\"{}\"", handle.name)).collect();
    names.extend(["\"__weakref__\"".to_owned(), "\"_facade\"".to_owned()]);
    names.sort();
    let mut text =
        format!("\n\nclass {prefix}Facade:\n    \"\"\"What `{prefix}BoxOffice` has from the core.\"\"\"\n\n");
    let _ = writeln!(text, "    __slots__ = ({})\n", names.join(", "));
    for handle in &model.handles {
        let class = format!("{prefix}{}", class_name(handle));
        imports.hint(&class);
        let hint = if handle.is_optional { format!("{class} | None") } else { class };
        let doc = words::docstring(&words::item(model, &handle.accessor, 4), 4);
        let _ = write!(text, "    {}: {hint}\n{doc}", handle.name);
    }
    let _ = write!(
        text,
        "\n    def __init__(self, facade: _native.{prefix}OfficeFacade) -> None:\n        self._facade = facade\n"
    );
    for handle in &model.handles {
        let line = match facade {
            Facade::Blocking => format!("        self.{0} = facade.{0}\n", handle.name),
            Facade::Asyncio => wrapping(handle, &format!("Async{}", class_name(handle))),
        };
        text.push_str(&line);
    }
    let system = format!("{prefix}System");
    imports.hint(&system);
    let doc = words::docstring(&system::as_system(model), 8);
    let _ = write!(text, "\n    def as_system(self, /) -> {system}:\n{doc}        return {system}(self._facade)\n");
    for method in methods(&model.office) {
        text.push('\n');
        text.push_str(&function(model, &model.office, method, "_facade", facade, None, imports)?);
    }
    Ok(text)
}
