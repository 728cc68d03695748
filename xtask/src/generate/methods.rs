//! List of the façade's methods, with which the tests of both packages check that no method is missing.

use std::fmt::Write;

use super::Output;
use super::model::Model;

pub(super) fn output(model: &Model) -> Output {
    let mut json = String::from("{\n");
    for handle in std::iter::once(&model.office).chain(&model.handles) {
        let mut names: Vec<_> = handle.methods.iter().map(|method| method.name.as_str()).collect();
        if handle.name == model.office.name {
            names.push("as_system");
        }
        let _ = writeln!(json, "  \"{}\": {names:?},", handle.name);
    }
    for handle in model.system_handles() {
        let names: Vec<_> = handle.of_system().map(|method| method.name.as_str()).collect();
        let _ = writeln!(json, "  \"system_{}\": {names:?},", handle.name);
    }
    let mut options: Vec<_> = model.choices.iter().map(|choice| choice.name.as_str()).collect();
    options.sort_unstable();
    let text = json + &format!("  \"options\": {options:?}\n}}\n");
    Output { path: "bindings/methods.json".to_owned(), text }
}
