//! The structs and enums that the façade names, directly or through other types.

use std::collections::BTreeMap;

use quote::ToTokens;
use syn::{Attribute, Expr, Fields, ImplItem, ImplItemFn, ItemEnum, ItemStruct, Lit, Pat, ReturnType, Visibility};

use super::source::{Crate, Definition, Found, Place, segments};
use super::types::Types;
use super::{Constructor, Doc, Enum, Field, Role, Struct, Type, Variant, known};

/// The named structs and enums, by their Rust names.
type Named = (BTreeMap<String, Struct>, BTreeMap<String, Enum>);

pub(super) fn read(source: &Crate, types: &mut Types<'_>) -> Result<Named, String> {
    let (mut structs, mut enums) = Named::default();
    // Reading a type can name further types, and can give a type that is already read another role.
    let mut read: BTreeMap<Place, Vec<Role>> = BTreeMap::new();
    loop {
        let open = types.named.iter().find(|(place, roles)| read.get(*place) != Some(*roles));
        let Some((place, roles)) = open.map(|(place, roles)| (place.clone(), roles.clone())) else { break };
        let name = types.exported(&place).unwrap_or(&place.name).to_owned();
        match source.definition(&place) {
            Some(Definition::Struct(item)) => {
                structs.insert(name.clone(), structure(source, types, &place, item, &name, &roles)?);
            }
            Some(Definition::Enum(item)) => {
                enums.insert(name.clone(), set(source, &place, item, &name)?);
            }
            _ => return Err(format!("{}: {name} is no struct and no enum", source.file(&place.module))),
        }
        read.insert(place, roles);
    }
    for place in &types.shared {
        if let Some(shared) = types.exported(place).and_then(|name| structs.get_mut(name)) {
            shared.is_shared = true;
        }
    }
    Ok((structs, enums))
}

fn structure(
    source: &Crate,
    types: &mut Types<'_>,
    place: &Place,
    item: &ItemStruct,
    name: &str,
    roles: &[Role],
) -> Result<Struct, String> {
    let Fields::Named(named) = &item.fields else {
        return Err(format!("{}: the fields of {name} have no names", source.file(&place.module)));
    };
    let constructor = constructor(source, place);
    let mut fields = Vec::new();
    for field in named.named.iter().filter(|field| matches!(field.vis, Visibility::Public(_))) {
        let Some(ident) = &field.ident else { continue };
        let field_name = ident.to_string();
        if known::is_for_rust(name, &field_name) {
            continue;
        }
        let mut kind = None;
        for role in roles {
            kind = Some(types.read(&place.module, &field.ty, &field_name, *role)?);
        }
        let Some(kind) = kind else { continue };
        fields.push(Field {
            wire: wire_name(&item.attrs, &field.attrs, &field_name),
            doc: Doc::of(&field.attrs),
            may_be_missing: has_serde(&field.attrs, "skip_serializing_if"),
            is_required: match &constructor {
                Constructor::New(fields) => fields.contains(&field_name),
                Constructor::Default => false,
                Constructor::Literal => !matches!(kind, Type::Optional(_)),
            },
            kind,
            name: field_name,
        });
    }
    let computed = if roles.contains(&Role::Value) { computed(source, types, place, name)? } else { Vec::new() };
    Ok(Struct {
        name: name.to_owned(),
        published: known::published_type(name).to_owned(),
        doc: Doc::of(&item.attrs),
        roles: roles.to_vec(),
        fields,
        computed,
        constructor,
        has_check: has_check(source, place),
        is_comparable: derives(&item.attrs, "PartialEq"),
        is_shared: false,
    })
}

fn constructor(source: &Crate, place: &Place) -> Constructor {
    let has_default = || {
        let derived = source.definition(place).is_some_and(|item| derives(item.attributes(), "Default"));
        derived || source.trait_impl(place, "Default").is_some()
    };
    let takes: Option<Vec<_>> = public_functions(source, place)
        .find(|function| function.sig.ident == "new")
        .map(|function| function.sig.inputs.iter().filter_map(argument_name).collect());
    match takes {
        Some(fields) if !fields.is_empty() => Constructor::New(fields),
        _ if has_default() => Constructor::Default,
        _ => Constructor::Literal,
    }
}

/// Returns `true` if the type has a `check` that collects field errors.
fn has_check(source: &Crate, place: &Place) -> bool {
    public_functions(source, place).any(|function| {
        let takes = function.sig.inputs.last().map(|argument| argument.to_token_stream().to_string());
        function.sig.ident == "check" && takes.is_some_and(|takes| takes.ends_with("FieldErrors"))
    })
}

fn public_functions<'s>(source: &'s Crate, place: &Place) -> impl Iterator<Item = &'s ImplItemFn> {
    let items = source.impls_of(place).into_iter().flat_map(|(_, block)| &block.items);
    items.filter_map(|item| match item {
        ImplItem::Fn(function) if matches!(function.vis, Visibility::Public(_)) => Some(function),
        _ => None,
    })
}

fn argument_name(argument: &syn::FnArg) -> Option<String> {
    let syn::FnArg::Typed(argument) = argument else { return None };
    match argument.pat.as_ref() {
        Pat::Ident(pattern) => Some(pattern.ident.to_string()),
        _ => None,
    }
}

/// Reads the public methods without parameters that return a value.
fn computed(source: &Crate, types: &mut Types<'_>, place: &Place, name: &str) -> Result<Vec<Field>, String> {
    let mut found = Vec::new();
    for (module, block) in source.impls_of(place) {
        for item in &block.items {
            let ImplItem::Fn(function) = item else { continue };
            let ReturnType::Type(_, kind) = &function.sig.output else { continue };
            let method = function.sig.ident.to_string();
            let is_getter = function.sig.receiver().is_some() && function.sig.inputs.len() == 1;
            let is_value = !matches!(kind.as_ref(), syn::Type::ImplTrait(_) | syn::Type::Reference(_));
            let is_public = matches!(function.vis, Visibility::Public(_));
            if is_public && is_getter && is_value && !known::is_for_rust(name, &method) {
                found.push(Field {
                    wire: known::camel_case(&method),
                    doc: Doc::of(&function.attrs),
                    kind: types.read(module, kind, &method, Role::Value)?,
                    may_be_missing: false,
                    is_required: false,
                    name: method,
                });
            }
        }
    }
    Ok(found)
}

/// Returns the name that serde writes.
fn wire_name(item: &[Attribute], field: &[Attribute], name: &str) -> String {
    if let Some(renamed) = serde_value(field, "rename") {
        return renamed;
    }
    match serde_value(item, "rename_all").as_deref() {
        Some("snake_case") => name.to_owned(),
        // Values that are not stored have the same published form as stored ones.
        _ => known::camel_case(name),
    }
}

fn set(source: &Crate, place: &Place, item: &ItemEnum, name: &str) -> Result<Enum, String> {
    let written = texts(source, place, "as_str");
    let mut variants = Vec::new();
    for variant in &item.variants {
        let ident = variant.ident.to_string();
        if let syn::Fields::Unnamed(fields) = &variant.fields {
            variants.extend(inner_variants(source, place, fields)?);
            continue;
        }
        let text = written.iter().find(|(it, _)| *it == ident).map(|(_, text)| text.clone());
        let text = text.or_else(|| match serde_value(&item.attrs, "rename_all").as_deref() {
            Some("snake_case") => Some(known::snake_case(&ident)),
            Some("camelCase") => Some(known::camel_case(&known::snake_case(&ident))),
            _ => None,
        });
        variants.extend(text.map(|text| Variant { name: ident, text, doc: Doc::of(&variant.attrs) }));
    }
    if variants.is_empty() {
        return Err(format!("{}: the values of {name} have no texts: give it as_str()", source.file(&place.module)));
    }
    let doc = Doc::of(&item.attrs);
    Ok(Enum { name: name.to_owned(), doc, variants, is_written: !written.is_empty() })
}

/// Reads the values of the set that a variant holds, such as `Only(TicketStatus)`, which is published as the status.
fn inner_variants(source: &Crate, place: &Place, fields: &syn::FieldsUnnamed) -> Result<Vec<Variant>, String> {
    let [field] = fields.unnamed.iter().collect::<Vec<_>>()[..] else { return Ok(Vec::new()) };
    let syn::Type::Path(path) = &field.ty else { return Ok(Vec::new()) };
    let Found::Item(inner) = source.resolve(&place.module, &segments(&path.path)) else { return Ok(Vec::new()) };
    match source.definition(&inner) {
        Some(Definition::Enum(item)) => Ok(set(source, &inner, item, &inner.name)?.variants),
        _ => Ok(Vec::new()),
    }
}

/// Reads the texts that the `match` of a method returns for the variants.
fn texts(source: &Crate, place: &Place, method: &str) -> Vec<(String, String)> {
    let functions = source.impls_of(place).into_iter().flat_map(|(_, block)| &block.items);
    let body = functions.into_iter().find_map(|item| match item {
        ImplItem::Fn(function) if function.sig.ident == method => function.block.stmts.first(),
        _ => None,
    });
    let Some(syn::Stmt::Expr(Expr::Match(it), _)) = body else { return Vec::new() };
    let arm = |arm: &syn::Arm| {
        let path = match &arm.pat {
            Pat::Path(path) => &path.path,
            Pat::TupleStruct(pattern) => &pattern.path,
            _ => return None,
        };
        let Expr::Lit(literal) = arm.body.as_ref() else { return None };
        let Lit::Str(text) = &literal.lit else { return None };
        Some((path.segments.last()?.ident.to_string(), text.value()))
    };
    it.arms.iter().filter_map(arm).collect()
}

fn derives(attributes: &[Attribute], name: &str) -> bool {
    attributes.iter().filter(|it| it.path().is_ident("derive")).any(|it| {
        let mut found = false;
        // An attribute that can't be parsed derives nothing relevant.
        let _ = it.parse_nested_meta(|meta| {
            found |= meta.path.segments.last().is_some_and(|last| last.ident == name);
            Ok(())
        });
        found
    })
}

fn has_serde(attributes: &[Attribute], name: &str) -> bool {
    serde_value(attributes, name).is_some()
}

/// Returns the value of a serde attribute such as `rename_all = "camelCase"`.
fn serde_value(attributes: &[Attribute], name: &str) -> Option<String> {
    attributes.iter().filter(|it| it.path().is_ident("serde")).find_map(|it| {
        let mut found = None;
        let _ = it.parse_nested_meta(|meta| {
            let value = meta.value().and_then(syn::parse::ParseBuffer::parse::<Lit>);
            if let (true, Ok(Lit::Str(text))) = (meta.path.is_ident(name), value) {
                found = Some(text.value());
            }
            Ok(())
        });
        found
    })
}
