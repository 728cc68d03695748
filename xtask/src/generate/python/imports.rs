//! The imports of a generated Python file.

use std::collections::{BTreeMap, BTreeSet};

/// The imported names, by module.
#[derive(Debug, Default)]
pub(super) struct Imports(BTreeMap<&'static str, BTreeSet<String>>);

/// Names of the standard library and of hand-written modules, with their modules.
const STANDARD: &[(&str, &str)] = &[
    ("AsyncIterator", "collections.abc"),
    ("Callable", "collections.abc"),
    ("Iterable", "collections.abc"),
    ("Iterator", "collections.abc"),
    ("Mapping", "collections.abc"),
    ("Sequence", "collections.abc"),
    ("datetime", "datetime"),
    ("timedelta", "datetime"),
    ("Decimal", "decimal"),
    ("PathLike", "os"),
    ("Any", "typing"),
    ("List", "typing"),
    ("Literal", "typing"),
    ("NotRequired", "typing"),
    ("SupportsIndex", "typing"),
    ("TypedDict", "typing"),
    ("final", "typing"),
    ("Clock", "boxoffice._clock"),
    ("Items", "boxoffice._items"),
    ("PaymentGateway", "boxoffice._gateway"),
];

/// Built-in names of Python.
const BUILT_IN: &[&str] =
    &["bool", "bytearray", "bytes", "dict", "float", "int", "list", "object", "str", "tuple", "None"];

impl Imports {
    /// Adds a module of the package.
    pub(super) fn module(&mut self, name: &str) {
        self.0.entry("boxoffice").or_default().insert(name.to_owned());
    }

    /// Adds the names of a hint. A name that is neither built in nor in `STANDARD` is a class of the native module,
    /// unless `of_types` assigns it to `boxoffice._types`.
    pub(super) fn hint(&mut self, hint: &str) {
        for name in hint.split(|letter: char| !letter.is_alphanumeric() && letter != '_') {
            if !name.is_empty() && !BUILT_IN.contains(&name) && !name.starts_with(|first: char| first.is_ascii_digit())
            {
                self.name(name);
            }
        }
    }

    fn name(&mut self, name: &str) {
        let known = STANDARD.iter().find(|(known, _)| *known == name).map(|(_, module)| *module);
        let generated = name.strip_prefix("Async").is_some_and(|rest| rest != "Subscription");
        let of_system = name.strip_prefix("Async").unwrap_or(name).starts_with("System");
        let other = if of_system {
            "boxoffice._system"
        } else if generated {
            "boxoffice._asyncio"
        } else {
            "boxoffice._native"
        };
        self.0.entry(known.unwrap_or(other)).or_default().insert(name.to_owned());
    }

    /// Assigns these names, if they are used, to `boxoffice._types`.
    pub(super) fn of_types(mut self, names: &[String]) -> Self {
        if let Some(native) = self.0.get_mut("boxoffice._native") {
            let (types, rest) = std::mem::take(native).into_iter().partition(|name| names.contains(name));
            *native = rest;
            self.0.insert("boxoffice._types", types);
        }
        self
    }

    /// Generates the lines of the imports.
    pub(super) fn text(&self) -> String {
        let mut lines = vec!["from __future__ import annotations\n\n".to_owned()];
        let (package, standard): (Vec<_>, Vec<_>) = self
            .0
            .iter()
            .filter(|(_, names)| !names.is_empty())
            .partition(|(module, _)| module.starts_with("boxoffice"));
        for group in [standard, package] {
            let line = |(module, names): (&&str, &BTreeSet<String>)| {
                let one = format!("from {module} import {}\n", names.iter().cloned().collect::<Vec<_>>().join(", "));
                if one.len() <= 121 {
                    return one;
                }
                let names: String = names.iter().map(|name| format!("    {name},\n")).collect();
                format!("from {module} import (\n{names})\n")
            };
            let text: String = group.into_iter().map(line).collect();
            if !text.is_empty() {
                lines.push(format!("{text}\n"));
            }
        }
        lines.concat().trim_end().to_owned() + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_where_they_are() {
        let mut imports = Imports::default();
        imports.module("_native");
        for hint in ["dict[str, Ticket] | None", "Callable[[int, int], object]", "OrderStatus"] {
            imports.hint(hint);
        }
        let text = imports.of_types(&["OrderStatus".into()]).text();
        assert_eq!(
            text,
            "from __future__ import annotations\n\nfrom collections.abc import Callable\n\nfrom boxoffice import _native\n\
             from boxoffice._native import Ticket\nfrom boxoffice._types import OrderStatus\n"
        );
    }
}
