//! `index.d.ts`: all public declarations, with documentation.

use std::fmt::Write;

use super::super::model::{Doc, Enum, Field, Handle, Method, Model, Role, Struct, Type, camel_case};
use super::super::rust::HEADER;
use super::arguments::{
    Argument, Form, Options, WAIT_OPTIONS, all_options, arguments, class_name, inputs, methods, option_name,
};
use super::choices::chosen;
use super::option_sets;
use super::types::{incoming, is_class, outgoing, property};
use super::values::{fields, pages};
use super::words;

/// Hand-written declarations.
const BY_HAND: &str = "\
/// <reference lib=\"esnext.disposable\" />
import type { Clock, ManualClock } from './lib/clock.js'
import type { ErrorCode } from './lib/codes.js'
import { BoxOfficeError } from './lib/errors.js'
import type { JournalRecord, Subscription } from './lib/feeds.js'
import type { PaymentGateway, StripeGateway } from './lib/gateway.js'
import type { FeePolicy, Money, SignedMoney, WaitOptions } from './lib/inputs.js'
import type { Logger } from './lib/log.js'

export * from './events.js'
export * from './lib/clock.js'
export * from './lib/cluster.js'
export * from './lib/codes.js'
export * from './lib/errors.js'
export * from './lib/feeds.js'
export * from './lib/gateway.js'
export * from './lib/http.js'
export * from './lib/inputs.js'
export * from './lib/log.js'
";

/// How one gets to what the box office does in its own name.
const AS_SYSTEM: &str = "  \
/**
   * Returns the operations that the box office does in its own name, without a user: refunds, payouts and the like.
   *
   * They are for the programs of whoever runs the box office, never for what a request asks for.
   */
  asSystem(): System
";

/// Declarations for `using` and `await using`.
const DISPOSAL: &str = "  \
/** `await using`: closes at the end of the block. */
  [Symbol.asyncDispose](): Promise<void>
  /** `using`: begins to close at the end of the block, without waiting. */
  [Symbol.dispose](): void
";

pub(super) fn file(model: &Model) -> Result<String, String> {
    let mut text = format!("// {HEADER}\n{BY_HAND}");
    text.extend(model.enums.values().map(|of| union(model, of)));
    text.push_str(&late_money(model));
    for of in model.structs_of(Role::Value) {
        text.push_str(&value(model, of)?);
    }
    for (name, inner) in pages(model)? {
        let item = outgoing(model, &inner)?.ts;
        let _ = write!(
            text,
            "\n/** A page of a listing. A page may be short, even empty, and yet have a next one. */\nexport interface {name} {{\n  \
             /** The entries. */\n  items: {item}[]\n  /** The cursor of the next page; none on the last. */\n  next?: string\n}}\n"
        );
    }
    for of in inputs(model) {
        text.push_str(&input(model, of)?);
    }
    for of in all_options(model)?.values().filter(|of| of.name != WAIT_OPTIONS) {
        text.push_str(&options(model, of)?);
    }
    for set in &model.option_sets {
        text.push_str(&option_sets::declaration(model, set)?);
    }
    text.push_str(&choices(model)?);
    for handle in &model.handles {
        text.push_str(&class(model, handle)?);
    }
    text.push_str(&system(model)?);
    text.push_str(&office(model)?);
    text.push_str(&errors(model));
    Ok(text)
}

/// Generates the type of all codes.
pub(super) fn codes_file(model: &Model) -> String {
    let mut text = format!(
        "// {HEADER}\n\n/** Every code that an error may have. Codes never change their meaning. */\nexport type ErrorCode =\n"
    );
    for code in &model.codes {
        let _ = writeln!(text, "{}  | '{}'", words::item(model, &code.doc, 2), code.text);
    }
    text
}

fn union(model: &Model, of: &Enum) -> String {
    let mut text = format!("\n{}export type {} =\n", words::item(model, &of.doc, 0), of.name);
    for variant in &of.variants {
        let _ = writeln!(text, "{}  | '{}'", words::item(model, &variant.doc, 2), variant.text);
    }
    text
}

/// Generates the type of policies for late money: comma-separated steps.
fn late_money(model: &Model) -> String {
    if !model.enums.contains_key("LateMoneyStep") {
        return String::new();
    }
    "\n/** Steps to try, in order, with money that arrives for an order that has ended, such as `'retake,return'`. */\n\
     export type LateMoneyPolicy =\n  | LateMoneyStep\n  | `${LateMoneyStep},${LateMoneyStep}`\n  \
     | `${LateMoneyStep},${LateMoneyStep},${LateMoneyStep}`\n"
        .to_owned()
}

fn head(model: &Model, doc: &Doc, name: &str, extends: &str) -> String {
    format!("\n{}export interface {name}{extends} {{\n", words::item(model, doc, 0))
}

/// Returns the type of a property, and `?` if the property is optional.
fn present(kind: &Type) -> (Type, &'static str) {
    match kind.plain() {
        Type::Optional(inner) => (*inner, "?"),
        kind => (kind, ""),
    }
}

fn value(model: &Model, of: &Struct) -> Result<String, String> {
    let mut text = head(model, &of.doc, &of.published, "");
    let readonly = if is_class(of) { "readonly " } else { "" };
    for (field, _) in fields(of) {
        let (kind, mark) = present(&field.kind);
        let name = property(&field.name, &field.kind);
        let doc = words::item(model, &field.doc, 2);
        let _ = writeln!(text, "{doc}  {readonly}{name}{mark}: {}", outgoing(model, &kind)?.ts);
    }
    Ok(text + "}\n")
}

fn given(model: &Model, field: &Field) -> Result<String, String> {
    let mark = if field.is_required { "" } else { "?" };
    let (doc, name) = (words::item(model, &field.doc, 2), option_name(field));
    Ok(format!("{doc}  {name}{mark}: {}\n", incoming(model, &field.kind)?.ts))
}

fn input(model: &Model, of: &Struct) -> Result<String, String> {
    let mut text = head(model, &of.doc, &of.published, "");
    for field in &of.fields {
        text.push_str(&given(model, field)?);
    }
    Ok(text + "}\n")
}

fn options(model: &Model, of: &Options) -> Result<String, String> {
    let extends = match (of.has_key && of.name != "CommandOptions", of.has_signal) {
        (true, _) => " extends CommandOptions",
        (false, true) => " extends WaitOptions",
        (false, false) => "",
    };
    let mut text = format!("\nexport interface {}{extends} {{\n", of.name);
    for field in &of.fields {
        text.push_str(&given(model, field)?);
    }
    if of.name == "CommandOptions" {
        // One handle documents the key; the others link to it.
        let docs = model.handles.iter().filter_map(|handle| handle.key.as_ref());
        let doc = docs.max_by_key(|doc| doc.summary.len()).cloned().unwrap_or_default();
        let _ = writeln!(text, "{}  idempotencyKey?: string", words::item(model, &doc, 2));
    }
    Ok(text + "}\n")
}

fn choices(model: &Model) -> Result<String, String> {
    let mut text =
        "\n/** Everything that can be chosen about a box office; what is left out is as the core has it. */\n"
            .to_owned();
    text.push_str("export interface Options {\n");
    for option in chosen(model)? {
        let _ = writeln!(text, "{}  {}?: {}", option.doc, option.name, option.ts);
    }
    Ok(text + "}\n")
}

fn class(model: &Model, handle: &Handle) -> Result<String, String> {
    let mut text = head(model, &handle.doc, &class_name(handle), "");
    for method in methods(handle) {
        text.push_str(&operation(model, method, 0)?);
    }
    Ok(text + "}\n")
}

/// Returns what follows the type of a handle that a box office may lack.
fn or_null(handle: &Handle) -> &'static str {
    if handle.is_optional { " | null" } else { "" }
}

/// What the box office does in its own name: the operations that take an actor, without it.
fn system(model: &Model) -> Result<String, String> {
    let mut text = String::new();
    for handle in model.system_handles() {
        let doc = format!("The operations of `{}` that the box office does in its own name.", handle.name);
        text.push_str(&head(model, &Doc::parse(&doc), &format!("System{}", class_name(handle)), ""));
        for method in handle.of_system() {
            text.push_str(&operation(model, method, 1)?);
        }
        text.push_str("}\n");
    }
    text.push_str(&head(model, &Doc::parse("What `BoxOffice.asSystem` returns."), "System", ""));
    for handle in model.system_handles() {
        let doc = words::item(model, &handle.accessor, 2);
        let _ = writeln!(text, "{doc}  readonly {}: System{}{}", handle.name, class_name(handle), or_null(handle));
    }
    Ok(text + "}\n")
}

/// An operation, without so many of its first arguments.
fn operation(model: &Model, method: &Method, without: usize) -> Result<String, String> {
    let all = arguments(model, method)?.split_off(without);
    // An optional argument before a required one can't be omitted.
    let last_required = all.iter().rposition(|it| !it.is_optional);
    let argument = |(at, it): (usize, &Argument)| {
        let name = camel_case(&it.name);
        match it.is_optional {
            true if last_required.is_some_and(|last| at < last) => format!("{name}: {} | undefined", it.ts),
            true => format!("{name}?: {}", it.ts),
            false => format!("{name}: {}", it.ts),
        }
    };
    let arguments: Vec<_> = all.iter().enumerate().map(argument).collect();
    let result = outgoing(model, &method.result)?.ts;
    let result = if Form::of(method) == Form::Promise { format!("Promise<{result}>") } else { result };
    let doc = words::operation(model, method, 2);
    Ok(format!("{doc}  {}({}): {result}\n", camel_case(&method.name), arguments.join(", ")))
}

/// Generates the class of a box office.
fn office(model: &Model) -> Result<String, String> {
    let office = &model.office;
    let doc = words::item(model, &office.doc, 0);
    let mut text = format!("\n{doc}export declare class BoxOffice {{\n  private constructor()\n");
    for method in office.methods.iter().filter(|method| !method.has_self) {
        let doc = words::operation(model, method, 2);
        let name = camel_case(&method.name);
        // `open` returns a box office; `recover` takes a callback.
        let rest = if method.params.iter().any(|param| param.kind == Type::Visitor) {
            let result = outgoing(model, &method.result)?.ts;
            format!("visit: (record: JournalRecord) => unknown, options?: WaitOptions): Promise<{result}>")
        } else {
            "options?: Options): Promise<BoxOffice>".to_owned()
        };
        let _ = writeln!(text, "{doc}  static {name}(path: string | URL, {rest}");
    }
    for handle in &model.handles {
        let doc = words::item(model, &handle.accessor, 2);
        let _ = writeln!(text, "{doc}  readonly {}: {}{}", handle.name, class_name(handle), or_null(handle));
    }
    for method in methods(office) {
        text.push_str(&operation(model, method, 0)?);
    }
    text.push_str(AS_SYSTEM);
    Ok(text + DISPOSAL + "}\n")
}

/// Generates the classes of errors, one for each kind.
fn errors(model: &Model) -> String {
    let mut text = String::new();
    for kind in &model.kinds {
        let _ = write!(
            text,
            "\n{}export declare class {}Error extends BoxOfficeError {{}}\n",
            words::item(model, &kind.doc, 0),
            kind.name
        );
    }
    text + "\n/** The box office is closed. */\nexport declare class ClosedError extends UnavailableError {}\n"
}
