//! The options with which a box office is opened.

use syn::{FnArg, ImplItem, ImplItemFn, Pat, ReceiverKind, Visibility};

use super::facade::param;
use super::source::{Crate, Definition, Place};
use super::types::Types;
use super::{Choice, Doc, OptionSet, Param, Type};

/// The builder of a box office, and the struct of its limits.
const BUILDER: &str = "Builder";
const LIMITS: &str = "Limits";

/// Methods of the builder that are no options, or whose fields are listed instead.
const NO_CHOICES: &[&str] = &["open", "limits"];

pub(super) fn read(source: &Crate, types: &mut Types<'_>) -> Result<Vec<Choice>, String> {
    let place = types.place_of(BUILDER)?;
    let mut choices = setters(source, types, &place)?;
    for limit in limits(source, types)? {
        if !choices.iter().any(|choice| choice.name == limit.name) {
            choices.push(limit);
        }
    }
    Ok(choices)
}

/// Reads the sets of options that some of these options take.
pub(super) fn option_sets(source: &Crate, types: &mut Types<'_>, all: &[Choice]) -> Result<Vec<OptionSet>, String> {
    let mut sets: Vec<OptionSet> = Vec::new();
    for param in all.iter().flat_map(|choice| &choice.params) {
        let Type::OptionSet(name) = param.kind.plain() else { continue };
        if !sets.iter().any(|set| set.name == name) {
            sets.push(option_set(source, types, name)?);
        }
    }
    Ok(sets)
}

fn option_set(source: &Crate, types: &mut Types<'_>, name: String) -> Result<OptionSet, String> {
    let place = types.place_of(&name)?;
    let new = public_functions(source, &place).into_iter().find(|(_, function)| function.sig.ident == "new");
    let (module, new) = new.ok_or_else(|| format!("{}: {name} has no `new`", source.file(&place.module)))?;
    Ok(OptionSet {
        doc: source.definition(&place).map(|it| Doc::of(it.attributes())).unwrap_or_default(),
        required_doc: Doc::of(&new.attrs),
        required: params(types, module, new)?,
        choices: setters(source, types, &place)?,
        name,
    })
}

/// Reads the options of a struct: its public methods that take it by value.
fn setters(source: &Crate, types: &mut Types<'_>, place: &Place) -> Result<Vec<Choice>, String> {
    let mut choices = Vec::new();
    for (module, function) in public_functions(source, place) {
        let name = function.sig.ident.to_string();
        let is_by_value = function.sig.receiver().is_some_and(|it| matches!(it.kind, ReceiverKind::Value));
        if is_by_value && !NO_CHOICES.contains(&name.as_str()) {
            let params = params(types, module, function)?;
            choices.push(Choice { name, doc: Doc::of(&function.attrs), params, is_limit: false });
        }
    }
    Ok(choices)
}

/// Returns the public functions of a type, with their modules.
fn public_functions<'s>(source: &'s Crate, place: &Place) -> Vec<(&'s str, &'s ImplItemFn)> {
    let blocks = source.impls_of(place).into_iter();
    let items = blocks.flat_map(|(module, block)| block.items.iter().map(move |item| (module, item)));
    let functions = items.filter_map(|(module, item)| match item {
        ImplItem::Fn(function) if matches!(function.vis, Visibility::Public(_)) => Some((module, function)),
        _ => None,
    });
    functions.collect()
}

fn params(types: &mut Types<'_>, module: &str, function: &ImplItemFn) -> Result<Vec<Param>, String> {
    let mut params = Vec::new();
    for argument in &function.sig.inputs {
        let FnArg::Typed(argument) = argument else { continue };
        let Pat::Ident(pattern) = argument.pat.as_ref() else { continue };
        params.push(param(types, module, &pattern.ident.to_string(), &argument.ty)?);
    }
    Ok(params)
}

fn limits(source: &Crate, types: &mut Types<'_>) -> Result<Vec<Choice>, String> {
    let place = types.place_of(LIMITS)?;
    let Some(Definition::Struct(item)) = source.definition(&place) else {
        return Err(format!("{}: {LIMITS} is no struct", source.file(&place.module)));
    };
    let mut choices = Vec::new();
    for field in item.fields.iter().filter(|field| matches!(field.vis, Visibility::Public(_))) {
        let Some(ident) = &field.ident else { continue };
        let name = ident.to_string();
        let params = vec![param(types, &place.module, &name, &field.ty)?];
        choices.push(Choice { name, doc: Doc::of(&field.attrs), params, is_limit: true });
    }
    Ok(choices)
}
