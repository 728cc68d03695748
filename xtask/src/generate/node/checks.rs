//! `lib/generated.js`: the methods of each class, with their arguments and results.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::super::model::{Handle, Model, Type, camel_case};
use super::super::rust::HEADER;
use super::arguments::{
    Argument, Check, Form, WAIT_OPTIONS, all_options, arguments, class_name, inputs, methods, option_name,
};
use super::choices::chosen;
use super::option_sets;
use super::types::property;

/// Text before the shapes of inputs.
const SHAPES: &str = "\
/** One value, whatever it is: what is wrong with it, the native module tells. A shape is an object without a prototype. */
const ANY = true

const AMOUNT = { __proto__: null, amount: ANY, currency: ANY }
const FEE_POLICY = { __proto__: null, percent: ANY, fixed: [AMOUNT] }
";

pub(super) fn file(model: &Model) -> Result<String, String> {
    let mut text = format!("'use strict'\n// {HEADER}\n\n{SHAPES}");
    for (name, shape) in shapes(model)? {
        let _ = writeln!(text, "const {name} = {shape}");
    }
    for set in &model.option_sets {
        let fields: Vec<_> = option_sets::names(set).into_iter().map(|name| format!("{name}: ANY")).collect();
        let _ = writeln!(text, "const {} = {{ __proto__: null, {} }}", constant(&set.name), fields.join(", "));
    }
    text.push_str("\n/** The options of a box office. */\nconst OPTIONS = {\n  __proto__: null,\n");
    for option in chosen(model)? {
        let _ = writeln!(text, "  {}: {},", option.name, option.shape.as_deref().unwrap_or("ANY"));
    }
    text.push_str("}\n\n/** Arguments of each class's methods, by position, and results that are no promises. */\n");
    text.push_str("const CLASSES = {\n");
    for handle in std::iter::once(&model.office).chain(&model.handles) {
        let _ = writeln!(text, "  {}: {{", class_name(handle));
        for method in methods(handle) {
            let takes = takes(&arguments(model, method)?);
            let gives = match Form::of(method) {
                Form::Promise => "",
                Form::Value => ", gives: 'value'",
                Form::Parts => ", gives: 'parts'",
                Form::Feed => ", gives: 'feed'",
            };
            let _ = writeln!(text, "    {}: {{ takes: [{takes}]{gives} }},", camel_case(&method.name));
        }
        text.push_str("  },\n");
    }
    let names = |handles: Vec<String>| handles.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
    let handles = names(model.handles.iter().map(|handle| handle.name.clone()).collect());
    let own = names(own_methods(&model.office));
    let _ = write!(
        text,
        "}}\n\n/** The parts of a box office, and what it does itself. */\nconst HANDLES = [{handles}]\nconst OFFICE = [{own}]\n\n"
    );
    text.push_str("/** What the box office does in its own name. */\nconst SYSTEM = {\n");
    for handle in model.system_handles() {
        let own = names(handle.of_system().map(|method| camel_case(&method.name)).collect());
        let _ = writeln!(text, "  {}: [{own}],", handle.name);
    }
    let sets: String = model.option_sets.iter().map(|set| format!("{}, ", constant(&set.name))).collect();
    let _ =
        write!(text, "}}\n\nmodule.exports = {{ CLASSES, {sets}HANDLES, OFFICE, OPTIONS, SYSTEM, WAIT_OPTIONS }}\n");
    Ok(text)
}

fn own_methods(office: &Handle) -> Vec<String> {
    methods(office).map(|method| camel_case(&method.name)).collect()
}

/// Returns the name of a shape: `NEW_TICKET` for `NewTicket`.
fn constant(name: &str) -> String {
    super::super::model::snake_case(name).to_uppercase()
}

/// Returns the shape of each input, after the shapes that it contains.
fn shapes(model: &Model) -> Result<Vec<(String, String)>, String> {
    let mut all = vec![(constant(WAIT_OPTIONS), "{ __proto__: null, signal: ANY }".to_owned())];
    let mut open: BTreeMap<_, _> = inputs(model).map(|of| (of.name.as_str(), of)).collect();
    while !open.is_empty() {
        let held = |kind: &Type| {
            kind.parts().into_iter().any(|part| matches!(part, Type::Struct(of) if open.contains_key(of.as_str())))
        };
        let Some(name) =
            open.iter().find(|(_, of)| !of.fields.iter().any(|field| held(&field.kind))).map(|(name, _)| *name)
        else {
            return Err("inputs hold each other".to_owned());
        };
        if let Some(of) = open.remove(name) {
            let fields =
                of.fields.iter().map(|field| format!("{}: {}", property(&field.name, &field.kind), shape(&field.kind)));
            all.push((constant(name), format!("{{ __proto__: null, {} }}", fields.collect::<Vec<_>>().join(", "))));
        }
    }
    for of in all_options(model)?.values().filter(|of| of.name != WAIT_OPTIONS) {
        let mut names: Vec<_> = of.fields.iter().map(option_name).collect();
        names.extend(of.has_key.then(|| "idempotencyKey".to_owned()));
        names.extend(of.has_signal.then(|| "signal".to_owned()));
        let fields: Vec<_> = names.iter().map(|name| format!("{name}: ANY")).collect();
        all.push((constant(&of.name), format!("{{ __proto__: null, {} }}", fields.join(", "))));
    }
    Ok(all)
}

fn shape(kind: &Type) -> String {
    match kind.plain() {
        Type::Optional(inner) | Type::Change(inner) => shape(&inner),
        Type::List(inner) => match shape(&inner).as_str() {
            "ANY" => "ANY".to_owned(),
            inner => format!("[{inner}]"),
        },
        Type::Struct(name) => constant(&name),
        Type::FeePolicy => "FEE_POLICY".to_owned(),
        _ => "ANY".to_owned(),
    }
}

fn takes(arguments: &[Argument]) -> String {
    let takes = |it: &Argument| match &it.check {
        Check::Nothing => "ANY".to_owned(),
        Check::Fields { of, is_list: false } => format!("{{ fields: {} }}", constant(of)),
        Check::Fields { of, is_list: true } => {
            format!("{{ fields: [{}], name: '{}' }}", constant(of), camel_case(&it.name))
        }
        Check::Options(of) => format!("{{ options: {} }}", constant(of)),
        Check::Date => format!("{{ date: '{}' }}", camel_case(&it.name)),
        Check::Turn(by) => format!("{{ turn: '{by}' }}"),
    };
    let mut all: Vec<_> = arguments.iter().map(takes).collect();
    // Trailing arguments without a check are omitted.
    while all.last().is_some_and(|last| last == "ANY") {
        all.pop();
    }
    all.join(", ")
}
