//! The options with which a box office is opened.

use syn::{FnArg, ImplItem, Pat, Visibility};

use super::facade::param;
use super::source::{Crate, Definition};
use super::types::Types;
use super::{Choice, Doc};

/// The builder of a box office, and the struct of its limits.
const BUILDER: &str = "Builder";
const LIMITS: &str = "Limits";

/// Methods of the builder that are no options, or whose fields are listed instead.
const NO_CHOICES: &[&str] = &["open", "limits"];

pub(super) fn read(source: &Crate, types: &mut Types<'_>) -> Result<Vec<Choice>, String> {
    let mut choices = builder(source, types)?;
    for limit in limits(source, types)? {
        if !choices.iter().any(|choice| choice.name == limit.name) {
            choices.push(limit);
        }
    }
    Ok(choices)
}

fn builder(source: &Crate, types: &mut Types<'_>) -> Result<Vec<Choice>, String> {
    let place = types.place_of(BUILDER)?;
    let mut choices = Vec::new();
    for (module, block) in source.impls_of(&place) {
        for item in &block.items {
            let ImplItem::Fn(function) = item else { continue };
            let name = function.sig.ident.to_string();
            let is_public = matches!(function.vis, Visibility::Public(_));
            if !is_public || function.sig.receiver().is_none() || NO_CHOICES.contains(&name.as_str()) {
                continue;
            }
            let mut params = Vec::new();
            for argument in &function.sig.inputs {
                let FnArg::Typed(argument) = argument else { continue };
                let Pat::Ident(pattern) = argument.pat.as_ref() else { continue };
                params.push(param(types, module, &pattern.ident.to_string(), &argument.ty)?);
            }
            choices.push(Choice { name, doc: Doc::of(&function.attrs), params, is_limit: false });
        }
    }
    Ok(choices)
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
