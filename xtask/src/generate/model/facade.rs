//! The box office and its handles: their public methods.

use std::collections::BTreeSet;

use quote::ToTokens;
use syn::{FnArg, ImplItem, ImplItemFn, Pat, ReturnType, Visibility};

use super::source::{Crate, Definition, Found, Place, segments};
use super::types::{Types, option_of, result_of};
use super::{Doc, Handle, Method, Param, Role, Signature, Type, known};

/// The root type of the façade.
const OFFICE: &str = "BoxOffice";

/// Reads the box office, and its handles in the order of their accessors.
pub(super) fn read(source: &Crate, types: &mut Types<'_>) -> Result<(Handle, Vec<Handle>), String> {
    let place = types.place_of(OFFICE)?;
    let (mut own, mut handles) = (Vec::new(), Vec::new());
    for (module, function) in functions(source, &place) {
        let name = function.sig.ident.to_string();
        if !is_public(function) || is_skipped(&name) {
            continue;
        }
        match handle_of(source, module, function, &place) {
            Some((handle, is_optional)) => {
                let handle = self::handle(source, types, &handle, &name, Doc::of(&function.attrs))?;
                let feature = source.feature(module).map(str::to_owned);
                handles.push(Handle { is_optional, feature, ..handle });
            }
            None => own.push((module, function)),
        }
    }
    let mut office = Handle {
        name: "office".into(),
        rust: OFFICE.into(),
        doc: source.definition(&place).map(|it| Doc::of(it.attributes())).unwrap_or_default(),
        accessor: Doc::default(),
        key: None,
        is_optional: false,
        feature: None,
        methods: Vec::new(),
    };
    for (module, function) in own {
        office.methods.push(method(types, module, function)?);
    }
    Ok((office, handles))
}

fn is_skipped(name: &str) -> bool {
    known::OTHERWISE.contains(&name) || known::RUST_ONLY.contains(&name)
}

/// Returns the functions of a type with their modules.
fn functions<'s>(source: &'s Crate, place: &Place) -> Vec<(&'s str, &'s ImplItemFn)> {
    let blocks = source.impls_of(place).into_iter();
    let functions = blocks.flat_map(|(module, block)| block.items.iter().map(move |item| (module, item)));
    let function = |(module, item): (&'s str, &'s ImplItem)| match item {
        ImplItem::Fn(function) => Some((module, function)),
        _ => None,
    };
    functions.filter_map(function).collect()
}

fn is_public(function: &ImplItemFn) -> bool {
    matches!(function.vis, Visibility::Public(_))
}

/// Returns the handle that an accessor returns: a struct that holds the box office and has no public field. The boolean
/// is `true` if the accessor returns none for some box offices.
fn handle_of(source: &Crate, module: &str, function: &ImplItemFn, office: &Place) -> Option<(Place, bool)> {
    let ReturnType::Type(_, result) = &function.sig.output else { return None };
    let (result, is_optional) = option_of(result).map_or((result.as_ref(), false), |inner| (inner, true));
    let syn::Type::Path(path) = result else { return None };
    let Found::Item(place) = source.resolve(module, &segments(&path.path)) else { return None };
    let Definition::Struct(item) = source.definition(&place)? else { return None };
    let holds = |field: &syn::Field| match &field.ty {
        syn::Type::Path(path) => source.resolve(&place.module, &segments(&path.path)) == Found::Item(office.clone()),
        _ => false,
    };
    let is_closed = item.fields.iter().all(|field| !matches!(field.vis, Visibility::Public(_)));
    (is_closed && item.fields.iter().any(holds)).then_some((place, is_optional))
}

fn handle(
    source: &Crate,
    types: &mut Types<'_>,
    place: &Place,
    name_of_handle: &str,
    accessor: Doc,
) -> Result<Handle, String> {
    let functions = functions(source, place);
    let keyed = keyed(&functions);
    let quick: BTreeSet<_> = functions
        .iter()
        .filter_map(|(_, it)| it.sig.ident.to_string().strip_suffix(known::QUICK_FORM).map(str::to_owned))
        .collect();
    let key = functions.iter().find(|(_, it)| it.sig.ident == "idempotency_key").map(|(_, it)| Doc::of(&it.attrs));
    let mut methods = Vec::new();
    for (module, function) in functions {
        let name = function.sig.ident.to_string();
        // What needs no handle is for Rust only, such as a look at a directory that is not open.
        let is_operation = is_public(function) && function.sig.receiver().is_some();
        if is_operation && !is_skipped(&name) && !name.ends_with(known::QUICK_FORM) {
            let mut method = method(types, module, function)?;
            if let Some(first) = method.params.first_mut() {
                first.acts = known::acts(name_of_handle, &first.kind);
            }
            method.takes_key = keyed.contains(&name);
            method.has_quick_form = quick.contains(&name);
            methods.push(method);
        }
    }
    let (stream, iter) = known::ALL_OF_IT;
    if methods.iter().any(|method| method.name == iter && method.rust == iter) {
        methods.retain(|method| method.rust != stream);
    }
    let doc = source.definition(place).map(|it| Doc::of(it.attributes())).unwrap_or_default();
    let rust = types.exported(place).unwrap_or(&place.name).to_owned();
    let name = name_of_handle.to_owned();
    Ok(Handle { name, rust, doc, accessor, key, is_optional: false, feature: None, methods })
}

/// Returns the functions that use the handle's key, directly or through others.
fn keyed(functions: &[(&str, &ImplItemFn)]) -> BTreeSet<String> {
    let body = |function: &ImplItemFn| function.block.to_token_stream().to_string().replace(' ', "");
    let bodies: Vec<_> = functions.iter().map(|(_, it)| (it.sig.ident.to_string(), body(it))).collect();
    let mut keyed: BTreeSet<String> = BTreeSet::new();
    loop {
        let looks = |text: &str| {
            let by_itself = text.match_indices("self.key").any(|(at, found)| !continues(&text[at + found.len()..]));
            by_itself || keyed.iter().any(|name| text.contains(&format!("self.{name}(")))
        };
        let more: Vec<_> = bodies.iter().filter(|(_, text)| looks(text)).map(|(name, _)| name.clone()).collect();
        let before = keyed.len();
        keyed.extend(more.into_iter().filter(|name| name != "idempotency_key"));
        if keyed.len() == before {
            return keyed;
        }
    }
}

/// Returns `true` if `rest` continues a name.
fn continues(rest: &str) -> bool {
    rest.starts_with(|next: char| next.is_alphanumeric() || next == '_')
}

fn method(types: &mut Types<'_>, module: &str, function: &ImplItemFn) -> Result<Method, String> {
    let mut signature = Signature::default();
    let mut params = Vec::new();
    for argument in &function.sig.inputs {
        let FnArg::Typed(argument) = argument else { continue };
        let name = match argument.pat.as_ref() {
            Pat::Ident(pattern) => pattern.ident.to_string(),
            _ => return Err(format!("{}: a parameter of {} has no name", module, function.sig.ident)),
        };
        signature.params.push((name.clone(), written(&argument.ty)));
        params.push(param(types, module, &name, &argument.ty)?);
    }
    let (result, is_fallible) = match &function.sig.output {
        ReturnType::Default => (Type::Nothing, false),
        ReturnType::Type(_, kind) => {
            signature.result = written(kind);
            let (kind, is_fallible) = result_of(kind).map_or_else(|kind| (kind, false), |kind| (kind, true));
            (result(types, module, &function.sig.ident.to_string(), kind)?, is_fallible)
        }
    };
    let rust = function.sig.ident.to_string();
    let (stream, iter) = known::ALL_OF_IT;
    Ok(Method {
        name: if rust == stream { iter.to_owned() } else { rust.clone() },
        rust,
        doc: Doc::of(&function.attrs),
        is_async: function.sig.asyncness.is_some(),
        is_fallible,
        has_self: function.sig.receiver().is_some(),
        takes_key: false,
        has_quick_form: false,
        params,
        result,
        signature,
    })
}

/// Reads the result of a function. `Self` is returned only by functions that open a box office.
fn result(types: &mut Types<'_>, module: &str, name: &str, kind: &syn::Type) -> Result<Type, String> {
    if kind.to_token_stream().to_string() == "Self" {
        return Ok(Type::Nothing);
    }
    types.read(module, kind, name, Role::Value)
}

pub(super) fn param(types: &mut Types<'_>, module: &str, name: &str, kind: &syn::Type) -> Result<Param, String> {
    let by_reference = matches!(kind, syn::Type::Reference(_));
    let kind = types.read(module, kind, name, Role::Input)?;
    let published = known::published_param(name, &kind.plain());
    Ok(Param { name: name.to_owned(), published, kind, by_reference, acts: false })
}

/// Returns the source text of a type.
fn written(kind: &syn::Type) -> String {
    kind.to_token_stream().to_string()
}
